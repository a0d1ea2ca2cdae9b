//! Runs of one engine, contender by contender in turns.

use std::io;
use std::time::Duration;

use rotation_chaos::engine::Engine;

use crate::contender::{Contender, Templates};
use crate::counts::Counts;
use crate::figures::{Figures, Row, SHARES};
use crate::share::Share;
use crate::site::{Site, Who};

/// What each call of Secrets Manager takes more in one of the rows.
pub const LATENCY: Duration = Duration::from_millis(5);

/// Shares of a processor, as far as this machine lets them be made.
pub struct Shares(Vec<(u64, Share)>);

impl Shares {
    /// Of all sizes; or why there are none.
    ///
    /// # Errors
    /// That this process may not make control groups.
    pub fn made() -> io::Result<Self> {
        let made = SHARES.map(|memory| Share::of(memory).map(|share| (memory, share)));
        made.into_iter().collect::<io::Result<_>>().map(Self)
    }

    /// None of them.
    pub fn none() -> Self {
        Self(Vec::new())
    }
}

/// How a run is made.
#[derive(Clone, Copy)]
enum Condition<'a> {
    Plain,
    Late,
    Share(u64, &'a Share),
}

/// Measures an engine in so many runs. `progress` is told of each that is done.
///
/// # Errors
/// That the server is not installed, or that a rotation failed: in words.
pub async fn measure(
    engine: Engine,
    templates: Option<&Templates>,
    (runs, shares): (usize, &Shares),
    progress: &mut dyn FnMut(usize),
) -> Result<Figures, String> {
    let target = engine.start().await?;
    let mut figures = Figures::new(engine.name);
    let mut sites = Vec::new();
    for contender in Contender::BOTH {
        if let Some(who) = Who::of(contender, (engine.name, engine.rotator), templates) {
            let counts = Counts::taken(who, &*target).await;
            figures.count(contender, counts.map_err(|why| told(contender, why))?);
            let site = Site::new(who, target.subject(target.port()).await).await;
            // The files are read, Python's compiled, and a second user made.
            let mut unseen = Figures::default();
            run(&site, contender, Condition::Plain, &mut unseen).await?;
            sites.push((contender, site));
        }
    }
    let usual = [Condition::Plain, Condition::Late].into_iter();
    let shares = shares
        .0
        .iter()
        .map(|(m, share)| Condition::Share(*m, share));
    let conditions: Vec<_> = usual.chain(shares).collect();
    for n in 1..=runs {
        // Neither is always the first.
        sites.rotate_left(1);
        for condition in &conditions {
            for (contender, site) in &sites {
                run(site, *contender, *condition, &mut figures).await?;
            }
        }
        progress(n);
    }
    Ok(figures)
}

/// A sandbox from its start to its end.
async fn run(
    site: &Site,
    contender: Contender,
    condition: Condition<'_>,
    figures: &mut Figures,
) -> Result<(), String> {
    let latency = match condition {
        Condition::Late => LATENCY,
        Condition::Plain | Condition::Share(..) => Duration::ZERO,
    };
    site.aws.set(|settings| settings.latency = latency);
    site.aws.forget_calls();
    let why = |why| told(contender, why);
    let mut sandbox = site.start().await.map_err(why)?;
    if let Condition::Share(_, share) = condition {
        let taken = share.take(sandbox.process());
        taken.map_err(|error| format!("a share of the processor: {error}"))?;
    }
    let cold = milliseconds(site.rotate(&mut sandbox).await.map_err(why)?.since_start);
    match condition {
        Condition::Late => figures.add(contender, Row::Late, cold),
        Condition::Share(memory, _) => figures.add(contender, Row::Share(memory), cold),
        Condition::Plain => {
            let cpu = sandbox.usage().cpu;
            let warm = site.rotate(&mut sandbox).await.map_err(why)?.took;
            figures.add(contender, Row::Init, milliseconds(sandbox.init()));
            figures.add(contender, Row::Cold, cold);
            figures.add(contender, Row::Warm, milliseconds(warm));
            figures.add(contender, Row::Cpu, milliseconds(cpu));
            figures.add(contender, Row::Memory, megabytes(sandbox.usage().memory));
        }
    }
    sandbox.end().await;
    Ok(())
}

/// So many.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Of KiB.
fn megabytes(kibibytes: u64) -> f64 {
    kibibytes as f64 * 1024.0 / 1e6
}

fn told(contender: Contender, why: String) -> String {
    format!("{contender:?}: {why}")
}
