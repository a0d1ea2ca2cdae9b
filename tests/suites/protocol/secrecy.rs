//! A driver that repeats what it was given: none of it gets any further.

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};
use rotation::config::PasswordSource;
use rotation::event::Step;
use rotation::testing::{World, conformance, version_id};
use rotation::version::Stage;
use rotation::{RotationError, Succession};
use rotation_simulation::toy::Toy;

use Step::{CreateSecret as Create, SetSecret as Set, TestSecret as Test};

/// The hook; the steps until it is called; how many secrets it is given, the admin's included.
struct Row(&'static str, &'static [Step], usize);

#[tokio::test]
async fn no_hook_can_tell_a_secret() {
    let rows = [
        Row("generate", &[Create], 2),
        Row("lock", &[Create, Set], 2),
        Row("set", &[Create, Set], 3),
        Row("check", &[Test], 2),
    ];
    for Row(hook, steps, count) in rows {
        let mut toy = Toy::new(Succession::Alternate);
        toy.blabs = Some(hook);
        toy.config.password_source = PasswordSource::SecretsManager;
        let mut world = World::new(&toy).await;
        let version = world.begin();
        let mut ended = Ok(());
        for step in steps {
            ended = world.step(&version, *step).await.map(|_| ());
        }
        assert_redacted(hook, ended, count);
    }
}

#[tokio::test]
async fn no_hook_of_a_target_that_issues_can_either() {
    let toy = issuing("generate");
    let mut world = World::new(&toy).await;
    let version = world.begin();
    let ended = world.step(&version, Create).await;
    assert_redacted("generate", ended.map(|_| ()), 3);

    let toy = issuing("discard");
    let mut world = World::new(&toy).await;
    let version = world.begin();
    let both = [
        world.invoke(&version, Create),
        world.invoke(&version, Create),
    ];
    let ended = futures_util::future::join_all(both).await;
    let lost = ended.into_iter().find(|(_, ended)| ended.is_err());
    assert_redacted("discard", lost.map_or(Ok(()), |(_, ended)| ended), 2);

    let toy = issuing("test");
    let mut world = World::new(&toy).await;
    let version = world.begin();
    world.step(&version, Create).await.expect("createSecret");
    toy.set_password("user0_clone", "changed by hand");
    let ended = world.step(&version, Test).await;
    assert_redacted("test", ended.map(|_| ()), 2);
}

/// AWSPREVIOUS is read for `retire` alone, and what is escaped no longer reads like it.
#[tokio::test]
async fn a_retired_credential_is_not_told() {
    let mut toy = Toy::new(Succession::Coexist);
    toy.blabs = Some("retire");
    let mut world = World::new(&toy).await;
    let old = r#"{"host":"toy","username":"user0","password":"older\tpassword"}"#;
    world
        .store
        .insert(version_id(50), Some(old), vec![Stage::Previous]);
    let version = world.begin();
    let ended = world.step(&version, Create).await;
    assert_redacted("retire", ended.map(|_| ()), 2);
}

#[tokio::test]
async fn no_refusal_can_tell_a_secret() {
    for succession in Toy::SUCCESSIONS {
        let mut toy = Toy::new(succession);
        toy.blabs = Some("test");
        conformance::leaks_nothing(&toy).await;
    }
}

/// A password that each of these writes in another way.
const ODD: &str = "first\"pass\\word' /&<é+%?~";

#[tokio::test]
async fn no_way_of_writing_it_can_tell_a_secret() {
    let ways: [fn(&str) -> String; 9] = [
        |secret| serde_json::to_string(secret).expect("JSON"),
        |secret| format!("{secret:?}"),
        |secret| secret.escape_default().to_string(),
        |secret| form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        |secret| secret.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        |secret| {
            secret
                .replace('&', "&amp;")
                .replace('"', "&quot;")
                .replace('<', "&lt;")
        },
        |secret| BASE64_STANDARD.encode(secret),
        |secret| BASE64_URL_SAFE_NO_PAD.encode(secret),
        |secret| {
            format!(
                "Basic {}",
                BASE64_STANDARD.encode(format!("user0:{secret}"))
            )
        },
    ];
    for writes in ways {
        for blabs in ["test", "set"] {
            let mut toy = Toy::new(Succession::Alternate);
            toy.blabs = Some(blabs);
            toy.writes = Some(writes);
            toy.first_password = Some(ODD);
            toy.config.policy.exclude_characters = String::new();
            let told = written(&toy, blabs, writes).await;
            assert!(told.contains("[REDACTED]"), "{told}");
            if blabs == "test" {
                conformance::leaks_nothing(&toy).await;
            }
        }
    }
}

/// What is told where the toy writes the password of AWSCURRENT in this way.
async fn written(toy: &Toy, blabs: &str, writes: fn(&str) -> String) -> String {
    let mut world = World::new(toy).await;
    let version = world.begin();
    world.step(&version, Create).await.expect("createSecret");
    if blabs == "test" {
        let current = world.store.value_of(&Stage::Current).expect("a value");
        let current: serde_json::Value = serde_json::from_str(&current).expect("JSON");
        let user = current["username"].as_str().expect("a user");
        toy.set_password(user, "changed by hand");
    }
    let error = world
        .step(&version, Set)
        .await
        .expect_err(blabs)
        .to_string();
    assert!(!error.contains(&writes(ODD)), "{error}");
    error
}

fn issuing(blabs: &'static str) -> Toy<true> {
    let mut toy = Toy::issuing(Succession::Alternate);
    toy.config.password_source = PasswordSource::SecretsManager;
    toy.blabs = Some(blabs);
    toy
}

fn assert_redacted(hook: &str, ended: Result<(), RotationError>, count: usize) {
    let text = ended.expect_err(hook).to_string();
    let said = format!("near {}", vec!["[REDACTED]"; count].join("\\n"));
    // If a password begins or ends with a quote, SQL reads that and the quote around it as one: both are taken out.
    assert!(text.replace('\'', "").contains(&said), "{hook}: {text}");
    assert!(!text.contains('\n'), "{hook}: {text}");
}
