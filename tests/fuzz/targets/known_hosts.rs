//! The lines of known_hosts in a secret.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| rotator_ssh::fuzzing::known_hosts(text));
