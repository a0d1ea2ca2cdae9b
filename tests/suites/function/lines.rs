//! What the function writes: whose line it is, how long it took, and figures that last as long as the outage.

use std::time::Duration;

use rotation_kit::aws::Fault;
use rotation_tests::lab::{Lab, with};
use rotation_tests::postgres::{Options, Postgres, Release};
use serde_json::Value;

use crate::service::answer;

/// An id as Terraform makes them: each begins as all others do.
const TERRAFORM: &str = "terraform-20261129140000000000000001";

/// Everything that was written. A line that is no JSON is not the function's.
fn lines(lab: &Lab) -> Vec<Value> {
    let log = lab.function.log();
    log.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

/// The figures' lines alone.
fn figures(lab: &Lab) -> Vec<Value> {
    let mut lines = lines(lab);
    lines.retain(|line| !line["_aws"].is_null());
    lines
}

/// That figure, of each step that has it.
fn refused_at_most(lab: &Lab) -> Vec<f64> {
    let lines = figures(lab).into_iter();
    lines
        .filter_map(|line| line["RefusedAtMost"].as_f64())
        .collect()
}

fn denied(message: &'static str) -> Fault {
    answer(400, "AccessDeniedException", message)
}

#[tokio::test]
async fn each_says_whose_it_is() {
    let options = Options {
        hba: "host all all 127.0.0.1/32 trust\nhost all all ::1/128 trust".into(),
        ..Options::default()
    };
    let started = Postgres::start_with(Release::Debian, options).await;
    let trusting: &'static Postgres = Box::leak(Box::new(started));
    let variables = [("AWS_LAMBDA_LOG_LEVEL", "DEBUG")];
    let lab = Lab::on(trusting, "app", false, &variables).await;
    lab.aws.plant(&lab.arn, TERRAFORM, None, &["AWSPENDING"]);
    lab.steps(TERRAFORM).await.expect("a rotation");

    let lines = lines(&lab);
    let mut requests: Vec<&str> = Vec::new();
    for line in lines.iter().filter(|line| line["step"].is_string()) {
        assert_eq!(line["version"], TERRAFORM, "{line}");
        assert_eq!(line["secret"], lab.arn, "{line}");
        assert_eq!(line["function"], "rotator-postgres", "{line}");
        assert!(
            line["timestamp"].is_string() && line["level"].is_string(),
            "{line}"
        );
        let request = line["request_id"].as_str().expect("a request's id");
        if requests.last() != Some(&request) {
            requests.push(request);
        }
        let first = requests.len() == 1;
        assert_eq!(line["cold_start"], first, "{line}");
    }
    assert_eq!(requests.len(), 4, "one for each step");
    let from = |target: &str| {
        let found = lines.iter().find(|line| {
            line["target"]
                .as_str()
                .is_some_and(|t| t.starts_with(target))
        });
        found.unwrap_or_else(|| panic!("no line of {target}"))
    };
    assert_eq!(from("rotator_postgres")["version"], TERRAFORM);
    for call in [
        "DescribeSecret",
        "GetSecretValue",
        "PutSecretValue",
        "UpdateSecretVersionStage",
        "test",
        "lock",
        "set",
        "close",
    ] {
        let timed = lines.iter().find(|line| line["call"] == call);
        let timed = timed.unwrap_or_else(|| panic!("{call} has no line"));
        assert!(
            timed["duration_ms"].is_u64() && timed["level"] == "DEBUG",
            "{timed}"
        );
    }
}

/// Lambda takes a line that lacks one of these for INFO.
#[tokio::test]
async fn figures_outlive_a_higher_level() {
    let lab = Lab::one_user(&[("AWS_LAMBDA_LOG_LEVEL", "WARN")]).await;
    lab.until("finishSecret").await;
    let figures = figures(&lab);
    assert_eq!(figures.len(), 4);
    for line in &figures {
        assert_eq!(line["level"], "WARN", "{line}");
        assert!(
            line["timestamp"]
                .as_str()
                .is_some_and(|time| time.ends_with('Z')),
            "{line}"
        );
    }
    let quiet = lines(&lab)
        .into_iter()
        .filter(|line| line["level"] == "INFO");
    assert_eq!(quiet.count(), 0);
}

/// The password is another one, and AWSCURRENT cannot move: nobody may learn it from the last step alone.
#[tokio::test]
async fn an_outage_has_a_figure_while_it_lasts() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.until("testSecret").await;
    let denied = denied("User is not authorized");
    for _ in 0..2 {
        lab.aws.fail("UpdateSecretVersionStage", denied.clone());
        let error = lab.step(&token, "finishSecret").await.expect_err("denied");
        let id = error.message.rsplit_once(", request id ");
        assert!(
            id.is_some_and(|(_, id)| id.len() == 37),
            "{}",
            error.message
        );
    }
    lab.step(&token, "finishSecret").await.expect("allowed");
    let refused = refused_at_most(&lab);
    assert_eq!(
        refused.len(),
        3,
        "two that failed, and one that ended it: {refused:?}"
    );
    assert!(refused.is_sorted() && refused[0] > 0.0, "{refused:?}");
}

/// The password was changed by hand: no step gets as far as to change anything, and each says for how long.
#[tokio::test]
async fn an_outage_by_somebody_elses_hand() {
    let lab = Lab::one_user(&[]).await;
    lab.edit_current(|value| with(value, "password", "not-the-one"));
    let token = lab.until("createSecret").await;
    let error = lab.step(&token, "setSecret").await.expect_err("refused");
    assert_eq!(error.error_type, "Rotation.NoneAccepted");
    assert_eq!(refused_at_most(&lab).len(), 1);
}

/// With the key denied, no value can be read: neither the version's date nor how many passwords there are.
#[tokio::test]
async fn an_outage_of_the_key_has_it_too() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.until("setSecret").await;
    let denied = denied("Access to KMS is not allowed");
    for _ in 0..3 {
        lab.aws.fail("GetSecretValue", denied.clone());
    }
    assert!(lab.step(&token, "finishSecret").await.is_err());
    assert_eq!(refused_at_most(&lab).len(), 1);
}

/// Two users: AWSCURRENT's is not touched, whatever fails.
#[tokio::test]
async fn no_outage_where_users_take_turns() {
    let lab = Lab::two_users(&[]).await;
    let token = lab.until("testSecret").await;
    lab.aws
        .fail("UpdateSecretVersionStage", denied("User is not authorized"));
    assert!(lab.step(&token, "finishSecret").await.is_err());
    assert_eq!(refused_at_most(&lab).len(), 0);
}

/// An abandoned rotation leaves a version with its mark. Its figure is there until a rotation is done with it.
#[tokio::test]
async fn what_is_left_over_is_counted() {
    // createSecret waits for what may still run, as long as it may.
    let lab = Lab::one_user(&[("AWS_LAMBDA_FUNCTION_TIMEOUT", "10")]).await;
    lab.until("createSecret").await;
    lab.aws.detach(&lab.arn, "AWSPENDING");
    let token = lab.until("createSecret").await;
    lab.aws.age(&lab.arn, Duration::from_secs(200));
    lab.steps(&token).await.expect("a rotation");
    let counted = figures(&lab).into_iter().filter_map(|line| {
        Some((
            line["step"].as_str()?.to_owned(),
            line["Orphans"].as_u64()?,
            line["LabelsInUse"].as_u64()?,
        ))
    });
    let counted: Vec<(String, u64, u64)> = counted.collect();
    let first = counted.first().expect("a createSecret");
    let last = counted.last().expect("a finishSecret");
    assert_eq!((first.1, last.1), (0, 0), "{counted:?}");
    assert!(
        counted.iter().any(|(_, orphans, _)| *orphans == 1),
        "{counted:?}"
    );
    assert!(
        counted
            .iter()
            .all(|(_, _, labels)| (2..=6).contains(labels)),
        "{counted:?}"
    );
}
