//! What users of AWS's templates rely on, through the real binary, AWS's Lambda emulator and the local AWS.

mod create;
mod failures;
mod guard;
mod recovery;
mod rotation;
mod secrecy;
mod service;
mod set;
mod two_users;
