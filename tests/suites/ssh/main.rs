//! SSH keys, end to end: the release binary under AWS's Lambda emulator, the local AWS, real SSH servers.

mod fleet;
mod lab;
mod refusals;
