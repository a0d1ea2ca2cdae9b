//! One secret, its function and its clients, through so many rotations in which something goes wrong.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use futures_util::future::{join, join_all};
use rotation_kit::aws::{FunctionError, Invoke, STEPS};
use rotation_kit::lambda::Running;
use tokio::sync::watch;

use crate::client::{Cache, Pace, Plain, work};
use crate::engine::{Engine, Target, Verdict};
use crate::nemesis::{Pieces, Turn, strike};
use crate::published::Published;
use crate::record::Record;
use crate::report::Report;
use crate::site::Site;

/// The longest that the answer of a frozen invocation is waited for, once it goes on.
const THAW: Duration = Duration::from_secs(15);
/// Of the clients, where many lanes log in at once.
pub const PACE: Pace = Pace {
    usual: Duration::from_millis(300),
    refused: Duration::from_millis(150),
};
/// What a busy machine takes beside the two horizons after which a rotation must have ended well.
const SLACK: Duration = Duration::from_secs(10);
/// As long as the function says that its time is too short, or that the server is, the machine is busy, and nobody is locked out by
/// that. After so long, the seed says nothing.
const TOO_SLOW: Duration = Duration::from_secs(300);
/// How often a rotation is tried again before another one begins.
const TRIES: usize = 5;

/// A lane at work.
struct Lane<'a> {
    site: &'a Site,
    rng: Rng,
    report: Report,
    pieces: Pieces,
    began: Instant,
    /// Whether the last try, or the server, had too little time.
    slow: bool,
}

/// Goes through `rotations` rotations. All that is drawn comes from the seed. Half of the clients have the published cache, if it
/// is there.
pub async fn run(
    engine: Engine,
    target: Arc<dyn Target>,
    seed: u64,
    rotations: usize,
    pace: Pace,
) -> Report {
    let site = Site::new(engine, target).await;
    let record = Record::default();
    let (end, ended) = watch::channel(false);
    let mut caches: Vec<Box<dyn Cache>> = vec![Box::new(Plain::new(&site))];
    match Published::start(&site) {
        Some(published) => caches.push(Box::new(published)),
        None => caches.push(Box::new(Plain::new(&site))),
    }
    let clients = caches.iter_mut().enumerate().map(|(name, cache)| {
        let ended = ended.clone();
        work(&site, cache.as_mut(), (name, &record), pace, ended)
    });
    let mut lane = Lane::new(&site, seed);
    let rotating = async {
        lane.rotate(rotations).await;
        end.send_replace(true);
    };
    join(rotating, join_all(clients)).await;
    lane.report.judge(&record.attempts(), engine.succession);
    lane.report
}

impl<'a> Lane<'a> {
    fn new(site: &'a Site, seed: u64) -> Self {
        Self {
            site,
            rng: Rng::with_seed(mixed(seed, site.engine.name)),
            report: Report::new(site.engine.name, seed),
            pieces: site.engine.pieces,
            began: Instant::now(),
            slow: false,
        }
    }

    async fn rotate(&mut self, rotations: usize) {
        // All at first: how much else is drawn depends on the machine's pace.
        let restarts = self.site.engine.restarts;
        let turns: Vec<_> = (0..rotations)
            .map(|_| Turn::draw(&mut self.rng, restarts))
            .collect();
        for (n, turn) in turns.into_iter().enumerate() {
            self.rotation(n, turn).await;
        }
        self.settle().await;
    }

    /// One rotation, in which something goes wrong; then some tries without that.
    async fn rotation(&mut self, n: usize, Turn { fault, same }: Turn) {
        let token = self.begin();
        self.report.rotations += 1;
        let (struck, sent) = strike(self.site, &token, fault, self.pieces).await;
        let done = matches!(struck.ended, Some(Ok(())));
        if done {
            self.pieces = sent;
        }
        if struck.met {
            self.report.count(fault);
        }
        let ended = said(struck.ended.as_ref());
        let met = if struck.met { "met" } else { "not met" };
        self.tell(format!("rotation {n}: {fault}: {met}, of {sent}: {ended}"));
        let asleep = struck.frozen.is_some();
        let recovery = async {
            if !done {
                let token = if same { token } else { self.begin() };
                self.recover(token, if same { "again" } else { "anew" })
                    .await;
            }
            if asleep {
                self.another().await;
            }
        };
        join(recovery, thaw(struck.frozen)).await;
    }

    /// What RotateSecret does. It would refuse while AWSPENDING is on another version; whoever wants another rotation takes it off.
    fn begin(&self) -> String {
        self.site.aws.detach(&self.site.arn, "AWSPENDING");
        self.site.aws.announce(&self.site.arn)
    }

    /// A whole rotation while an invocation of the one before is frozen: what that one knows is then older by two credentials.
    async fn another(&mut self) {
        self.report.rotations += 1;
        let token = self.begin();
        self.recover(token, "another").await;
    }

    /// Tries until the rotation ends well, or another one that had to begin.
    async fn recover(&mut self, mut token: String, what: &str) {
        for _ in 0..TRIES {
            let pause = Duration::from_millis(self.rng.u64(20..400));
            tokio::time::sleep(pause).await;
            if self.tried(&mut token, what).await {
                return;
            }
        }
        self.report.unfinished += 1;
    }

    /// Whether all steps end well. If not, it waits as long as the answer says that something may still run. If a function that
    /// was frozen has put its own version under AWSPENDING, another rotation begins.
    async fn tried(&mut self, token: &mut String, what: &str) -> bool {
        for step in STEPS {
            let event = self.site.event(token, step);
            let Err(error) = self.site.function.invoke(event).await else {
                continue;
            };
            self.tell(format!(
                "  {what}: {step}: {}: {}",
                error.error_type, error.message
            ));
            self.slow =
                error.error_type == "Rotation.Time" || error.message.contains("no answer in time");
            tokio::time::sleep(self.wait(&error)).await;
            if error.error_type == "Rotation.NotStaged" {
                *token = self.begin();
            }
            return false;
        }
        self.tell(format!("  {what}: done"));
        true
    }

    /// Nothing goes wrong any more: a rotation must end well, AWSCURRENT must be accepted, and nothing be left.
    async fn settle(&mut self) {
        let engine = &self.site.engine;
        let last = 2 * engine.horizon() + Duration::from_secs(engine.lock) + SLACK;
        let last = Instant::now() + last;
        let mut token = self.begin();
        while !self.tried(&mut token, "at last").await {
            let patience = if self.slow { TOO_SLOW } else { Duration::ZERO };
            if Instant::now() > last + patience {
                return self.gave_up();
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let value = self.site.aws.value(&self.site.arn, "AWSCURRENT");
        let verdict = self.site.target.login(&value.unwrap_or_default()).await;
        if verdict != Verdict::Accepted {
            self.report.locked_out += 1;
            self.tell(format!(
                "LOCKED OUT: AWSCURRENT is answered with {verdict:?}"
            ));
        }
        let (labelled, others) = self.site.values();
        let strays = self.site.target.strays(&labelled, &others).await;
        self.report.strays += strays.len();
        for stray in strays {
            self.tell(format!("STRAY: {stray}"));
        }
    }

    fn gave_up(&mut self) {
        if self.slow {
            self.report.too_slow += 1;
            return self.tell("TOO SLOW: no rotation ends in its time".to_owned());
        }
        self.report.locked_out += 1;
        self.tell("LOCKED OUT: no rotation ends well".to_owned());
    }

    /// How long an answer says that one should wait. If it does not say, but somebody holds the lock, a part of the time in which
    /// that ends.
    fn wait(&self, error: &FunctionError) -> Duration {
        let after = error.message.split("try again in ").nth(1);
        let seconds = after.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        let busy = error.error_type == "Rotation.Busy";
        let lock = if busy { self.site.engine.lock / 4 } else { 0 };
        Duration::from_secs(seconds.unwrap_or(lock))
    }

    fn tell(&mut self, what: String) {
        let at = self.began.elapsed().as_secs_f64();
        self.report.story.push(format!("{at:7.2} s  {what}"));
    }
}

/// So that the same seed is another one for each engine.
fn mixed(seed: u64, name: &str) -> u64 {
    let bytes = name.bytes().map(u64::from);
    bytes.fold(seed, |mixed, byte| {
        mixed.wrapping_mul(0x100_0000_01b3) ^ byte
    })
}

/// The frozen invocation goes on after its time, if there is one, and ends.
async fn thaw(frozen: Option<(Running<'_>, Duration)>) {
    if let Some((mut running, time)) = frozen {
        tokio::time::sleep(time).await;
        running.resume();
        let _ = tokio::time::timeout(THAW, running.answer()).await;
    }
}

fn said(ended: Option<&Result<(), FunctionError>>) -> String {
    match ended {
        None => "without an answer".to_owned(),
        Some(Ok(())) => "well".to_owned(),
        Some(Err(error)) => format!("{}: {}", error.error_type, error.message),
    }
}
