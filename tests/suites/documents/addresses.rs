//! Packages are named, never addressed: whoever sits behind a mirror can follow.

use regex_lite::Regex;

use crate::files::texts;

/// A file of a package, or a host whose name says that it serves packages.
const PACKAGE: &str = r"https?://(([a-z0-9-]+\.)*(registry|index|static|files|packages|mirrors?|deb|ftp|pypi|npm|crates)\b[a-z0-9.-]*\.[a-z]{2,}|[^\s)>]+\.(whl|tgz|deb|crate|tar\.[gx]z)\b)";

#[test]
fn no_address_of_a_registry() {
    let package = Regex::new(PACKAGE).expect("a pattern");
    for (wrong, found) in [
        ("https://files.example.org/x", true),
        ("http://registry.example.org", true),
        ("https://a.index.example.org/y", true),
        ("https://example.org/a/b-1.0-py3-none-any.whl", true),
        ("https://example.org/a/b-1.0.tgz", true),
        ("https://docs.example.org/packages.html", false),
        ("https://service.example/files", false),
    ] {
        assert_eq!(package.is_match(wrong), found, "{wrong}");
    }
    let tree = texts();
    // Cargo writes its own there, and this file has examples.
    let checked = tree.iter().filter(|(path, _)| {
        !path.ends_with("Cargo.lock") && !path.ends_with("suites/documents/addresses.rs")
    });
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
