//! A rotator's folder, from a template that passes the conformance suite as it comes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Failure, say};

/// What goes into the folder: the path, and the text. The name of the sample stands for the new one.
const FILES: &[(&str, &str)] = &[
    ("README.md", include_str!("../../template/README.md")),
    ("src/lib.rs", include_str!("../../template/src/lib.rs")),
    ("src/main.rs", include_str!("../../template/src/main.rs")),
    (
        "src/secret.rs",
        include_str!("../../template/src/secret.rs"),
    ),
    (
        "src/server.rs",
        include_str!("../../template/src/server.rs"),
    ),
    (
        "tests/conformance.rs",
        include_str!("../../template/tests/conformance.rs"),
    ),
];
/// In a checkout of the framework: in its workspace, and with what ships it.
const INSIDE: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        include_str!("../../template/Cargo.inside.toml"),
    ),
    ("rotator.toml", include_str!("../../template/rotator.toml")),
];
const OUTSIDE: &[(&str, &str)] = &[(
    "Cargo.toml",
    include_str!("../../template/Cargo.outside.toml"),
)];

/// Makes the folder of a rotator with this name: below `rotators/` in a checkout of the framework, here anywhere else.
pub(super) fn run(name: &str) -> Result<(), Failure> {
    let inside = Path::new("rotators").is_dir() && Path::new("framework/PROTOCOL.md").is_file();
    let (folder, more) = match inside {
        true => (Path::new("rotators").join(name), INSIDE),
        false => (PathBuf::from(format!("rotator-{name}")), OUTSIDE),
    };
    let failed =
        |error: io::Error| Failure::Failed(format!("{} cannot be made: {error}", folder.display()));
    fs::create_dir(&folder).map_err(failed)?;
    for (path, text) in FILES.iter().chain(more) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&folder)).map_err(failed)?;
        fs::write(path, renamed(text, name)).map_err(failed)?;
    }
    say(&next(&folder, name, inside));
    Ok(())
}

fn renamed(text: &str, name: &str) -> String {
    let version = env!("CARGO_PKG_VERSION").rsplit_once('.');
    let version = version.map_or(env!("CARGO_PKG_VERSION"), |(minor, _)| minor);
    let sample = text.replace("sample", name);
    let sample = sample.replace("Sample", &capitalized(name));
    sample.replace("VERSION", version)
}

fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn next(folder: &Path, name: &str, inside: bool) -> String {
    let test = match inside {
        true => format!("cargo test -p rotator-{name}"),
        false => format!("cd {} && cargo test", folder.display()),
    };
    let ship = match inside {
        true => " What ships it: CONTRIBUTING.md, \"Add a rotator\".",
        false => "",
    };
    format!(
        "Made {}: a rotator for an imaginary server. It passes the conformance suite:\n\n  {test}\n\n\
         Its README says what to put where the imaginary server is.{ship}",
        folder.display()
    )
}

/// A name that crates, Lambda functions and CloudFormation take: small letters and digits.
pub(super) fn name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let letter = text.starts_with(|c: char| c.is_ascii_lowercase());
    match letter && text.chars().all(fits) && text.len() <= 20 {
        true => Ok(text.to_owned()),
        false => {
            Err("a name has small letters and digits, 20 at most, and begins with a letter".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_becomes_the_name() {
        let (_, lib) = FILES[1];
        let text = renamed(lib, "door");
        assert!(
            text.contains("pub struct Door {") && text.contains("NAME: &'static str = \"door\"")
        );
        assert!(
            !FILES
                .iter()
                .any(|(_, text)| renamed(text, "door").to_lowercase().contains("sample"))
        );
        let (_, outside) = OUTSIDE[0];
        assert!(renamed(outside, "door").contains("version = \"0.1\""));
    }

    #[test]
    fn names() {
        for wrong in [
            "",
            "Door",
            "my-door",
            "1door",
            "türe",
            "a/b",
            "aaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert!(name(wrong).is_err(), "{wrong}");
        }
        assert_eq!(name("door2"), Ok("door2".to_owned()));
    }
}
