//! What is written down: that it is complete, that its links lead somewhere, that its examples run, and that what it declares stable is.

mod addresses;
mod agree;
mod applications;
mod book;
mod complete;
mod files;
mod kit;
mod links;
mod measured;
mod rotators;
mod stable;
mod twice;
mod workflows;
