//! The bastion of a secret: whose login enters it, and what is refused.

use super::keys::OTHER;
use super::*;
use crate::login::jump::{Entry, Jump};

const ARN: &str = "arn:aws:secretsmanager:us-east-1:012345678912:secret:bastion-AbCdEf";

fn own() -> Value {
    json!({"host": "j", "port": 2022, "username": "jumper", "private_key": OTHER, "fingerprints": PRINT})
}

fn jump(keys: &Value) -> Jump {
    login(keys).jump().expect("a bastion").clone()
}

#[test]
fn secrets_are_known_and_hidden() {
    let mut own = own();
    own["passphrase"] = json!("hunter3");
    let login = login(&json!({"passphrase": "hunter2", "jump": own}));
    let secrets: Vec<&str> = login.secrets().into_iter().map(Secret::expose).collect();
    assert_eq!(login.credential().expose(), KEY);
    assert_eq!(secrets, ["hunter2", OTHER, "hunter3"]);
    assert_eq!(format!("{login:?}"), "app@db:22");
    assert_eq!(login.admin_secret(), None);
    let Entry::Own(place, ..) = &login.jump().expect("a bastion").entry else {
        panic!("a key of its own");
    };
    let shown = (place.host.to_string(), place.username.as_str());
    assert_eq!(shown, ("j:2022".to_owned(), "jumper"));
}

#[test]
fn without_a_key_of_its_own_the_fleet_enters_it() {
    let print = PRINT.replace('F', "G");
    for (keys, username, known) in [
        (json!({"host": "j"}), "app", PRINT),
        (
            json!({"host": "j", "username": "jumper", "fingerprints": print}),
            "jumper",
            print.as_str(),
        ),
    ] {
        let Entry::Fleet(place) = jump(&json!({"jump": keys})).entry else {
            panic!("{keys}");
        };
        let prints = format!("{:?}", place.host_keys);
        assert_eq!((place.username.as_str(), place.host.port), (username, 22));
        assert_eq!(
            prints,
            format!("{:?}", login(&json!({"fingerprints": known})).host_keys)
        );
    }
}

#[test]
fn an_admin_secret_has_all_of_it() {
    let login = login(&json!({"jump": {"masterarn": ARN, "hosts": "db"}}));
    assert_eq!(login.admin_secret(), Some(ARN));
    assert!(login.jump().expect("a bastion").leads_to(&login.hosts()[0]));
    for key in [
        "host",
        "port",
        "username",
        "private_key",
        "passphrase",
        "known_hosts",
        "fingerprints",
    ] {
        let value = match key {
            "port" => json!(22),
            "known_hosts" => json!(LINE),
            "fingerprints" => json!(PRINT),
            _ => json!("hunter2"),
        };
        let said = read(&json!({"jump": {"masterarn": ARN, key: value}})).expect_err(key);
        let words = "under the key jump that cannot be used: it must have no more than hosts beside masterarn";
        assert!(
            said.contains(words) && said.ends_with(&format!("Take out {key}")),
            "{said}"
        );
    }
}

#[test]
fn what_is_missing_or_does_not_go_together_is_said() {
    for (keys, words) in [
        (
            json!({"jump": {}}),
            "jump that cannot be used: it must also have host",
        ),
        (
            json!({"jump": {"host": "j", "passphrase": "hunter2"}}),
            "it must also have private_key (for its passphrase)",
        ),
        (
            json!({"jump": {"host": "j", "private_key": OTHER, "fingerprints": PRINT}}),
            "it must also have username",
        ),
        (
            json!({"jump": {"host": "j", "username": "jumper"}, "authorized_keys_path": "/etc/keys/app"}),
            "it must have authorized_keys_path from the login's home: jumper at the bastion is another login",
        ),
    ] {
        let said = read(&keys).expect_err(words);
        assert!(said.contains(words) && !said.contains("hunter2"), "{said}");
    }
}

/// Or the rotation would lock the fleet out.
#[test]
fn a_key_of_its_own_is_not_the_fleets() {
    let mut own = own();
    login(&json!({"jump": own}))
        .with_new_key(None, None, "c")
        .expect("a key");
    own["private_key"] = json!(KEY);
    let refused = login(&json!({"jump": own})).with_new_key(None, None, "c");
    let text = refused.map(drop).expect_err("refused").text().to_owned();
    assert!(
        text.starts_with("jump.private_key is the secret's own key"),
        "{text}"
    );
    assert!(
        text.contains("take private_key and passphrase out of jump"),
        "{text}"
    );
}

#[test]
fn an_edit_during_the_rotation_is_refused() {
    let own = own();
    let base = json!({"options": "no-pty", "jump": own});
    let mut moved = own.clone();
    moved["host"] = json!("k");
    let mut rekeyed = own.clone();
    rekeyed["private_key"] = json!(KEY);
    let with = |name: &str, value: Value| {
        let mut keys = base.clone();
        keys[name] = value;
        keys
    };
    for (keys, name) in [
        (with("host", json!("db2")), "hosts"),
        (with("username", json!("app2")), "username"),
        (
            with("authorized_keys_path", json!("keys")),
            "authorized_keys_path",
        ),
        (with("options", json!("restrict")), "options"),
        (
            with("known_hosts", json!(LINE)),
            "known_hosts (or fingerprints)",
        ),
        (with("jump", moved), "jump"),
        (with("jump", rekeyed), "jump"),
        (with("jump", json!({"host": "j"})), "jump"),
        (with("jump", json!({"masterarn": ARN})), "jump"),
        (with("jump", Value::Null), "jump"),
    ] {
        let refused = login(&keys).same_way(&login(&base)).expect_err(name);
        let words = format!("the key {name} of AWSPENDING is not as in AWSCURRENT");
        assert!(refused.text().contains(&words), "{}", refused.text());
    }
    login(&base).same_way(&login(&base)).expect("the same");
}

#[test]
fn those_behind_a_bastion_are_written_as_in_hosts() {
    let behind = |hosts: Value, port: Value, behind: Value| {
        let mut jump = own();
        jump["hosts"] = behind;
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
    }
    for (listed, stranger) in [("a b", "b:2222"), ("a:22", "a:22"), ("c", "c:2222")] {
        let said = read(&behind(json!(["a", "b:23"]), json!(2222), json!(listed)));
        let expected = format!(
            "cannot be used: it must have in jump.hosts only hosts that are in hosts too: {stranger} is not"
        );
        assert_eq!(said.err(), Some(expected), "{listed}");
    }
}
