//! Real servers and suites.
