//! A file authorized_keys, in which KEY and OTHER stand for two keys.
#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| rotator_ssh::fuzzing::authorized_keys(file));
