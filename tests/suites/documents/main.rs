//! What is written down: that it is complete, that its links lead somewhere, and that what it declares stable is.

mod addresses;
mod files;
mod links;
mod readme;
mod rotators;
mod stable;
