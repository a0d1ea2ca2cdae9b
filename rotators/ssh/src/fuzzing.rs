//! What `scripts/fuzz` hands random input to.

use crate::{authorized_keys, host_key};

/// A file in which `KEY` and `OTHER` stand for two keys.
pub fn authorized_keys(file: &[u8]) {
    authorized_keys::properties::keeps(&authorized_keys::properties::filled_in(file));
}

/// The lines of a secret's `known_hosts`.
pub fn known_hosts(text: &str) {
    host_key::properties::are_read(text);
}
