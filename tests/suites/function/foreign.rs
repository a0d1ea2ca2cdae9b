//! What is not ours to rotate: replicas, secrets of partners and of AWS's services, and databases for which no rotator is here.

use rotation_kit::aws::{Kind, STEPS};
use rotation_tests::lab::{Lab, with};

use super::command_line::{run, text};

const PRIMARY: &str = "arn:aws:secretsmanager:us-east-1:444455556666:secret:theirs-AbCdEf";

/// Each kind, with a part of the refusal.
fn kinds(lab: &Lab) -> Vec<(Kind, String)> {
    let there = lab.arn.replace(":us-east-1:", ":eu-central-1:");
    vec![
        (
            Kind::ReplicaOf("eu-central-1".into()),
            format!(
                "is a replica of {there}: rotate the primary secret (aws secretsmanager rotate-secret --region eu-central-1 --secret-id {there}). Secrets Manager copies its new value"
            ),
        ),
        (
            Kind::ReplicaOf(PRIMARY.into()),
            format!(
                "is a replica of {PRIMARY}: rotate the primary secret (aws secretsmanager rotate-secret --region us-east-1 --secret-id {PRIMARY})"
            ),
        ),
        (
            Kind::External("SalesforceClientSecret".into()),
            "is a managed external secret (SalesforceClientSecret): Secrets Manager rotates it with the partner, and no function can".into(),
        ),
        (
            Kind::OwnedBy("rds".into()),
            "belongs to the AWS service rds, which alone may change it: have that service rotate it".into(),
        ),
    ]
}

fn writes(lab: &Lab) -> usize {
    let calls = lab.aws.calls();
    let write =
        |operation: &str| matches!(operation, "PutSecretValue" | "UpdateSecretVersionStage");
    calls.iter().filter(|call| write(&call.operation)).count()
}

/// What the secret is comes first, whether or not rotation is on. A lone testSecret asks for it too.
#[tokio::test]
async fn kinds_that_no_function_rotates() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.begin();
    for (kind, words) in kinds(&lab) {
        lab.aws.make(&lab.arn, kind);
        lab.aws.forget_calls();
        for enabled in [Some(true), Some(false), None] {
            lab.aws.say_enabled(&lab.arn, enabled);
            for step in STEPS {
                lab.refused(&token, step, "Rotation.NotAllowed", &words)
                    .await;
            }
        }
        assert_eq!(writes(&lab), 0, "{words}");
    }
}

/// The same by hand, before anybody asks which rotator it is for.
#[tokio::test]
async fn by_hand() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.begin();
    lab.edit_current(|value| with(value, "engine", "db2"));
    let before = lab.state().await;
    let event = lab.event(&token, "createSecret").to_string();
    for (kind, words) in kinds(&lab) {
        lab.aws.make(&lab.arn, kind);
        lab.aws.forget_calls();
        for (arguments, stdin) in [
            (["rotate", &lab.arn, "--local"], ""),
            (["step", "--event", "-"], event.as_str()),
        ] {
            let refused = run(&lab, &arguments, stdin).await;
            let said = text(&refused.stderr);
            assert_eq!(refused.status.code(), Some(1), "{said}");
            assert!(said.contains(&words), "{said}");
            assert!(said.contains("(Rotation.NotAllowed)"), "{said}");
        }
        assert_eq!(writes(&lab), 0, "{words}");
    }
    assert_eq!(lab.state().await, before);
}

/// Nobody is logged in with the administrator of another kind of database.
#[tokio::test]
async fn an_administrator_that_redshift_made() {
    let lab = Lab::two_users(&[]).await;
    let admin = "arn:aws:secretsmanager:us-east-1:012345678912:secret:redshift!dwh-admin-AbCdEf";
    lab.edit_current(|value| with(value, "masterarn", admin));
    let token = lab.begin();
    lab.aws.forget_calls();
    let words = format!(
        "the admin secret {admin} was made by Amazon Redshift, for which no rotator is here"
    );
    lab.refused(&token, "createSecret", "Rotation.AdminSecret", &words)
        .await;
    assert_eq!(writes(&lab), 0);
}

/// Their protocols resemble PostgreSQL's and MySQL's, or the secrets do.
#[tokio::test]
async fn hosts_of_other_databases() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.begin();
    lab.aws.forget_calls();
    for (host, service) in [
        (
            "db.cluster-c0ffee.us-east-1.docdb.amazonaws.com",
            "Amazon DocumentDB",
        ),
        (
            "dwh.c0ffee.us-east-1.redshift.amazonaws.com",
            "Amazon Redshift",
        ),
    ] {
        lab.edit_current(|value| with(value, "host", host));
        let words = format!("this one is of {service}, for which no rotator is here");
        lab.refused(&token, "createSecret", "Rotation.SecretValue", &words)
            .await;
    }
    assert_eq!(writes(&lab), 0);
}
