//! What a step gets besides its event, and what it returns besides its result.

use std::time::{Duration, SystemTime};

use crate::rotator::Rejection;
use crate::secret::printable;

/// The limits of a step.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// When the process may be stopped. Every call is given up two seconds before that. No write begins in the last five
    /// seconds before it.
    pub deadline: SystemTime,
    /// The longest time after its start in which an invocation can still do something. This is about invocations of this
    /// rotation, and of earlier ones.
    pub horizon: Duration,
    /// This function's ARN without a qualifier. Outside Lambda, it is `None`.
    pub function: Option<String>,
    /// `true` for a createSecret that was started by hand: the version need not exist yet. If it exists, it must carry a label,
    /// since the credential of a version without a label may be dead.
    pub fresh: bool,
}

impl Limits {
    /// These limits, outside Lambda, for a version that exists.
    pub fn new(deadline: SystemTime, horizon: Duration) -> Self {
        Self {
            deadline,
            horizon,
            function: None,
            fresh: false,
        }
    }
}

/// How a step ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The step did its part.
    Done,
    /// The step's part was done before.
    Already,
    /// The step did not do its part.
    #[default]
    Failed,
}

impl Outcome {
    /// The word for it in the logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Already => "already done",
            Self::Failed => "failed",
        }
    }
}

/// What an operator can learn from a step. It holds nothing secret.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// How the step ended.
    pub outcome: Outcome,
    /// What the target answered, in order. Each answer has the name of the version whose credential was tried.
    pub answers: Vec<(String, String)>,
    /// What an operator should look into. These things did not stop the step.
    pub warnings: Vec<String>,
    /// The time from the start of the step to its result.
    pub duration: Duration,
    /// The longest time during which the target may have refused AWSCURRENT. It is counted from the date of the rotation's
    /// version, or of the version that the target accepts. The step that moved AWSCURRENT gives it, and each step that failed before
    /// that, if it came after `set` or has seen the refusal: so it grows while AWSCURRENT may be refused. It is given only if the old
    /// credential ends as soon as the new one is set ([`Succession::Replace`](crate::Succession::Replace)), or if no value could be
    /// read.
    pub refused_at_most: Option<Duration>,
    /// How old AWSCURRENT was, by the date of its version. Only the step that stored the next version gives it.
    pub age: Option<Duration>,
    /// How many staging labels the secret has, as the step's last DescribeSecret showed. Secrets Manager allows 20.
    pub labels_in_use: Option<usize>,
    /// How many versions earlier rotations left whose credentials may still be alive, and which this step did not end.
    pub orphans: Option<usize>,
    /// Whether the target refuses AWSCURRENT. Only a check gives it.
    pub current_refused: Option<bool>,
    /// How many of the secret's replicas do not have the new value yet. A warning tells about each. Only finishSecret gives it.
    /// `None` if the secret has no replica, or nobody could look.
    pub copies_behind: Option<u32>,
}

impl Report {
    /// The same report, and no text in it can move a cursor, or look like another line.
    pub(super) fn shown(mut self) -> Self {
        let said = self.answers.iter_mut().flat_map(|(who, said)| [who, said]);
        for text in said.chain(&mut self.warnings) {
            *text = printable(text, usize::MAX);
        }
        self
    }
}

/// What the target said, as [`Report::answers`] has it.
pub(crate) fn in_words(said: Result<(), &Rejection>) -> String {
    match said {
        Ok(()) => "accepted".to_owned(),
        Err(rejection) => format!("refused: {}", rejection.reason()),
    }
}
