//! What goes into a step besides its event, and what comes out besides its result.

use std::time::{Duration, SystemTime};

/// What bounds a step.
#[derive(Clone, Debug)]
pub struct Limits {
    /// When the process may be stopped. No call goes beyond it less two seconds; no write begins in its last five.
    pub deadline: SystemTime,
    /// The longest that an invocation, of this rotation or an earlier one, can still do something after its start.
    pub horizon: Duration,
    /// This function's ARN without a qualifier; outside Lambda, none.
    pub function: Option<String>,
    /// Whether the version may not be there yet: a createSecret that no RotateSecret came before. One that is there must
    /// carry a label, since a value that nobody labels may be dead.
    pub fresh: bool,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did its part.
    Done,
    /// Its part was done before.
    Already,
    /// It did not.
    Failed,
}

impl Outcome {
    /// As it stands in the logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Already => "already done",
            Self::Failed => "failed",
        }
    }
}

/// What a step tells an operator. Holds nothing secret.
#[derive(Clone, Debug)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// What the target said to which version's credential, in order.
    pub answers: Vec<(String, String)>,
    /// What an operator should look into, though the step went on.
    pub warnings: Vec<String>,
    /// From the event to the result.
    pub duration: Duration,
    /// Upper bound of the time during which AWSCURRENT was refused, from the dates of the versions. Given by the step
    /// that moved AWSCURRENT, where the old credential ends as the new one is set.
    pub refused_at_most: Option<Duration>,
    /// How old AWSCURRENT was, by its version's date. Given by the step that made its successor.
    pub age: Option<Duration>,
}
