//! Keys as ssh-keygen and openssl write them, and ours.

use russh::keys::PrivateKey;

use super::*;

const PASSPHRASE: &str = "correct-horse";

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../fixtures/keys/", $name))
    };
}

fn read_with(text: &str, passphrase: Option<&str>) -> Result<PrivateKey, Unreadable> {
    read(text, passphrase.map(Secret::new).as_ref()).map(|read| read.key)
}

/// Text, passphrase, type.
const READABLE: [(&str, Option<&str>, &str); 10] = [
    (fixture!("openssh_ed25519"), None, "ssh-ed25519"),
    (
        fixture!("openssh_ed25519_encrypted"),
        Some(PASSPHRASE),
        "ssh-ed25519",
    ),
    (fixture!("openssh_p256"), None, "ecdsa-sha2-nistp256"),
    (fixture!("openssh_rsa"), None, "ssh-rsa"),
    (fixture!("pkcs8_ed25519"), None, "ssh-ed25519"),
    (
        fixture!("pkcs8_ed25519_encrypted"),
        Some(PASSPHRASE),
        "ssh-ed25519",
    ),
    (fixture!("pkcs8_rsa"), None, "ssh-rsa"),
    (fixture!("pkcs1_rsa"), None, "ssh-rsa"),
    (fixture!("pkcs1_rsa_encrypted"), Some(PASSPHRASE), "ssh-rsa"),
    (fixture!("sec1_p384"), None, "ecdsa-sha2-nistp384"),
];

#[test]
fn every_form_is_read_with_any_line_ends() {
    for (text, passphrase, kind) in READABLE {
        let key = read_with(text, passphrase).expect(text);
        assert_eq!(key.algorithm().to_string(), kind, "{text}");
        let spaced = text.lines().map(|line| format!("  {line} \n"));
        for text in [
            text.replace('\n', "\r\n"),
            text.trim_end().to_owned(),
            format!("\n\n{text}\n"),
            spaced.collect(),
        ] {
            let again = read_with(&text, passphrase).expect(&text);
            assert_eq!(again.public_key(), key.public_key(), "{text}");
        }
    }
}

#[test]
fn a_passphrase_that_is_not_needed_is_none_that_is_wrong() {
    for (text, _, _) in READABLE
        .iter()
        .filter(|(_, passphrase, _)| passphrase.is_none())
    {
        read_with(text, Some("not needed")).expect(text);
    }
}

#[test]
fn a_passphrase_that_is_missing_or_wrong_is_said() {
    for (text, _, _) in READABLE
        .iter()
        .filter(|(_, passphrase, _)| passphrase.is_some())
    {
        assert_eq!(
            read_with(text, None).err(),
            Some(Unreadable::Locked),
            "{text}"
        );
        let wrong = read_with(text, Some("wrong")).err();
        assert_eq!(wrong, Some(Unreadable::Passphrase), "{text}");
    }
}

#[test]
fn what_is_no_key_is_said_without_a_word_of_it() {
    let key = fixture!("openssh_ed25519");
    let half = &key[..key.len() / 2];
    let damaged = key.replace("b3BlbnNzaC", "b3BlbnNzaD");
    for (text, problem) in [
        ("", Unreadable::NoKey),
        ("hunter2", Unreadable::NoKey),
        (half, Unreadable::NoKey),
        (&damaged, Unreadable::NoKey),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            Unreadable::NoKey,
        ),
        (
            "-----BEGIN PRIVATE KEY-----\nhunter2!\n-----END PRIVATE KEY-----\n",
            Unreadable::NoKey,
        ),
        (fixture!("openssh_ed25519.pub"), Unreadable::Public),
        (
            "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n",
            Unreadable::Putty,
        ),
        (fixture!("pkcs1_rsa_des3"), Unreadable::Encryption),
        (fixture!("sec1_p384_encrypted"), Unreadable::Encryption),
        (fixture!("dsa_pem"), Unusable::Dsa.into()),
        (fixture!("pkcs8_dsa"), Unusable::Dsa.into()),
    ] {
        assert_eq!(read_with(text, None).err(), Some(problem), "{text}");
    }
}

#[test]
fn the_two_halves_must_belong_together() {
    let key = |text| read_with(text, None).expect("a key");
    let public = fixture!("openssh_ed25519.pub");
    let own = key(fixture!("openssh_ed25519"));
    let base64 = public.split(' ').nth(1).expect("two words");
    for public in [
        public,
        public.trim(),
        &format!(" ssh-ed25519\t{base64}\r\n"),
    ] {
        assert_eq!(belongs(&own, public), Ok(()), "{public}");
    }
    let other = key(fixture!("pkcs8_ed25519"));
    assert_eq!(belongs(&other, public), Err(Unreadable::Mismatch));
    assert_eq!(
        belongs(&own, "ssh-ed25519 hunter2"),
        Err(Unreadable::NoPublic)
    );
}

#[test]
fn the_next_key_is_of_the_same_type_and_rsa_is_one_that_ec2_takes() {
    for (text, next) in [
        (fixture!("openssh_ed25519"), Ok(KeyType::Ed25519)),
        (fixture!("openssh_p256"), Ok(KeyType::EcdsaP256)),
        (fixture!("sec1_p384"), Ok(KeyType::EcdsaP384)),
        (fixture!("openssh_rsa"), Ok(KeyType::Rsa4096)),
        (fixture!("openssh_dsa"), Err(Unusable::Dsa)),
        (fixture!("pkcs1_rsa_1024"), Err(Unusable::Short(1024))),
        (
            fixture!("openssh_p521"),
            Err(Unusable::Type("ecdsa-sha2-nistp521".into())),
        ),
    ] {
        let key = read_with(text, None).expect(text);
        assert_eq!(KeyType::after(key.public_key()), next, "{text}");
    }
}

/// Each type in each format that can hold it, as it is and encrypted.
#[test]
fn a_new_key_has_its_type_and_comment_and_is_in_its_format() {
    for (_, kind) in KeyType::NAMES {
        for (_, format) in Format::NAMES {
            // RSA differs in nothing but its length.
            let long = matches!(kind, KeyType::Rsa3072 | KeyType::Rsa4096);
            for passphrase in [None, Some(PASSPHRASE)] {
                if format.holds(kind, passphrase.is_some()).is_ok()
                    && (!long || format == Format::OpenSsh)
                {
                    writes(kind, format, passphrase);
                }
            }
        }
    }
    let again = || {
        generate(KeyType::Ed25519, Format::OpenSsh, "", None)
            .expect("a key")
            .public
    };
    assert_ne!(again(), again());
}

fn writes(kind: KeyType, format: Format, passphrase: Option<&str>) {
    let (what, passphrase) = (
        format!("{kind:?} {format:?} {passphrase:?}"),
        passphrase.map(Secret::new),
    );
    let new = generate(kind, format, "a comment", passphrase.as_ref()).expect(&what);
    let text = new.private.expose();
    let label = match (format, kind, &passphrase) {
        (Format::OpenSsh, ..) => "OPENSSH PRIVATE KEY",
        (Format::Pem, KeyType::EcdsaP256 | KeyType::EcdsaP384, _) => "EC PRIVATE KEY",
        (Format::Pem, ..) => "RSA PRIVATE KEY",
        (_, _, Some(_)) => "ENCRYPTED PRIVATE KEY",
        (_, _, None) => "PRIVATE KEY",
    };
    assert!(
        text.starts_with(&format!("-----BEGIN {label}-----\n")),
        "{what}"
    );
    assert!(
        text.ends_with(&format!("\n-----END {label}-----\n")),
        "{what}"
    );
    let again = read(text, passphrase.as_ref()).expect(&what);
    assert_eq!(
        again.key.public_key().key_data(),
        new.public.key_data(),
        "{what}"
    );
    assert_eq!((again.format, again.ended), (format, true), "{what}");
    assert_eq!(new.public.comment().as_str_lossy(), "a comment");
    if format == Format::OpenSsh {
        assert_eq!(again.key.comment().as_str_lossy(), "a comment");
    }
    let next = if kind == KeyType::Rsa2048 {
        KeyType::Rsa4096
    } else {
        kind
    };
    assert_eq!(KeyType::after(&new.public), Ok(next));
    if passphrase.is_some() {
        assert_eq!(read(text, None).err(), Some(Unreadable::Locked), "{what}");
    }
}

#[test]
fn what_cannot_be_written_is_said_with_the_way_out() {
    for (format, kind, encrypted, words) in [
        (
            Format::OldPem,
            KeyType::EcdsaP256,
            true,
            "to openssh or pkcs8",
        ),
        (
            Format::Pem,
            KeyType::Ed25519,
            false,
            "set it to openssh or pkcs8",
        ),
        (
            Format::Pem,
            KeyType::Rsa4096,
            true,
            "or take passphrase out of the secret",
        ),
    ] {
        let said = format.holds(kind, encrypted).expect_err(words);
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(Format::Pem.after(KeyType::Ed25519), Format::OpenSsh);
    assert_eq!(Format::Pkcs8.after(KeyType::Ed25519), Format::Pkcs8);
    assert_eq!(Format::Pem.after(KeyType::EcdsaP384), Format::Pem);
}

/// As a form with one line leaves it, and as JSON that was escaped twice has it.
#[test]
fn lost_line_ends_are_found_again() {
    for (text, passphrase, _) in READABLE {
        let key = read_with(text, passphrase).expect(text);
        let mut forms = vec![text.replace('\n', "\\n"), text.replace('\n', "\\r\\n")];
        // Its headers have spaces of their own.
        if !text.contains("DEK-Info") {
            forms.extend([
                text.replace('\n', " "),
                text.replace('\n', "  \t").trim().to_owned(),
            ]);
        }
        for form in forms {
            let again = read_with(&form, passphrase).expect(&form);
            assert_eq!(
                again.public_key().key_data(),
                key.public_key().key_data(),
                "{form}"
            );
        }
    }
}
