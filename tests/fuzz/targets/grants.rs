//! Rows of SHOW GRANTS, one a line.
#![no_main]

libfuzzer_sys::fuzz_target!(|rows: &str| rotator_mysql::fuzzing::grants(rows));
