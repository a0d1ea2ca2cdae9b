//! Access keys of AWS IAM: two at most, without names.

use rotation_tests::iam::Iam;
use rotation_tests::lab::Attached;
use serde_json::json;

use crate::lab::lab;

async fn attached(iam: &Iam, user: &str) -> Attached {
    let (id, key) = iam.user(user);
    let secret = json!({
        "profile": "aws-iam", "username": user, "iam_url": iam.url(), "sts_url": iam.sts_url(),
        "aws_access_key_id": id, "aws_secret_access_key": key,
    });
    lab(secret, None, &[]).await
}

/// The old key works until the next rotation, which deletes it before it makes a third.
#[tokio::test]
async fn three_rotations() {
    let Some(iam) = Iam::start().await else {
        return;
    };
    let lab = attached(&iam, "app").await;
    let mut ids = vec![lab.field("AWSCURRENT", "aws_access_key_id")];
    for _ in 0..3 {
        lab.rotates().await;
        ids.push(lab.field("AWSCURRENT", "aws_access_key_id"));
        let mut expected = ids[ids.len() - 2..].to_vec();
        let mut keys = iam.keys("app");
        expected.sort();
        keys.sort();
        assert_eq!(keys, expected);
    }
}

/// A second key that nobody of us made may be somebody's: it stays.
#[tokio::test]
async fn somebody_elses_key() {
    let Some(iam) = Iam::start().await else {
        return;
    };
    let lab = attached(&iam, "shared").await;
    let (other, _) = iam.key("shared");
    let token = lab.begin();
    let error = lab
        .step(&token, "createSecret")
        .await
        .expect_err("two are there");
    let words = format!(
        "the service allows 2, and has {} (AWSCURRENT), {other}",
        lab.field("AWSCURRENT", "aws_access_key_id")
    );
    assert!(error.message.contains(&words), "{}", error.message);
    let advice = "TOKEN_SOLE_OWNER=true";
    assert!(error.message.contains(advice), "{}", error.message);
    assert_eq!(iam.keys("shared").len(), 2);
}

/// T1: a secret that names another user, with a key that works: by mistake, or by somebody who wants that user's.
#[tokio::test]
async fn another_users_name() {
    let Some(iam) = Iam::start().await else {
        return;
    };
    let ((id, key), (theirs, _)) = (iam.user("mallory"), iam.user("victim"));
    for sole in ["false", "true"] {
        let secret = json!({
            "profile": "aws-iam", "username": "victim", "iam_url": iam.url(), "sts_url": iam.sts_url(),
            "aws_access_key_id": id, "aws_secret_access_key": key,
        });
        let lab = lab(secret, None, &[("TOKEN_SOLE_OWNER", sole)]).await;
        let refused = lab.step(&lab.begin(), "createSecret").await;
        let error = refused.expect_err("the key is mallory's");
        let words = "the credential is somebody else's: the secret says arn:aws:iam::012345678912:user/*/victim, the service says";
        assert!(error.message.contains(words), "{}", error.message);
        assert_eq!(error.error_type, "Rotation.TargetRefused");
        assert_eq!(iam.keys("victim"), [theirs.as_str()]);
    }
}
