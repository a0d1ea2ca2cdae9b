//! `rotation doctor`, `repair` and `abort`: each state that a rotation, a person or AWS's template may leave.

use rotation_tests::lab::{Lab, Target, with};

use crate::patient::{LONG, Patient};

on_each_server!(
    healthy,
    abandoned_before_the_target_heard_of_it,
    cut_off_after_setsecret,
    awspending_was_taken_away,
    the_templates_password_has_no_label,
    two_users_cut_off_after_setsecret,
    a_wrong_value_was_stored,
    a_value_that_is_no_json_was_stored,
    an_edit_left_a_mark,
    awspending_stayed_after_a_rotation,
    the_password_was_changed_and_stored_during_a_rotation,
    awscurrent_was_moved_back,
    two_versions_of_one_user,
    nobody_knows_the_password,
    awscurrent_is_for_another_server,
);

/// So a rotation waits for a short time.
const SHORT: (&str, &str) = ("AWS_LAMBDA_FUNCTION_TIMEOUT", "10");

async fn one<T: Target>(server: &'static T) -> Lab<T> {
    Lab::on(server, "app", false, &[SHORT]).await
}

async fn two<T: Target>(server: &'static T) -> Lab<T> {
    Lab::on(server, "app", true, &[SHORT]).await
}

/// Nothing is touched, neither by a repair nor by an abort.
async fn healthy<T: Target>(server: &'static T) {
    for lab in [one(server).await, two(server).await] {
        for _ in 0..2 {
            let patient = Patient { lab: &lab };
            patient.is("healthy", 0).await;
            let before = lab.state().await;
            for command in ["repair", "abort"] {
                let said = patient.says(&[command, "app", "--yes"], 0).await;
                assert!(said.contains("Nothing was changed."), "{said}");
            }
            assert_eq!(lab.state().await, before);
            lab.until("finishSecret").await;
        }
    }
}

/// "A previous rotation isn't complete": <https://github.com/aws/aws-cdk/issues/28539>. The version may have no value yet.
async fn abandoned_before_the_target_heard_of_it<T: Target>(server: &'static T) {
    for users in [one(server).await, two(server).await] {
        users.begin();
        Patient { lab: &users }.is_mended("abandoned").await;
        users.until("createSecret").await;
        Patient { lab: &users }.is_mended("abandoned").await;
    }
}

/// The only password that works is AWSPENDING's.
async fn cut_off_after_setsecret<T: Target>(server: &'static T) {
    let lab = one(server).await;
    lab.until("setSecret").await;
    let refused = Patient { lab: &lab }
        .says(&["abort", "app", "--yes"], 3)
        .await;
    let words = "AWSPENDING stays, since it may be the only credential that works";
    assert!(refused.contains(words), "{refused}");
    Patient { lab: &lab }.is_mended("refused").await;
}

/// As the page of CancelRotateSecret has it, and advice in <https://github.com/aws/aws-cdk/issues/17288>: the only password that works has our mark, and none of AWS's labels.
async fn awspending_was_taken_away<T: Target>(server: &'static T) {
    let lab = one(server).await;
    lab.until("setSecret").await;
    lab.aws.detach(&lab.arn, "AWSPENDING");
    Patient { lab: &lab }.is_mended("refused").await;
}

/// AWS's template leaves no mark: the only password that works has no label at all.
async fn the_templates_password_has_no_label<T: Target>(server: &'static T) {
    let lab = one(server).await;
    let lost = lab.until("setSecret").await;
    for label in ["AWSPENDING", &format!("ROTATION-{lost}")] {
        lab.aws.detach(&lab.arn, label);
    }
    let said = Patient { lab: &lab }.is("refused", 3).await;
    assert!(
        said.contains(&format!("version {lost} (no label")),
        "{said}"
    );
    Patient { lab: &lab }.is_mended("refused").await;
}

async fn two_users_cut_off_after_setsecret<T: Target>(server: &'static T) {
    let lab = two(server).await;
    for _ in 0..2 {
        lab.until("setSecret").await;
        Patient { lab: &lab }.is_mended("unfinished").await;
    }
    // As AWS's template leaves it: without our mark.
    let token = lab.until("setSecret").await;
    lab.aws.detach(&lab.arn, &format!("ROTATION-{token}"));
    Patient { lab: &lab }.is_mended("unfinished").await;
    // Or a person decides for AWSCURRENT.
    let token = lab.until("setSecret").await;
    let said = Patient { lab: &lab }
        .says(&["abort", "app", "--yes"], 0)
        .await;
    assert!(
        said.contains(&format!("take AWSPENDING off version {token}")),
        "{said}"
    );
    let labels = lab.aws.labels(&lab.arn);
    assert_eq!(
        labels[&token],
        [format!("ROTATION-{token}")],
        "its mark stays"
    );
    assert!(lab.accepts("AWSCURRENT").await);
}

/// AWSPREVIOUS is the right one.
async fn a_wrong_value_was_stored<T: Target>(server: &'static T) {
    for lab in [one(server).await, two(server).await] {
        let value = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
        stores(&lab, with(&value, "password", "by-hand-and-wrong")).await;
        Patient { lab: &lab }.is_mended("refused").await;
    }
}

async fn a_value_that_is_no_json_was_stored<T: Target>(server: &'static T) {
    let lab = one(server).await;
    stores(&lab, "by-hand".into()).await;
    Patient { lab: &lab }.is_mended("unusable").await;
}

/// The version that was AWSPREVIOUS keeps its mark, and nothing else: each rotation waits for it.
async fn an_edit_left_a_mark<T: Target>(server: &'static T) {
    let lab = one(server).await;
    for _ in 0..2 {
        lab.aws.rotate(&lab.arn).await;
    }
    let value = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    for key in ["a", "b"] {
        stores(&lab, with(&value, key, 1)).await;
    }
    lab.aws.age(&lab.arn, LONG);
    let labels = lab.aws.labels(&lab.arn);
    let left = labels
        .iter()
        .any(|(version, labels)| *labels == [format!("ROTATION-{version}")]);
    assert!(left, "{labels:?}");
    Patient { lab: &lab }.is_mended("left over").await;
}

/// The service may leave AWSPENDING on the version that is AWSCURRENT
/// (<https://github.com/aws-samples/aws-secrets-manager-rotation-lambdas/issues/168>). After an edit, that blocks each rotation.
async fn awspending_stayed_after_a_rotation<T: Target>(server: &'static T) {
    let lab = one(server).await;
    lab.until("finishSecret").await;
    Patient { lab: &lab }.is("healthy", 0).await;
    let value = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    stores(&lab, with(&value, "note", 1)).await;
    Patient { lab: &lab }.is_mended("abandoned").await;
}

/// The rotation can never go on from there.
async fn the_password_was_changed_and_stored_during_a_rotation<T: Target>(server: &'static T) {
    let lab = one(server).await;
    lab.until("createSecret").await;
    let value = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    server.set_by_hand(&lab.user).await;
    stores(&lab, with(&value, "password", "by-hand")).await;
    let pending = lab.aws.holder(&lab.arn, "AWSPENDING");
    assert!(pending.is_some(), "the service leaves it");
    Patient { lab: &lab }.is_mended("abandoned").await;
}

/// A person moved AWSCURRENT back to a password that is dead.
async fn awscurrent_was_moved_back<T: Target>(server: &'static T) {
    let lab = one(server).await;
    let first = lab.aws.holder(&lab.arn, "AWSCURRENT").expect("a version");
    let token = lab.until("finishSecret").await;
    let moved = lab
        .aws
        .client()
        .update_secret_version_stage()
        .secret_id(&lab.arn);
    let moved = moved
        .version_stage("AWSCURRENT")
        .remove_from_version_id(token);
    moved.move_to_version_id(first).send().await.expect("moved");
    Patient { lab: &lab }.is_mended("refused").await;
}

/// AWSCURRENT was stored anew: AWSPREVIOUS is the same user's, and the other user's version keeps nothing but its mark.
async fn two_versions_of_one_user<T: Target>(server: &'static T) {
    let lab = two(server).await;
    for _ in 0..2 {
        lab.aws.rotate(&lab.arn).await;
    }
    let value = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    stores(&lab, with(&value, "note", 1)).await;
    assert_eq!(
        lab.field("AWSCURRENT", "username"),
        lab.field("AWSPREVIOUS", "username")
    );
    Patient { lab: &lab }.is_mended("previous").await;
}

/// Nothing is changed, until an administrator is named.
async fn nobody_knows_the_password<T: Target>(server: &'static T) {
    let lab = one(server).await;
    lab.until("finishSecret").await;
    server.set_by_hand(&lab.user).await;
    let patient = Patient { lab: &lab };
    let said = patient.is("locked out", 3).await;
    assert!(
        said.contains("repair") && said.contains("--admin-secret ARN"),
        "{said}"
    );
    let before = lab.state().await;
    patient.says(&["repair", "app", "--yes"], 3).await;
    assert_eq!(lab.state().await, before);

    let (user, password) = server.administrator().await;
    let admin = lab
        .aws
        .create("its-admin", &server.secret_json(&user, &password));
    let arguments = ["repair", "app", "--yes", "--admin-secret", &admin, "--user"];
    let for_user = |user| [&arguments[..], &[user]].concat();
    // Whoever may write the secret decides for no administrator.
    let said = patient.says(&for_user("another"), 1).await;
    assert!(
        said.contains("and not of another: nothing was changed"),
        "{said}"
    );
    assert_eq!(lab.state().await, before);
    let said = patient.says(&for_user(&lab.user), 0).await;
    assert!(said.contains("Done: let the administrator"), "{said}");
    assert!(lab.accepts("AWSCURRENT").await);
    patient.is("healthy", 0).await;
}

/// A database moved to another address, and a wrong password was stored for it: AWSCURRENT does not go back to the old one.
async fn awscurrent_is_for_another_server<T: Target>(server: &'static T) {
    let lab = one(server).await;
    let value = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    let moved = with(&value, "host", "127.0.0.1");
    let moved = with(&moved, "servername", "localhost");
    stores(&lab, with(&moved, "password", "by-hand-and-wrong")).await;
    let patient = Patient { lab: &lab };
    patient.lab.aws.age(&lab.arn, LONG);
    let before = lab.state().await;
    let hosts = [("ALLOWED_HOSTS", "localhost,127.0.0.1")];
    for command in ["doctor", "repair"] {
        let said = patient.says_with(&[command, "app"], &hosts, 3).await;
        assert!(said.contains("State: locked out."), "{said}");
        assert!(
            said.contains("Not tried, since it is for another target"),
            "{said}"
        );
    }
    assert_eq!(lab.state().await, before);
}

/// As a person does: PutSecretValue without labels.
async fn stores<T: Target>(lab: &Lab<T>, value: String) {
    let put = lab.aws.client().put_secret_value().secret_id(&lab.arn);
    put.secret_string(value)
        .send()
        .await
        .expect("PutSecretValue");
}
