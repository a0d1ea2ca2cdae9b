//! Versions and labels, through AWS's SDK. Source: the API reference
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/>).

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use rotation_kit::aws::LocalAws;

/// The code of a refusal.
pub(crate) fn code<T, E: ProvideErrorMetadata, R>(answer: Result<T, SdkError<E, R>>) -> String {
    match answer {
        Ok(_) => "accepted".into(),
        Err(error) => error.code().unwrap_or("no code").to_owned(),
    }
}

fn id(n: usize) -> String {
    format!("{n:032}")
}

struct Scene {
    aws: LocalAws,
    client: Client,
    arn: String,
    first: String,
}

/// One secret with one version.
async fn scene() -> Scene {
    let aws = LocalAws::start().await;
    let client = aws.client();
    let arn = aws.create("db", "one");
    let first = aws.holder(&arn, "AWSCURRENT").expect("a version");
    Scene {
        aws,
        client,
        arn,
        first,
    }
}

impl Scene {
    async fn put(&self, token: &str, value: &str, labels: &[&str]) -> String {
        let request = self.client.put_secret_value().secret_id(&self.arn);
        let request = request.client_request_token(token).secret_string(value);
        let labels = (!labels.is_empty()).then(|| labels.iter().map(ToString::to_string).collect());
        code(request.set_version_stages(labels).send().await)
    }

    async fn update(&self, label: &str, from: Option<&str>, to: Option<&str>) -> String {
        let request = self
            .client
            .update_secret_version_stage()
            .secret_id(&self.arn);
        let request = request
            .version_stage(label)
            .set_remove_from_version_id(from.map(ToOwned::to_owned))
            .set_move_to_version_id(to.map(ToOwned::to_owned));
        code(request.send().await)
    }

    async fn get(&self, version: Option<&str>, label: Option<&str>) -> Result<String, String> {
        let request = self.client.get_secret_value().secret_id(&self.arn);
        let request = request
            .set_version_id(version.map(ToOwned::to_owned))
            .set_version_stage(label.map(ToOwned::to_owned));
        match request.send().await {
            Ok(answer) => Ok(answer.secret_string.unwrap_or_default()),
            Err(error) => Err(error.code().unwrap_or_default().to_owned()),
        }
    }

    fn labels(&self, version: &str) -> Vec<String> {
        self.aws
            .labels(&self.arn)
            .remove(version)
            .unwrap_or_default()
    }
}

#[tokio::test]
async fn the_default_read_follows_awscurrent() {
    let scene = scene().await;
    assert_eq!(scene.put(&id(1), "two", &["AWSPENDING"]).await, "accepted");
    assert_eq!(scene.get(None, None).await.as_deref(), Ok("one"));
    let moved = scene
        .update("AWSCURRENT", Some(&scene.first), Some(&id(1)))
        .await;
    assert_eq!(moved, "accepted");
    assert_eq!(scene.get(None, None).await.as_deref(), Ok("two"));
    assert_eq!(
        scene.get(None, Some("AWSPREVIOUS")).await.as_deref(),
        Ok("one")
    );
    assert_eq!(scene.labels(&id(1)), ["AWSCURRENT", "AWSPENDING"]);
    // Without labels AWSCURRENT moves on, and AWSPREVIOUS follows.
    assert_eq!(scene.put(&id(2), "three", &[]).await, "accepted");
    assert_eq!(scene.labels(&id(2)), ["AWSCURRENT"]);
    assert!(scene.labels(&id(1)).contains(&"AWSPREVIOUS".to_owned()));
    assert!(scene.labels(&scene.first).is_empty());
}

#[tokio::test]
async fn a_version_is_written_once() {
    let scene = scene().await;
    assert_eq!(scene.put(&id(1), "two", &["AWSPENDING"]).await, "accepted");
    assert_eq!(scene.put(&id(1), "two", &["AWSCURRENT"]).await, "accepted");
    assert_eq!(
        scene.labels(&id(1)),
        ["AWSPENDING"],
        "the same again does nothing"
    );
    for labels in [&["AWSPENDING"][..], &["AWSCURRENT"], &[]] {
        let again = scene.put(&id(1), "other", labels).await;
        assert_eq!(again, "ResourceExistsException", "{labels:?}");
    }
    assert_eq!(scene.get(Some(&id(1)), None).await.as_deref(), Ok("two"));
}

/// Eight writers at once with one token: one of them wins.
#[tokio::test]
async fn one_writer_wins() {
    let scene = scene().await;
    let values: Vec<String> = (0..8).map(|n| format!("value{n}")).collect();
    let token = id(1);
    let puts = values
        .iter()
        .map(|value| scene.put(&token, value, &["AWSPENDING"]));
    let answers = futures_util::future::join_all(puts).await;
    let won = answers.iter().filter(|code| *code == "accepted").count();
    assert_eq!(won, 1, "{answers:?}");
}

#[tokio::test]
async fn labels_move_as_documented() {
    let scene = scene().await;
    scene.put(&id(1), "two", &["AWSPENDING", "mine"]).await;
    let (one, two) = (scene.first.as_str(), id(1));
    let refused = "InvalidParameterException";
    let rows = [
        (
            "AWSCURRENT",
            None,
            Some(two.as_str()),
            refused,
            "where it is must be said",
        ),
        (
            "AWSCURRENT",
            Some(two.as_str()),
            Some(two.as_str()),
            refused,
            "and be right",
        ),
        (
            "AWSCURRENT",
            Some(one),
            None,
            refused,
            "AWSCURRENT is never nowhere",
        ),
        ("AWSCURRENT", None, None, refused, "something must move"),
        ("mine", None, Some(one), refused, "also for other labels"),
        (
            "new",
            Some(one),
            Some(two.as_str()),
            refused,
            "it is nowhere",
        ),
        (
            "AWSCURRENT",
            Some(one),
            Some("00000000000000000000000000000077"),
            "ResourceNotFoundException",
            "no such version",
        ),
    ];
    let before = scene.aws.labels(&scene.arn);
    for (label, from, to, answer, why) in rows {
        assert_eq!(scene.update(label, from, to).await, answer, "{why}");
        assert_eq!(scene.aws.labels(&scene.arn), before, "{why}: nothing moved");
    }
    assert_eq!(
        scene.update("AWSCURRENT", Some(one), Some(one)).await,
        "accepted"
    );
    assert_eq!(scene.aws.labels(&scene.arn), before, "to where it is");
    assert_eq!(scene.update("mine", Some(&two), None).await, "accepted");
    assert_eq!(
        scene.update("AWSPENDING", Some(&two), None).await,
        "accepted"
    );
    assert!(
        !scene.aws.labels(&scene.arn).contains_key(&two),
        "without a label it is not described"
    );
    assert_eq!(
        scene.get(Some(&two), None).await.as_deref(),
        Ok("two"),
        "but can be read"
    );
}

#[tokio::test]
async fn reads_that_find_nothing() {
    let scene = scene().await;
    scene.put(&id(1), "two", &["AWSPENDING"]).await;
    let get = async |version: Option<&str>, label: Option<&str>| scene.get(version, label).await;
    let missing = Err("ResourceNotFoundException".to_owned());
    assert_eq!(get(None, Some("AWSPREVIOUS")).await, missing);
    assert_eq!(get(Some(&id(9)), None).await, missing);
    let mismatch = get(Some(&id(1)), Some("AWSCURRENT")).await;
    assert_eq!(mismatch, Err("InvalidRequestException".to_owned()));
    let announced = scene.aws.announce(&scene.arn);
    for label in [None, Some("AWSPENDING")] {
        assert_eq!(
            get(Some(&announced), label).await,
            missing,
            "announced, not written"
        );
    }
}

#[tokio::test]
async fn quotas() {
    let scene = scene().await;
    let long = "x".repeat(65_537);
    let refused = "ValidationException";
    assert_eq!(scene.put(&id(1), &long, &["AWSPENDING"]).await, refused);
    assert_eq!(
        scene.put(&id(1), &long[1..], &["AWSPENDING"]).await,
        "accepted"
    );
    assert_eq!(
        scene.put(&"7".repeat(31), "x", &["AWSPENDING"]).await,
        refused
    );
    for n in 2..20 {
        let attached = scene.update(&format!("label{n}"), None, Some(&id(1))).await;
        assert_eq!(attached, "accepted", "label {n}");
    }
    let one_more = scene.update("label20", None, Some(&id(1))).await;
    assert_eq!(one_more, "LimitExceededException");
    assert_eq!(
        scene.put(&id(2), "x", &["label21"]).await,
        "LimitExceededException"
    );
}

#[tokio::test]
async fn a_deleted_secret_is_described_and_no_more() {
    let scene = scene().await;
    let deleted = scene
        .client
        .delete_secret()
        .secret_id(&scene.arn)
        .send()
        .await;
    assert_eq!(code(deleted), "accepted");
    let described = scene.client.describe_secret().secret_id("db").send().await;
    assert!(described.expect("described").deleted_date.is_some());
    let refused = "InvalidRequestException";
    assert_eq!(scene.get(None, None).await, Err(refused.to_owned()));
    assert_eq!(scene.put(&id(1), "x", &[]).await, refused);
    assert_eq!(
        scene.update("mine", None, Some(&scene.first)).await,
        refused
    );
    let restored = scene
        .client
        .restore_secret()
        .secret_id(&scene.arn)
        .send()
        .await;
    assert_eq!(code(restored), "accepted");
    assert_eq!(scene.get(None, None).await.as_deref(), Ok("one"));
}
