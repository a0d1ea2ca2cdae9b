//! What the function's own settings and its log add.

use std::time::Duration;

use rotation_kit::process::free_port;
use rotation_tests::lab::with;
use serde_json::json;

use super::{Scene, start};

/// AWS's templates may quote the password that they could not set: it is AWSPENDING's.
#[tokio::test]
async fn a_new_password_in_the_log() {
    let Some((lab, around)) = start().await else {
        return;
    };
    let scene = Scene::new(&lab, &around, "quoting", &json!({}));
    let pending = lab.aws.announce(&scene.secret);
    let value = with(
        &lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value"),
        "password",
        "Drawn-and-quoted-1",
    );
    lab.aws.plant(&scene.secret, &pending, Some(&value), &[]);
    let line = "[ERROR] ProgrammingError: near PASSWORD('Drawn-and-quoted-1')";
    around.log("quoting", line);
    let said = scene.run("text").await;
    assert!(said.contains("near PASSWORD('[REDACTED]')"), "{said}");
    assert!(!said.contains("Drawn-and-quoted-1"), "{said}");
}

/// Nothing of a rotation can run any more after the function's time-out and 15 s: so long does a repair wait, and no longer.
#[tokio::test]
async fn the_functions_time_out_is_the_horizon() {
    let Some((lab, around)) = start().await else {
        return;
    };
    let scene = Scene::new(&lab, &around, "timed", &json!({}));
    lab.aws.announce(&scene.secret);
    assert_eq!(scene.json().await["state"], "under way");
    lab.aws.age(&scene.secret, Duration::from_secs(60 + 16));
    assert_eq!(scene.json().await["state"], "abandoned");
    around.deny(&["GetFunctionConfiguration"]);
    assert_eq!(scene.json().await["state"], "under way");
}

/// `rotate` waits for Secrets Manager, which does not say why a rotation failed: the function's log does.
#[tokio::test]
async fn rotate_shows_the_functions_error() {
    let Some((lab, around)) = start().await else {
        return;
    };
    let name = lab.function.arn();
    let name = name.rsplit(':').next().expect("a name").to_owned();
    let scene = Scene::new(&lab, &around, &name, &json!({}));
    lab.edit_current(|value| with(value, "port", free_port()));
    let line = json!({"level": "ERROR", "error_type": "Rotation.Target", "message": "nobody listens there", "secret": lab.arn});
    let arguments = ["rotate", "app", "--timeout", "10"];
    let logging = async {
        while lab.aws.holder(&lab.arn, "AWSPENDING").is_none() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        around.log(&name, &line.to_string());
    };
    let (rotated, ()) = tokio::join!(scene.command(&arguments), logging);
    let told = "The function says: nobody listens there";
    assert!(rotated.1.contains(told), "{rotated:?}");
}
