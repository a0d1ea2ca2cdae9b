//! The private key of a secret: what is refused, what takes its place, and how that is written back.

use super::*;

const LOCKED: &str = include_str!("../../../fixtures/keys/openssh_ed25519_encrypted");
const PUBLIC: &str = include_str!("../../../fixtures/keys/openssh_ed25519.pub");
const OTHER: &str = include_str!("../../../fixtures/keys/pkcs8_ed25519");
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
        let new = old.with_new_key(None, "the version").expect("a key");
        let patched = document.patch(&old, &new).expect("fits");
        let again: Value = serde_json::from_str(patched.expose()).expect("JSON");
        let line = again[public].as_str().expect("a text");
        assert!(
            line.starts_with("ssh-ed25519 ") && line.ends_with(" the version"),
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
    let without = login(&json!({})).with_new_key(None, "c").expect("a key");
    assert!(without.public_key.is_none());
}

#[test]
fn the_new_key_is_of_the_type_that_was_asked_for_and_encrypted_as_before() {
    let rsa = login(&json!({"private_key": RSA, "passphrase": "correct-horse"}));
    let kept = rsa.with_new_key(None, "c").expect("a key");
    let kind = KeyType::after(kept.key().expect("a key").public_key());
    assert_eq!(kind, Ok(KeyType::Rsa3072));
    let told = rsa
        .with_new_key(Some(KeyType::EcdsaP384), "c")
        .expect("a key");
    let text = told.private_key.value.expose();
    assert_eq!(key::read(text, None).err(), Some(Unreadable::Locked));
    let kind = KeyType::after(told.key().expect("a key").public_key());
    assert_eq!(kind, Ok(KeyType::EcdsaP384));
}

#[test]
fn secrets_are_known_and_hidden() {
    let jump = json!({"host": "j:23", "username": "jumper", "private_key": OTHER, "passphrase": "hunter3", "fingerprints": PRINT});
    let login = login(&json!({"passphrase": "hunter2", "jump": jump}));
    let secrets: Vec<&str> = login.secrets().into_iter().map(Secret::expose).collect();
    assert_eq!(secrets, [KEY, "hunter2", OTHER, "hunter3"]);
    assert_eq!(format!("{login:?}"), "app@db:22");
    let jump = login.jump().expect("a jump host");
    assert_eq!(
        (jump.host.to_string().as_str(), jump.username.as_str()),
        ("j:23", "jumper")
    );
    let key = jump.key().expect("a key");
    let strange = jump.host_keys.check(&jump.host, key.public_key());
    assert!(strange.is_err(), "{strange:?}");
}

#[test]
fn those_behind_a_bastion_are_written_as_in_hosts() {
    let behind = |hosts: Value, port: Value, behind: Value| {
        let jump = json!({"host": "j", "port": 2022, "username": "jumper", "private_key": OTHER, "fingerprints": PRINT, "hosts": behind});
        json!({"host": null, "hosts": hosts, "port": port, "jump": jump})
    };
    for (port, listed, expected) in [
        (json!(2222), json!(["a"]), [true, false]),
        (json!(2222), json!("A.:2222 b:23"), [true, true]),
        (Value::Null, json!(["a"]), [true, false]),
    ] {
        let login = login(&behind(json!(["a", "b:23"]), port, listed.clone()));
        let jump = login.jump().expect("a bastion");
        let leads = [0, 1].map(|n| jump.leads_to(&login.hosts()[n]));
        assert_eq!(leads, expected, "{listed}");
        assert_eq!(jump.host.to_string(), "j:2022");
    }
    for (listed, stranger) in [("a b", "b:2222"), ("a:22", "a:22"), ("c", "c:2222")] {
        let said = read(&behind(json!(["a", "b:23"]), json!(2222), json!(listed)));
        let expected = format!(
            "cannot be used: it must have in jump.hosts only hosts that are in hosts too: {stranger} is not"
        );
        assert_eq!(said.err(), Some(expected), "{listed}");
    }
}
