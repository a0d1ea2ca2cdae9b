//! For each key of the secrets of shipped profiles: what a stranger may put there.

use rotation_tests::documented::{Documented, OTHER};
use rotation_tests::lab::Attached;
use serde_json::{Value, json};

/// What a stranger may put there.
pub(super) enum Hostile {
    /// Each of these is refused.
    Refused(Vec<Value>),
    /// Whatever it is, nobody is harmed: the reason.
    Harmless(&'static str),
}

/// What a stranger may put under this key of a secret of this profile.
pub(super) fn hostile(profile: &str, key: &str, lab: &Attached, service: &Documented) -> Hostile {
    let other = || Hostile::Refused(vec![json!(OTHER), json!("")]);
    let elsewhere = |own: &str| {
        let port = service.url().rsplit(':').next().expect("a port");
        let mut all = vec![
            format!("https://127.0.0.1:{port}/service0"),
            format!("https://stranger.example:{port}"),
            format!("{own}?x="),
            format!("{own}/%2e%2e/{OTHER}"),
            format!("{}/{OTHER}", service.url()),
        ];
        if own.len() > service.url().len() {
            all.push(format!("{own}{OTHER}"));
        }
        Hostile::Refused(all.into_iter().map(Value::from).collect())
    };
    match (profile, key) {
        (_, "url" | "gitlabUrl" | "iam_url" | "sts_url" | "login_url" | "graph_url") => {
            elsewhere(service.secret[key].as_str().expect("an address"))
        }
        ("elasticsearch", "profile") => Hostile::Refused(vec![json!("jfrog"), json!(OTHER)]),
        (_, "profile") => Hostile::Refused(vec![json!("elasticsearch"), json!("../x")]),
        (_, "masterarn") => {
            let another =
                json!({"url": "https://other.example", "token": "x", "other_url": "https://x"});
            let another = lab.aws.create(
                &format!("other-{}", uuid::Uuid::new_v4()),
                &another.to_string(),
            );
            Hostile::Refused(vec![json!(another), json!(lab.arn), json!(OTHER)])
        }
        ("jfrog", "scope") => Hostile::Refused(vec![json!("applied-permissions/admin")]),
        (_, "scope") => Hostile::Harmless("only jfrog has one; no other profile reads it"),
        ("aws-iam" | "databricks" | "mongodb-atlas" | "okta", "sole_owner") => {
            Hostile::Refused(vec![json!(true), json!("true")])
        }
        (_, "sole_owner") => Hostile::Harmless("credentials have names there: it is not read"),
        ("auth0", "audience") => {
            Hostile::Harmless("it is for what the client's own login is tried")
        }
        ("aws-iam", "iam_region" | "sts_region") => {
            Hostile::Harmless("it is in the signature alone: a wrong one is refused by AWS")
        }
        ("aws-iam", "aws_secret_access_key") => Hostile::Harmless(
            "AWS takes nothing that a wrong one signs; this service does not check",
        ),
        (_, "token_expires" | "expires" | "api_key") if profile != "sendgrid" => {
            Hostile::Harmless("a rotation writes it, and does not read it")
        }
        // An empty id says that the first credential is revoked by hand.
        (_, "key_id" | "oauthSecretId" | "secretId" | "secret_id" | "api_key_id" | "apiKeyId") => {
            Hostile::Refused(vec![json!(OTHER)])
        }
        ("auth0" | "cloudflare" | "jfrog" | "jupyterhub" | "gitlab", "token_id" | "tokenId") => {
            Hostile::Refused(vec![json!(OTHER)])
        }
        _ => other(),
    }
}
