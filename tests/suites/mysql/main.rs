//! MySQL and MariaDB, as the tests have them.

mod conformance;
mod harness;
mod servers;
