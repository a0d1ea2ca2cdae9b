//! Who may write one secret, and nothing else: for every key, the worst that can stand there.

use rotation::testing::World;
use rotation::testing::world::Harness;
use rotation::version::Stage;
use serde_json::{Map, Value};

/// The ARN of another team's administrator's secret.
pub const ELSEWHERE: &str = "arn:aws:secretsmanager:us-east-1:012345678912:secret:elsewhere-AbCdEf";

/// What stands under a key, as JSON; how the rotation ends, and a part of what it says.
#[derive(Debug)]
pub struct Row(
    pub &'static str,
    pub &'static str,
    pub &'static str,
    pub &'static str,
);

/// Each row is refused in its words, and `everybody` (all accounts of all servers, with all that they have) is as before. `fill` puts
/// names into a row's value. `admin` is the administrator's secret of [`ELSEWHERE`].
///
/// # Panics
/// If a row is not.
pub async fn nobody_is_touched<H: Harness>(
    harness: &H,
    rows: &[Row],
    admin: &str,
    fill: impl Fn(&str) -> String,
    everybody: impl AsyncFn() -> Vec<String>,
) {
    for Row(key, value, ends, words) in rows {
        let mut world = World::new(harness).await;
        let store = &world.store;
        store.add_admin(ELSEWHERE, admin);
        let secret = store.value_of(&Stage::Current).expect("a value");
        let mut json: Map<String, Value> = serde_json::from_str(&secret).expect("an object");
        let value = serde_json::from_str(&fill(value)).expect("the row's JSON");
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
