//! SSH keys, end to end: the release binary under AWS's Lambda emulator, the local AWS, real SSH servers.

mod authority;
mod bastion;
mod conformance;
mod cut_off;
mod elsewhere;
mod exchanges;
mod faulty;
mod fifty;
mod fleet;
mod formats;
mod hostile;
mod lab;
mod lines;
mod modes;
mod others;
mod plan;
mod refusals;
mod shared;
mod silence;
mod two;
mod unavailable;
