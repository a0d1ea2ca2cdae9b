//! Packages are named, never addressed: whoever sits behind a mirror can follow.

use regex_lite::Regex;

use crate::files::texts;

/// A file of a package, or a host whose name says that it serves packages.
const PACKAGE: &str = r"https?://(([a-z0-9-]+\.)*(registry|index|static|files|packages|mirrors?|deb|ftp|pypi|npm|crates)\b[a-z0-9.-]*\.[a-z]{2,}|[^\s)>]+\.(whl|tgz|deb|crate|tar\.[gx]z)\b)";

#[test]
fn no_address_of_a_registry() {
    let package = Regex::new(PACKAGE).expect("a pattern");
    for (wrong, found) in [
        ("files.example.org/x", true),
        ("registry.example.org", true),
        ("a.index.example.org/y", true),
        ("example.org/a/b-1.0-py3-none-any.whl", true),
        ("example.org/a/b-1.0.tgz", true),
        ("docs.example.org/packages.html", false),
        ("service.example/files", false),
    ] {
        for scheme in ["http", "https"] {
            let address = format!("{scheme}://{wrong}");
            assert_eq!(package.is_match(&address), found, "{address}");
        }
    }
    let tree = texts();
    // Cargo writes its own there.
    let checked = tree
        .iter()
        .filter(|(path, _)| !path.ends_with("Cargo.lock"));
    for (path, text) in checked {
        let found = package.find(text).map(|found| found.as_str());
        assert_eq!(
            found,
            None,
            "{}: name the package, and let pip, npm, apt or cargo find it",
            path.display()
        );
    }
}
