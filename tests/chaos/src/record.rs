//! What clients saw, and what of it must not be.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rotation::Succession;

use crate::engine::Verdict;
use crate::site::Moment;

/// All attempts at one secret's target.
pub struct Record {
    began: Instant,
    attempts: Mutex<Vec<Attempt>>,
}

/// A login. Times are counted from the record's beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Whose.
    pub client: usize,
    /// When it began.
    pub began: Duration,
    /// When it was answered.
    pub ended: Duration,
    /// The version whose value it used.
    pub version: String,
    /// The secret when it began.
    pub before: Moment,
    /// The secret when it was answered.
    pub after: Moment,
    /// What the server said.
    pub verdict: Verdict,
}

/// What a record says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Attempts that were accepted.
    pub logins: usize,
    /// Attempts that were refused.
    pub refused: usize,
    /// Attempts that the server answered with neither.
    pub unanswered: usize,
    /// Refusals that must not be.
    pub wrong: Vec<Attempt>,
    /// How long clients were shut out: from a refusal, the first in a row, to that client's next login. Shortest first.
    pub windows: Vec<Duration>,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            attempts: Mutex::default(),
        }
    }
}

impl Record {
    /// The time since its beginning.
    pub fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Adds an attempt.
    pub fn add(&self, attempt: Attempt) {
        self.lock().push(attempt);
    }

    /// All attempts, each client's in their order.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Attempt>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Findings {
    /// The longest window.
    pub fn longest(&self) -> Duration {
        self.percentile(100)
    }

    /// The window that so many of a hundred do not exceed; zero, if there is none.
    pub fn percentile(&self, percent: usize) -> Duration {
        let place = (self.windows.len() * percent).div_ceil(100);
        let window = self.windows.get(place.saturating_sub(1));
        window.copied().unwrap_or_default()
    }
}

/// Reads a record: the attempts of each client in their order.
pub fn check(attempts: &[Attempt], succession: Succession) -> Findings {
    let mut findings = Findings::default();
    let mut refused_since: HashMap<usize, Duration> = HashMap::new();
    for attempt in attempts {
        match attempt.verdict {
            Verdict::NoAnswer => findings.unanswered += 1,
            Verdict::Accepted => {
                findings.logins += 1;
                if let Some(since) = refused_since.remove(&attempt.client) {
                    findings.windows.push(attempt.ended.saturating_sub(since));
                }
            }
            Verdict::Refused => {
                findings.refused += 1;
                refused_since.entry(attempt.client).or_insert(attempt.began);
                if wrong(attempt, succession) {
                    findings.wrong.push(attempt.clone());
                }
            }
        }
    }
    findings.windows.sort();
    findings
}

/// Whether AWSCURRENT was refused, outside the window of a target that has one credential.
fn wrong(refusal: &Attempt, succession: Succession) -> bool {
    let (before, after) = (&refusal.before, &refusal.after);
    let current = refusal.version == before.current && refusal.version == after.current;
    let window = succession == Succession::Replace && (before.rotating || after.rotating);
    current && !window
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    /// A login with version 1, at a time when AWSCURRENT goes from one version to another.
    fn attempt(at: u32, verdict: Verdict, current: (u32, u32), rotating: (bool, bool)) -> Attempt {
        let moment = |current: u32, rotating| Moment {
            current: current.to_string(),
            rotating,
        };
        Attempt {
            client: 0,
            began: MILLISECOND * at,
            ended: MILLISECOND * (at + 1),
            version: "1".to_owned(),
            before: moment(current.0, rotating.0),
            after: moment(current.1, rotating.1),
            verdict,
        }
    }

    fn wrong_ones(attempts: &[Attempt], succession: Succession) -> usize {
        check(attempts, succession).wrong.len()
    }

    #[test]
    fn the_value_that_is_current_all_the_time_must_not_be_refused() {
        for (verdict, current, wrong) in [
            (Verdict::Refused, (1, 1), 1),
            (Verdict::Refused, (1, 2), 0),
            (Verdict::Refused, (2, 2), 0),
            (Verdict::Refused, (0, 1), 0),
            (Verdict::Accepted, (1, 1), 0),
            (Verdict::NoAnswer, (1, 1), 0),
        ] {
            for rotating in [(false, false), (true, true)] {
                let one = [attempt(0, verdict, current, rotating)];
                let found = wrong_ones(&one, Succession::Alternate);
                assert_eq!(found, wrong, "{one:?}");
            }
        }
    }

    #[test]
    fn only_one_credential_alone_has_a_window_and_only_while_a_rotation_is_under_way() {
        for (rotating, wrong) in [
            ((false, false), 1),
            ((true, false), 0),
            ((false, true), 0),
            ((true, true), 0),
        ] {
            let one = [attempt(0, Verdict::Refused, (1, 1), rotating)];
            assert_eq!(wrong_ones(&one, Succession::Replace), wrong, "{rotating:?}");
            for other in [
                Succession::Alternate,
                Succession::Displace,
                Succession::Coexist,
            ] {
                assert_eq!(wrong_ones(&one, other), 1, "{other:?}: {rotating:?}");
            }
        }
    }

    #[test]
    fn a_window_is_from_the_first_refusal_in_a_row_to_the_next_login_of_that_client() {
        let say = |at, verdict| attempt(at, verdict, (2, 2), (false, false));
        let other = Attempt {
            client: 1,
            ..say(25, Verdict::Accepted)
        };
        let attempts = [
            say(0, Verdict::Accepted),
            say(10, Verdict::Refused),
            say(20, Verdict::NoAnswer),
            other,
            say(30, Verdict::Refused),
            say(40, Verdict::Accepted),
            say(50, Verdict::Refused),
            say(60, Verdict::Accepted),
            say(70, Verdict::Refused),
        ];
        let found = check(&attempts, Succession::Alternate);
        assert_eq!(found.windows, [MILLISECOND * 11, MILLISECOND * 31]);
        assert_eq!(found.longest(), MILLISECOND * 31);
        assert_eq!(found.percentile(50), MILLISECOND * 11);
        assert_eq!((found.logins, found.refused, found.unanswered), (4, 4, 1));
        assert_eq!(Findings::default().longest(), Duration::ZERO);
    }
}
