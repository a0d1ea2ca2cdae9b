//! MySQL and MariaDB, as the tests have them.

mod servers;
