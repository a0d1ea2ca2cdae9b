//! Rotates under load, and says whom that shut out: `soak [--engine NAME] [--rotations N] [--clients N] [--write]`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it speaks to a person"
)]

use std::process::ExitCode;

use clap::Parser;
use rotation_chaos::engine::Engine;
use rotation_chaos::machine::Machine;
use rotation_chaos::soak::{Figures, Plan, documents, soak, table};
use rotation_tests::setting::workspace;

/// How often each is rotated.
const OF_A_DATABASE: usize = 1000;
const OF_OTHERS: usize = 200;

/// Rotates credentials again and again, while clients log in all the time.
#[derive(Parser)]
struct Arguments {
    /// Only engines whose name begins so, as in postgres or mysql/dual-password
    #[arg(long, value_name = "NAME", default_value = "")]
    engine: String,
    /// Rotations of each: 1,000 for a database, 200 for others, unless you say how many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rotations: Option<u32>,
    /// Clients of each
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..))]
    clients: u32,
    /// Write docs/soak.md, docs/soak.svg and README's table, after each engine anew
    #[arg(long)]
    write: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let engines = Engine::named(&arguments.engine);
    if engines.is_empty() {
        eprintln!("no engine's name begins with {}", arguments.engine);
        return ExitCode::from(2);
    }
    let (mut all, mut failed) = (Vec::new(), false);
    for engine in engines {
        match one(engine, &arguments).await {
            Ok(figures) => {
                failed |= !figures.good();
                wrong(&figures);
                all.push(figures);
            }
            Err(error) => {
                eprintln!("{}: {error}", engine.name);
                failed = true;
            }
        }
        if arguments.write
            && let Err(error) = documents::write(&workspace(), &Machine::now(), &all)
        {
            eprintln!("{error}");
            failed = true;
        }
    }
    println!("\n{}", table(&all));
    match failed {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

async fn one(engine: Engine, arguments: &Arguments) -> Result<Figures, String> {
    let usual = match engine.name.contains('/') {
        true => OF_A_DATABASE,
        false => OF_OTHERS,
    };
    let number = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let plan = Plan {
        rotations: arguments.rotations.map_or(usual, number),
        clients: number(arguments.clients),
    };
    let mut progress = |done: usize| {
        if done.is_multiple_of(50) || done == plan.rotations {
            println!("{}: {done} of {} rotations", engine.name, plan.rotations);
        }
    };
    soak(engine, plan, &mut progress).await
}

/// Each refusal that must not be.
fn wrong(figures: &Figures) {
    for attempt in &figures.found.wrong {
        eprintln!("{}: refused: {attempt:?}", figures.name);
    }
}
