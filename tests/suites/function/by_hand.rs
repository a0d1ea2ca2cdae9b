//! What a person at a screen meets: signals, a profile, and names that a terminal would obey.

use std::process::Output;

use rotation_tests::lab::{Lab, with};

use crate::command_line::{command, text};

async fn ends(command: &mut tokio::process::Command) -> Output {
    command.output().await.expect("the program runs")
}

/// A CI job or a container ends the program by SIGTERM. The step that runs comes to its end, and the program says how to go on.
#[tokio::test]
async fn sigterm_lets_the_step_end() {
    let lab = Lab::one_user(&[]).await;
    let (holder, _) = lab.server.superuser().await;
    let lock = format!("BEGIN; ALTER ROLE \"{}\" VALID UNTIL 'infinity'", lab.user);
    holder.batch_execute(&lock).await.expect("a role");
    let child = command(&lab, &["rotate", "app", "--local"])
        .spawn()
        .expect("the program runs");
    let waits = format!(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND strpos(query, 'ALTER ROLE \"{}\"') > 0)",
        lab.user
    );
    lab.server.until(&waits).await;
    let id = child.id().expect("it runs").to_string();
    ends(tokio::process::Command::new("kill").args(["-TERM", &id])).await;
    holder
        .batch_execute("ROLLBACK")
        .await
        .expect("a transaction");
    let ended = child.wait_with_output().await.expect("it ends");
    let (said, complained) = (text(&ended.stdout), text(&ended.stderr));
    assert_eq!(ended.status.code(), Some(143), "{said}{complained}");
    assert!(said.contains("setSecret     done"), "{said}{complained}");
    assert!(!said.contains("testSecret"), "{said}");
    let token = lab.aws.holder(&lab.arn, "AWSPENDING").expect("a version");
    for words in [
        "interrupted: testSecret and what comes after it was not done",
        &format!("--version-id {token}"),
    ] {
        assert!(complained.contains(words), "{words}: {complained}");
    }
    assert!(lab.accepts("AWSPENDING").await);
}

/// The address that a profile names is called, or the program says why not.
#[tokio::test]
async fn a_profile_says_which_address_is_called() {
    let lab = Lab::one_user(&[]).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("config");
    let url = lab.aws.url();
    for (profile, refused) in [
        (format!("endpoint_url = {url}"), None),
        (
            format!(
                "services = local\n[services local]\nsecrets_manager =\n  endpoint_url = {url}"
            ),
            None,
        ),
        (
            "endpoint_url = http://example.com".to_owned(),
            Some("endpoint_url of the AWS profile: the endpoint must be https"),
        ),
        (
            format!("endpoint_url = {url}\nuse_fips_endpoint = true"),
            Some(
                "AWS_USE_FIPS_ENDPOINT (use_fips_endpoint) is on, and an address is set for Secrets Manager",
            ),
        ),
    ] {
        std::fs::write(&file, format!("[default]\n{profile}\n")).expect("a file");
        let mut command = command(&lab, &["rotate", "app", "--local"]);
        command
            .env_remove("SECRETS_MANAGER_ENDPOINT")
            .env("AWS_CONFIG_FILE", &file);
        let ended = ends(&mut command).await;
        let complained = text(&ended.stderr);
        assert_eq!(
            ended.status.success(),
            refused.is_none(),
            "{profile}: {complained}"
        );
        assert!(
            complained.contains(refused.unwrap_or_default()),
            "{complained}"
        );
    }
}

/// Both are honoured, or refused by name: nobody believes to have what he has not.
#[tokio::test]
async fn fips_by_a_variable() {
    let lab = Lab::one_user(&[]).await;
    for (variable, value, words) in [
        (
            "AWS_USE_FIPS_ENDPOINT",
            "true",
            "AWS_USE_FIPS_ENDPOINT (use_fips_endpoint) is on",
        ),
        (
            "AWS_USE_DUALSTACK_ENDPOINT",
            "TRUE",
            "AWS_USE_DUALSTACK_ENDPOINT (use_dualstack_endpoint) is on",
        ),
        (
            "AWS_USE_FIPS_ENDPOINT",
            "yes",
            "AWS_USE_FIPS_ENDPOINT must be true or false, not \"yes\"",
        ),
    ] {
        let mut command = command(&lab, &["rotate", "app", "--local"]);
        let ended = ends(command.env(variable, value)).await;
        assert_eq!(ended.status.code(), Some(1), "{variable}");
        let complained = text(&ended.stderr);
        assert!(complained.contains(words), "{complained}");
    }
}

/// Whoever writes a secret writes the name of its user. It must not write on an operator's screen.
#[tokio::test]
async fn a_name_does_not_move_the_cursor() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.until("createSecret").await;
    lab.edit_current(|value| {
        with(
            value,
            "username",
            "a\u{1b}]0;title\u{7}\nerror: b\u{9b}2J\u{202e}",
        )
    });
    let arguments = ["-vv", "rotate", "app", "--local", "--version-id", &token];
    let ended = ends(&mut command(&lab, &arguments)).await;
    assert_eq!(ended.status.code(), Some(1));
    let shown = text(&ended.stdout) + &text(&ended.stderr);
    let named = "the user a\\u{1b}]0;title\\u{7}\\nerror: b\\u{9b}2J\\u{202e}";
    assert!(shown.contains(named), "{shown}");
    let obeyed = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!shown.contains(obeyed), "{shown:?}");
}
