//! MySQL and MariaDB, as the tests have them.

mod availability;
mod conformance;
mod failed_logins;
mod harness;
mod peers;
mod releases;
mod secrecy;
mod servers;
mod strangers;
mod two_users;
