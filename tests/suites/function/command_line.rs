//! The command line, and a function that somebody starts by hand.

use std::process::Output;

use rotation_tests::lab::{Lab, Target, with};
use rotation_tests::person;
use rotation_tests::setting::binary;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// The program, as a person with credentials would start it.
pub(crate) fn command<T: Target>(lab: &Lab<T>, arguments: &[&str]) -> Command {
    person::command(&lab.aws, arguments)
}

/// Runs the program, and feeds it `stdin`.
pub(crate) async fn run<T: Target>(lab: &Lab<T>, arguments: &[&str], stdin: &str) -> Output {
    let mut child = command(lab, arguments).spawn().expect("the program runs");
    let mut pipe = child.stdin.take().expect("a pipe");
    pipe.write_all(stdin.as_bytes()).await.expect("it reads");
    drop(pipe);
    child.wait_with_output().await.expect("it ends")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A whole rotation by the secret's name, with a line for each step. The secret may name another function, or none.
#[tokio::test]
async fn rotate() {
    let lab = Lab::one_user(&[]).await;
    lab.aws.attach(
        &lab.arn,
        "arn:aws:lambda:us-east-1:012345678912:function:theirs",
    );
    let done = run(&lab, &["rotate", "app", "--local"], "").await;
    let said = text(&done.stdout);
    assert!(done.status.success(), "{said}{}", text(&done.stderr));
    for word in [
        "createSecret",
        "setSecret",
        "testSecret",
        "finishSecret",
        "The new version is AWSCURRENT.",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(lab.accepts("AWSCURRENT").await && !lab.accepts("AWSPREVIOUS").await);
    assert!(!said.contains(&lab.field("AWSCURRENT", "password")));
}

/// One rotation at a time: one that was begun is gone on with by its version, and by that alone.
#[tokio::test]
async fn one_that_was_begun() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.until("createSecret").await;
    let before = lab.state().await;
    let refused = run(&lab, &["rotate", &lab.arn, "--local"], "").await;
    assert_eq!(refused.status.code(), Some(1));
    let words = format!("To go on with it, say --local --version-id {token}");
    assert!(
        text(&refused.stderr).contains(&words),
        "{}",
        text(&refused.stderr)
    );
    assert_eq!(lab.state().await, before);
    let done = run(
        &lab,
        &["rotate", &lab.arn, "--local", "--version-id", &token],
        "",
    )
    .await;
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(lab.aws.holder(&lab.arn, "AWSCURRENT"), Some(token));
    assert!(lab.accepts("AWSCURRENT").await);
}

/// Single steps, from a file or from stdin.
#[tokio::test]
async fn step() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.begin();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("event.json");
    std::fs::write(&file, lab.event(&token, "create_secret").to_string()).expect("a file");
    let done = run(&lab, &["step", "--event", &file.display().to_string()], "").await;
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert!(lab.aws.value(&lab.arn, "AWSPENDING").is_some());
    let event = lab.event(&token, "setSecret").to_string();
    let done = run(&lab, &["step", "--event", "-"], &event).await;
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert!(lab.accepts("AWSPENDING").await);
    let refused = run(&lab, &["step", "--event", "-"], "{}").await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        text(&refused.stderr).contains("not a rotation event"),
        "{}",
        text(&refused.stderr)
    );
}

/// The secret's value says which rotator it is for. If it does not, its function does, or the person.
#[tokio::test]
async fn which_rotator() {
    let lab = Lab::one_user(&[]).await;
    let rotate = ["rotate", "app", "--local"];
    let done = run(&lab, &rotate, "").await;
    let said = text(&done.stdout);
    assert!(said.contains("(postgres)"), "{said}{}", text(&done.stderr));
    lab.edit_current(|value| with(value, "engine", "db2"));
    let before = lab.state().await;
    for (function, arguments, words) in [
        (
            "theirs",
            &rotate[..],
            "its value fits no rotator, and its function is arn:aws:lambda:us-east-1:012345678912:function:theirs. Say --rotator with one of postgres, mysql, ssh, token",
        ),
        (
            "Prod-Postgres",
            &rotate,
            "must be postgres or aurora-postgresql",
        ),
        (
            "theirs",
            &["rotate", "app", "--local", "--rotator", "mysql"],
            "must be mysql or aurora-mysql or mariadb",
        ),
    ] {
        let function = format!("arn:aws:lambda:us-east-1:012345678912:function:{function}");
        lab.aws.attach(&lab.arn, &function);
        let refused = run(&lab, arguments, "").await;
        assert_eq!(refused.status.code(), Some(1), "{words}");
        assert!(
            text(&refused.stderr).contains(words),
            "{}",
            text(&refused.stderr)
        );
    }
    assert_eq!(lab.state().await, before);
}

/// A function says what it is, and what to type instead.
#[tokio::test]
async fn a_function_by_hand() {
    let mut command = Command::new(binary("rotator-postgres"));
    let ended = command
        .env_clear()
        .output()
        .await
        .expect("the program runs");
    assert_eq!(ended.status.code(), Some(2));
    let said = text(&ended.stderr);
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(said.contains("rotation rotate SECRET"), "{said}");
}

/// What is not understood is told apart from what fails, and --help teaches.
#[tokio::test]
async fn help() {
    let lab = Lab::one_user(&[]).await;
    let help = run(&lab, &["--help"], "").await;
    assert!(help.status.success());
    for word in [
        "rotate prod/db --local",
        "step --event",
        "rotation settings",
    ] {
        assert!(text(&help.stdout).contains(word), "{word}");
    }
    let settings = run(&lab, &["settings", "ssh"], "").await;
    let said = text(&settings.stdout);
    assert!(said.contains("SSH_KEY_TYPE") && said.contains("ALLOWED_HOSTS"));
    assert!(!said.contains("PASSWORD"), "{said}");
    for arguments in [&["rotate"][..], &["turn"], &[]] {
        let refused = run(&lab, arguments, "").await;
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
    }
    let nowhere = run(&lab, &["rotate", "nowhere"], "").await;
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(
        text(&nowhere.stderr).contains("there is no secret nowhere in this account and Region")
    );
}

/// What shells and `man` read. Nothing has colours where no terminal is.
#[tokio::test]
async fn completions_and_man_pages() {
    let lab = Lab::one_user(&[]).await;
    let done = run(&lab, &["completions", "bash"], "").await;
    let script = text(&done.stdout);
    assert!(
        done.status.success() && script.contains("rotation__subcmd__check"),
        "{script}"
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().display().to_string();
    let done = run(&lab, &["man", &path], "").await;
    assert!(done.status.success(), "{}", text(&done.stderr));
    for page in ["rotation.1", "rotation-rotate.1", "rotation-local.1"] {
        let page = std::fs::read_to_string(folder.path().join(page)).expect(page);
        assert!(page.contains(".SH DESCRIPTION"), "{page}");
    }
    let help = run(&lab, &["local", "--help"], "").await;
    let said = text(&help.stdout);
    assert!(
        said.contains("A seed file:") && !said.contains('\u{1b}'),
        "{said}"
    );
    let missing = run(&lab, &["man", "/no/such/folder"], "").await;
    assert_eq!(missing.status.code(), Some(1));
}
