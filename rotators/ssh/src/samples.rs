//! Keys and files of the tests.

use russh::keys::PublicKey;

/// Files of authorized_keys, each about something that was once got wrong, by us or by others.
pub(crate) const FILES: [(&str, &[u8]); 12] = [
    (
        "authorities",
        include_bytes!("../samples/authorized_keys/authorities"),
    ),
    (
        "blanks",
        include_bytes!("../samples/authorized_keys/blanks"),
    ),
    ("bom", include_bytes!("../samples/authorized_keys/bom")),
    ("crlf", include_bytes!("../samples/authorized_keys/crlf")),
    ("empty", include_bytes!("../samples/authorized_keys/empty")),
    (
        "invalid",
        include_bytes!("../samples/authorized_keys/invalid"),
    ),
    ("long", include_bytes!("../samples/authorized_keys/long")),
    (
        "manual",
        include_bytes!("../samples/authorized_keys/manual"),
    ),
    (
        "no_newline",
        include_bytes!("../samples/authorized_keys/no_newline"),
    ),
    (
        "quotes",
        include_bytes!("../samples/authorized_keys/quotes"),
    ),
    (
        "spellings",
        include_bytes!("../samples/authorized_keys/spellings"),
    ),
    ("twice", include_bytes!("../samples/authorized_keys/twice")),
];

/// The file of this name.
pub(crate) fn file(name: &str) -> &'static [u8] {
    let found = FILES.iter().find(|(of, _)| *of == name);
    found.expect("a sample").1
}

/// The key of this name: `ed25519`, `other`, `rsa`, `ecdsa256` or `ecdsa384`.
pub(crate) fn key(name: &str) -> PublicKey {
    let mut lines = include_str!("../samples/keys.pub").lines();
    let line = lines.find(|line| line.ends_with(&format!(" {name}")));
    line.expect("a sample").parse().expect("a key")
}

/// The key's type and the key, as both kinds of files have them.
pub(crate) fn text(name: &str) -> String {
    let key = PublicKey::from(key(name).key_data().clone());
    key.to_openssh().expect("short")
}
