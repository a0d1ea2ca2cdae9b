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
    read(text, passphrase.map(Secret::new).as_ref())
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
fn the_next_key_is_of_the_same_type_and_no_shorter_than_3072() {
    for (text, next) in [
        (fixture!("openssh_ed25519"), Ok(KeyType::Ed25519)),
        (fixture!("openssh_p256"), Ok(KeyType::EcdsaP256)),
        (fixture!("sec1_p384"), Ok(KeyType::EcdsaP384)),
        (fixture!("openssh_rsa"), Ok(KeyType::Rsa3072)),
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

#[test]
fn names_of_types() {
    for (name, kind) in KeyType::NAMES {
        assert_eq!(KeyType::parse(name), Some(kind));
        assert_eq!(kind.to_string(), name);
    }
    for name in ["", "Ed25519", "rsa", "rsa-2048", "dsa"] {
        assert_eq!(KeyType::parse(name), None);
    }
}

#[test]
fn a_new_key_has_its_type_and_comment_and_no_second_is_like_it() {
    for (_, kind) in KeyType::NAMES {
        let passphrase = (kind == KeyType::EcdsaP256).then(|| Secret::new(PASSPHRASE));
        let new = generate(kind, "a comment", passphrase.as_ref()).expect("a key");
        let text = new.private.expose();
        assert!(text.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
        assert!(text.ends_with("\n-----END OPENSSH PRIVATE KEY-----\n"));
        let key = read(text, passphrase.as_ref()).expect("readable");
        assert_eq!(key.public_key().key_data(), new.public.key_data());
        assert_eq!(KeyType::after(&new.public), Ok(kind));
        assert_eq!(new.public.comment().as_str_lossy(), "a comment");
        assert_eq!(key.comment().as_str_lossy(), "a comment");
        if passphrase.is_some() {
            assert_eq!(read(text, None).err(), Some(Unreadable::Locked));
        }
    }
    let again = || generate(KeyType::Ed25519, "", None).expect("a key").public;
    assert_ne!(again(), again());
}
