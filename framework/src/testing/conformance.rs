//! The checks that every rotator must pass. [`all`] runs each of them against a [`Harness`].
//!
//! Each check makes its own account on the target, and panics if the rotator does not pass.

use crate::document::Document;
use crate::engine::secrets;
use crate::error::RotationError;
use crate::event::Step;
use crate::protocol::RetirePolicy;
use crate::rotator::{Rotator, Succession};
use crate::secret::Secret;
use crate::version::Stage;

use super::capture::Capture;
use super::faults::When;
use super::world::{Harness, Subject, World};

/// Runs every check, one after another.
pub async fn all<H: Harness>(harness: &H) {
    sample(harness, 1).await;
}

/// Like [`all`], for a target where every fault would take too long. `stride` is that of [`survives_some_faults`].
pub async fn sample<H: Harness>(harness: &H, stride: usize) {
    rotates(harness).await;
    repeats(harness).await;
    keeps_unknown_fields(harness).await;
    tells_reject_from_error(harness).await;
    heals(harness).await;
    any_order(harness).await;
    overlaps(harness).await;
    leaks_nothing(harness).await;
    survives_some_faults(harness, stride).await;
}

/// Rotates three times. After each time, the target accepts the old credential exactly if the credential's succession and the
/// settings say so.
pub async fn rotates<H: Harness>(harness: &H) {
    let retire = harness.config().retire;
    let mut world = World::new(harness).await;
    for _ in 0..3 {
        world.rotate().await;
        let succession = world.succession();
        let overlap = match succession {
            Succession::Replace => false,
            Succession::Alternate => true,
            Succession::Displace | Succession::Coexist => retire != RetirePolicy::AfterFinish,
        };
        let previous = world.accepts(&Stage::Previous).await;
        assert_eq!(previous, overlap, "AWSPREVIOUS: {succession:?}, {retire:?}");
    }
}

/// Runs each step twice.
pub async fn repeats<H: Harness>(harness: &H) {
    let mut world = World::new(harness).await;
    for _ in 0..2 {
        let version = world.begin();
        for step in Step::ALL {
            for time in ["once", "twice"] {
                let ended = world.step(&version, step).await;
                ended.unwrap_or_else(|error| panic!("{step} {time}: {error}"));
                world.assert_guarantees(step.name()).await;
            }
        }
        assert!(world.current_accepted().await);
    }
}

/// The fields that the rotator does not know stay as they are, byte for byte.
pub async fn keeps_unknown_fields<H: Harness>(harness: &H) {
    const EXTRA: &str = r#", "extra":{"b":1.50, "a":[1e3,"\u00e9"]} }"#;
    let mut subject = harness.subject().await;
    let end = subject
        .secret
        .rfind('}')
        .expect("the secret is a JSON object");
    subject.secret.replace_range(end.., EXTRA);
    let mut world = World::with(harness, &subject);
    world.rotate().await;
    let value = world.store.value_of(&Stage::Current).expect("a value");
    assert!(value.contains(EXTRA), "an unknown field was changed");
}

/// The rotator does not confuse a refusal with a missing answer. Neither of them changes anything.
pub async fn tells_reject_from_error<H: Harness>(harness: &H) {
    let subject = harness.subject().await;
    let wrong = Subject {
        secret: harness.wrong(&subject.secret),
        ..subject.clone()
    };
    let error = login_error(harness, &wrong).await;
    assert!(
        matches!(error, RotationError::NoneAccepted(_)),
        "a refusal reads as: {error}"
    );
    let unreachable = Subject {
        secret: harness.unreachable(&subject.secret),
        ..subject.clone()
    };
    let error = login_error(harness, &unreachable).await;
    let answered = matches!(
        error,
        RotationError::NoneAccepted(_) | RotationError::PendingRejected(_)
    );
    assert!(!answered, "no answer reads as a refusal: {error}");
    assert!(
        harness.accepts(&subject.secret).await,
        "the credential was changed all the same"
    );
}

/// The error of the first step that logs in: setSecret, or createSecret if the target issues the credential. In createSecret,
/// the login comes before the administrator issues anything.
async fn login_error<H: Harness>(harness: &H, subject: &Subject) -> RotationError {
    let mut world = World::with(harness, subject);
    let version = world.begin();
    let mut step = Step::CreateSecret;
    if !H::Rotator::ISSUES {
        step = Step::SetSecret;
        let created = world.step(&version, Step::CreateSecret).await;
        created.expect("createSecret needs no target");
    }
    let error = world.step(&version, step).await.err();
    error.unwrap_or_else(|| panic!("{step} must fail"))
}

/// A rotation is abandoned after createSecret, setSecret or testSecret, twice. The next rotation goes on from there.
pub async fn heals<H: Harness>(harness: &H) {
    for cut in [Step::CreateSecret, Step::SetSecret, Step::TestSecret] {
        let mut world = World::new(harness).await;
        world.rotate().await;
        for _ in 0..2 {
            let version = world.begin();
            for step in Step::ALL
                .into_iter()
                .take_while(|step| *step != cut)
                .chain([cut])
            {
                world
                    .step(&version, step)
                    .await
                    .unwrap_or_else(|e| panic!("{step}: {e}"));
            }
            world.store.abandon();
            world.assert_guarantees("after an abandoned rotation").await;
        }
        world.rotate().await;
        world.rotate().await;
    }
}

/// Runs the steps in every order. No order breaks a guarantee, and the right order works afterwards.
pub async fn any_order<H: Harness>(harness: &H) {
    for order in orders() {
        let mut world = World::new(harness).await;
        let version = world.begin();
        for step in order {
            let _ = world.step(&version, step).await;
            world
                .assert_guarantees(&format!("{order:?} at {step}"))
                .await;
        }
        world.finish(&version).await;
    }
}

fn orders() -> Vec<[Step; 4]> {
    let all = Step::ALL;
    let picks = (0..256).map(|n| [n & 3, n >> 2 & 3, n >> 4 & 3, n >> 6].map(|i: usize| all[i]));
    picks
        .filter(|order| all.iter().all(|step| order.contains(step)))
        .collect()
}

/// Runs each step twice at the same time.
pub async fn overlaps<H: Harness>(harness: &H) {
    let mut world = World::new(harness).await;
    for _ in 0..2 {
        let version = world.begin();
        for step in Step::ALL {
            let both = [world.invoke(&version, step), world.invoke(&version, step)];
            let ended = futures_util::future::join_all(both).await;
            world
                .assert_guarantees(&format!("two {step} at once"))
                .await;
            let worked = ended.iter().any(|(_, ended)| ended.is_ok());
            if !worked {
                world
                    .step(&version, step)
                    .await
                    .unwrap_or_else(|e| panic!("{step}: {e}"));
            }
        }
        world.finish(&version).await;
    }
}

/// No log line, report or error has a credential in it, whether a call fails or the target refuses.
pub async fn leaks_nothing<H: Harness>(harness: &H) {
    let capture = Capture::start();
    let subject = harness.subject().await;
    let wrong = Subject {
        secret: harness.wrong(&subject.secret),
        ..subject.clone()
    };
    let admin = subject.admin.iter().map(|(_, value)| Document::new(value));
    let mut secrets: Vec<Secret> = admin.flat_map(|admin| admin.guarded()).collect();
    let mut told = Vec::new();
    // The last fault is never reached: there the target refuses.
    for (subject, faults) in [(&subject, 0..40), (&wrong, 40..41)] {
        let mut world = World::with(harness, subject);
        for n in faults {
            let version = world.begin();
            world.faults.arm(n, When::After);
            let _ = world.steps(&version).await;
            secrets.extend(secrets_of::<H>(&world));
            world.store.abandon();
        }
        told.append(&mut world.told);
    }
    let broken = told.iter().find(|text| text.contains('\n'));
    assert_eq!(broken, None, "a text of more than one line");
    let text = format!("{}{}", capture.text(), told.concat());
    for secret in secrets {
        assert!(!text.contains(secret.expose()), "a credential was logged");
    }
}

fn secrets_of<H: Harness>(world: &World<'_, H>) -> Vec<Secret> {
    let values = world.store.labelled_values().into_iter();
    let payloads = values.filter_map(|value| Document::new(value).parse().ok());
    let rotator = world.rotator();
    let payloads = payloads.filter_map(|payload| rotator.complete(payload).ok());
    let secrets = payloads.flat_map(|payload: <H::Rotator as Rotator>::Payload| {
        secrets(&payload).cloned().collect::<Vec<_>>()
    });
    secrets.collect()
}

/// Each call to Secrets Manager and each hook but `close` fails, once before it takes effect and once after. The guarantees
/// hold after every step. Then both a retry with the same token and a new rotation succeed.
pub async fn survives_faults<H: Harness>(harness: &H) {
    survives_some_faults(harness, 1).await;
}

/// The same for every `stride`-th call. The suite makes calls fail in eight ways, and each way starts one call later than the
/// way before. So if the stride is eight or less, every call fails in at least one way.
pub async fn survives_some_faults<H: Harness>(harness: &H, stride: usize) {
    let mut way = 0;
    for rotations_before in 0..2 {
        for when in [When::Before, When::After] {
            for anew in [false, true] {
                let mut n = way % stride;
                way += 1;
                while fault(harness, rotations_before, n, when, anew).await {
                    n += stride;
                }
                assert!(n > 15, "only {n} calls were made to fail");
            }
        }
    }
}

/// Makes the `n`-th call fail. Returns whether there was one.
async fn fault<H: Harness>(
    harness: &H,
    rotations_before: usize,
    n: usize,
    when: When,
    anew: bool,
) -> bool {
    let mut world = World::new(harness).await;
    for _ in 0..rotations_before {
        world.rotate().await;
    }
    let mut version = world.begin();
    world.faults.arm(n, when);
    for step in Step::ALL {
        let ended = world.step(&version, step).await;
        let fired = world.faults.fired();
        world
            .assert_guarantees(&format!("{when:?} {fired:?} (call {n}) in {step}"))
            .await;
        if ended.is_err() {
            assert!(
                fired.is_some(),
                "{step} failed without a fault: {:?}",
                world.told.last()
            );
            break;
        }
    }
    let fired = world.faults.fired().is_some();
    world.faults.disarm();
    if anew {
        version = world.begin();
    }
    world.finish(&version).await;
    fired
}
