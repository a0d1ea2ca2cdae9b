//! Where the tests find what was built.

use std::path::{Path, PathBuf};

/// The workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A function, which `scripts/test` and `scripts/demo` build first: in the folder that ROTATION_BIN_DIR names.
///
/// # Panics
/// If it is not there.
pub fn binary(name: &str) -> PathBuf {
    let folder = std::env::var_os("ROTATION_BIN_DIR");
    let folder = folder.map_or_else(|| PathBuf::from("target/release"), PathBuf::from);
    let binary = workspace().join(folder).join(name);
    let found = binary.canonicalize();
    found.unwrap_or_else(|_| panic!("build it first: cargo build --release -p {name}"))
}
