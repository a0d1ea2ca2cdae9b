//! What users of AWS's templates rely on, through the real binary, AWS's Lambda emulator and the local AWS.

mod create;
mod guard;
mod recovery;
mod rotation;
mod set;
mod two_users;
