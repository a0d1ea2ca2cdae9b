//! Kills, freezes and cuts off real functions at real servers, while clients log in: `chaos --help` says how.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that speaks to a person"
)]

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use rotation_chaos::board::{Board, Job};
use rotation_chaos::engine::Engine;
use rotation_chaos::lane;
use rotation_chaos::machine::Machine;
use rotation_chaos::page;
use rotation_chaos::published::Published;
use rotation_chaos::report::Report;
use rotation_tests::setting::workspace;

/// Between two lines about how far it is.
const PROGRESS: Duration = Duration::from_secs(10);

/// What is asked for. `scripts/chaos --help` tells more.
#[derive(Parser, Clone)]
#[command(name = "chaos")]
struct Asked {
    /// No seed begins after so many minutes
    #[arg(long, default_value_t = 40.0)]
    minutes: f64,
    /// Only engines whose name begins so; may be given several times
    #[arg(long)]
    engine: Vec<String>,
    /// This seed alone, once for each engine
    #[arg(long, conflicts_with = "from")]
    seed: Option<u64>,
    /// The first seed of each engine
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// How many secrets are rotated at once
    #[arg(long, default_value_t = 12)]
    lanes: usize,
    /// How many rotations a seed has
    #[arg(long, default_value_t = 5)]
    rotations: usize,
    /// A file that gets a line for each seed that is finished
    #[arg(long)]
    log: Option<PathBuf>,
    /// Leaves out the seeds that the log has, and adds their figures
    #[arg(long, requires = "log")]
    resume: bool,
    /// Write docs/chaos.md, and the sum of it into README.md
    #[arg(long)]
    write: bool,
    /// Tells what happened in each seed, also where nothing is wrong
    #[arg(long)]
    tell: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let asked = Asked::parse();
    let engines = match asked.engines() {
        Ok(engines) => engines,
        Err(words) => {
            eprintln!("error: {words}");
            return ExitCode::from(2);
        }
    };
    let last = Instant::now() + Duration::from_secs_f64(asked.minutes * 60.0);
    let board = Board::new(engines, (asked.seed, asked.from), last, asked.done());
    let board = Arc::new(board);
    let lanes: Vec<_> = (0..asked.lanes.max(1))
        .map(|_| tokio::spawn(take_turns(Arc::clone(&board), asked.clone())))
        .collect();
    let watched = tokio::spawn(watch(Arc::clone(&board)));
    let mut broken = false;
    for lane in lanes {
        broken |= lane.await.is_err();
    }
    watched.abort();
    if asked.write
        && let Err(error) = page::write(
            &workspace(),
            &Machine::now(),
            &board.reports(),
            &board.all(),
        )
    {
        eprintln!("error: {error}");
        broken = true;
    }
    finish(&board, broken)
}

impl Asked {
    fn engines(&self) -> Result<Vec<Engine>, String> {
        if self.engine.is_empty() {
            return Ok(Engine::all());
        }
        let mut chosen = Vec::new();
        for name in &self.engine {
            let named = Engine::named(name);
            if named.is_empty() {
                let all: Vec<_> = Engine::all().iter().map(|engine| engine.name).collect();
                return Err(format!("{name} is none of {}", all.join(", ")));
            }
            chosen.extend(named);
        }
        Ok(chosen)
    }

    /// What the log has, if it counts.
    fn done(&self) -> Vec<Report> {
        let file = self.log.as_ref().filter(|_| self.resume);
        let text = file.and_then(|file| std::fs::read_to_string(file).ok());
        let text = text.unwrap_or_default();
        let lines = text.lines();
        lines
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// Adds a line to the log.
    fn note(&self, report: &Report) {
        let Some(file) = &self.log else { return };
        let line = serde_json::to_string(report).expect("a report as JSON");
        let file = OpenOptions::new().create(true).append(true).open(file);
        let written = file.and_then(|mut file| writeln!(file, "{line}"));
        written.expect("the log can be written");
    }

    fn replay(&self, report: &Report) -> String {
        format!(
            "scripts/chaos --engine {} --seed {} --rotations {} --lanes 1",
            report.engine, report.seed, self.rotations
        )
    }
}

/// One seed after the other, of whatever engine is next.
async fn take_turns(board: Arc<Board>, asked: Asked) {
    while let Some(Job { engine, seed }) = board.next() {
        let target = match board.target(engine).await {
            Ok(target) => target,
            Err(words) => {
                eprintln!("error: {}: {words}", engine.name);
                board.missing(engine);
                continue;
            }
        };
        let report = lane::run(
            engine,
            Arc::clone(&target),
            seed,
            asked.rotations,
            lane::PACE,
        )
        .await;
        if report.too_slow == 0 {
            asked.note(&report);
        }
        if !report.is_good() {
            println!("\nFOUND by {}", asked.replay(&report));
        }
        if !report.is_good() || asked.tell {
            println!("{} seed {seed}\n{}", engine.name, report.story.join("\n"));
        }
        board.done(engine, target, &report);
    }
}

/// A line once in a while.
async fn watch(board: Arc<Board>) {
    let began = Instant::now();
    loop {
        tokio::time::sleep(PROGRESS).await;
        let all = board.all();
        println!(
            "{:5.1} min: {} seeds, {} rotations, {} kills, {} stalls, {} restarts, {} logins, {} refused ({} wrong); {} at work",
            began.elapsed().as_secs_f64() / 60.0,
            all.seeds,
            all.rotations,
            all.kills,
            all.stalls,
            all.restarts,
            all.logins,
            all.refused,
            all.wrong,
            board.at_work(),
        );
    }
}

fn finish(board: &Board, broken: bool) -> ExitCode {
    println!("\n{}", Report::HEADING);
    let mut good = !broken;
    for report in board.reports() {
        println!("{report}");
        good &= report.is_good();
    }
    println!("{}", board.all());
    if !Published::is_there() {
        println!("\nWITHOUT the published cache: all clients had the plain one.");
    }
    for engine in board.absent() {
        println!("\nNOT RUN: {engine}");
        good = false;
    }
    let slow = board.all().too_slow;
    if slow > 0 {
        println!(
            "\n{slow} seeds say nothing: the machine was too slow for them. Say fewer --lanes, and --resume."
        );
        good = false;
    }
    if broken {
        println!("\nA lane broke: its panic is above.");
    }
    match good {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
