//! What clients saw in a soak, in numbers.

use std::collections::HashSet;

use crate::engine::{Engine, Verdict};
use crate::record::{Attempt, Findings, check};
use crate::soak::Plan;

/// Of one target and strategy.
#[derive(Clone, Debug)]
pub struct Figures {
    /// As in `postgres/single-user`.
    pub name: &'static str,
    /// How many rotations there were.
    pub rotations: usize,
    /// How many clients.
    pub clients: usize,
    /// How often a client that had kept an older value was refused: it then asked for AWSCURRENT.
    pub stale: usize,
    /// How often AWSCURRENT was refused again to a client that had just asked for it.
    pub again: usize,
    /// All else, without the logins by older values that were refused. Its windows are those in which AWSCURRENT was refused.
    pub found: Findings,
}

impl Figures {
    /// Reads a record.
    pub fn of(engine: Engine, plan: Plan, attempts: &[Attempt]) -> Self {
        let (stale, rest): (Vec<Attempt>, Vec<Attempt>) = attempts.iter().cloned().partition(stale);
        Self {
            name: engine.name,
            rotations: plan.rotations,
            clients: plan.clients,
            stale: stale.len(),
            again: again(&rest),
            found: check(&rest, engine.succession),
        }
    }

    /// Whether nothing was seen that must not be.
    pub fn good(&self) -> bool {
        self.found.wrong.is_empty() && self.found.logins > 0
    }
}

/// A refusal of what was not AWSCURRENT from the beginning of the login to its end.
fn stale(attempt: &Attempt) -> bool {
    let moments = [&attempt.before, &attempt.after];
    let current = moments.iter().all(|at| at.current == attempt.version);
    attempt.verdict == Verdict::Refused && !current
}

/// Refusals that follow one of the same client: in between, it has asked for AWSCURRENT.
fn again(attempts: &[Attempt]) -> usize {
    let mut refused = HashSet::new();
    let twice = attempts.iter().filter(|attempt| match attempt.verdict {
        Verdict::Refused => !refused.insert(attempt.client),
        Verdict::Accepted | Verdict::NoAnswer => {
            refused.remove(&attempt.client);
            false
        }
    });
    twice.count()
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::*;
    use crate::site::Moment;

    /// A client's login with a version, while another is AWSCURRENT.
    fn attempt(client: usize, version: u32, current: u32, verdict: Verdict) -> Attempt {
        let moment = Moment {
            current: current.to_string(),
            rotating: true,
        };
        Attempt {
            client,
            began: Duration::ZERO,
            ended: Duration::from_millis(3),
            version: version.to_string(),
            before: moment.clone(),
            after: moment,
            verdict,
        }
    }

    /// Figures of a strategy with these windows, in milliseconds.
    pub(in crate::soak) fn figures(name: &str, windows: &[u64]) -> Figures {
        let engine = Engine::named(name)[0];
        let plan = Plan {
            rotations: 1000,
            clients: 16,
        };
        let mut figures = Figures::of(engine, plan, &[]);
        figures.found.logins = 12_345;
        figures.found.refused = windows.len();
        figures.found.windows = windows
            .iter()
            .map(|ms| Duration::from_millis(*ms))
            .collect();
        figures.found.windows.sort();
        figures
    }

    #[test]
    fn an_older_value_that_is_refused_opens_no_window() {
        use Verdict::{Accepted, Refused};
        let attempts = [
            attempt(0, 1, 2, Refused),
            attempt(0, 2, 2, Accepted),
            attempt(1, 2, 2, Refused),
            attempt(2, 2, 2, Refused),
            attempt(1, 2, 2, Refused),
            attempt(1, 2, 2, Refused),
            attempt(1, 2, 2, Accepted),
            attempt(1, 2, 2, Refused),
        ];
        let plan = Plan {
            rotations: 1,
            clients: 3,
        };
        let one = |name| Figures::of(Engine::named(name)[0], plan, &attempts);
        let single = one("postgres/single-user");
        assert_eq!((single.stale, single.again), (1, 2));
        assert_eq!((single.found.logins, single.found.refused), (2, 5));
        assert_eq!(single.found.windows, [Duration::from_millis(3)]);
        assert!(single.good());
        assert!(!one("postgres/alternating-users").good());
    }

    #[test]
    fn nobody_who_logs_in_is_no_good() {
        let mut none = figures("ssh", &[]);
        assert!(none.good());
        none.found.logins = 0;
        assert!(!none.good());
    }
}
