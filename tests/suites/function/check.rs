//! `rotation check`: whether the target accepts what is stored, and no write call to anybody.

use aws_sdk_secretsmanager::types::Tag;
use rotation_kit::process::free_port;
use rotation_tests::lab::{Lab, Target, with};
use serde_json::{Value, json};

use crate::command_line::{run, text};

/// The calls that change nothing.
const READS: [&str; 3] = ["DescribeSecret", "GetSecretValue", "ListSecrets"];

/// Runs `check` with these arguments. It must end with `code`, have made no write call, and have changed nothing at the target.
async fn check(lab: &Lab, arguments: &[&str], code: i32) -> (String, String) {
    let before = lab.state().await;
    lab.aws.forget_calls();
    let all: Vec<&str> = ["check"].iter().chain(arguments).copied().collect();
    let done = run(lab, &all, "").await;
    let (said, complained) = (text(&done.stdout), text(&done.stderr));
    assert_eq!(done.status.code(), Some(code), "{said}{complained}");
    for call in lab.aws.calls() {
        assert!(READS.contains(&call.operation.as_str()), "{call:?}");
    }
    assert_eq!(lab.state().await, before);
    (said, complained)
}

#[tokio::test]
async fn what_the_target_says() {
    let lab = Lab::one_user(&[]).await;
    let (said, _) = check(&lab, &["app"], 0).await;
    let accepted = format!("accepted  {} AWSCURRENT: user {}", lab.arn, lab.user);
    assert!(said.contains(&accepted), "{said}");

    lab.edit_current(|value| with(value, "password", "changed-by-hand"));
    let (said, complained) = check(&lab, &[&lab.arn], 3).await;
    assert!(said.contains("REFUSED"), "{said}");
    assert!(
        said.contains("the server refuses the password of user"),
        "{said}"
    );
    assert!(
        complained.contains("1 of 1 are refused by their target"),
        "{complained}"
    );
    assert!(!said.contains("changed-by-hand"), "{said}");

    lab.edit_current(|value| with(value, "port", free_port()));
    let (said, _) = check(&lab, &[&lab.arn], 1).await;
    assert!(
        said.contains("unknown") && said.contains("nobody listens there"),
        "{said}"
    );
}

/// One that cannot be checked does not keep the others from it.
#[tokio::test]
async fn several_at_once_as_json() {
    let lab = Lab::one_user(&[]).await;
    let (said, _) = check(&lab, &["gone", "app", "--output", "json"], 1).await;
    let document: Value = serde_json::from_str(&said).expect("JSON alone");
    assert_eq!(document["schema"], "rotation.check.v1");
    let rows = document["credentials"].as_array().expect("rows");
    let verdicts: Vec<&Value> = rows.iter().map(|row| &row["verdict"]).collect();
    assert_eq!(verdicts, ["unknown", "accepted"]);
    assert_eq!(rows[0]["secret"], "gone");
    let version = lab.aws.holder(&lab.arn, "AWSCURRENT").expect("a version");
    assert_eq!(rows[1]["version"], version);
    assert_eq!(rows[1]["principal"], lab.user);
}

/// Gives a secret to a team.
async fn tag(lab: &Lab, secret: &str, team: &str) {
    let tag = Tag::builder().key("team").value(team).build();
    let request = lab.aws.client().tag_resource().secret_id(secret);
    request.tags(tag).send().await.expect("tagged");
}

/// Secrets Manager finds tags that only begin so too.
#[tokio::test]
async fn by_a_tag() {
    let lab = Lab::one_user(&[]).await;
    tag(&lab, &lab.arn, "pay").await;
    tag(&lab, &lab.aws.create("other", "{}"), "payments").await;
    let (said, _) = check(&lab, &["--tag", "team=pay"], 0).await;
    assert_eq!(said.lines().count(), 1, "{said}");
    let (_, complained) = check(&lab, &["--tag", "team=nobody"], 1).await;
    assert!(
        complained.contains("no secret has this tag"),
        "{complained}"
    );
}

/// A rotation that stopped after setSecret: only AWSPENDING works.
#[tokio::test]
async fn all_labels() {
    let lab = Lab::one_user(&[]).await;
    lab.until("finishSecret").await;
    lab.until("setSecret").await;
    let (said, complained) = check(&lab, &["app", "--all-labels"], 3).await;
    let lines: Vec<&str> = said.lines().collect();
    let verdict = |label: &str| {
        let line = lines.iter().find(|line| line.contains(label)).expect(label);
        line.split(' ').next().expect("a word").to_owned()
    };
    assert_eq!(verdict("AWSCURRENT"), "REFUSED", "{said}");
    assert_eq!(verdict("AWSPENDING"), "accepted", "{said}");
    assert_eq!(verdict("AWSPREVIOUS"), "REFUSED", "{said}");
    assert!(
        complained.contains("a target may count a refused login"),
        "{complained}"
    );
}

/// A rotator that needs the administrator reads that secret too, and changes nothing there.
#[tokio::test]
async fn two_users() {
    let lab = Lab::two_users(&[]).await;
    lab.until("finishSecret").await;
    let (said, _) = check(&lab, &["app", "--all-labels"], 0).await;
    assert!(
        said.lines().all(|line| line.starts_with("accepted")),
        "{said}"
    );
}

/// What a schedule sends.
fn event(arn: &str) -> String {
    json!({"Check": arn}).to_string()
}

/// The figures' lines of checks.
fn figures(lab: &Lab) -> Vec<Value> {
    let log = lab.function.log();
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    lines
        .filter(|line: &Value| line["Step"] == "check")
        .collect()
}

/// The function answers with the verdict alone, has a figure for it, and costs an account one failed login.
#[tokio::test]
async fn by_an_event() {
    let lab = Lab::one_user(&[]).await;
    let ask = async || lab.function.ask(event(&lab.arn)).await.expect("an answer");
    assert_eq!(ask().await, "\"accepted\"");
    let works = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    lab.edit_current(|value| with(value, "password", "changed-by-hand"));
    let before = lab.state().await;
    let mark = lab.server.mark();
    for _ in 0..3 {
        assert_eq!(ask().await, "\"refused\"");
    }
    assert_eq!(lab.server.logins(mark, &lab.user).1, 1, "failed logins");
    assert_eq!(lab.state().await, before);
    assert!(
        lab.aws
            .calls()
            .iter()
            .all(|call| READS.contains(&call.operation.as_str()))
    );
    let refused = figures(&lab)
        .into_iter()
        .map(|line| line["CurrentRefused"].as_u64());
    let refused: Vec<Option<u64>> = refused.collect();
    assert_eq!(refused, [Some(0), Some(1), Some(1), Some(1)]);
    let log = lab.function.log();
    assert!(
        log.contains("the target refuses AWSCURRENT (the server refuses the password of user"),
        "{log}"
    );
    // Another version is another question.
    lab.aws
        .plant(&lab.arn, &"9".repeat(32), Some(&works), &["AWSCURRENT"]);
    assert_eq!(ask().await, "\"accepted\"");
}

/// Who may call the function may not have it log in for a secret that another function rotates, or say how.
#[tokio::test]
async fn an_event_for_somebody_elses_secret() {
    let lab = Lab::one_user(&[]).await;
    let refusal = async |event: String| lab.function.ask(event).await.expect_err("refused");
    let more = json!({"Check": lab.arn, "Label": "AWSPREVIOUS"}).to_string();
    assert_eq!(refusal(more).await.error_type, "Rotation.Event");
    lab.aws.attach(
        &lab.arn,
        "arn:aws:lambda:us-east-1:012345678912:function:theirs",
    );
    let mark = lab.server.mark();
    let refused = refusal(event(&lab.arn)).await;
    assert_eq!(
        refused.error_type, "Rotation.NotAllowed",
        "{}",
        refused.message
    );
    let elsewhere = lab.arn.replace("us-east-1", "eu-west-1");
    assert_eq!(
        refusal(event(&elsewhere)).await.error_type,
        "Rotation.NotAllowed"
    );
    assert_eq!(lab.server.logins(mark, &lab.user), (0, 0));
}
