//! Who may write one secret, and nothing else: for every key, the worst that can stand there. The function has no login but the
//! secret's own, and the one that `jump.masterarn` names: so that one is what others must be safe from.

mod rows;

use futures_util::{StreamExt, stream};
use rotation_tests::setting::workspace;
use rotation_tests::ssh::{Pair, Sshd, user};
use serde_json::json;

use self::rows::Ends::{Harmless, Refused};
use self::rows::{ROWS, Row};
use crate::lab::Lab;

/// Each with hosts of its own, and some side by side: most of the time is waiting.
#[tokio::test]
async fn every_key_with_the_worst_value() {
    let rows = stream::iter(ROWS).map(async |row| Scene::new().await.holds(row).await);
    rows.buffer_unordered(6).collect::<()>().await;
}

/// A secret; another team's host; and a bastion whose login an administrator's secret has.
struct Scene {
    lab: Lab,
    others: [Sshd; 2],
    /// What a row's value may name.
    names: Vec<(&'static str, String)>,
}

impl Scene {
    async fn new() -> Self {
        let (victim, bastion) = (Sshd::start().await, Sshd::start().await);
        let (theirs, own) = (Pair::new("ed25519", &[]), Pair::new("ed25519", &[]));
        victim.authorize(&format!("{}\n", theirs.public));
        bastion.authorize(&format!("{}\n", own.public));
        let known = [victim.known_host(), bastion.known_host()];
        let lab = Lab::of(vec![Sshd::start().await], &[], |secret| {
            secret["known_hosts"] = json!([&secret["known_hosts"], &known[0], &known[1]]);
        })
        .await;
        let login = json!({
            "host": bastion.host(), "username": user(), "private_key": own.private, "known_hosts": known[1],
            "bastion": true,
        });
        let ordinary = json!({
            "host": victim.host(), "username": user(), "private_key": theirs.private, "known_hosts": known[0],
        });
        let database =
            json!({"host": "db", "username": "admin", "password": "hunter2-of-the-admin"});
        let (_, key) = known[1].split_once(' ').expect("a line");
        let strangers = Pair::new("ed25519", &[]).private;
        let names = vec![
            ("{host}", lab.hosts[0].host()),
            ("{user}", user()),
            ("{victim}", victim.host()),
            ("{known}", known[0].clone()),
            ("{stranger}", format!("* {key}")),
            ("{login}", lab.aws.create("login", &ordinary.to_string())),
            ("{arn}", lab.aws.create("bastion", &login.to_string())),
            (
                "{database}",
                lab.aws.create("database", &database.to_string()),
            ),
            ("{private}", strangers.replace('\n', "\\n")),
            ("{public}", theirs.public),
        ];
        Self {
            lab,
            others: [victim, bastion],
            names,
        }
    }

    async fn holds(&self, (key, value, ends): &Row) {
        let filled = |text: String, (name, value): &(_, String)| text.replace(name, value);
        let json = self.names.iter().fold((*value).to_owned(), filled);
        let lab = &self.lab;
        lab.edit_current(|secret| {
            let top = key.split('.').next().filter(|top| *top == "jump");
            secret[top.unwrap_or(key)] = serde_json::from_str(&json).expect(&json);
        });
        let theirs = || self.others.each_ref().map(Sshd::authorized_keys);
        let (before, own) = (theirs(), lab.hosts[0].authorized_keys());
        let token = lab.begin();
        let ended = lab.steps_from(&token, "createSecret").await;
        assert_eq!(
            theirs(),
            before,
            "{key} {value}: another's host was changed"
        );
        match (ends, ended) {
            (Refused(words), Err(error)) => {
                let said = error.message;
                assert!(said.contains(words), "{key} {value}: {said}");
                assert!(!said.contains("hunter2"), "{key} {value}: {said}");
                assert_eq!(
                    lab.hosts[0].authorized_keys(),
                    own,
                    "{key} {value}: changed"
                );
            }
            (Harmless(_), Ok(())) => {}
            (Refused(words), Ok(())) => panic!("{key} {value}: rotated, and not refused: {words}"),
            (Harmless(why), Err(error)) => panic!("{key} {value}: {why}: {}", error.message),
        }
    }
}

/// A key that the README tells of, and not this table, is one that nobody has thought of.
#[test]
fn every_key_of_the_readme_has_a_row() {
    let readme = workspace().join("rotators/ssh/README.md");
    let readme = std::fs::read_to_string(readme).expect("a README");
    let secret = readme.split("## A bastion").next().expect("a section");
    let keys = secret.lines().filter(|line| line.starts_with("| `"));
    let mut found = 0;
    for line in keys {
        let names = line
            .split('|')
            .nth(1)
            .expect("a cell")
            .split('`')
            .skip(1)
            .step_by(2);
        for name in names {
            found += 1;
            let row =
                |(key, ..): &(&str, _, _)| key.split('.').next() == Some(name) || *key == name;
            assert!(ROWS.iter().any(row), "{name} has no row");
        }
    }
    assert!(found > 10, "the table of the keys: {found}");
}
