//! The target's answers: yes, no, or something else. And the report of them.

use crate::document::Document;
use crate::engine::secrets;
use crate::error::RotationError;
use crate::event::Step;
use crate::rotator::Rotator;
use crate::secret::{Secret, has_any};
use crate::testing::capture::Capture;
use crate::testing::faults::When;
use crate::testing::world::{Harness, Subject, World};

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
    assert!(!is_refusal(&error), "no answer reads as a refusal: {error}");
    assert!(
        harness.accepts(&subject.secret).await,
        "the credential was changed all the same"
    );
}

/// A target that is full, starting or forbidden says no as well. That says nothing about the credential, so `test` must not
/// return `Reject`: the engine would take AWSCURRENT for dead. Nothing is done if the harness has no such target.
pub async fn tells_busy_from_reject<H: Harness>(harness: &H) {
    let subject = harness.subject().await;
    let Some(secret) = harness.busy(&subject.secret) else {
        return;
    };
    let busy = Subject { secret, ..subject };
    let error = login_error(harness, &busy).await;
    assert!(
        !is_refusal(&error),
        "the target does not say that the credential is wrong, and `test` says Reject: {error}"
    );
}

/// The same credential under the name of another principal. The rotator refuses it, and the administrator does nothing for that
/// principal. Nothing is done if the harness has no such secret.
pub async fn tells_principals_apart<H: Harness>(harness: &H) {
    let subject = harness.subject().await;
    let Some(secret) = harness.another_principal(&subject.secret) else {
        return;
    };
    let other = Subject {
        secret,
        ..subject.clone()
    };
    let mut world = World::with(harness, &other);
    let version = world.begin();
    let refused = world.steps(&version).await;
    assert!(
        refused.is_err(),
        "`test` accepts a credential under the name of another principal, and the rotation goes on in that name"
    );
    assert!(
        harness.accepts(&subject.secret).await,
        "the credential was changed all the same"
    );
}

fn is_refusal(error: &RotationError) -> bool {
    matches!(
        error,
        RotationError::NoneAccepted(_) | RotationError::PendingRejected(_)
    )
}

/// The error of the first step that logs in: setSecret, or createSecret if the target issues the credential. In createSecret,
/// the login comes before the administrator issues anything.
async fn login_error<H: Harness>(harness: &H, subject: &Subject) -> RotationError {
    let mut world = World::with(harness, subject);
    let version = world.begin();
    let mut step = Step::CreateSecret;
    if !world.issues() {
        step = Step::SetSecret;
        let created = world.step(&version, Step::CreateSecret).await;
        created.expect("createSecret needs no target");
    }
    let error = world.step(&version, step).await.err();
    error.unwrap_or_else(|| panic!("{step} must fail"))
}

/// No log line, report or error has a credential in it, as it is or encoded, whether a call fails or the target refuses.
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
    assert!(!has_any(&text, &secrets), "a credential was logged");
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
