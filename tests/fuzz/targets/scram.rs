//! What a PostgreSQL server answers in SCRAM.
#![no_main]

libfuzzer_sys::fuzz_target!(|answer: &str| rotator_postgres::fuzzing::scram(answer));
