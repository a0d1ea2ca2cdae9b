//! What goes wrong in a rotation: drawn from a seed, and done.

mod strike;

use std::fmt;
use std::time::Duration;

use fastrand::Rng;
use rotation_kit::aws::{Fault as Refusal, STEPS};
use rotation_tests::proxy::Way;

pub use strike::{Struck, strike};

/// One rotation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// What goes wrong in it.
    pub fault: Fault,
    /// If it does not end well: whether the same rotation is tried again. Otherwise another one begins.
    pub same: bool,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The function is killed.
    Kill(Point),
    /// The function is frozen for so long, while others go on.
    Stall(Point, Duration),
    /// What the function sends, or what it is answered, is lost from here on.
    Loss(Point, Way),
    /// The server ends, and starts again.
    Restart(Point),
    /// So many calls of this name go wrong in this step, counted from 0.
    Calls(usize, &'static str, Wrong, usize),
}

/// Where: at something that the function sends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Whether it is sent to Secrets Manager; otherwise, to the server.
    pub to_aws: bool,
    /// How far through the rotation: from 0 to 1.
    pub part: f64,
    /// Whether it arrives before. Its answer does not.
    pub delivered: bool,
}

/// What Secrets Manager does with a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wrong {
    /// It says that there are too many.
    Throttled,
    /// It never gets it.
    Unheard,
    /// It does it, and the answer is lost.
    Unanswered,
    /// It takes so long.
    Late(Duration),
    /// It answers what was so before the last change.
    Stale,
}

/// How many pieces the function sends in a whole rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pieces {
    /// To the server.
    pub to_target: usize,
    /// To Secrets Manager.
    pub to_aws: usize,
}

impl Turn {
    /// Draws one. `restarts` says whether the server can start again.
    pub fn draw(rng: &mut Rng, restarts: bool) -> Self {
        Self {
            fault: Fault::draw(rng, restarts),
            same: rng.u32(0..3) < 2,
        }
    }
}

impl Fault {
    fn draw(rng: &mut Rng, restarts: bool) -> Self {
        let kind = rng.u32(0..100);
        let point = Point {
            to_aws: rng.u32(0..100) < 35,
            part: rng.f64(),
            delivered: rng.bool(),
        };
        match kind {
            0..42 => Self::Kill(point),
            42..66 => Self::Stall(point, Self::sleep(rng)),
            66..78 => {
                let ways = [Way::Unanswered, Way::Silent, Way::Cut];
                Self::Loss(point, ways[rng.usize(0..3)])
            }
            78..85 if restarts => Self::Restart(point),
            78..95 => Self::call(rng),
            _ => Self::None,
        }
    }

    /// Half of them are shorter than a second: a function that has six still changes something after that, since it
    /// begins nothing with less than five left.
    fn sleep(rng: &mut Rng) -> Duration {
        let millis = match rng.bool() {
            true => rng.u64(150..1000),
            false => rng.u64(1000..15_000),
        };
        Duration::from_millis(millis)
    }

    fn call(rng: &mut Rng) -> Self {
        const READS: [&str; 2] = ["DescribeSecret", "GetSecretValue"];
        // The test writes nothing.
        const WRITES: [&str; 4] = [
            "PutSecretValue",
            "UpdateSecretVersionStage",
            "GetSecretValue",
            "UpdateSecretVersionStage",
        ];
        let step = rng.usize(0..STEPS.len());
        let read = READS[rng.usize(0..2)];
        let any = [read, WRITES[step]][rng.usize(0..2)];
        let late = Duration::from_millis(rng.u64(200..4000));
        match rng.u32(0..5) {
            0 => Self::Calls(step, any, Wrong::Throttled, rng.usize(1..8)),
            1 => Self::Calls(step, any, Wrong::Unheard, 1),
            2 => Self::Calls(step, any, Wrong::Unanswered, 1),
            3 => Self::Calls(step, any, Wrong::Late(late), 1),
            _ => Self::Calls(step, read, Wrong::Stale, 1),
        }
    }

    fn point(self) -> Option<(Point, Way)> {
        match self {
            Self::Kill(point) | Self::Stall(point, _) | Self::Restart(point) => {
                Some((point, Way::Held))
            }
            Self::Loss(point, way) => Some((point, way)),
            Self::None | Self::Calls(..) => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => write!(f, "nothing"),
            Self::Kill(point) => write!(f, "killed {point}"),
            Self::Stall(point, time) => write!(f, "frozen for {time:.1?} {point}"),
            Self::Loss(point, way) => write!(f, "{way:?} {point}"),
            Self::Restart(point) => write!(f, "the server restarted {point}"),
            Self::Calls(step, name, wrong, times) => {
                write!(f, "{wrong:?} {name} in {}, {times} times", STEPS[*step])
            }
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = if self.delivered { "after" } else { "before" };
        let whom = if self.to_aws {
            "Secrets Manager"
        } else {
            "the server"
        };
        write!(f, "{when} {whom} hears {:.0} % of it", self.part * 100.0)
    }
}

impl fmt::Display for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {} pieces", self.to_target, self.to_aws)
    }
}

impl Wrong {
    fn refusal(self) -> Refusal {
        match self {
            Self::Throttled => Refusal::Answer {
                status: 400,
                code: Some("ThrottlingException"),
                message: "Rate exceeded",
            },
            Self::Unheard => Refusal::RequestLost,
            Self::Unanswered => Refusal::AnswerLost,
            Self::Late(by) => Refusal::Late(by),
            Self::Stale => Refusal::Stale,
        }
    }
}
