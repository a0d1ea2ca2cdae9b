//! What the engine relies on. Sources: the API reference, operation by operation
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/>).

use std::collections::HashSet;

use rotation::document::Document;
use rotation::error::StoreErrorKind;
use rotation::password::PasswordPolicy;
use rotation::store::{Put, SecretStore, Swap, Version, Which};
use rotation::testing::version_id;
use rotation::version::{SecretId, Stage, VersionId};

use crate::scenes::Scene;

/// What moto does too.
pub(crate) async fn agreed<S: Scene>(scene: &S) {
    a_value_is_read_by_version_and_by_label(scene).await;
    a_put_is_pending_and_moves_nothing_else(scene).await;
    the_same_put_again_does_nothing(scene).await;
    a_current_version_is_never_written(scene).await;
    pending_moves_to_the_newest(scene).await;
    current_moves_by_compare_and_swap(scene).await;
    passwords_fit_their_policy(scene).await;
}

/// Where there are other secrets beside the one.
pub(crate) async fn several<S: Scene>(scene: &S) {
    an_unknown_secret_is_not_found(scene).await;
    the_admins_value_is_the_current_one(scene).await;
}

/// What moto gets wrong, or cannot do.
pub(crate) async fn documented<S: Scene>(scene: &S) {
    what_is_nowhere_is_no_error(scene).await;
    the_first_value_of_a_version_wins(scene).await;
    an_announced_version_has_no_value(scene).await;
    a_label_moves_only_from_where_it_was_said_to_be(scene).await;
    a_move_to_nowhere_moves_nothing(scene).await;
}

async fn stored<S: Scene>(scene: &S) -> (S::Store, SecretId, VersionId) {
    let (store, secret) = scene.secret("{\"a\":1}").await;
    let version = version_id(1);
    let put = store
        .put_pending(&secret, &version, &Document::new("{\"a\":2}"), None)
        .await;
    assert_eq!(put.expect("stored"), Put::Stored);
    (store, secret, version)
}

async fn read(store: &impl SecretStore, secret: &SecretId, which: Which) -> Option<Version> {
    store.value(secret, which).await.expect("an answer")
}

async fn holder(store: &impl SecretStore, secret: &SecretId, stage: &Stage) -> Option<VersionId> {
    let described = store.describe(secret).await.expect("an answer");
    described.stages.holder(stage).cloned()
}

async fn a_value_is_read_by_version_and_by_label<S: Scene>(scene: &S) {
    let (store, secret, version) = stored(scene).await;
    let both = Which::Both(version.clone(), Stage::Pending);
    for which in [
        Which::Version(version.clone()),
        Which::Stage(Stage::Pending),
        both,
    ] {
        let found = read(&store, &secret, which.clone()).await;
        let found = found.unwrap_or_else(|| panic!("{which:?}: nothing"));
        assert_eq!(
            (found.id, found.value.expose()),
            (version.clone(), "{\"a\":2}")
        );
        assert!(found.stages.contains(&Stage::Pending), "{which:?}");
    }
}

async fn a_put_is_pending_and_moves_nothing_else<S: Scene>(scene: &S) {
    let (store, secret, version) = stored(scene).await;
    let described = store.describe(&secret).await.expect("an answer");
    assert!(described.stages.marked(&version), "the mark");
    assert_eq!(described.stages.holder(&Stage::Pending), Some(&version));
    assert_ne!(described.stages.holder(&Stage::Current), Some(&version));
    let current = read(&store, &secret, Which::Stage(Stage::Current))
        .await
        .expect("a value");
    assert_eq!(current.value.expose(), "{\"a\":1}");
    let pending = read(&store, &secret, Which::Stage(Stage::Pending))
        .await
        .expect("a value");
    assert!(current.created <= pending.created, "dates");
}

async fn the_same_put_again_does_nothing<S: Scene>(scene: &S) {
    let (store, secret, version) = stored(scene).await;
    let again = store
        .put_pending(&secret, &version, &Document::new("{\"a\":2}"), None)
        .await;
    assert_eq!(again.expect("an answer"), Put::Stored);
}

async fn a_current_version_is_never_written<S: Scene>(scene: &S) {
    let (store, secret, _) = stored(scene).await;
    let current = holder(&store, &secret, &Stage::Current)
        .await
        .expect("a version");
    let put = store
        .put_pending(&secret, &current, &Document::new("{\"a\":3}"), None)
        .await;
    assert_eq!(put.expect("an answer"), Put::Lost);
    let there = read(&store, &secret, Which::Version(current))
        .await
        .expect("a value");
    assert_eq!(there.value.expose(), "{\"a\":1}");
}

async fn pending_moves_to_the_newest<S: Scene>(scene: &S) {
    let (store, secret, first) = stored(scene).await;
    let second = version_id(2);
    let put = store
        .put_pending(&secret, &second, &Document::new("{\"a\":3}"), None)
        .await;
    assert_eq!(put.expect("an answer"), Put::Stored);
    let described = store.describe(&secret).await.expect("an answer");
    assert_eq!(described.stages.holder(&Stage::Pending), Some(&second));
    assert_eq!(described.stages.orphans(&second), [first], "its mark stays");
}

async fn current_moves_by_compare_and_swap<S: Scene>(scene: &S) {
    let (store, secret, version) = stored(scene).await;
    let current = holder(&store, &secret, &Stage::Current).await;
    let wrong = Some(version.clone());
    let swap = |from: Option<VersionId>, to: VersionId| {
        let (store, secret) = (&store, &secret);
        async move {
            store
                .move_stage(secret, Stage::Current, from.as_ref(), Some(&to))
                .await
                .expect("an answer")
        }
    };
    assert_eq!(swap(wrong, version.clone()).await, Swap::Elsewhere);
    assert_eq!(holder(&store, &secret, &Stage::Current).await, current);
    assert_eq!(swap(current.clone(), version.clone()).await, Swap::Moved);
    assert_eq!(
        holder(&store, &secret, &Stage::Current).await,
        Some(version.clone())
    );
    assert_eq!(holder(&store, &secret, &Stage::Previous).await, current);
    // As a try whose answer was lost sees it.
    assert_eq!(swap(current, version).await, Swap::Elsewhere);
}

async fn an_unknown_secret_is_not_found<S: Scene>(scene: &S) {
    let (store, secret, _) = stored(scene).await;
    let other = format!(
        "{}-none-AbCdEf",
        &secret.as_str()[..secret.as_str().len() - 7]
    );
    let other = SecretId::parse(&other).expect("an ARN");
    let error = store.describe(&other).await.expect_err("no secret");
    assert_eq!(error.kind, StoreErrorKind::NotFound, "{error}");
    let which = Which::Stage(Stage::Current);
    let error = store.value(&other, which).await.expect_err("no value");
    assert_eq!(error.kind, StoreErrorKind::NotFound, "{error}");
}

async fn passwords_fit_their_policy<S: Scene>(scene: &S) {
    let (store, ..) = stored(scene).await;
    let policy = PasswordPolicy {
        length: 40,
        exclude_characters: "abc/@\"'\\".into(),
        exclude_punctuation: true,
        ..PasswordPolicy::default()
    };
    let mut drawn = HashSet::new();
    for _ in 0..5 {
        let password = store.random_password(&policy).await.expect("a password");
        let text = password.expose();
        assert!(
            text.len() == 40
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() && !"abc".contains(c))
        );
        drawn.insert(text.to_owned());
    }
    assert_eq!(drawn.len(), 5);
}

async fn the_admins_value_is_the_current_one<S: Scene>(scene: &S) {
    let (store, secret, _) = stored(scene).await;
    let value = store.admin(secret.as_str()).await.expect("an answer");
    assert_eq!(value.expect("a value").expose(), "{\"a\":1}");
}

/// moto overwrites.
async fn the_first_value_of_a_version_wins<S: Scene>(scene: &S) {
    let (store, secret, version) = stored(scene).await;
    let put = store
        .put_pending(&secret, &version, &Document::new("{\"a\":3}"), None)
        .await;
    assert_eq!(put.expect("an answer"), Put::Lost);
    let there = read(&store, &secret, Which::Version(version))
        .await
        .expect("a value");
    assert_eq!(there.value.expose(), "{\"a\":2}");
}

async fn an_announced_version_has_no_value<S: Scene>(scene: &S) {
    let (store, secret) = scene.secret("{\"a\":1}").await;
    let version = version_id(1);
    scene.announce(&store, &secret, &version);
    assert_eq!(
        holder(&store, &secret, &Stage::Pending).await,
        Some(version.clone())
    );
    let which = [
        Which::Version(version.clone()),
        Which::Stage(Stage::Pending),
        Which::Both(version.clone(), Stage::Pending),
    ];
    for which in which {
        assert!(
            read(&store, &secret, which.clone()).await.is_none(),
            "{which:?}"
        );
    }
    let put = store
        .put_pending(&secret, &version, &Document::new("{\"a\":2}"), None)
        .await;
    assert_eq!(put.expect("an answer"), Put::Stored);
}

/// moto leaves it on both versions.
async fn a_label_moves_only_from_where_it_was_said_to_be<S: Scene>(scene: &S) {
    let (store, secret, version) = stored(scene).await;
    let mark = Stage::Mark(version.clone());
    let current = holder(&store, &secret, &Stage::Current)
        .await
        .expect("a version");
    let moved = |from: Option<VersionId>, to: Option<VersionId>| {
        let (store, secret, mark) = (&store, &secret, mark.clone());
        async move {
            store
                .move_stage(secret, mark, from.as_ref(), to.as_ref())
                .await
                .expect("an answer")
        }
    };
    assert_eq!(moved(None, Some(current.clone())).await, Swap::Elsewhere);
    assert_eq!(moved(Some(current), None).await, Swap::Elsewhere);
    assert_eq!(holder(&store, &secret, &mark).await, Some(version.clone()));
    assert_eq!(moved(Some(version.clone()), None).await, Swap::Moved);
    assert_eq!(holder(&store, &secret, &mark).await, None);
    assert_eq!(moved(Some(version.clone()), None).await, Swap::Elsewhere);
    assert_eq!(moved(None, Some(version.clone())).await, Swap::Moved);
    assert_eq!(holder(&store, &secret, &mark).await, Some(version));
}

/// moto takes the label away all the same.
async fn a_move_to_nowhere_moves_nothing<S: Scene>(scene: &S) {
    let (store, secret, _) = stored(scene).await;
    let current = holder(&store, &secret, &Stage::Current).await;
    let nowhere = version_id(7);
    let moved = store
        .move_stage(&secret, Stage::Current, current.as_ref(), Some(&nowhere))
        .await;
    assert!(!matches!(moved, Ok(Swap::Moved)), "{moved:?}");
    assert_eq!(holder(&store, &secret, &Stage::Current).await, current);
}

/// moto says that the secret itself is not there.
async fn what_is_nowhere_is_no_error<S: Scene>(scene: &S) {
    let (store, secret, version) = stored(scene).await;
    let nowhere = [
        Which::Version(version_id(7)),
        Which::Stage(Stage::Previous),
        Which::Both(version, Stage::Current),
        Which::Both(version_id(7), Stage::Pending),
    ];
    for which in nowhere {
        assert!(
            read(&store, &secret, which.clone()).await.is_none(),
            "{which:?}"
        );
    }
}
