//! What holds for every file, whatever is in it. `scripts/fuzz` looks for one for which it does not.

use std::sync::LazyLock;

use russh::keys::ssh_key::authorized_keys::Entry as Parsed;
use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::ssh_key::public::KeyData;

use super::*;

const OPTIONS: [&str; 3] = ["", "restrict", "from=\"a b\",command=\"c \\\"d\\\", e\""];

/// Made once: that takes longer than to read a file.
static KEYS: LazyLock<Vec<PublicKey>> = LazyLock::new(|| {
    let public = |seed: u8| Ed25519Keypair::from_seed(&[seed; 32]).public;
    let key = |seed| PublicKey::new(KeyData::Ed25519(public(seed)), "new key");
    (0..8).map(key).collect()
});

/// A key with a comment; another one for each number.
pub(super) fn key(number: usize) -> PublicKey {
    KEYS[number].clone()
}

/// Type and base64 of a key.
pub(super) fn bare(number: usize) -> String {
    let text = text(&key(number));
    text.trim_end_matches(" new key").to_owned()
}

/// With the keys themselves, where `text` has `KEY` and `OTHER`.
pub(crate) fn filled_in(text: &[u8]) -> Vec<u8> {
    let mut filled = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.first() {
        if let Some(after) = rest.strip_prefix(b"KEY") {
            filled.extend_from_slice(bare(1).as_bytes());
            rest = after;
        } else if let Some(after) = rest.strip_prefix(b"OTHER") {
            filled.extend_from_slice(bare(2).as_bytes());
            rest = after;
        } else {
            filled.push(*first);
            rest = &rest[1..];
        }
    }
    filled
}

/// Whatever `file` is, a line is added and taken out again, and nothing else changes.
pub(crate) fn keeps(file: &[u8]) {
    let present = options_of(file, &key(1)).is_some();
    let first = file.split(|byte| *byte == b'\n').next();
    let first = first.and_then(|line| std::str::from_utf8(line).ok());
    let usual = OPTIONS.map(str::as_bytes).into_iter();
    let own = first.filter(|text| fit(text)).map(str::as_bytes);
    for options in usual.chain(own).chain(options_of(file, &key(2))) {
        let new = add(file, options, &key(1));
        assert_eq!(new.is_none(), present);
        if let Some(new) = new {
            added(file, options, &new);
        }
    }
    match remove(file, &key(1)) {
        Some(new) => removed(file, &new),
        None => assert!(!present),
    }
    file.split(|byte| *byte == b'\n')
        .for_each(as_another_parser);
}

fn added(file: &[u8], options: &[u8], new: &[u8]) {
    let rest = new.strip_prefix(file).expect("the file comes first");
    let space = if options.is_empty() { "" } else { " " };
    let key_text = format!("{space}{} new key", bare(1));
    let line = [options, key_text.as_bytes()].concat();
    let at = rest.windows(line.len()).position(|text| text == line);
    let (supplied, end) = rest.split_at(at.expect("the line"));
    let end = &end[line.len()..];
    assert!(matches!(supplied, b"" | b"\n" | b"\r\n"));
    assert!(matches!(end, b"\n" | b"\r\n"));
    assert_eq!(
        file.is_empty() || file.ends_with(b"\n"),
        supplied.is_empty()
    );
    assert_eq!(options_of(new, &key(1)), Some(options));
    assert_eq!(options_of(new, &key(2)), options_of(file, &key(2)));
    assert_eq!(add(new, b"", &key(1)), None);
    let before = remove(file, &key(1)).unwrap_or_else(|| file.to_vec());
    let supplied = if before.is_empty() { b"" } else { supplied };
    let back = remove(new, &key(1)).expect("was there");
    assert!(back == [&before, supplied].concat() || back == before);
}

fn removed(file: &[u8], new: &[u8]) {
    let base64 = bare(1).split(' ').nth(1).expect("two words").to_owned();
    let mut left = new;
    for (mark, line) in lines(file) {
        left = left.strip_prefix(mark).expect("the mark stays");
        if let Some(rest) = left
            .strip_prefix(line)
            .filter(|_| read(line).is_none_or(|entry| entry.key != Material::of(&key(1))))
        {
            left = rest;
            continue;
        }
        let text: Vec<u8> = line
            .iter()
            .copied()
            .filter(|byte| !b"\r\x0b\x0c".contains(byte))
            .collect();
        assert!(
            text.windows(base64.len())
                .any(|text| text == base64.as_bytes())
        );
        if !mark.is_empty() {
            left = left
                .strip_prefix(ending(line))
                .expect("the mark's own line");
        }
    }
    assert!(left.is_empty());
    assert_eq!(options_of(new, &key(1)), None);
    assert_eq!(options_of(new, &key(2)), options_of(file, &key(2)));
    assert_eq!(remove(new, &key(1)), None);
}

/// What ssh-key's parser takes for a key is one here, with the same options, unless it misread them.
fn as_another_parser(line: &[u8]) {
    let Ok(text) = std::str::from_utf8(line) else {
        return;
    };
    let text = text.trim_end();
    if text.contains(['#', '\0']) {
        return;
    }
    let Ok(parsed) = text.parse::<Parsed>() else {
        return;
    };
    let options = parsed.config_opts().as_str().as_bytes();
    if unquoted(options, b"").is_none() {
        // It ends options at any space; sshd at none within quotes.
        return;
    }
    match read(line) {
        Some(entry) => {
            assert_eq!(entry.options, options);
            assert!(entry.key == Material::of(parsed.public_key()));
        }
        None => assert!(is_authority(options)),
    }
}
