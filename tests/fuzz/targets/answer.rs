//! A service's answer: the value of its headers in the first line, then its body.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| rotator_token::fuzzing::answer(text));
