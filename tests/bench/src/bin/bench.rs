//! Measures rotations, beside AWS's templates: `bench [--engine NAME]... [--runs N] [--only PART] [--write]`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it speaks to a person"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use rotation_bench::contender::{Templates, template};
use rotation_bench::crates::{self, Crates, table};
use rotation_bench::figures::Zips;
use rotation_bench::growth::{Growth, Plan};
use rotation_bench::measure::{Shares, measure};
use rotation_bench::package::{of_rotator, of_template};
use rotation_bench::page::{Measured, grown};
use rotation_chaos::engine::Engine;
use rotation_chaos::machine::Machine;
use rotation_tests::rotators;
use rotation_tests::setting::workspace;

/// Measures what a rotation costs.
#[derive(Parser)]
struct Arguments {
    /// Only engines whose name begins so, as in postgres or mysql/dual-password
    #[arg(long, value_name = "NAME", default_value = "")]
    engine: String,
    /// Runs of each engine, and rotations of each size
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// One part of it alone
    #[arg(long, value_name = "PART")]
    only: Option<Part>,
    /// What the programs in a folder consist of, by crate, in place of all else: they must have their symbols
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["engine", "runs", "only"])]
    crates: Option<PathBuf>,
    /// Write docs/performance.md, docs/performance.svg and README's table; or docs/size.md
    #[arg(long)]
    write: bool,
}

/// What can be measured alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The engines
    Engines,
    /// How the cost grows
    Growth,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(folder) = &arguments.crates {
        return by_crate(folder, arguments.write);
    }
    if arguments.write && arguments.only == Some(Part::Growth) {
        eprintln!("README's table is of engines: leave --only growth out, or --write");
        return ExitCode::from(2);
    }
    let engines = Engine::named(&arguments.engine);
    if engines.is_empty() {
        eprintln!("no engine's name begins with {}", arguments.engine);
        return ExitCode::from(2);
    }
    let templates = Templates::given();
    let plan = Plan {
        runs: usize::try_from(arguments.runs).unwrap_or(usize::MAX),
        templates: templates.as_ref(),
    };
    let (mut measured, mut failed) = (Measured::new(plan.runs), false);
    if arguments.only != Some(Part::Growth) {
        failed |= !all_engines(engines, plan, &mut measured).await;
    }
    if arguments.only != Some(Part::Engines) {
        failed |= !all_growths(plan, &mut measured).await;
    }
    // What is there is better than an empty page.
    if arguments.write
        && !measured.engines.is_empty()
        && let Err(error) = measured.write(&workspace(), &Machine::now())
    {
        eprintln!("{error}");
        failed = true;
    }
    if !measured.engines.is_empty() {
        println!("\n{}", measured.sum());
    }
    match failed {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

fn by_crate(folder: &Path, write: bool) -> ExitCode {
    let programs = rotators::all().into_iter().map(|name| {
        let crates = Crates::of(&folder.join(format!("rotator-{name}")))?;
        Ok((name, crates))
    });
    let done = programs
        .collect::<Result<Vec<_>, String>>()
        .and_then(|programs| {
            println!("{}", table(&programs));
            let written = match write {
                true => crates::write(&workspace(), &programs),
                false => Ok(()),
            };
            written.map_err(|error| error.to_string())
        });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all of them were measured.
async fn all_engines(engines: Vec<Engine>, plan: Plan<'_>, measured: &mut Measured) -> bool {
    let shares = Shares::made().unwrap_or_else(|error| {
        eprintln!("no shares of a processor, so these rows say \"not measured\": {error}");
        Shares::none()
    });
    let mut good = true;
    for engine in engines {
        let mut progress = |n| println!("{}: run {n} of {}", engine.name, plan.runs);
        // First of all: no run is lost, if there is no zip.
        let figures = match zips(engine, plan.templates) {
            Ok(zips) => measure(engine, plan.templates, (plan.runs, &shares), &mut progress)
                .await
                .map(|figures| figures.with(zips)),
            Err(why) => Err(why),
        };
        match figures {
            Ok(figures) => measured.engines.push(figures),
            Err(why) => {
                eprintln!("{}: {why}", engine.name);
                good = false;
            }
        }
    }
    good
}

/// How large they are, in the order of both contenders.
fn zips(engine: Engine, templates: Option<&Templates>) -> Result<Zips, String> {
    let rotation = (of_rotator(engine.rotator)?, None);
    let template = templates.zip(template(engine.name));
    let template = template.map(|(templates, template)| {
        let (alone, whole) = of_template(templates, template)?;
        Ok::<_, String>((alone, Some(whole)))
    });
    Ok([Some(rotation), template.transpose()?])
}

/// Whether all of them were measured.
async fn all_growths(plan: Plan<'_>, measured: &mut Measured) -> bool {
    let mut good = true;
    let growths = [
        Growth::sizes(plan).await,
        Growth::grants(plan).await,
        Growth::hosts(plan).await,
        Growth::secrets(plan).await,
    ];
    for growth in growths {
        match growth {
            Ok(growth) => {
                println!("\n{}:\n\n{}", growth.title, grown(&growth));
                measured.growths.push(growth);
            }
            Err(why) => {
                eprintln!("{why}");
                good = false;
            }
        }
    }
    good
}
