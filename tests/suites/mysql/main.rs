//! MySQL and MariaDB, as the tests have them.

mod availability;
mod conformance;
mod failed_logins;
mod hardened;
mod harness;
mod options;
mod peers;
mod releases;
mod secrecy;
mod servers;
mod strangers;
mod strategies;
mod two_users;
