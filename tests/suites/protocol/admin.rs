//! Which admin's secret is read, and how often.

use std::time::Duration;

use rotation::Succession;
use rotation::clock::Clock;
use rotation::event::Step;
use rotation::testing::world::{Harness, Subject};
use rotation::testing::{When, World, version_id};
use rotation::version::Stage;
use rotation_simulation::toy::Toy;

const ADMIN: &str = "arn:aws:secretsmanager:us-east-1:012345678912:secret:admin-AbCdEf";

/// The toy's account, with an admin even if its kind needs none.
pub(crate) fn with_admin(subject: Subject) -> Subject {
    if subject.admin.is_some() {
        return subject;
    }
    let end = format!(",\"masterarn\":\"{ADMIN}\"}}");
    Subject {
        secret: subject.secret.replace('}', &end),
        admin: Some((ADMIN.into(), "{\"password\":\"admin-password\"}".into())),
    }
}

/// An abandoned rotation's value may still name an admin that is gone.
#[tokio::test]
async fn awscurrent_names_the_admin() {
    names_the_admin(Toy::new(Succession::Replace)).await;
    names_the_admin(Toy::behind(Succession::Replace)).await;
}

async fn names_the_admin(toy: impl Harness) {
    let subject = with_admin(toy.subject().await);
    let wrong = Subject {
        secret: toy.wrong(&subject.secret),
        ..subject.clone()
    };
    let mut world = World::with(&toy, &wrong);
    let (abandoned, old) = (version_id(50), subject.secret.replace("admin-", "gone-"));
    let mark = Stage::Mark(abandoned.clone());
    world.store.insert(abandoned, Some(&old), vec![mark]);
    world.clock.advance(Duration::from_secs(1));
    let version = world.begin();
    world.finish(&version).await;
}

/// Nor is it the new value, which somebody may have edited, where privileges are compared.
#[tokio::test]
async fn awspending_does_not_name_the_admin() {
    let toy = Toy::issuing(Succession::Alternate);
    let mut world = World::new(&toy).await;
    let version = world.begin();
    let created = world.step(&version, Step::CreateSecret).await;
    created.expect("createSecret");
    let value = world.store.value_of(&Stage::Pending).expect("a value");
    let labels = vec![Stage::Pending, Stage::Mark(version.clone())];
    let edited = value.replace("admin-", "gone-");
    world.store.insert(version.clone(), Some(&edited), labels);
    let tested = world.step(&version, Step::TestSecret).await;
    tested.expect("AWSCURRENT's admin is there");
}

/// Behind another server, every test has the admin's login; a secret that names none has none read.
#[tokio::test]
async fn every_test_has_the_admins_login() {
    let toy = Toy::behind(Succession::Coexist);
    for subject in [with_admin(toy.subject().await), toy.subject().await] {
        let mut world = World::with(&toy, &subject);
        for _ in 0..2 {
            world.rotate().await;
        }
        let version = world.begin();
        let alone = world.step(&version, Step::TestSecret).await;
        alone.expect("testSecret alone");
    }
}

/// By a clock that only calls to Secrets Manager move.
#[tokio::test]
async fn one_read_of_the_admins_secret_does_for_a_step() {
    let toy = Toy::issuing(Succession::Coexist);
    let subject = with_admin(toy.subject().await);
    let mut world = World::with(&toy, &subject);
    world.rotate().await;
    let version = world.begin();
    world.store.slow_down(Duration::from_secs(1));
    let began = world.clock.now();
    let ended = world.step(&version, Step::CreateSecret).await;
    ended.expect("createSecret");
    let spent = world.clock.now().duration_since(began).expect("later");
    // Labels twice, AWSCURRENT, the admin's secret, AWSPREVIOUS and its mark, my version, and the new value.
    assert_eq!(spent.as_secs(), 8);
}

/// Throttled, say: the service tries again, and nobody has to correct anything.
#[tokio::test]
async fn no_answer_is_not_a_wrong_admins_secret() {
    let toy = Toy::new(Succession::Alternate);
    let mut world = World::new(&toy).await;
    let version = world.begin();
    let ended = world.step(&version, Step::CreateSecret).await;
    ended.expect("createSecret");
    for n in 0.. {
        world.faults.arm(n, When::Before);
        let ended = world.step(&version, Step::SetSecret).await;
        let error = ended.expect_err("a fault that has no error");
        if world.faults.fired() == Some("admin") {
            assert_eq!(error.error_type(), "Rotation.Unavailable", "{error}");
            assert!(error.to_string().contains("the admin secret"), "{error}");
            break;
        }
    }
}

/// Whoever may write a secret names another user in it, and has no credential of that one: no administrator is asked.
#[tokio::test]
async fn nothing_is_issued_for_whom_nobody_has_proven_to_be() {
    let toy = Toy::issuing(Succession::Coexist);
    let subject = with_admin(toy.subject().await);
    let wrong = Subject {
        secret: toy.wrong(&subject.secret),
        ..subject
    };
    let mut world = World::with(&toy, &wrong);
    let version = world.begin();
    toy.watch(&world.clock);
    let refused = world.step(&version, Step::CreateSecret).await;
    let error = refused.expect_err("AWSCURRENT is refused");
    assert_eq!(error.error_type(), "Rotation.NoneAccepted", "{error}");
    assert!(error.to_string().contains("ONLY_SECRET"), "{error}");
    assert!(toy.hooks().iter().all(|hook| hook.name == "test"));
    // Its owner vouches for the one secret of such a function.
    world.alone = true;
    let made = world.step(&version, Step::CreateSecret).await;
    made.expect("createSecret");
}
