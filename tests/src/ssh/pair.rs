//! Keys to log in with.

use std::path::Path;
use std::process::Command;

use super::succeeded;

/// A key pair as ssh-keygen makes it.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The private key's file, in text.
    pub private: String,
    /// The line for an authorized_keys.
    pub public: String,
}

impl Pair {
    /// Of this type, as in `ed25519`; with more options of ssh-keygen, as in `-b 3072`.
    ///
    /// # Panics
    /// If ssh-keygen is not there.
    pub fn new(kind: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("key");
        let made = Command::new("ssh-keygen")
            .args(["-q", "-N", "", "-C", "first", "-t", kind, "-f"])
            .arg(&file)
            .args(options)
            .output();
        succeeded(
            "ssh-keygen",
            &made.expect("ssh-keygen: run scripts/install"),
        );
        let read = |file: &Path| std::fs::read_to_string(file).expect("a key");
        Self {
            private: read(&file),
            public: read(&file.with_extension("pub")).trim().to_owned(),
        }
    }
}
