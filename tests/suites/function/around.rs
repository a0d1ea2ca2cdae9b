//! What `rotation doctor` finds around a secret, which all its services show: one fault in each row, and it is named with its culprit.

mod function;
mod network;
mod rights;

use rotation_kit::tls::Ca;
use rotation_tests::around::Around;
use rotation_tests::lab::Lab;
use rotation_tests::moto::ACCOUNT;
use serde_json::{Value, json};

use crate::command_line::{command, text};
use network::inside;

const OTHER: &str = "999999999999";

/// A secret of its own, whose function is set up as this says, and everything else as it should be.
struct Scene<'a> {
    lab: &'a Lab,
    around: &'a Around,
    secret: String,
    name: String,
}

impl<'a> Scene<'a> {
    fn new(lab: &'a Lab, around: &'a Around, name: &str, changes: &Value) -> Self {
        around.role_may(&[json!({"Effect": "Allow", "Action": "*", "Resource": "*"})]);
        around.deny(&[]);
        let function = around.function(name, changes);
        around.permit(name, ACCOUNT);
        around.alarm(name, &["arn:aws:sns:us-east-1:012345678912:calls"]);
        let scene = Self::bare(lab, around, name);
        lab.aws.attach(&scene.secret, &function);
        scene
    }

    /// Without a function.
    fn bare(lab: &'a Lab, around: &'a Around, name: &str) -> Self {
        let value = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
        Self {
            lab,
            around,
            secret: lab.aws.create(&format!("secret-{name}"), &value),
            name: name.to_owned(),
        }
    }

    fn function(&self) -> String {
        format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:{}", self.name)
    }

    async fn run(&self, output: &str) -> String {
        let arguments = ["doctor", &self.secret, "--output", output];
        let (said, complained) = self.command(&arguments).await;
        assert_eq!(complained, "");
        said
    }

    async fn command(&self, arguments: &[&str]) -> (String, String) {
        let mut command = command(self.lab, arguments);
        let command = command
            .env("AWS_ENDPOINT_URL", self.around.url())
            .env("AWS_CA_BUNDLE", Ca::shared().pem_path());
        let done = command.output().await.expect("the program runs");
        (text(&done.stdout), text(&done.stderr))
    }

    async fn json(&self) -> Value {
        serde_json::from_str(&self.run("json").await).expect("JSON alone")
    }

    /// There is one fault, with this culprit and these words. Nothing is unknown.
    async fn finds(&self, culprit: &str, stops: bool, words: &[&str]) {
        let said = self.json().await;
        let faults = said["faults"].as_array().expect("a list");
        assert_eq!(faults.len(), 1, "{}: {said:#}", self.name);
        assert_eq!(said["unknown"], json!([]), "{}", self.name);
        let fault = &faults[0];
        assert_eq!(fault["culprit"], culprit, "{}", self.name);
        assert_eq!(fault["stops"], stops, "{}", self.name);
        for word in words {
            let all = format!("{}. {}", fault["says"], fault["fix"]);
            assert!(all.contains(word), "{}: {word}: {all}", self.name);
        }
    }
}

async fn start() -> Option<(Lab, Around)> {
    let around = Around::start().await?;
    Some((Lab::one_user(&[]).await, around))
}

#[tokio::test]
async fn the_function() {
    let Some((lab, around)) = start().await else {
        return;
    };
    let scene = Scene::new(
        &lab,
        &around,
        "healthy",
        &json!({"Environment": {"Variables": {"PASSWORD_LENGTH": "40", "PRIVATE": "hush-hush"}}}),
    );
    let said = scene.run("text").await;
    assert!(
        said.ends_with("Next: Nothing needs to be done.\n"),
        "{said}"
    );
    for fact in [
        "Runtime       provided.al2023, arm64, 128 MB, time-out 60 s",
        "Settings      PASSWORD_LENGTH\n",
        "Invoked by    Secrets Manager",
        "Alarms        healthy-errors",
    ] {
        assert!(said.contains(fact), "{fact}: {said}");
    }
    assert!(
        !said.contains("hush-hush") && !said.contains("Not known"),
        "{said}"
    );

    let scene = Scene::new(&lab, &around, "gone", &json!({}));
    let gone = format!("{}-not", scene.function());
    lab.aws.attach(&scene.secret, &gone);
    scene
        .finds(
            &gone,
            true,
            &["there is no such function", "--rotation-lambda-arn"],
        )
        .await;

    let scene = Scene::new(&lab, &around, "short", &json!({"Timeout": 3}));
    scene
        .finds(
            &scene.function(),
            true,
            &[
                "time-out of 3 s is too short",
                "--timeout 60 --function-name",
            ],
        )
        .await;

    let scene = Scene::new(&lab, &around, "turned-away", &json!({}));
    around.reserve(&scene.name, 0);
    scene
        .finds(
            &scene.function(),
            true,
            &["reserved concurrency is 0", "delete-function-concurrency"],
        )
        .await;

    let scene = Scene::bare(&lab, &around, "closed");
    let function = around.function("closed", &json!({}));
    around.alarm("closed", &["arn:aws:sns:us-east-1:012345678912:calls"]);
    lab.aws.attach(&scene.secret, &function);
    let account = format!("--source-account {ACCOUNT}");
    scene
        .finds(
            &function,
            true,
            &[
                "does not let secretsmanager.amazonaws.com invoke it",
                "add-permission",
                &account,
            ],
        )
        .await;
    around.permit("closed", OTHER);
    scene
        .finds(&function, true, &["for others alone", OTHER])
        .await;

    let scene = Scene::bare(&lab, &around, "unwatched");
    let function = around.function("unwatched", &json!({}));
    around.permit("unwatched", ACCOUNT);
    lab.aws.attach(&scene.secret, &function);
    scene
        .finds(
            &function,
            false,
            &["no alarm looks at it", "put-metric-alarm"],
        )
        .await;
    around.alarm("unwatched", &[]);
    scene.finds(&function, false, &["tell nobody"]).await;

    let scene = Scene::new(&lab, &around, "elsewhere", &json!({}));
    let there = scene.function().replace("us-east-1", "eu-west-1");
    lab.aws.attach(&scene.secret, &there);
    let said = scene.json().await;
    assert!(
        said["faults"][0]["says"]
            .as_str()
            .expect("a fault")
            .contains("it is in eu-west-1, and the secret is in us-east-1"),
        "{said:#}"
    );

    // A function of another account never gets AWS's own key.
    lab.aws
        .attach(&scene.secret, &scene.function().replace(ACCOUNT, OTHER));
    let said = scene.json().await;
    assert!(
        said["faults"]
            .to_string()
            .contains("which its function in account 999999999999 can never use"),
        "{said:#}"
    );
}

/// What the function's log says, and what a person sees who may read nothing.
#[tokio::test]
async fn the_last_error_and_a_reader_with_few_rights() {
    let Some((lab, around)) = start().await else {
        return;
    };
    let scene = Scene::new(&lab, &around, "logs", &json!({}));
    around.log("logs", &json!({"level": "ERROR", "error_type": "Rotation.Target", "message": format!("cannot reach db by {}", lab.field("AWSCURRENT", "password")), "secret": scene.secret}).to_string());
    let said = scene.run("text").await;
    assert!(
        said.contains("Rotation.Target: cannot reach db by [REDACTED]\n"),
        "{said}"
    );
    assert!(
        said.ends_with("Next: Nothing needs to be done.\n"),
        "{said}"
    );

    let vpc = around.vpc();
    let scene = Scene::new(&lab, &around, "secretive", &inside(&vpc, &vpc.group));
    lab.aws.encrypt(&scene.secret, &around.key(None));
    around.asked();
    scene.json().await;
    let mut asked = around.asked();
    asked.retain(|operation| operation != "DescribeSecurityGroups");
    asked.sort_unstable();
    asked.dedup();
    for operation in asked {
        around.deny(&[&operation]);
        let said = scene.json().await;
        let unknown = said["unknown"].to_string();
        assert!(
            unknown.contains(&format!(":{operation}")) && unknown.contains("not allowed. You need"),
            "{operation}: {said:#}"
        );
    }
}

/// A secret that nobody here can rotate has no function: what is known of the rest is said.
#[tokio::test]
async fn without_a_function() {
    let Some((lab, around)) = start().await else {
        return;
    };
    let scene = Scene::bare(&lab, &around, "alone");
    let said = scene.json().await;
    assert_eq!(
        (&said["faults"], &said["unknown"]),
        (&json!([]), &json!([])),
        "{said:#}"
    );
    assert_eq!(said["function"], Value::Null);
}
