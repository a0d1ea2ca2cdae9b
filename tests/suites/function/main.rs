//! The function end to end: the release binary under AWS's Lambda emulator, the local AWS, a real PostgreSQL. Above all
//! what users of AWS's templates rely on.

mod authority;
mod command_line;
mod create;
mod failures;
mod guard;
mod killed;
mod mysql;
mod recovery;
mod rotation;
mod secrecy;
mod service;
mod set;
mod two_users;
