//! Whole rotations, as Secrets Manager drives them: what they cost, and how they end.

use std::time::Duration;

use rotation_kit::aws::{Outcome, in_a_row};
use rotation_tests::lab::Lab;

/// Calls to Secrets Manager in all and one after another, and logins: what one rotation costs.
async fn cost(lab: &Lab) -> (usize, usize, usize) {
    let mark = lab.server.log().len();
    let token = lab.begin();
    lab.aws.forget_calls();
    lab.steps(&token).await.expect("a rotation");
    let calls = lab.aws.calls();
    assert!(calls.iter().all(|call| call.refused.is_none()), "{calls:?}");
    let clone = format!("{}_clone", lab.user);
    let users = [&lab.user, &clone]
        .into_iter()
        .chain(lab.admin.iter().map(|admin| &admin.user));
    let logins = users.map(|user| lab.server.logins(mark, user));
    let (taken, refused) = logins.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
    assert_eq!(refused, 0, "no login fails");
    (calls.len(), in_a_row(&calls), taken)
}

/// PROTOCOL.md, "Calls". The first version has no mark: finishSecret asks when it was made, and nobody frees it.
#[tokio::test]
async fn what_a_rotation_costs() {
    for (two, costs) in [
        (false, [(11, 8, 5), (10, 7, 5), (11, 7, 5)]),
        (true, [(13, 10, 6), (12, 9, 6), (13, 9, 6)]),
    ] {
        let lab = Lab::start("app", two, &[]).await;
        lab.aws
            .set(|settings| settings.latency = Duration::from_millis(40));
        for expected in costs {
            assert_eq!(cost(&lab).await, expected, "two users: {two}");
        }
    }
}

/// As RotateSecret drives it: AWSCURRENT is on the new version, and the server takes it.
#[tokio::test]
async fn one_user_three_times() {
    let lab = Lab::one_user(&[]).await;
    for keeps_pending in [false, true, false] {
        lab.aws
            .set(|settings| settings.keeps_pending = keeps_pending);
        let (token, ended) = lab.aws.rotate(&lab.arn).await;
        assert_eq!(
            ended.outcome,
            Outcome::RotationSucceeded,
            "{ended:?}\n{}",
            lab.function.log()
        );
        assert_eq!(lab.aws.holder(&lab.arn, "AWSCURRENT"), Some(token));
        assert!(lab.accepts("AWSCURRENT").await);
        assert!(!lab.accepts("AWSPREVIOUS").await);
    }
}

/// The user in AWSPREVIOUS keeps its password until its own next turn.
#[tokio::test]
async fn two_users_three_times() {
    let lab = Lab::two_users(&[]).await;
    for n in 0..3 {
        let (_, ended) = lab.aws.rotate(&lab.arn).await;
        assert_eq!(
            ended.outcome,
            Outcome::RotationSucceeded,
            "{ended:?}\n{}",
            lab.function.log()
        );
        let expected = if n % 2 == 0 {
            format!("{}_clone", lab.user)
        } else {
            lab.user.clone()
        };
        assert_eq!(lab.field("AWSCURRENT", "username"), expected);
        assert!(lab.accepts("AWSCURRENT").await && lab.accepts("AWSPREVIOUS").await);
    }
}

/// RotateImmediately=false: testSecret alone checks the configuration, with a value under AWSPENDING or without.
#[tokio::test]
async fn a_test_of_the_configuration() {
    for copies in [false, true] {
        let lab = Lab::two_users(&[]).await;
        lab.aws
            .set(|settings| settings.test_copies_current = copies);
        let test = async || {
            let request = lab.aws.client().rotate_secret().secret_id(&lab.arn);
            let begun = request
                .rotate_immediately(false)
                .send()
                .await
                .expect("RotateSecret");
            lab.aws.ended(&begun.version_id.expect("a version")).await
        };
        let before = lab.aws.labels(&lab.arn);
        let ended = test().await;
        assert_eq!(ended.outcome, Outcome::TestRotationSucceeded, "{ended:?}");
        assert_eq!(lab.aws.labels(&lab.arn), before);
        lab.edit_current(|value| value.replace("First-password", "Wrong-password"));
        let ended = test().await;
        assert_eq!(ended.outcome, Outcome::TestRotationFailed, "{ended:?}");
        assert_eq!(lab.aws.labels(&lab.arn), before);
    }
}
