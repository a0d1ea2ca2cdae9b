//! Whether the local AWS keeps the rules that AWS documents: above all those that other emulators get wrong.

mod command_line;
mod emulator;
mod function;
mod kinds;
mod lists;
mod passwords;
mod rotation;
mod rules;
