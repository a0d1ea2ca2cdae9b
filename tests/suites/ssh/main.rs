//! SSH keys, end to end: the release binary under AWS's Lambda emulator, the local AWS, real SSH servers.

mod conformance;
mod cut_off;
mod elsewhere;
mod faulty;
mod fifty;
mod fleet;
mod hostile;
mod lab;
mod lines;
mod others;
mod refusals;
mod two;
mod unavailable;
