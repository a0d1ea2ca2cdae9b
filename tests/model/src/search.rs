//! Breadth first, so that what is found is reached by the fewest events.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::events::Event;
use crate::fingerprint::fingerprint;
use crate::kind::Case;
use crate::properties::Property;
use crate::recovery::Recovery;
use crate::world::World;

/// What a search came to.
#[derive(Debug)]
pub struct Found {
    /// Different moments.
    pub states: usize,
    /// Events on the longest way that was walked.
    pub depth: usize,
    /// All that may happen was walked.
    pub complete: bool,
    /// How long it took.
    pub took: Duration,
    /// What does not hold, and the way there.
    pub broken: Option<Broken>,
}

/// A property that does not hold.
#[derive(Debug)]
pub struct Broken {
    /// Which.
    pub property: Property,
    /// After so many events.
    pub depth: usize,
    /// The events, in words, one a line.
    pub trace: String,
}

/// Walks all moments, up to so many.
pub fn search(case: &Case, most: usize) -> Found {
    let began = Instant::now();
    let start = World::start(case);
    let mut seen = HashSet::from([fingerprint(&start)]);
    let mut parents: Vec<(u32, Event)> = vec![(0, Event::Begin)];
    let mut recovery = Recovery::default();
    let mut frontier = vec![(0_u32, start)];
    let mut found = Found {
        states: 1,
        depth: 0,
        complete: false,
        took: Duration::ZERO,
        broken: None,
    };
    while !frontier.is_empty() && found.broken.is_none() && parents.len() < most {
        found.depth += 1;
        let mut next = Vec::new();
        'walk: for (index, world) in &frontier {
            for event in world.events() {
                let Some(after) = world.after(case, event) else {
                    continue;
                };
                if !seen.insert(fingerprint(&after)) {
                    continue;
                }
                parents.push((*index, event));
                let broken = after.broken(case, Some(world));
                let broken = broken.or_else(|| recovery.broken(case, &after));
                if let Some(property) = broken {
                    found.broken = Some(Broken {
                        property,
                        depth: found.depth,
                        trace: trace(case, &parents),
                    });
                    break 'walk;
                }
                let index = u32::try_from(parents.len() - 1).unwrap_or(u32::MAX);
                next.push((index, after));
            }
        }
        frontier = next;
    }
    found.complete = frontier.is_empty() && found.broken.is_none();
    found.states = parents.len();
    found.took = began.elapsed();
    found
}

/// The way to the last moment.
fn trace(case: &Case, parents: &[(u32, Event)]) -> String {
    let mut events = Vec::new();
    let mut at = parents.len() - 1;
    while at != 0 {
        let (parent, event) = parents[at];
        events.push(event);
        at = parent as usize;
    }
    let mut world = World::start(case);
    let mut text = String::new();
    for event in events.into_iter().rev() {
        let _ = writeln!(text, "  {}", in_words(&world, event));
        match world.after(case, event) {
            Some(after) => world = after,
            None => break,
        }
    }
    let _ = writeln!(
        text,
        "  then: {:?}; live {:?}",
        world.secret.labels, world.target.live
    );
    text
}

fn in_words(world: &World, event: Event) -> String {
    let who = |i: u8| {
        let inv = &world.invocations[usize::from(i)];
        let waits = if inv.attached {
            ""
        } else {
            ", which nobody waits for"
        };
        format!("{}(V{}{waits})", inv.step, inv.me)
    };
    match event {
        Event::Call(i, n, how) => {
            let inv = &world.invocations[usize::from(i)];
            let next = inv.batch[usize::from(n)].0;
            format!("{}: {next:?} {how:?}", who(i))
        }
        Event::Crash(i) | Event::Stall(i) | Event::TimeOut(i) | Event::LostLock(i) => {
            let kind = format!("{event:?}");
            format!("{}: {}", who(i), kind.split('(').next().unwrap_or_default())
        }
        _ => format!("{event:?}"),
    }
}
