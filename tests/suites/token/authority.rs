//! For whom the administrator acts: whatever a secret says, not for somebody else than its credential's own principal. Through the
//! real function, at every shipped profile's service as it is documented.

mod values;

use futures_util::future::join_all;
use rotation_kit::aws::FunctionError;
use rotation_tests::api::{Api, Kind};
use rotation_tests::documented::Documented;
use rotation_tests::lab::{Attached, THIS_SECRET};
use serde_json::{Value, json};

use crate::lab::{lab, own};
use values::{Hostile, hostile};

/// How a step may end that refuses: what the secret says, what the service says, or where nobody may be called.
const REFUSALS: [&str; 5] = [
    "Rotation.SecretValue",
    "Rotation.AdminSecret",
    "Rotation.TargetRefused",
    "Rotation.NoneAccepted",
    "Rotation.Target",
];

/// Where the credential is.
const CREDENTIALS: [&str; 8] = [
    "token",
    "clientSecret",
    "client_secret",
    "apiKey",
    "api_key",
    "access_token",
    "password",
    "aws_secret_access_key",
];

/// Services that take their time to know a new credential: a refused one is tried until no time is left to do anything.
const SLOW: [&str; 3] = ["auth0", "aws-iam", "entra"];

/// A function for many secrets, which says of no host but the service's own that it may be used.
async fn start(profile: &str, more: &[(&str, &str)]) -> (Documented, Attached) {
    let service = Documented::start(profile).await;
    // Short, since a service may take a minute to know a new credential.
    let short = ("AWS_LAMBDA_FUNCTION_TIMEOUT", "11");
    let variables: Vec<_> = more.iter().copied().chain([short]).collect();
    let lab = attached(&service, &variables).await;
    (service, lab)
}

/// A secret of the service's, and its function.
async fn attached(service: &Documented, variables: &[(&str, &str)]) -> Attached {
    let mut secret = service.secret.clone();
    if service.secret["profile"] == "sendgrid" {
        // Nothing shows which id is whose: the first is revoked by hand.
        secret["api_key_id"] = json!("");
    }
    lab(secret, service.admin.clone(), variables).await
}

/// The same with this value under the key.
async fn with(lab: &Attached, key: &str, value: &Value) -> Result<(), FunctionError> {
    changed(lab, |secret| secret[key] = value.clone()).await
}

/// createSecret and setSecret of the secret as it is changed so, for this once.
async fn changed(lab: &Attached, change: impl FnOnce(&mut Value)) -> Result<(), FunctionError> {
    let id = lab.aws.holder(&lab.arn, "AWSCURRENT").expect("a version");
    let genuine = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    let mut secret: Value = serde_json::from_str(&genuine).expect("JSON");
    change(&mut secret);
    let plant = |text: &str| lab.aws.plant(&lab.arn, &id, Some(text), &[]);
    plant(&secret.to_string());
    // A value that we draw is no service's before setSecret.
    let token = lab.begin();
    let mut answer = lab.step(&token, "createSecret").await;
    if answer.is_ok() {
        answer = lab.step(&token, "setSecret").await;
    }
    plant(&genuine);
    answer
}

/// What changes nothing at a service. What nobody has documented must not be asked by the administrator.
fn reads(call: &str) -> bool {
    let sections = ["login ", "owner ", "copy ", "list ", "verify ", "unknown "];
    sections.iter().any(|section| call.starts_with(section))
}

/// Every key of the secret of every shipped profile, and those that earlier versions read.
#[tokio::test]
async fn every_key_of_every_profile() {
    let profiles = Documented::profiles();
    let counts = join_all(profiles.iter().map(|profile| every_key(profile))).await;
    let (refused, harmless): (Vec<usize>, Vec<usize>) = counts.into_iter().unzip();
    let (refused, harmless): (usize, usize) = (refused.iter().sum(), harmless.iter().sum());
    assert!(refused > 150 && harmless > 20, "{refused} {harmless}");
}

/// How many values were refused, and how many keys harm nobody.
async fn every_key(profile: &str) -> (usize, usize) {
    let (service, lab) = start(profile, &[]).await;
    let genuine = lab.json("AWSCURRENT");
    let keys: Vec<&String> = genuine.as_object().expect("an object").keys().collect();
    let (mut rows, mut harmless) = (Vec::new(), 0);
    for key in keys
        .into_iter()
        .map(String::as_str)
        .chain(["scope", "sole_owner"])
    {
        match hostile(profile, key, &lab, &service) {
            Hostile::Refused(values) => rows.extend(values.into_iter().map(|value| (key, value))),
            Hostile::Harmless(reason) => {
                assert!(!reason.is_empty(), "{profile}: {key}");
                harmless += 1;
            }
        }
    }
    for (key, value) in &rows {
        let answer = with(&lab, key, value).await;
        refuses(answer, &service, &format!("{profile}: {key} = {value}"));
    }
    if !SLOW.contains(&profile) {
        an_earlier_version_shows_nothing(&lab, &service, &rows).await;
    }
    // And the secret as it should be is rotated: else nothing above would say anything. With all the time that it needs, beside the
    // functions of all the other profiles.
    let lab = attached(&service, &[]).await;
    let answer = lab.step(&lab.begin(), "createSecret").await;
    let asked = service.asked();
    match answer {
        Ok(()) => assert_ne!(profile, "grafana"),
        Err(error) => {
            let alone = error.message.contains("ONLY_SECRET") && asked.is_empty();
            assert!(
                profile == "grafana" && alone,
                "{profile}: {}: {asked:?}",
                error.message
            );
        }
    }
    (rows.len(), harmless)
}

/// The credential does not work, and AWSPREVIOUS has one that does. So somebody was this user; that is not who is named now.
async fn an_earlier_version_shows_nothing(
    lab: &Attached,
    service: &Documented,
    rows: &[(&str, Value)],
) {
    // A wrong id harms nobody before something is revoked by it.
    let ids = [
        "token_id",
        "tokenId",
        "secretId",
        "secret_id",
        "oauthSecretId",
        "api_key_id",
    ];
    let known = |key: &&&str| service.secret.get(**key).is_some();
    let credential = *CREDENTIALS.iter().find(known).expect("a credential");
    let (genuine, earlier) = (
        lab.json("AWSCURRENT").to_string(),
        uuid::Uuid::new_v4().to_string(),
    );
    lab.aws
        .plant(&lab.arn, &earlier, Some(&genuine), &["AWSPREVIOUS"]);
    let rows = rows.iter();
    for (key, value) in rows.filter(|(key, _)| *key != credential && !ids.contains(key)) {
        let answer = changed(lab, |secret| {
            secret[key] = value.clone();
            secret[credential] = json!("nobody-knows");
        });
        refuses(
            answer.await,
            service,
            &format!("with an earlier one, {key} = {value}"),
        );
    }
}

fn refuses(answer: Result<(), FunctionError>, service: &Documented, when: &str) {
    let asked = service.asked();
    let error = answer.expect_err(&format!("{when}: {asked:?}"));
    let words = format!("{when}: {}: {}", error.error_type, error.message);
    assert!(REFUSALS.contains(&error.error_type.as_str()), "{words}");
    assert!(asked.iter().all(|call| reads(call)), "{words}: {asked:?}");
}

/// A function for one secret alone may use a profile that does not show whose a credential is; an id is still held against the
/// service's list.
#[tokio::test]
async fn one_secret_alone() {
    let alone = [("ONLY_SECRET", THIS_SECRET)];
    let (service, lab) = start("grafana", &alone).await;
    let error = with(&lab, "token_id", &json!("7"))
        .await
        .expect_err("no such id");
    let words = "the service has no credential 7 of this principal: correct the key token_id";
    assert!(error.message.contains(words), "{}", error.message);
    assert!(service.asked().iter().all(|call| reads(call)));
    lab.must(&lab.begin(), "createSecret").await;
}

/// T2: a server of the writer's own is not the service, though ALLOWED_HOSTS has its name: it would say of any token that it is
/// the victim's, and hear the administrator's.
#[tokio::test]
async fn a_server_of_ones_own() {
    let (api, strangers) = (Api::start().await, Api::start().await);
    let token = strangers.user("victim");
    let (_, admin) = (api.user("victim"), api.admin_secret());
    let secret = json!({
        "profile": "create", "url": strangers.url(), "user": "victim", "token": token.value, "token_id": token.id,
    });
    let lab = lab(
        secret,
        Some(serde_json::from_str(&admin).expect("JSON")),
        &[],
    )
    .await;
    let error = lab
        .step(&lab.begin(), "createSecret")
        .await
        .expect_err("another address");
    let words = "the admin secret is for another address: its key url and the secret's must agree";
    assert!(error.message.contains(words), "{}", error.message);
    assert_eq!(strangers.asked(), ["GET /me"]);
    assert_eq!(api.asked(), Vec::<String>::new());
}

/// T1: an id that was typed by hand is a stranger's: of the same service, in the secret, or in its AWSPREVIOUS.
#[tokio::test]
async fn a_strangers_id() {
    let api = Api::start().await;
    for kind in [Kind::Create, Kind::Limited] {
        let stranger = api.user(&format!("stranger-{kind:?}"));
        let lab = own(&api, kind, &format!("user-{kind:?}")).await;
        let error = with(&lab, "token_id", &json!(stranger.id)).await;
        let error = error.expect_err("a stranger's").message;
        let words = match kind {
            Kind::Create => "the credential is somebody else's",
            _ => "of this principal: correct the key token_id",
        };
        assert!(error.contains(words), "{error}");
        let mut old = lab.json("AWSCURRENT");
        (old["token"], old["token_id"]) = (json!("dead"), json!(stranger.id));
        let version = uuid::Uuid::new_v4().to_string();
        lab.aws
            .plant(&lab.arn, &version, Some(&old.to_string()), &["AWSPREVIOUS"]);
        lab.rotates().await;
        assert!(api.accepts(&format!("stranger-{kind:?}"), &stranger.value));
    }
    let revoked = api.asked();
    assert!(
        !revoked.iter().any(|call| call.starts_with("DELETE")),
        "{revoked:?}"
    );
}
