//! One file for each form of line.

use russh::keys::ssh_encoding::base64::{Base64, Encoding};

use super::properties::{bare, key};
use super::*;

const RSA: &str = include_str!("../../fixtures/keys/openssh_rsa.pub");

fn added(file: &str, options: &str) -> Option<String> {
    let new = add(file.as_bytes(), options.as_bytes(), &key(1))?;
    Some(String::from_utf8(new).expect("text"))
}

fn removed(file: &[u8]) -> Option<Vec<u8>> {
    remove(file, &key(1))
}

#[test]
fn a_line_is_added_at_the_end_in_the_files_own_way() {
    let line = format!("{} new key", bare(1));
    for (file, end) in [
        ("", "\n"),
        ("# a\n", "\n"),
        ("# a\n\n", "\n"),
        ("# a\r\n", "\r\n"),
        ("# a\n# b\r\n", "\r\n"),
        ("# a\r\n# b\n", "\n"),
        ("\u{feff}", "\n"),
    ] {
        let missing = if file == "\u{feff}" { end } else { "" };
        let expected = format!("{file}{missing}{line}{end}");
        assert_eq!(added(file, ""), Some(expected), "{file:?}");
    }
    for (file, supplied, end) in [
        ("# a", "\n", "\n"),
        ("# a\r\n# b", "\r\n", "\r\n"),
        ("# a\r\n# b\r", "\n", "\r\n"),
        ("# a\r", "\n", "\r\n"),
    ] {
        let expected = format!("{file}{supplied}from=\"x\" {line}{end}");
        assert_eq!(added(file, "from=\"x\""), Some(expected), "{file:?}");
    }
}

#[test]
fn the_comment_stays_on_its_line() {
    let mut key = key(1);
    key.set_comment("a\nssh-rsa\r\0b\n");
    let new = add(b"", b"", &key).expect("not there yet");
    let expected = format!("{} a ssh-rsa  b\n", bare(1));
    assert_eq!(
        new.escape_ascii().to_string(),
        expected.escape_default().to_string()
    );
}

/// Lines that let the key in.
fn present() -> Vec<(String, &'static str)> {
    let bare = bare(1);
    let (name, base64) = bare.split_once(' ').expect("two words");
    let long = format!("environment=\"A={}\"", "x".repeat(20_000));
    let mut lines = vec![
        (bare.clone(), ""),
        (format!(" \t{bare}"), ""),
        (format!("{bare} a comment # with more"), ""),
        (format!("{name}\t  {base64}\tcomment"), ""),
        (format!("{bare}\0 junk \" "), ""),
        (format!("restrict,pty {bare}"), "restrict,pty"),
        (format!("{long} {bare}"), ""),
    ];
    lines[6].1 = Box::leak(long.into_boxed_str());
    for options in [
        "from=\"10.0.0.0/8,!10.1.0.0/16\",no-pty",
        "command=\"echo \\\"a b\\\", ssh-ed25519 AAAA\"",
        "command=\"cert-authority\"",
        "environment=\"X=,cert-authority,\"",
        "from=\"# no comment\"",
    ] {
        lines.push((format!("{options} \t {bare} c"), options));
    }
    lines
}

/// Lines that do not let it in, though its text is there.
fn absent() -> Vec<String> {
    let (other, bare) = (bare(2), bare(1));
    let base64 = bare.split(' ').nth(1).expect("two words");
    vec![
        other,
        format!("# {bare}"),
        format!(" \t#{bare}"),
        format!("cert-authority {bare}"),
        format!("principals=\"a,b\",Cert-Authority,no-pty {bare}"),
        format!("@cert-authority {bare}"),
        format!("command=\"open {bare}"),
        format!("command=\"open \\\\\" {bare}"),
        format!("ssh-rsa {base64}"),
        format!("ssh-ed25519 {}", &base64[..base64.len() - 4]),
        format!("ssh-ed25519 {base64}AAAA"),
        format!("no-pty from=\"x\" {bare}"),
        format!("\0{bare}"),
        "ssh-ed25519".to_owned(),
    ]
}

#[test]
fn a_key_is_known_by_its_numbers() {
    for (line, options) in present() {
        for end in ["", "\n", "\r\n"] {
            let file = format!("# a\n{line}{end}");
            assert_eq!(added(&file, ""), None, "{file}");
            let found = options_of(file.as_bytes(), &key(1));
            assert_eq!(found, Some(options.as_bytes()), "{file}");
            assert_eq!(
                removed(file.as_bytes()).as_deref(),
                Some(&b"# a\n"[..]),
                "{file}"
            );
        }
    }
}

#[test]
fn lines_that_let_it_not_in_do_not_count() {
    for line in absent() {
        let file = format!("{line}\n");
        assert_eq!(options_of(file.as_bytes(), &key(1)), None, "{file}");
        assert_eq!(removed(file.as_bytes()), None, "{file}");
        let new = added(&file, "").expect("not there yet");
        assert_eq!(new, format!("{file}{} new key\n", bare(1)));
    }
}

#[test]
fn every_line_of_the_key_goes_and_no_other() {
    let others: Vec<String> = absent();
    let mut file = String::new();
    for ((line, _), other) in present().iter().cycle().zip(&others) {
        file.push_str(&format!("{line}\n{other}\r\n"));
    }
    let kept: String = others.iter().map(|other| format!("{other}\r\n")).collect();
    let left = removed(file.as_bytes()).expect("was there");
    assert_eq!(String::from_utf8(left).expect("text"), kept);
}

#[test]
fn an_rsa_key_may_be_named_after_its_signatures_and_have_more_zeros() {
    let rsa = PublicKey::from_openssh(RSA.trim()).expect("a key");
    let line = text(&rsa);
    let blob = rsa.to_bytes().expect("bytes");
    // The exponent, 3 bytes, with one zero more.
    let padded = [&blob[..11], &[0, 0, 0, 4, 0], &blob[15..]].concat();
    for line in [
        line.replace("ssh-rsa ", "rsa-sha2-512 "),
        format!("ssh-rsa {}", Base64::encode_string(&padded)),
    ] {
        assert_eq!(remove(line.as_bytes(), &rsa), Some(Vec::new()), "{line}");
    }
}

#[test]
fn a_byte_order_mark_stays_and_spoils_no_other_line() {
    let (one, two) = (bare(1), bare(2));
    let file = format!("\u{feff}{one}\r\n{two}\n");
    // sshd cannot read the first line, so the key is added, and both go.
    let both = added(&file, "").expect("not read by sshd");
    assert_eq!(both, format!("{file}{one} new key\n"));
    assert_eq!(options_of(file.as_bytes(), &key(1)), None);
    let expected = format!("\u{feff}\r\n{two}\n");
    assert_eq!(removed(both.as_bytes()), Some(expected.into_bytes()));
    let inside = format!("{one}\n\u{feff}{one}\n{two}\n");
    let expected = format!("\u{feff}\n{two}\n");
    assert_eq!(removed(inside.as_bytes()), Some(expected.into_bytes()));
}

/// Behind spaces it is no mark, but sshd knows no option that begins with it.
#[test]
fn a_mark_behind_spaces_keeps_its_key_out() {
    let file = format!(" \u{feff}restrict {}\n", bare(1));
    assert_eq!(options_of(file.as_bytes(), &key(1)), None);
    assert!(added(&file, "restrict").is_some());
    assert_eq!(removed(file.as_bytes()), Some(Vec::new()));
}

#[test]
fn options_that_change_the_line_do_not_fit() {
    for options in [
        "restrict",
        "from=\"a b\",no-pty",
        "command=\"say \\\"hi\\\"\"",
    ] {
        assert!(fit(options), "{options}");
    }
    for options in [
        "",
        "#no-pty",
        " no-pty",
        "no-pty ",
        "no-pty restrict",
        "from=\"a",
        "from=\"a\\\"",
        "no-pty\nrestrict",
        "no-pty\0",
        "\u{feff}no-pty",
        "cert-authority",
        "no-pty,CERT-AUTHORITY",
    ] {
        assert!(!fit(options), "{options}");
    }
}
