use russh::keys::ssh_key::authorized_keys::AuthorizedKeys;

use super::*;
use crate::samples::{FILES, file, key, text};

/// Files, the lines in which a key is, counted from 0, and the options of the first.
const THERE: [(&str, &str, &[usize], &str); 16] = [
    (
        "authorities",
        "ed25519",
        &[4],
        "command=\"x,cert-authority,y\"",
    ),
    ("blanks", "ed25519", &[0, 1, 2, 4], ""),
    ("blanks", "other", &[5], ""),
    ("bom", "ed25519", &[1], "no-pty"),
    ("crlf", "ed25519", &[2], "no-pty"),
    ("crlf", "rsa", &[3], ""),
    ("invalid", "ed25519", &[0], "\u{fffd}\u{fffd}\u{fffd}"),
    ("invalid", "other", &[7], ""),
    ("manual", "ed25519", &[5], "restrict,command=\"dump /home\""),
    (
        "manual",
        "rsa",
        &[7],
        "permitopen=\"192.0.2.1:80\",permitopen=\"192.0.2.2:25\"",
    ),
    (
        "manual",
        "ecdsa256",
        &[9],
        "tunnel=\"0\",command=\"sh /etc/netstart tun0\"",
    ),
    ("no_newline", "ed25519", &[1], ""),
    (
        "quotes",
        "ed25519",
        &[0, 3],
        "command=\"echo \\\"a b\\\", c\",no-pty",
    ),
    ("spellings", "ed25519", &[5], ""),
    ("spellings", "rsa", &[0, 1, 2, 3, 4], ""),
    ("twice", "ed25519", &[0, 3], "from=\"192.0.2.0/24\""),
];

#[test]
fn a_key_is_found_however_it_is_written_and_exactly_its_lines_go() {
    for (name, of, numbers, options) in THERE {
        let (file, key) = (file(name), key(of));
        assert_eq!(
            options_of(file, &key).as_deref(),
            Some(options),
            "{name}, {of}"
        );
        assert_eq!(add(file, &key, "new"), None, "{name}, {of}");
        let others = lines(file)
            .enumerate()
            .filter(|(number, _)| !numbers.contains(number));
        let others: Vec<_> = others.map(|(_, line)| line).collect();
        assert!(remove(file, &key) == Some(others.concat()), "{name}, {of}");
    }
}

#[test]
fn an_absent_key_is_added_at_the_end_and_nothing_else_changes() {
    let (key, line) = (key("ecdsa384"), format!("no-pty {} v2", text("ecdsa384")));
    for (name, file) in FILES {
        assert_eq!(remove(file, &key), None, "{name}");
        assert_eq!(options_of(file, &key), None, "{name}");
        let (before, after) = match name {
            "crlf" => ("", "\r\n"),
            "no_newline" => ("\n", "\n"),
            _ => ("", "\n"),
        };
        let edited = add(file, &key, &line).expect(name);
        assert!(
            edited == [file, before.as_bytes(), line.as_bytes(), after.as_bytes()].concat(),
            "{name}"
        );
        assert_eq!(
            options_of(&edited, &key).as_deref(),
            Some("no-pty"),
            "{name}"
        );
    }
}

#[test]
fn a_missing_line_end_is_supplied_as_the_lines_before_have_it() {
    let key = key("ed25519");
    for (file, edited) in [
        ("", "new\n"),
        ("\n", "\nnew\n"),
        ("a", "a\nnew\n"),
        ("\u{feff}", "\u{feff}\nnew\n"),
        ("a\r\nb", "a\r\nb\r\nnew\r\n"),
        ("a\r\nb\nc", "a\r\nb\nc\nnew\n"),
        ("a\nb\r\n", "a\nb\r\nnew\r\n"),
        ("\r\n", "\r\nnew\r\n"),
    ] {
        assert_eq!(
            add(file.as_bytes(), &key, "new").as_deref(),
            Some(edited.as_bytes()),
            "{file:?}"
        );
    }
}

#[test]
fn options_and_lines_of_any_length_are_read_whole() {
    let options = options_of(file("long"), &key("ed25519")).expect("there");
    assert_eq!(
        options.len(),
        "command=\"\",no-pty".len() + 1800 * "long, ".len()
    );
    let rest = format!("{}\n", text("other"));
    assert_eq!(
        remove(file("long"), &key("ed25519")),
        Some(rest.into_bytes())
    );
}

/// ssh-key reads fewer lines than OpenSSH; of those that it reads, it must say the same. It takes any `#` for a comment's
/// beginning, which OpenSSH does not.
#[test]
fn what_another_reader_reads_is_the_same() {
    let names = ["ed25519", "other", "rsa", "ecdsa256"];
    let mut compared = 0;
    for (file, bytes) in FILES {
        for line in lines(bytes).filter(|line| !line.contains(&b'#')) {
            let text = std::str::from_utf8(line).unwrap_or_default();
            let Some(Ok(read)) = AuthorizedKeys::new(text).next() else {
                continue;
            };
            let options = read.config_opts().as_str();
            let authority = options
                .to_ascii_lowercase()
                .split(',')
                .any(|option| option.ends_with("cert-authority"));
            for name in names {
                let same = read.public_key().key_data() == key(name).key_data() && !authority;
                let ours = options_of(line, &key(name));
                assert_eq!(ours.as_deref(), same.then_some(options), "{file}: {text}");
                compared += usize::from(same);
            }
        }
    }
    assert!(compared >= 12, "{compared} lines were compared");
}
