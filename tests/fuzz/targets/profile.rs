//! A token's profile.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| rotator_token::fuzzing::profile(text));
