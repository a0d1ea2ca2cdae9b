//! The private key of a secret: what is refused, what takes its place, and how that is written back.

use super::*;

const LOCKED: &str = include_str!("../../../fixtures/keys/openssh_ed25519_encrypted");
const PUBLIC: &str = include_str!("../../../fixtures/keys/openssh_ed25519.pub");
pub(super) const OTHER: &str = include_str!("../../../fixtures/keys/pkcs8_ed25519");
const SHORT: &str = include_str!("../../../fixtures/keys/pkcs1_rsa_1024");
const RSA: &str = include_str!("../../../fixtures/keys/pkcs1_rsa");

#[test]
fn a_key_that_cannot_be_used_is_said_by_name() {
    for (keys, expected) in [
        (
            json!({"private_key": "hunter2"}),
            "the value under the key private_key is no private key",
        ),
        (
            json!({"private_key": null, "PrivateKey": "hunter2"}),
            "under the key PrivateKey is no private key",
        ),
        (
            json!({"private_key": LOCKED}),
            "private_key is encrypted, and the secret has no passphrase",
        ),
        (
            json!({"private_key": LOCKED, "passphrase": ""}),
            "private_key is encrypted, and the secret has no",
        ),
        (
            json!({"private_key": LOCKED, "passphrase": "hunter2"}),
            "is encrypted, and not with the passphrase",
        ),
        (
            json!({"private_key": SHORT}),
            "private_key is an RSA key of 1024 bits, and 2048 is the least",
        ),
        (
            json!({"PublicKey": PUBLIC, "private_key": OTHER}),
            "PublicKey does not belong to the private key",
        ),
        (
            json!({"public_key": "hunter2"}),
            "the key public_key is no public key",
        ),
    ] {
        let error = login(&keys).key().expect_err("refused");
        assert!(error.text().contains(expected), "{}", error.text());
        assert!(!error.text().contains("hunter2"), "{}", error.text());
    }
    login(&json!({"private_key": SHORT}))
        .retired_key()
        .expect("still readable");
    login(&json!({"private_key": LOCKED, "passphrase": "correct-horse"}))
        .key()
        .expect("readable");
}

#[test]
fn only_the_keys_are_written_back_under_their_names() {
    for (private, public) in [
        ("privateKey", "publicKey"),
        ("ssh-privatekey", "public_key"),
        ("identity", "identity.pub"),
        ("private_key", "public_key"),
        ("PrivateKey", "PublicKey"),
        ("private_key", "PublicKey"),
    ] {
        let mut keys = json!({"private_key": null, "hosts": "b , a", "host": null, "x": 1.50});
        keys[private] = KEY.into();
        keys[public] = PUBLIC.into();
        let text = format!("{:#}", secret(&keys));
        let document = Document::new(text.clone());
        let old: SshLogin = document.parse().expect("a login");
        let new = old.with_new_key(None, None, "rotation:1").expect("a key");
        let patched = document.patch(&old, &new).expect("fits");
        let again: Value = serde_json::from_str(patched.expose()).expect("JSON");
        let line = again[public].as_str().expect("a text");
        assert!(
            line.starts_with("ssh-ed25519 ") && line.ends_with(" rotation:1"),
            "{line}"
        );
        let quoted = |value: &str| Value::from(value).to_string();
        let new_private = again[private].as_str().expect("a text");
        let expected = text
            .replace(&quoted(KEY), &quoted(new_private))
            .replace(&quoted(PUBLIC), &quoted(line));
        assert_eq!(patched.expose(), expected);
        let again: SshLogin = patched.parse().expect("a login");
        let public = PublicKey::from_openssh(line).expect("a key");
        assert_eq!(
            again.key().expect("a key").public_key().key_data(),
            public.key_data()
        );
    }
    let without = login(&json!({}))
        .with_new_key(None, None, "c")
        .expect("a key");
    assert!(without.public_key.is_none());
}

#[test]
fn the_new_key_is_of_the_type_that_was_asked_for_and_encrypted_as_before() {
    let rsa = login(&json!({"private_key": RSA, "passphrase": "correct-horse"}));
    let refused = rsa.with_new_key(None, None, "c").expect_err("PEM");
    let words = "private_key would be followed by one in PEM, which cannot be encrypted";
    assert!(refused.text().contains(words), "{}", refused.text());
    let told = rsa
        .with_new_key(Some(KeyType::EcdsaP384), Some(Format::OpenSsh), "c")
        .expect("a key");
    let text = told.private_key.value.expose();
    assert_eq!(key::read(text, None).err(), Some(Unreadable::Locked));
    let kind = KeyType::after(told.key().expect("a key").public_key());
    assert_eq!(kind, Ok(KeyType::EcdsaP384));
}

#[test]
fn the_format_the_final_newline_and_the_comment_are_kept() {
    let new = |keys: Value| {
        login(&keys)
            .with_new_key(None, None, "rotation:2")
            .expect("a key")
    };
    for (text, begin) in [
        (RSA, "-----BEGIN RSA PRIVATE KEY-----\n"),
        (OTHER, "-----BEGIN PRIVATE KEY-----\n"),
        (KEY, "-----BEGIN OPENSSH PRIVATE KEY-----\n"),
    ] {
        for text in [text, text.trim_end()] {
            let new = new(json!({"private_key": text}));
            let new = new.private_key.value.expose();
            assert!(new.starts_with(begin), "{begin}");
            assert_eq!(new.ends_with('\n'), text.ends_with('\n'), "{begin}");
        }
    }
    let public = PUBLIC.split(' ').take(2).collect::<Vec<_>>().join(" ");
    for (comment, expected) in [
        (" deploy@web", "deploy@web rotation:2"),
        (" deploy@web rotation:1", "deploy@web rotation:2"),
        (" rotation:1 of  web", "of web rotation:2"),
        ("", "rotation:2"),
    ] {
        let new = new(json!({"public_key": format!("{public}{comment}")}));
        let line = new.public_key.expect("a key").value;
        assert_eq!(line.splitn(3, ' ').nth(2), Some(expected));
    }
}
