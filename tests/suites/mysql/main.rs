//! MySQL and MariaDB, as the tests have them.

mod availability;
mod conformance;
mod failed_logins;
mod harness;
mod secrecy;
mod servers;
mod two_users;
