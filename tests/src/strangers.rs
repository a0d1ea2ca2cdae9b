//! Who may write one secret, and nothing else: for every key, the worst that can stand there.

use rotation::testing::World;
use rotation::testing::world::Harness;
use rotation::version::Stage;
use serde_json::{Map, Value};

const ELSEWHERE: &str = "arn:aws:secretsmanager:us-east-1:012345678912:secret:elsewhere-AbCdEf";

/// For every database. `{other}` is another team's user, `{elsewhere}` the port of another team's server.
const ROWS: &[Row] = &[
    Row(
        "host",
        "\"127.0.0.1\"",
        REFUSED,
        "is not named in ALLOWED_HOSTS",
    ),
    Row(
        "port",
        "{elsewhere}",
        NONE,
        "(AWSCURRENT: refused: the server ",
    ),
    Row("username", "\"{other}\"", NONE, "refuses the password"),
    Row("password", "\"a-guess\"", NONE, "refuses the password"),
    Row(
        "ssl",
        "\"prefer\"",
        "Rotation.SecretValue",
        "There is no fallback to plaintext",
    ),
    Row(
        "servername",
        "\"evil.example\"",
        REFUSED,
        "its certificate is for another name",
    ),
    Row(
        "masterarn",
        "\"arn:aws:secretsmanager:us-east-1:012345678912:secret:elsewhere-AbCdEf\"",
        REFUSED,
        "the admin secret is for another server",
    ),
];
const NONE: &str = "Rotation.NoneAccepted";
const REFUSED: &str = "Rotation.TargetRefused";

/// What is another team's: a user of the same server, the port of a server, and its administrator's secret.
#[derive(Debug)]
pub struct Names<'a> {
    /// The user.
    pub other: &'a str,
    /// The port.
    pub elsewhere: u16,
    /// The administrator's secret, for that port.
    pub admin: &'a str,
}

/// What stands under a key, as JSON; how the rotation ends, and a part of what it says.
#[derive(Debug)]
pub struct Row(
    pub &'static str,
    pub &'static str,
    pub &'static str,
    pub &'static str,
);

/// Each row, those of all databases and these, is refused in its words, and `everybody` (all accounts of the servers, with all that they
/// have) is as before.
///
/// # Panics
/// If a row is not.
pub async fn nobody_is_touched<H: Harness>(
    harness: &H,
    rows: &[Row],
    names: &Names<'_>,
    everybody: impl AsyncFn() -> Vec<String>,
) {
    for Row(key, value, ends, words) in ROWS.iter().chain(rows) {
        let mut world = World::new(harness).await;
        let store = &world.store;
        store.add_admin(ELSEWHERE, names.admin);
        let secret = store.value_of(&Stage::Current).expect("a value");
        let mut json: Map<String, Value> = serde_json::from_str(&secret).expect("an object");
        let value = value.replace("{other}", names.other);
        let value = value.replace("{elsewhere}", &names.elsewhere.to_string());
        let value = serde_json::from_str(&value).expect("the row's JSON");
        json.insert((*key).to_owned(), value);
        let current = store.stages().holder(&Stage::Current).cloned();
        let edited = Value::from(json).to_string();
        store.insert(
            current.expect("AWSCURRENT"),
            Some(&edited),
            vec![Stage::Current],
        );
        let version = world.begin();
        let before = everybody().await;
        let ended = world.steps(&version).await;
        let error = ended.err().unwrap_or_else(|| panic!("{key}: rotated"));
        let text = format!("{} {error}", error.error_type());
        assert!(
            text.starts_with(ends) && text.contains(words),
            "{key}: {text}"
        );
        assert_eq!(before, everybody().await, "{key}: a server was changed");
    }
}
