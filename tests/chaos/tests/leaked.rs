//! A credential leaks, and the secret is rotated: what the chapter "In an incident" says of each strategy is so.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;
use rotation_chaos::engine::{Engine, Target, Verdict};
use rotation_chaos::site::Site;
use rotation_kit::aws::Outcome;
use rotation_tests::setting::workspace;
use rotation_tests::skip::skip;

/// Engines, and their rows in the chapter's first table.
const ROWS: [(&str, &str); 11] = [
    ("postgres/single-user", "one user, one password"),
    ("postgres/alternating-users", "two users"),
    ("mysql/single-user", "one user, one password"),
    ("mysql/dual-password", "two passwords (MySQL, MariaDB)"),
    ("mysql/alternating-users", "two users"),
    ("mariadb/single-user", "one user, one password"),
    ("mariadb/dual-password", "two passwords (MySQL, MariaDB)"),
    ("mariadb/alternating-users", "two users"),
    ("ssh", "SSH keys"),
    ("jupyterhub", "tokens, flow `create`"),
    (
        "rabbitmq",
        "tokens, flows `put-value`, `roll-in-place`, `self-rotate`",
    ),
];

/// What the chapter says of a strategy.
#[derive(Debug)]
struct Said {
    /// Whether one rotation ends the leaked credential. Otherwise, the second one does.
    one_is_enough: bool,
    /// Whether one is enough with RETIRE_PREVIOUS=after-finish.
    retiring: bool,
}

fn said(row: &str) -> Said {
    let chapter = workspace().join("docs/book/src/incident.md");
    let chapter = std::fs::read_to_string(chapter).expect("the chapter");
    let mut rows = chapter.lines();
    let cell = rows.find_map(|line| line.strip_prefix(&format!("| {row} | ")));
    let cell = cell.unwrap_or_else(|| panic!("the chapter has no row {row}"));
    let one_is_enough = cell.contains("](#one-rotation)");
    assert_ne!(one_is_enough, cell.contains("](#two-rotations)"), "{cell}");
    Said {
        one_is_enough,
        retiring: cell.contains("](#one-rotation-that-retires)"),
    }
}

async fn rotate(site: &Site) {
    let (_, ended) = site.aws.rotate(&site.arn).await;
    assert_eq!(
        ended.outcome,
        Outcome::RotationSucceeded,
        "{}",
        site.engine.name
    );
}

/// What the target says to the leaked credential after one rotation, and after two.
async fn after_rotations(site: &Site) -> [Verdict; 2] {
    let leaked = site.aws.value(&site.arn, "AWSCURRENT").expect("a value");
    let name = site.engine.name;
    assert_eq!(
        site.target.login(&leaked).await,
        Verdict::Accepted,
        "{name}"
    );
    rotate(site).await;
    let after_one = site.target.login(&leaked).await;
    rotate(site).await;
    [after_one, site.target.login(&leaked).await]
}

async fn leaked(name: &str, row: &str) {
    let said = said(row);
    let engine = *Engine::named(name).first().expect("an engine");
    let target: Arc<dyn Target> = match engine.start().await {
        Ok(target) => Arc::from(target),
        Err(why) => return skip(name, &why),
    };
    let first = match said.one_is_enough {
        true => Verdict::Refused,
        false => Verdict::Accepted,
    };
    let site = Site::new(engine, Arc::clone(&target)).await;
    let verdicts = after_rotations(&site).await;
    assert_eq!(verdicts, [first, Verdict::Refused], "{name}: {said:?}");

    let retire = [("RETIRE_PREVIOUS", "after-finish")];
    let site = Site::with(engine, target, &retire).await;
    let first = match said.retiring {
        true => Verdict::Refused,
        false => first,
    };
    let verdicts = after_rotations(&site).await;
    assert_eq!(verdicts, [first, Verdict::Refused], "{name}: {said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaked_credential_ends_when_the_book_says() {
    let rows = ROWS.iter().map(|(name, _)| *name);
    let engines = Engine::all();
    let engines = engines.iter().map(|engine| engine.name);
    assert_eq!(rows.collect::<BTreeSet<_>>(), engines.collect());
    join_all(ROWS.map(|(name, row)| leaked(name, row))).await;
}
