//! finishSecret looks at the secret's replicas, after all else is done.

use std::time::Duration;

use rotation::clock::Clock;
use rotation::event::Step;
use rotation::store::{Replica, ReplicaStatus};
use rotation::testing::World;
use rotation::version::Stage;
use rotation::{RotationError, Succession};
use rotation_simulation::toy::Toy;

fn replica(status: ReplicaStatus) -> Replica {
    Replica {
        place: "eu-west-1".into(),
        status,
        message: None,
        key: None,
    }
}

async fn world<'a>(toy: &'a Toy, statuses: &[ReplicaStatus]) -> World<'a, Toy> {
    let world = World::new(toy).await;
    let replicas = statuses.iter().cloned().map(replica).collect();
    world.store.describe_as(|answer| answer.replicas = replicas);
    world
}

/// A report counts those that do not have the value, and tells of each. Only finishSecret looks, also when AWSCURRENT had moved before.
#[tokio::test]
async fn counted() {
    use ReplicaStatus::{Detached, Failed, InProgress, InSync, Other};
    let odd = || Other("Odd".into());
    for (statuses, expected) in [
        (vec![], None),
        (vec![InSync], Some(0)),
        (vec![InSync, Failed, InSync], Some(1)),
        (vec![InProgress, Failed, Detached, odd()], Some(4)),
    ] {
        let toy = Toy::new(Succession::Replace);
        let mut world = world(&toy, &statuses).await;
        let version = world.begin();
        for step in Step::ALL.into_iter().chain([Step::FinishSecret]) {
            let report = world.step(&version, step).await.expect("a step");
            let expected = expected.filter(|_| step == Step::FinishSecret);
            assert_eq!(report.copies_behind, expected, "{step}, {statuses:?}");
            let told = usize::try_from(expected.unwrap_or_default()).expect("few");
            assert_eq!(report.warnings.len(), told, "{step}: {:?}", report.warnings);
        }
    }
}

/// The step waits for what is on its way, but for no other status, and not into the time that the answer needs.
#[tokio::test]
async fn waits() {
    use ReplicaStatus::{Failed, InProgress, InSync};
    for (status, timeout, longest) in [
        (InSync, 60, 0),
        (Failed, 60, 0),
        (InProgress, 60, 7),
        (InProgress, 9, 3),
        (InProgress, 7, 1),
        (InProgress, 5, 0),
    ] {
        let toy = Toy::new(Succession::Replace);
        let mut world = world(&toy, std::slice::from_ref(&status)).await;
        let version = world.begin();
        for step in [Step::CreateSecret, Step::SetSecret, Step::TestSecret] {
            world.step(&version, step).await.expect("a step");
        }
        world.timeout = Duration::from_secs(timeout);
        let began = world.clock.now();
        let report = world.step(&version, Step::FinishSecret).await;
        let report = report.expect("finishSecret");
        let waited = world.clock.now().duration_since(began).expect("later");
        assert_eq!(waited.as_secs(), longest, "{status:?}, {timeout} s");
        assert_eq!(
            report.duration.as_secs(),
            longest,
            "{status:?}, {timeout} s"
        );
        let refused = report.refused_at_most.expect("one password");
        assert!(
            refused < Duration::from_secs(1),
            "{refused:?}: it ended as AWSCURRENT moved"
        );
    }
}

/// A replica's refusal comes before anything is asked of the target, or ended there.
#[tokio::test]
async fn a_replica_is_no_target() {
    let toy = Toy::new(Succession::Coexist);
    let mut world = world(&toy, &[]).await;
    world.rotate().await;
    world.rotate().await;
    world
        .store
        .describe_as(|answer| answer.primary_region = Some("eu-west-1".into()));
    let (statements, writes) = (toy.statements(), world.store.writes());
    let version = world.begin();
    for step in Step::ALL {
        let error = world.step(&version, step).await.expect_err("a replica");
        assert!(
            matches!(error, RotationError::NotAllowed(_)),
            "{step}: {error}"
        );
    }
    assert_eq!(
        (toy.statements(), world.store.writes()),
        (statements, writes)
    );
    assert!(world.accepts(&Stage::Previous).await);
    world
        .store
        .describe_as(|answer| answer.primary_region = Some("us-east-1".into()));
    world.finish(&version).await;
}
