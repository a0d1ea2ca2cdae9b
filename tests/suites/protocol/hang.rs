//! A target that does not answer: the step does, in time.

use std::time::{Duration, SystemTime};

use rotation::clock::Clock;
use rotation::engine::{Engine, Limits};
use rotation::event::{Event, Step};
use rotation::testing::World;
use rotation::{RotationError, Succession};
use rotation_simulation::toy::Toy;

/// Tokio's time, which stands still while something is at work and jumps to whatever is waited for.
struct Waiting {
    began: SystemTime,
    since: tokio::time::Instant,
}

impl Clock for Waiting {
    fn now(&self) -> SystemTime {
        self.began + self.since.elapsed()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }

    fn alarm(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}

/// What hangs; what setSecret comes to; after how many seconds of 60 it must have answered.
struct Row(&'static str, Option<&'static str>, u64);

#[tokio::test(start_paused = true)]
async fn the_step_answers_before_its_deadline() {
    let rows = [
        Row("test", Some("Rotation.Time"), 58),
        Row("lock", Some("Rotation.Time"), 58),
        Row("set", Some("Rotation.Time"), 58),
        // A second for the look's session, and one for the last two, which end side by side.
        Row("close", None, 2),
        Row("lock, close", Some("Rotation.Time"), 59),
    ];
    for Row(hook, error_type, seconds) in rows {
        let (ended, spent) = set_secret(hook).await;
        let came_to = ended.as_ref().err().map(RotationError::error_type);
        assert_eq!(came_to, error_type, "{hook}");
        assert_eq!(spent, Duration::from_secs(seconds), "{hook}");
    }
}

async fn set_secret(hangs: &'static str) -> (Result<(), RotationError>, Duration) {
    let toy = Toy::new(Succession::Replace);
    let mut world = World::new(&toy).await;
    let version = world.begin();
    let created = world.step(&version, Step::CreateSecret).await;
    created.expect("createSecret");
    let clock = Waiting {
        began: world.clock.now(),
        since: tokio::time::Instant::now(),
    };
    let event = Event::new(Step::SetSecret, world.secret_id.clone(), version);
    let deadline = clock.now() + Duration::from_secs(60);
    let limits = Limits::new(deadline, Duration::from_secs(75));
    let mut hanging = toy.clone();
    hanging.hangs = hangs.split(", ").collect();
    let began = tokio::time::Instant::now();
    let engine = Engine::new(
        hanging,
        world.store.clone(),
        clock,
        rotation::config::Config::default(),
    );
    let (_, ended) = engine.run(&event, &limits).await;
    (ended, began.elapsed())
}
