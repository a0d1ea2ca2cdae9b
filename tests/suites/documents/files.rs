//! The files of the repository.

use std::path::{Path, PathBuf};

use rotation_tests::setting::workspace;

/// Those with what they hold, by their path below the workspace: whatever is text, and is not made by a build.
pub(crate) fn texts() -> Vec<(PathBuf, String)> {
    let root = workspace().canonicalize().expect("a checkout");
    let ignored = std::fs::read_to_string(root.join(".gitignore")).expect(".gitignore");
    let ignored: Vec<PathBuf> = ignored
        .lines()
        .map(|line| root.join(line.trim_start_matches('/')))
        .chain([root.join(".git")])
        .collect();
    let (mut found, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if ignored.contains(&path) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                found.push((below(&root, &path), text));
            }
        }
    }
    assert!(found.len() > 400, "{} files", found.len());
    found
}

fn below(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).expect("below it").to_owned()
}
