//! What a function has logged about a secret.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::{Value, json};

use super::function::name;
use super::{Api, LOGS, Question, found};
use crate::aws::connect::Access;
use crate::clock::millis;
use crate::error::StoreError;
use crate::secret::printable;
use crate::version::Place;

/// The most pages that are read. The oldest comes first, and a page may be empty.
const PAGES: usize = 20;
/// Any of these words: our functions and the runtimes write the first, and Lambda the others.
const WORDS: &str = "?ERROR ?\"Task timed out\" ?\"Runtime exited\"";

/// An error that a function has logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LastError {
    pub(crate) at: SystemTime,
    /// What it says, on one line. It may hold what only the target may know: whoever shows it takes the secrets out.
    pub(crate) text: String,
    /// As in `Rotation.NotStaged`, if one of our functions wrote it.
    pub(crate) error_type: Option<String>,
    /// Whether it names the secret. One that names no secret may be about another that the function rotates.
    pub(crate) names_secret: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    events: Vec<Event>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    message: String,
    /// Milliseconds since 1970.
    #[serde(default)]
    timestamp: u64,
}

/// The function's last error since then: of those that name the secret, or if there are none, of those that name no secret. `None`
/// if it logged none, or has no log yet. `group` is where its log is, if not in `/aws/lambda/`.
pub(crate) async fn last_error(
    access: &Access,
    function: &str,
    group: Option<&str>,
    secret: &str,
    since: SystemTime,
) -> Result<Option<LastError>, StoreError> {
    let usual = format!("/aws/lambda/{}", name(function));
    let group = group.filter(|group| !group.is_empty()).unwrap_or(&usual);
    let Place {
        partition,
        region,
        account,
    } = Place::of(function);
    let resource = format!("arn:{partition}:logs:{region}:{account}:log-group:{group}:*");
    let question = Question {
        service: &LOGS,
        operation: "FilterLogEvents",
        resource: &resource,
    };
    let api = Api::at(access, function);
    let since = since.duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut body =
        json!({"logGroupName": group, "startTime": millis(since), "filterPattern": WORDS});
    let mut last = None;
    for _ in 0..PAGES {
        let asked = api.json::<Page>(&question, "Logs_20140328", &body);
        let Some(page) = found(asked.await)? else {
            return Ok(None);
        };
        let errors = page.events.iter();
        last = later(last, errors.filter_map(|event| error(event, secret)));
        match page.next_token {
            Some(token) => body["nextToken"] = Value::String(token),
            None => break,
        }
    }
    Ok(last)
}

/// The one that counts: what names the secret before what does not, and then what came last.
fn later(last: Option<LastError>, errors: impl Iterator<Item = LastError>) -> Option<LastError> {
    let all = last.into_iter().chain(errors);
    all.max_by_key(|error| (error.names_secret, error.at))
}

/// `None` for what is no error, or names another secret.
fn error(event: &Event, secret: &str) -> Option<LastError> {
    let (text, error_type) = match serde_json::from_str::<Value>(&event.message) {
        Ok(line) => of_json(&line)?,
        Err(_) => (of_text(&event.message)?, None),
    };
    let names_secret = event.message.contains(secret);
    if !names_secret && event.message.contains(":secretsmanager:") {
        return None;
    }
    Some(LastError {
        at: UNIX_EPOCH + Duration::from_millis(event.timestamp),
        text: printable(&text, usize::MAX),
        error_type,
        names_secret,
    })
}

/// Our functions' lines, and those of AWS's runtimes whose log format is JSON.
fn of_json(line: &Value) -> Option<(String, Option<String>)> {
    let text = |keys: [&str; 2]| {
        let mut found = keys.iter().filter_map(|key| line[*key].as_str());
        found.next().map(ToOwned::to_owned)
    };
    let level = text(["level", "log_level"])?;
    if !level.eq_ignore_ascii_case("error") {
        return None;
    }
    let said = text(["message", "errorMessage"])?;
    Some((said, text(["error_type", "errorType"])))
}

/// The first line of a text, without what each line of Lambda's begins with.
fn of_text(text: &str) -> Option<String> {
    let first = text.lines().next()?.trim();
    let wanted = ["[ERROR]", "Task timed out", "Runtime exited"];
    let at = wanted.iter().find_map(|word| first.find(word))?;
    Some(first[at..].replace('\t', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf";

    fn event(timestamp: u64, message: &str) -> Event {
        Event {
            message: message.to_owned(),
            timestamp,
        }
    }

    fn last(events: &[Event]) -> Option<LastError> {
        let errors = events.iter();
        later(None, errors.filter_map(|event| error(event, SECRET)))
    }

    /// The lines of AWS's templates are as the runtime of Python writes them.
    #[test]
    fn of_all_errors_that_which_is_about_the_secret() {
        let other = SECRET.replace("db-", "other-");
        let ours = json!({"level": "ERROR", "secret": SECRET, "error_type": "Rotation.Target", "message": "no way\u{1b} to db"});
        let events = [
            event(
                9,
                &format!(
                    "[ERROR]\t2026-11-29T03:00:00Z\t7a4f\tsetSecret: Unable to log into database with secret arn {other}"
                ),
            ),
            event(
                8,
                "2026-11-29T03:00:00Z 7a4f Task timed out after 3.00 seconds\n\n",
            ),
            event(
                7,
                &json!({"level": "WARN", "secret": SECRET, "message": "slow"}).to_string(),
            ),
            event(6, &ours.to_string()),
            event(
                5,
                &format!(
                    "[ERROR] ValueError: Secret {SECRET} is not enabled for rotation.\nTraceback (most recent call last):"
                ),
            ),
        ];
        let found = last(&events).expect("an error");
        assert_eq!(found.error_type.as_deref(), Some("Rotation.Target"));
        assert!(
            found.names_secret && found.text == "no way\\u{1b} to db",
            "{found:?}"
        );
        let found = last(&events[4..]).expect("an error");
        assert_eq!(
            found.text,
            format!("[ERROR] ValueError: Secret {SECRET} is not enabled for rotation.")
        );
        let found = last(&events[..3]).expect("an error");
        assert!(!found.names_secret, "{found:?}");
        assert_eq!(found.text, "Task timed out after 3.00 seconds");
        assert_eq!(last(&events[..1]), None);
    }
}
