//! `rotation rotate` through Secrets Manager: it waits for the end, and says how it came.

use std::pin::Pin;
use std::process::Output;
use std::sync::Arc;

use rotation_kit::aws::{Fault, FunctionError, Invoke};
use rotation_kit::process::signal;
use rotation_tests::lab::{Lab, with};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use crate::command_line::{command, run, text};
use crate::service::answer;

/// A function that never answers.
struct Hangs;

impl Invoke for Hangs {
    fn invoke(
        &self,
        _: String,
    ) -> Pin<Box<dyn Future<Output = Result<(), FunctionError>> + Send + '_>> {
        Box::pin(std::future::pending())
    }
}

/// A secret whose rotation stays where it is, and a person who waits for it. Returns when the screen shows the version.
async fn waiting() -> (Lab, Child, String) {
    let lab = Lab::one_user(&[]).await;
    lab.aws.add_function(&lab.function.arn(), Arc::new(Hangs));
    let mut child = command(&lab, &["rotate", "app"]).spawn().expect("it runs");
    let said = child.stdout.as_mut().expect("a pipe");
    let mut lines = BufReader::new(said).lines();
    loop {
        let line = lines.next_line().await.expect("text");
        let line = line.expect("the program waits");
        if let Some((_, version)) = line.split_once("AWSPENDING is on version ") {
            return (lab, child, version.to_owned());
        }
    }
}

async fn ended(child: Child, code: i32) -> String {
    let ended = child.wait_with_output().await.expect("it ends");
    let complained = text(&ended.stderr);
    assert_eq!(ended.status.code(), Some(code), "{complained}");
    complained
}

fn failed(ended: &Output, words: &str) -> String {
    let complained = text(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{complained}");
    assert!(complained.contains(words), "{words}: {complained}");
    complained
}

#[tokio::test]
async fn it_waits_until_the_new_version_is_current() {
    let lab = Lab::one_user(&[]).await;
    // Neither a lost answer nor a second try begins two rotations.
    lab.aws.fail("RotateSecret", Fault::AnswerLost);
    let done = run(&lab, &["rotate", "app"], "").await;
    let said = text(&done.stdout);
    assert!(done.status.success(), "{said}{}", text(&done.stderr));
    let version = lab.aws.holder(&lab.arn, "AWSCURRENT").expect("a version");
    for words in [
        &format!("Secrets Manager rotates {}", lab.arn),
        &format!("by {}", lab.function.arn()),
        &format!("as version {version}"),
        &format!("AWSCURRENT is on version {version}"),
        "The new version is AWSCURRENT.",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(lab.accepts("AWSCURRENT").await && !lab.accepts("AWSPREVIOUS").await);
    let shown = said + &text(&done.stderr);
    assert!(!shown.contains(&lab.field("AWSCURRENT", "password")));
    assert!(
        !shown.contains('\u{1b}') && !shown.contains("waiting"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_label_that_is_taken_away_ends_it() {
    let (lab, child, version) = waiting().await;
    lab.aws.detach(&lab.arn, "AWSPENDING");
    let complained = ended(child, 1).await;
    let words = format!("AWSPENDING was taken from version {version}");
    assert!(complained.contains(&words), "{complained}");

    let (lab, child, _) = waiting().await;
    let value = with(
        &lab.aws.value(&lab.arn, "AWSCURRENT").expect("text"),
        "by",
        "hand",
    );
    let put = lab.aws.client().put_secret_value().secret_id(&lab.arn);
    let stored = put.secret_string(value).send().await.expect("stored");
    let complained = ended(child, 1).await;
    let other = stored.version_id.expect("a version");
    let words = format!("AWSCURRENT is on version {other}, which this rotation did not make");
    assert!(complained.contains(&words), "{complained}");
}

#[tokio::test]
async fn ctrl_c_ends_the_waiting_alone() {
    let (lab, child, version) = waiting().await;
    let id = child.id().expect("it runs").to_string();
    signal("INT", &[id]);
    let complained = ended(child, 130).await;
    for words in [
        "interrupted: Secrets Manager goes on with the rotation",
        &format!("rotation status {}", lab.arn),
    ] {
        assert!(complained.contains(words), "{words}: {complained}");
    }
    assert!(!complained.contains("Press Ctrl-C"), "{complained}");
    assert_eq!(lab.aws.holder(&lab.arn, "AWSPENDING"), Some(version));
}

#[tokio::test]
async fn a_function_that_fails() {
    let lab = Lab::one_user(&[]).await;
    lab.edit_current(|value| with(value, "engine", "db2"));
    let done = run(&lab, &["rotate", "app", "--timeout", "10"], "").await;
    let complained = failed(
        &done,
        "the rotation is not done: AWSCURRENT is not on version",
    );
    for words in [
        "aws logs tail /aws/lambda/rotator-postgres --since 1m --region us-east-1",
        &format!("rotation doctor {}", lab.arn),
    ] {
        assert!(complained.contains(words), "{words}: {complained}");
    }
}

#[tokio::test]
async fn what_does_not_begin() {
    let lab = Lab::one_user(&[]).await;
    let function = lab.function.arn();
    let before = lab.state().await;
    for (message, words) in [
        (
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
            format!("aws lambda add-permission --function-name {function} "),
        ),
        (
            "User: u is not authorized to perform: lambda:InvokeFunction",
            format!("allow yourself lambda:InvokeFunction on {function}"),
        ),
        (
            "User is not authorized",
            "\"Action\": \"secretsmanager:RotateSecret\"".to_owned(),
        ),
    ] {
        let refusal = answer(400, "AccessDeniedException", message);
        lab.aws.fail("RotateSecret", refusal);
        failed(&run(&lab, &["rotate", "app"], "").await, &words);
    }
    lab.aws.attach(&lab.arn, &format!("{function}-gone"));
    let gone = run(&lab, &["rotate", "app"], "").await;
    failed(
        &gone,
        "which the secret names, is not there: deploy it again",
    );
    let bare = lab.aws.create("bare", "{}");
    let refused = run(&lab, &["rotate", "bare"], "").await;
    failed(&refused, &format!("rotation rotate {bare} --local"));
    assert_eq!(lab.state().await, before);
    lab.aws.attach(&lab.arn, &function);
    let token = lab.begin();
    let refused = run(&lab, &["rotate", "app"], "").await;
    let words = format!("rotation rotate {} --local --version-id {token}", lab.arn);
    let complained = failed(&refused, &words);
    assert!(complained.contains("an earlier rotation is not complete"));
    for arguments in [["--version-id", &token], ["--rotator", "postgres"]] {
        let all = ["rotate", "app", arguments[0], arguments[1]];
        assert_eq!(run(&lab, &all, "").await.status.code(), Some(2));
    }
}
