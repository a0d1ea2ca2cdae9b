//! Whole rotations, one after another: which credentials live, and what becomes of the secret.

use crate::config::Config;
use crate::config::RetirePolicy;
use crate::event::Step;
use crate::rotator::Succession;
use crate::testing::version_id;
use crate::testing::world::{Harness, World};
use crate::version::Stage;

use super::orders::heals_by;

/// Rotates four times. After each time, the target accepts the credential before the new one exactly if its succession and the
/// settings say so. It accepts none that is older, unless the settings say that nothing is retired.
pub async fn rotates<H: Harness>(harness: &H) {
    rotates_by(harness, &harness.config()).await;
}

async fn rotates_by<H: Harness>(harness: &H, config: &Config) {
    let retire = config.retire;
    let mut world = World::new(harness).await;
    world.config = config.clone();
    let mut older = Vec::new();
    for _ in 0..4 {
        older.push(world.store.value_of(&Stage::Current).expect("a value"));
        let version = world.begin();
        for step in Step::ALL {
            let ended = world.step(&version, step).await;
            ended.unwrap_or_else(|error| panic!("{step} fails: {error}"));
            world.assert_guarantees(&format!("after {step}")).await;
        }
        assert!(
            world.current_accepted().await,
            "after finishSecret the target refuses AWSCURRENT's credential"
        );
        let succession = world.succession();
        let lives = world.accepts(&Stage::Previous).await;
        let (expected, why) = fate(succession, retire);
        assert_eq!(
            lives,
            expected,
            "after finishSecret the target {} AWSPREVIOUS's credential. `succession` says {succession:?}, by which {why}",
            if lives { "accepts" } else { "refuses" },
        );
        let ends = succession != Succession::Coexist || retire != RetirePolicy::Never;
        let Some(before) = older.len().checked_sub(2).filter(|_| ends) else {
            continue;
        };
        for old in &older[..=before] {
            assert!(
                !harness.accepts(old).await,
                "after finishSecret the target still accepts a credential that is older than AWSPREVIOUS's. `succession` says {succession:?}, by which {}",
                end(succession)
            );
        }
    }
}

/// True if AWSPREVIOUS's credential works after a rotation, and the rule.
fn fate(succession: Succession, retire: RetirePolicy) -> (bool, &'static str) {
    let retired = retire == RetirePolicy::AfterFinish;
    match succession {
        Succession::Replace => (false, "`set` ends the one before"),
        Succession::Alternate => (true, "the other user's works until that user's next turn"),
        _ if retired => (
            false,
            "`retire` ends it in finishSecret, with RETIRE_PREVIOUS=after-finish",
        ),
        Succession::Displace => (true, "it works until the next `set` displaces it"),
        Succession::Coexist => (true, "it works until `retire` ends it"),
    }
}

/// The event that ends a credential that is older.
fn end(succession: Succession) -> &'static str {
    match succession {
        Succession::Replace => "`set` ends the one before",
        Succession::Alternate => "`set` ends the one that the same user had before",
        Succession::Displace => "each `set` ends the one before AWSCURRENT's",
        Succession::Coexist => "`retire` ends it in the next rotation",
    }
}

/// The checks [`rotates`] and [`heals`](super::heals) once more, with `RETIRE_PREVIOUS=after-finish` and with
/// `ROTATION_EAGER_FINISH=true`. Nothing is done if the harness has settings of its own for these.
pub async fn with_other_settings<H: Harness>(harness: &H) {
    let usual = harness.config();
    if usual.retire != RetirePolicy::NextRotation || usual.eager_finish {
        return;
    }
    for (retire, eager_finish) in [
        (RetirePolicy::AfterFinish, false),
        (RetirePolicy::NextRotation, true),
    ] {
        let config = Config {
            retire,
            eager_finish,
            ..usual.clone()
        };
        rotates_by(harness, &config).await;
        heals_by(harness, &config).await;
    }
}

/// The fields that the rotator does not know stay as they are, byte for byte.
pub async fn keeps_unknown_fields<H: Harness>(harness: &H) {
    const EXTRA: &str = r#", "extra":{"b":1.50, "a":[1e3,"\u00e9"]} }"#;
    let mut subject = harness.subject().await;
    subject.secret = extended(&subject.secret, EXTRA);
    let mut world = World::with(harness, &subject);
    world.rotate().await;
    let value = world.store.value_of(&Stage::Current).expect("a value");
    assert!(value.contains(EXTRA), "an unknown field was changed");
}

/// Somebody edits a field that the rotator does not know, between two rotations, and in the middle of one. It stays the same
/// credential: nothing ends it, and the rotations work.
pub async fn survives_edits<H: Harness>(harness: &H) {
    let mut world = World::new(harness).await;
    for n in 0..3 {
        world.rotate().await;
        edit(&mut world, n).await;
        world.rotate().await;
        let version = world.begin();
        let created = world.step(&version, Step::CreateSecret).await;
        created.unwrap_or_else(|error| panic!("createSecret after an edit: {error}"));
        edit(&mut world, n + 10).await;
        world.rotate().await;
    }
}

async fn edit<H: Harness>(world: &mut World<'_, H>, n: usize) {
    let value = world.store.value_of(&Stage::Current).expect("a value");
    let edited = extended(&value, &format!(", \"note{n}\": {n}}}"));
    world.store.put_current(version_id(1000 + n), &edited);
    world
        .assert_guarantees("after an edit of another field")
        .await;
}

/// The JSON with this at its end.
fn extended(secret: &str, end: &str) -> String {
    let at = secret.rfind('}').expect("the secret is a JSON object");
    format!("{}{end}", &secret[..at])
}
