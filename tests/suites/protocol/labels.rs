//! Labels that a person, or another tool, has moved.

use futures_util::future::join;
use rotation::Succession;
use rotation::event::Step;
use rotation::store::SecretStore;
use rotation::testing::world::{Harness, Subject};
use rotation::testing::{World, version_id};
use rotation::version::Stage;
use rotation_simulation::toy::Toy;

/// An operator rolled AWSCURRENT back, and the rotation is tried again: its version carries AWSPREVIOUS.
#[tokio::test]
async fn my_own_version_is_not_what_came_before_it() {
    for succession in Toy::SUCCESSIONS {
        let toy = Toy::new(succession);
        let mut world = World::new(&toy).await;
        let (first, me) = (version_id(0), world.rotate().await);
        let back =
            world
                .store
                .move_stage(&world.secret_id, Stage::Current, Some(&me), Some(&first));
        back.await.expect("rolled back");
        let before = toy.statements();
        // No step undoes what a person has done, and each says how to go on.
        for step in [Step::CreateSecret, Step::CreateSecret, Step::FinishSecret] {
            let ended = world.step(&me, step).await;
            let error = ended.expect_err("AWSCURRENT was taken back by hand");
            assert_eq!(
                error.error_type(),
                "Rotation.Changed",
                "{succession:?}, {step}: {error}"
            );
            let text = error.to_string();
            assert!(
                text.contains("first take AWSPENDING off"),
                "{succession:?}, {step}: {text}"
            );
            assert!(world.store.stages().marked(&me), "{succession:?}, {step}");
            assert_eq!(toy.statements(), before, "{succession:?}, {step}");
        }
        world.rotate().await;
    }
}

/// From the command line: a version that nobody has announced may be made, but not be an old one.
#[tokio::test]
async fn an_old_version_is_not_marked() {
    for succession in Toy::SUCCESSIONS {
        let toy = Toy::new(succession);
        let mut world = World::new(&toy).await;
        let old = world.rotate().await;
        world.rotate().await;
        world.rotate().await;
        world.fresh = true;
        let (before, stages) = (toy.statements(), world.store.stages());
        let ended = world.step(&old, Step::CreateSecret).await;
        let error = ended.expect_err("an old version");
        assert_eq!(error.error_type(), "Rotation.NotStaged", "{error}");
        assert_eq!((toy.statements(), world.store.stages()), (before, stages));
        world.finish(&version_id(9)).await;
    }
}

/// What an abandoned rotation made for another user is no way in.
#[tokio::test]
async fn another_users_version_does_not_steer() {
    for succession in [
        Succession::Replace,
        Succession::Displace,
        Succession::Coexist,
    ] {
        let toy = Toy::new(succession);
        let subject = toy.subject().await;
        let others = toy.subject().await.secret;
        let wrong = Subject {
            secret: toy.wrong(&subject.secret),
            ..subject
        };
        let mut world = World::with(&toy, &wrong);
        let abandoned = version_id(50);
        let mark = Stage::Mark(abandoned.clone());
        world.store.insert(abandoned, Some(&others), vec![mark]);
        let version = world.begin();
        let created = world.step(&version, Step::CreateSecret).await;
        created.expect("createSecret");
        let before = toy.statements();
        let error = world.step(&version, Step::SetSecret).await;
        let error = error.expect_err("nothing of this user is accepted");
        assert_eq!(error.error_type(), "Rotation.NoneAccepted", "{error}");
        assert_eq!(toy.statements(), before, "{succession:?}");
    }
}

/// What cannot be retired is told, and keeps nobody from rotating: AWSPREVIOUS that is binary or nonsense, and what an
/// abandoned rotation left.
#[tokio::test]
async fn what_cannot_be_retired_is_told() {
    let toy = Toy::new(Succession::Coexist);
    for binary in [false, true] {
        for previous in [false, true] {
            let mut world = World::new(&toy).await;
            let odd = version_id(50);
            let labels = match previous {
                true => vec![Stage::Previous],
                false => vec![Stage::Mark(odd.clone())],
            };
            match binary {
                true => world.store.insert_binary(odd.clone(), labels),
                false => world.store.insert(odd.clone(), Some("[]"), labels),
            }
            world.rotate().await;
            let told = world.told.concat();
            assert!(told.contains("was not retired: its value cannot be used"));
            assert!(!world.store.stages().marked(&odd));
        }
    }
}

/// Somebody moves AWSCURRENT while a step runs: before anything is done for it, the step can be tried again.
#[tokio::test]
async fn a_moved_awscurrent_says_what_to_do() {
    let anew = "first take AWSPENDING off this version (aws secretsmanager update-secret-version-stage --secret-id arn:aws:";
    for (step, words) in [
        (Step::SetSecret, "during the rotation: try again"),
        (Step::FinishSecret, anew),
    ] {
        let toy = Toy::new(Succession::Coexist);
        let mut world = World::new(&toy).await;
        let version = world.begin();
        for before in Step::ALL.into_iter().take_while(|before| *before != step) {
            world.step(&version, before).await.expect("on its own");
        }
        let (first, other) = (version_id(0), version_id(50));
        world.store.insert(other.clone(), Some("{}"), vec![]);
        let (store, secret) = (&world.store, &world.secret_id);
        let moved = store.move_stage(secret, Stage::Current, Some(&first), Some(&other));
        let (ended, moved) = join(world.invoke(&version, step), moved).await;
        moved.expect("AWSCURRENT moved");
        let error = ended.1.expect_err("AWSCURRENT moved");
        assert_eq!(error.error_type(), "Rotation.Changed", "{step}: {error}");
        assert!(error.to_string().contains(words), "{step}: {error}");
    }
}

/// A rotation needs its mark, and AWSPREVIOUS, which AWSCURRENT leaves behind as it moves: too few are told before anything is made.
#[tokio::test]
async fn labels_are_counted_first() {
    for (others, fits) in [(16, true), (17, false)] {
        let toy = Toy::new(Succession::Replace);
        let mut world = World::new(&toy).await;
        let labels = (0..others).map(|n| Stage::Other(format!("label{n}")));
        let (other, labels) = (version_id(90), labels.collect());
        world.store.insert(other, Some("{}"), labels);
        let version = world.begin();
        let created = world.step(&version, Step::CreateSecret).await;
        assert_eq!(created.is_ok(), fits, "{others}: {created:?}");
        if fits {
            world.finish(&version).await;
        }
    }
}

/// The answer may be from before the function was attached: it is asked for again.
#[tokio::test]
async fn a_function_that_was_just_attached() {
    const FUNCTION: &str = "arn:aws:lambda:us-east-1:012345678912:function:rotation";
    for shown in [true, false] {
        let toy = Toy::new(Succession::Replace);
        let mut world = World::new(&toy).await;
        world.function = Some(FUNCTION.to_owned());
        let version = world.begin();
        let attached = async {
            tokio::task::yield_now().await;
            if shown {
                let store = world.store.clone();
                store.describe_as(|answer| answer.rotation_function = Some(FUNCTION.to_owned()));
            }
        };
        let tested = world.invoke(&version, Step::TestSecret);
        let ((_, tested), ()) = tokio::join!(tested, attached);
        assert_eq!(tested.is_ok(), shown, "{tested:?}");
    }
}
