//! Walks all configurations, and prints what each came to: `prove [--sample | --mutant] [FILTER]`. A mutant is walked until the
//! first violation.
#![expect(clippy::print_stdout, reason = "a person waits for it")]

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rotation_model::configurations::{Configuration, for_mutants, sample, whole};
use rotation_model::properties::Property;
use rotation_model::search::{Found, search};
use rotation_model::world::World;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let short = words.iter().any(|word| word == "--sample");
    let filter = words.iter().find(|word| !word.starts_with("--"));
    let mutant = words.iter().any(|word| word == "--mutant");
    let mut all = match (short, mutant) {
        (true, _) => sample(),
        (_, true) => for_mutants(),
        _ => whole(),
    };
    all.retain(|(case, _)| filter.is_none_or(|filter| case.name().contains(filter.as_str())));
    let violations = AtomicUsize::new(0);
    let (next, printing) = (AtomicUsize::new(0), Mutex::new(()));
    let states = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, Into::into);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(configuration) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if mutant && violations.load(Ordering::Relaxed) > 0 {
                        break;
                    }
                    let found = search(&configuration.0, configuration.1);
                    states.fetch_add(found.states, Ordering::Relaxed);
                    violations.fetch_add(usize::from(found.broken.is_some()), Ordering::Relaxed);
                    let _one = printing.lock();
                    print(configuration, &found, short || mutant);
                }
            });
        }
    });
    let (violations, states) = (violations.into_inner(), states.into_inner());
    println!(
        "\n{} configurations, {states} moments, {violations} violations",
        all.len()
    );
    if violations == 0 && !all.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn print((case, most): &Configuration, found: &Found, short: bool) {
    if let Some(broken) = &found.broken {
        println!(
            "{}\n  VIOLATED after {} events: {:?}",
            case.name(),
            broken.depth,
            broken.property
        );
        print!("{}", broken.trace);
    } else if !short {
        let whole = if found.complete {
            "complete".to_owned()
        } else {
            format!("capped at {most}")
        };
        let took = found.took.as_secs_f64();
        println!(
            "{} | {} moments | depth {} | {took:.1} s | {whole}",
            case.name(),
            found.states,
            found.depth
        );
        let world = World::start(case);
        for property in Property::ALL {
            if let Some(why) = property.left_out(case, &world) {
                println!("    not asked: {property:?}: {why}");
            }
        }
    }
}
