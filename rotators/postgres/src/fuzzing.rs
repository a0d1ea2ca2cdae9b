//! What `scripts/fuzz` hands random input to.

/// What a server answers in SCRAM.
pub fn scram(answer: &str) {
    crate::login::is_read(answer);
}
