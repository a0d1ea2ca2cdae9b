//! Tells stories in which things go wrong, and says which guarantee did not hold in which.
#![expect(clippy::print_stdout, reason = "a program's answer")]

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use clap::{ArgGroup, Parser};
use rotation_simulation::sweep::{Harm, Id, Kind, each, random};
use rotation_simulation::{Counts, Target};

/// Tells stories: the real engine rotates a secret in memory, and things go wrong.
///
/// At each call, one of these can happen. The request is lost, the answer is lost, or the answer is no. The function is killed. The target
/// starts again. The invocation stands still, and goes on while others are at work. After each call, the guarantees are checked. In the
/// end a retry, a new rotation, or a repair by a person must succeed.
///
/// Without options, it tells each story with one fault, each with two, each with one invocation that stands still, each of these with one
/// more fault, and 100000 at random. The whole takes hours.
#[derive(Parser)]
#[command(name = "scripts/chaos --simulated", group(ArgGroup::new("which")))]
struct Arguments {
    /// What scripts/test tells, in less than a minute: each story with one fault, and 2000 at random for each target
    #[arg(long, group = "which")]
    sample: bool,
    /// One kind of stories: single, pair, stall, stall-and-fault, or random
    #[arg(long, group = "which", value_parser = kind)]
    kind: Option<Kind>,
    /// One story, as a harm is printed: TARGET/KIND/CHOICES, or TARGET/random/SEED
    #[arg(long, group = "which", value_parser = id)]
    story: Option<Id>,
    /// One target, as in `coexist`
    #[arg(long, value_parser = target)]
    target: Option<Target>,
    /// How many stories at random, over all targets
    #[arg(long, default_value_t = 100_000)]
    stories: u64,
    /// The first seed
    #[arg(long, default_value_t = 0)]
    from: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let harms = match &arguments.story {
        Some(id) => again(id),
        None => arguments.all(),
    };
    for harm in &harms {
        println!(
            "\nHARM: {}\nTell it again: scripts/chaos --simulated --story '{}'",
            harm.what, harm.id
        );
    }
    match harms.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn again(id: &Id) -> Vec<Harm> {
    match id.tell() {
        Ok(counts) => println!("{id}: {counts}"),
        Err(harm) => return vec![harm],
    }
    Vec::new()
}

impl Arguments {
    /// One thread for each core takes the next kind at the next target.
    fn all(&self) -> Vec<Harm> {
        let targets: Vec<Target> = match self.target {
            Some(target) => vec![target],
            None => Target::ALL.to_vec(),
        };
        let kinds = self.kinds();
        let tasks: Vec<(Kind, Target)> = kinds
            .iter()
            .flat_map(|kind| targets.iter().map(|target| (*kind, *target)))
            .collect();
        let (next, found) = (
            AtomicUsize::new(0),
            Mutex::new((Vec::new(), Counts::default())),
        );
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some((kind, target)) = tasks.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        let ended = self.task(*kind, *target, targets.len() as u64);
                        let mut found = found.lock().expect("no thread has panicked");
                        match ended {
                            Ok(counts) => found.1 += counts,
                            Err(harm) => found.0.push(harm),
                        }
                    }
                });
            }
        });
        let (harms, counts) = found.into_inner().expect("no thread has panicked");
        println!("all of them: {counts}");
        harms
    }

    fn kinds(&self) -> Vec<Kind> {
        match self.kind {
            Some(kind) => vec![kind],
            None if self.sample => vec![Kind::Single, Kind::Random],
            None => Kind::ALL.to_vec(),
        }
    }

    fn task(&self, kind: Kind, target: Target, targets: u64) -> Result<Counts, Harm> {
        let began = Instant::now();
        let stories = if self.sample {
            2000
        } else {
            self.stories.div_ceil(targets)
        };
        let told = match kind {
            Kind::Random => random(target, self.from..self.from + stories),
            _ => each(target, kind),
        };
        let seconds = began.elapsed().as_secs_f64();
        match &told {
            Ok(counts) => println!("{} {} ({seconds:.1} s): {counts}", target.name, kind.name()),
            Err(harm) => println!(
                "{} {} ({seconds:.1} s): HARM in {}",
                target.name,
                kind.name(),
                harm.id
            ),
        }
        told
    }
}

fn kind(text: &str) -> Result<Kind, String> {
    let found = Kind::ALL.into_iter().find(|kind| kind.name() == text);
    found.ok_or_else(|| format!("the kinds are {}", Kind::ALL.map(Kind::name).join(", ")))
}

fn target(text: &str) -> Result<Target, String> {
    let names = Target::ALL.map(|target| target.name);
    Target::named(text).ok_or_else(|| format!("the targets are {}", names.join(", ")))
}

fn id(text: &str) -> Result<Id, String> {
    Id::parse(text).ok_or_else(|| {
        "a story is written TARGET/KIND/CHOICES, as in replace/pair/12:3,40:1".to_owned()
    })
}
