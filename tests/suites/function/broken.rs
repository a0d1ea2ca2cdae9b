//! Set-ups that are broken, each with another culprit. `rotation plan` names it, and the rotation then fails the same way.

mod rows;
mod servers;
mod ways;

use rotation_kit::aws::LocalAws;
use rotation_tests::lab::{Lab, Target, with};
use rotation_tests::person::{READS, without_other_services};
use rotation_tests::postgres::Postgres;
use serde_json::Value;
use tokio::process::Command;

use crate::command_line::text;
use rows::two;

/// What is broken.
pub(crate) struct Broken {
    pub(crate) name: &'static str,
    /// Two users take turns.
    two: bool,
    /// The settings of the command line.
    variables: &'static [(&'static str, &'static str)],
    how: How,
    /// The error's type. Empty, if the command line alone has something against it.
    pub(crate) error_type: &'static str,
    /// What a stranger reads.
    pub(crate) words: &'static str,
}

/// How it is broken.
enum How {
    /// By the settings alone.
    Settings,
    /// A key of AWSCURRENT says something else.
    Key(&'static str, fn() -> Value),
    /// The whole value is another one.
    Value(fn(&str) -> String),
    /// A key of the administrator's secret says something else.
    Admin(&'static str, &'static str),
    /// At the server, for `{user}` and `{admin}`.
    Server(&'static str),
    /// Secrets Manager answers so, to each command anew.
    Answers(fn(&LocalAws)),
    /// The secret itself, by its ARN.
    Secret(fn(&LocalAws, &str)),
}

impl Broken {
    async fn bring_about<T: Target>(&self, lab: &Lab<T>, sql: impl AsyncFn(&str)) {
        match &self.how {
            How::Settings | How::Answers(_) => {}
            How::Key(key, says) => lab.edit_current(|value| with(value, key, says())),
            How::Value(change) => lab.edit_current(change),
            How::Admin(key, says) => {
                let arn = &lab.admin.as_ref().expect("two users").arn;
                let value = lab.aws.value(arn, "AWSCURRENT").expect("a value");
                let id = lab.aws.holder(arn, "AWSCURRENT").expect("a version");
                let value = with(&value, key, *says);
                lab.aws.plant(arn, &id, Some(&value), &[]);
            }
            How::Server(statement) => {
                let admin = lab.admin.as_ref().map_or("", |admin| &admin.user);
                let statement = statement.replace("{user}", &lab.user);
                sql(&statement.replace("{admin}", admin)).await;
            }
            How::Secret(change) => change(&lab.aws, &lab.arn),
        }
    }

    /// Runs a command, with nothing left over from the one before.
    async fn run<T: Target>(&self, lab: &Lab<T>, arguments: &[&str]) -> (Option<i32>, String) {
        lab.aws.heal();
        lab.aws.forget_calls();
        if let How::Answers(fail) = self.how {
            fail(&lab.aws);
        }
        let mut command: Command = without_other_services(&lab.aws, arguments);
        command.envs(self.variables.iter().copied());
        let ended = command.output().await.expect("the program runs");
        let said = text(&ended.stdout) + &text(&ended.stderr);
        (ended.status.code(), said)
    }
}

/// A whole rotation by hand, in a process of its own.
pub(crate) const ROTATE: [&str; 3] = ["rotate", "app", "--local"];

/// `plan` names the culprit in words, writes nothing and changes nothing; then `rotate` fails in the same step, with the same type of
/// error.
pub(crate) async fn judge<T: Target>(lab: &Lab<T>, broken: &Broken) {
    let (name, error_type) = (broken.name, broken.error_type);
    let before = lab.state().await;
    let (code, planned) = broken.run(lab, &["plan", "app"]).await;
    let expected = match error_type {
        "Rotation.NoneAccepted" => 3,
        _ => 1,
    };
    assert_eq!(code, Some(expected), "{name}: {planned}");
    let verdict = planned.lines().find(|line| line.starts_with("Verdict: "));
    // Settings that cannot be used are no secret's fault: no command begins.
    let verdict = match verdict {
        None if error_type == "Rotation.Config" => &planned,
        verdict => verdict.unwrap_or_else(|| panic!("{name}: {planned}")),
    };
    assert!(verdict.contains(broken.words), "{name}: {verdict}");
    assert!(verdict.contains(error_type), "{name}: {verdict}");
    for call in lab.aws.calls() {
        assert!(READS.contains(&&*call.operation), "{name}: {call:?}");
    }
    assert_eq!(lab.state().await, before, "{name}");
    diagnosed(lab, broken).await;
    assert_eq!(lab.state().await, before, "{name}");
    let (code, rotated) = broken.run(lab, &ROTATE).await;
    assert_eq!(code, Some(1), "{name}: {rotated}");
    let same = match error_type {
        "" => broken.words.to_owned(),
        _ => format!("({error_type})"),
    };
    assert!(rotated.contains(&same), "{name}: {rotated}");
    let mut steps = rotated.lines().filter_map(|line| line.split_once(' '));
    if let Some((step, _)) = steps.find(|(_, ended)| ended.trim_start().starts_with("failed ")) {
        let place = format!("fail in {step} ");
        assert!(verdict.contains(&place), "{name}: {verdict}: {rotated}");
    }
}

/// The last two lines of `doctor` name the cause.
async fn diagnosed<T: Target>(lab: &Lab<T>, broken: &Broken) {
    let name = broken.name;
    let (code, said) = broken.run(lab, &["doctor", "app"]).await;
    let expected = match broken.error_type {
        "Rotation.NoneAccepted" => 3,
        _ => 1,
    };
    assert_eq!(code, Some(expected), "{name}: {said}");
    let lines: Vec<&str> = said.trim_end().lines().collect();
    let last = lines[lines.len().saturating_sub(2)..].join("\n");
    assert!(last.contains(broken.words), "{name}: {last}");
    for call in lab.aws.calls() {
        let read = READS.contains(&&*call.operation);
        assert!(
            read || call.operation == "GetResourcePolicy",
            "{name}: {call:?}"
        );
    }
}

#[tokio::test]
async fn each_is_named() {
    let server = Postgres::shared().await;
    for broken in rows::ROWS {
        let lab = Lab::on(server, "app", broken.two, &[]).await;
        broken
            .bring_about(&lab, async |sql| server.admin(sql).await)
            .await;
        judge(&lab, broken).await;
    }
}

/// The second user's name would be too long.
#[tokio::test]
async fn a_long_name() {
    let lab = Lab::on(Postgres::shared().await, &"x".repeat(58), true, &[]).await;
    let words = "would exceed 63 characters";
    let refused = "Rotation.TargetRefused";
    judge(&lab, &two("long name", How::Settings, refused, words)).await;
}
