//! Secrets as JSON: what is read, what is refused, and in which words.

mod jump;
mod keys;

use rotation::document::Document;
use russh::keys::PublicKey;
use serde_json::{Value, json};

use super::*;

const KEY: &str = include_str!("../../fixtures/keys/openssh_ed25519");
const PRINT: &str = "SHA256:F+pTRTCVaunaO9i77/qbxwcJVn/u0VhpuGyuHss8zyQ";
const LINE: &str =
    "db ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFl7KGm/sVGFsnrcNjbHwPLKLZ7ZW7DciTksuUTY2yN+";

/// A whole secret, with these keys in place of its own; null takes one away.
fn secret(keys: &Value) -> Value {
    let mut secret =
        json!({"host": "db", "username": "app", "private_key": KEY, "fingerprints": PRINT});
    let fields = secret.as_object_mut().expect("an object");
    for (name, value) in keys.as_object().expect("an object") {
        match value {
            Value::Null => drop(fields.remove(name)),
            value => drop(fields.insert(name.clone(), value.clone())),
        }
    }
    secret
}

fn read(keys: &Value) -> Result<SshLogin, String> {
    let document = Document::new(secret(keys).to_string());
    document.parse().map_err(|problem| problem.to_string())
}

fn login(keys: &Value) -> SshLogin {
    read(keys).unwrap_or_else(|problem| panic!("{keys}: {problem}"))
}

fn hosts(keys: &Value) -> String {
    let login = login(keys);
    let hosts = login.hosts().iter();
    hosts.map(Host::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn hosts_in_every_form() {
    for (keys, expected) in [
        (json!({}), "db:22"),
        (json!({"host": "DB:2222"}), "db:2222"),
        (json!({"port": 23}), "db:23"),
        (json!({"port": "23", "host": "[::1]"}), "[::1]:23"),
        (
            json!({"host": null, "hosts": ["a", "b:23"], "port": 24}),
            "a:24 b:23",
        ),
        (
            json!({"host": null, "hosts": "a, b:23,\n[::1]:25,"}),
            "a:22 b:23 [::1]:25",
        ),
        (json!({"host": null, "hosts": ["a", "a:23"]}), "a:22 a:23"),
    ] {
        assert_eq!(hosts(&keys), expected, "{keys}");
    }
}

#[test]
fn the_usual_and_the_unusual() {
    let usual = login(&json!({}));
    assert_eq!(usual.authorized_keys_path(), ".ssh/authorized_keys");
    assert_eq!((usual.options(), usual.jump().is_none()), (None, true));
    assert_eq!((usual.target().as_str(), usual.principal()), ("ssh", "app"));
    for path in [
        "keys",
        "/etc/ssh/keys/app",
        ".ssh/authorized_keys2",
        "a b/c..d",
    ] {
        assert_eq!(
            login(&json!({"authorized_keys_path": path})).authorized_keys_path(),
            path
        );
    }
    for options in ["", "restrict,from=\"a, b\""] {
        assert_eq!(login(&json!({"options": options})).options(), Some(options));
    }
    for known in [
        json!(LINE),
        json!([LINE, "# none"]),
        json!(format!("{LINE}\r\n\r\n")),
    ] {
        login(&json!({"known_hosts": known, "fingerprints": null}));
    }
    let known = login(&json!({"known_hosts": LINE, "fingerprints": null}));
    let key = LINE
        .split_once(' ')
        .map(|(_, key)| PublicKey::from_openssh(key));
    let key = key.expect("a name and a key").expect("a key");
    let host = &known.hosts()[0];
    assert_eq!(known.host_keys.check(host, &key), Ok(()));
    assert_eq!(usual.host_keys.check(host, &key), Ok(()));
    for prints in [json!([PRINT, PRINT]), json!(format!("{PRINT}, {PRINT}\n"))] {
        login(&json!({"fingerprints": prints}));
    }
}

#[test]
fn every_bad_value_is_named_and_not_said() {
    for (keys, words) in [
        (
            json!({"host": "ssh://hunter2"}),
            "under the key host that cannot be used: it must be a DNS name",
        ),
        (
            json!({"host": 7}),
            "under the key host that cannot be used: it must be a text",
        ),
        (
            json!({"host": null, "hosts": []}),
            "under the key hosts that cannot be used: it must hold at least one",
        ),
        (
            json!({"host": null, "hosts": ["a", "hunter2:x"]}),
            "under the key hosts that cannot",
        ),
        (
            json!({"host": null, "hosts": 7}),
            "under the key hosts that cannot be used: it must be a text or a list",
        ),
        (
            json!({"port": 0}),
            "under the key port that cannot be used: it must be a port number",
        ),
        (json!({"username": ""}), "under the key username that"),
        (
            json!({"username": "hunter2\n"}),
            "username that cannot be used: it must not hold control",
        ),
        (
            json!({"private_key": 7}),
            "of the wrong type under the key private_key",
        ),
        (json!({"public_key": 7}), "under the key public_key"),
        (
            json!({"fingerprints": "MD5:hunter2"}),
            "under the key fingerprints that cannot be used: it must hold",
        ),
        (
            json!({"fingerprints": PRINT.replace("F+", "")}),
            "under the key fingerprints",
        ),
        (
            json!({"known_hosts": "db ssh-ed25519 hunter2"}),
            "known_hosts that cannot be used: it must have lines",
        ),
        (
            json!({"known_hosts": format!("@cert-authority {LINE}")}),
            "certificates are not supported: line 1",
        ),
        (
            json!({"options": "hunter2 restrict"}),
            "options that cannot be used: it must be options as in",
        ),
        (
            json!({"options": "cert-authority"}),
            "under the key options",
        ),
        (
            json!({"jump": {"host": "hunter2:x"}}),
            "under the key jump.host that",
        ),
        (
            json!({"jump": "hunter2"}),
            "of the wrong type under the key jump",
        ),
        (
            json!({"jump": {"host": "j", "username": "app", "private_key": KEY}}),
            "under the key jump that cannot be used: it must also have known_hosts (or fingerprints): host key required",
        ),
    ] {
        let said = read(&keys).expect_err("refused");
        assert!(said.contains(words), "{keys}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn paths_that_are_not_allowed() {
    for path in [
        "",
        "..",
        "../x",
        "a/../b",
        "/..",
        "~/.ssh/authorized_keys",
        "~other/keys",
        "a/~b",
        "%h/.ssh/authorized_keys",
        "/keys/%u",
        "a\nb",
        "a\0b",
        ".ssh/",
        "/",
        ".",
        "./keys",
    ] {
        let said = read(&json!({"authorized_keys_path": path})).expect_err(path);
        assert!(
            said.contains("under the key authorized_keys_path"),
            "{said}"
        );
        assert!(said.ends_with("path not allowed"), "{said}");
    }
}

#[test]
fn what_is_missing_or_there_twice_is_said() {
    const REQUIRED: &str = "known_hosts (or fingerprints): host key required (known_hosts lines or SHA256 fingerprints): nothing is trusted on first use";
    for (keys, expected) in [
        (
            json!({"username": null}),
            "must also have username".to_owned(),
        ),
        (
            json!({"fingerprints": null}),
            format!("must also have {REQUIRED}"),
        ),
        (
            json!({"fingerprints": null, "known_hosts": "# none"}),
            format!("must also have {REQUIRED}"),
        ),
        (
            json!({"host": null, "username": null, "private_key": null, "fingerprints": null, "PrivateKey": KEY}),
            format!("must also have host (or hosts), username, {REQUIRED}"),
        ),
        (
            json!({"host": null, "username": null, "private_key": null, "fingerprints": null}),
            format!("must also have host (or hosts), username, private_key, {REQUIRED}"),
        ),
        (
            json!({"hosts": "db2"}),
            "must have host or hosts, not both".to_owned(),
        ),
        (
            json!({"PrivateKey": KEY}),
            "must have private_key or PrivateKey, not both".to_owned(),
        ),
        (
            json!({"private_key": null, "ssh-privatekey": KEY, "identity": KEY}),
            "must have ssh-privatekey or identity, not both".to_owned(),
        ),
        (
            json!({"user": "app"}),
            "must have username or user, not both".to_owned(),
        ),
        (
            json!({"public_key": "a", "PublicKey": "b"}),
            "must have public_key or PublicKey, not both".to_owned(),
        ),
        (
            json!({"host": null, "hosts": "a,b,A.:22"}),
            "must name each host once: number 3 of hosts is there before".to_owned(),
        ),
    ] {
        assert_eq!(
            read(&keys).err(),
            Some(format!("cannot be used: it {expected}")),
            "{keys}"
        );
    }
}
