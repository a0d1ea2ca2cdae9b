//! Clients that log in all the time, with whatever AWSCURRENT says, while rotations go on.

use std::cell::Cell;
use std::time::{Duration, Instant};

use futures_util::future::{Either, join_all, select};
use rotation::testing::world::{Harness, World};
use rotation::version::Stage;

/// How many clients there are.
const CLIENTS: usize = 8;

/// What the clients saw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Logins with a value that was AWSCURRENT at both ends of the attempt.
    pub logins: usize,
    /// Those of them that were refused.
    pub refused: usize,
    /// The longest time, seen by one client, from the first refusal in a row to the next login.
    pub longest: Duration,
}

/// Rotates, with clients at work, until all rotations are over.
pub async fn watch<H: Harness>(harness: &H, rotations: usize) -> Seen {
    let mut world = World::new(harness).await;
    let (store, seen) = (world.store.clone(), Cell::new(Seen::default()));
    let clients = (0..CLIENTS).map(|_| async {
        let mut refused_since: Option<Instant> = None;
        loop {
            let before = store.value_of(&Stage::Current).expect("a value");
            let began = Instant::now();
            let accepted = harness.accepts(&before).await;
            if store.value_of(&Stage::Current).as_ref() != Some(&before) {
                continue;
            }
            let mut now = seen.get();
            now.logins += 1;
            if accepted {
                let window = refused_since.take().map(|since| since.elapsed());
                now.longest = now.longest.max(window.unwrap_or_default());
            } else {
                now.refused += 1;
                refused_since.get_or_insert(began);
            }
            seen.set(now);
        }
    });
    let clients = std::pin::pin!(join_all(clients));
    let rotating = std::pin::pin!(async {
        for _ in 0..rotations {
            world.rotate().await;
        }
    });
    match select(rotating, clients).await {
        Either::Left(_) => seen.get(),
        Either::Right(_) => unreachable!("no client ends"),
    }
}
