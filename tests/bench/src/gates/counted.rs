//! The figures of one rotator: instructions, by valgrind; what a rotation asks; what it is made of.

use std::collections::BTreeSet;
use std::process::Command;

use rotation_chaos::engine::{Engine, Target};
use rotation_tests::setting::workspace;

use super::Gates;
use crate::contender::Contender;
use crate::counts::Counts;
use crate::package;
use crate::site::{Site, Who};

/// Runs of each.
const RUNS: usize = 5;

/// Adds the figures of rotations at a target of this engine: medians.
///
/// # Errors
/// That a rotation failed, in words.
pub async fn rotations(
    engine: Engine,
    target: &dyn Target,
    gates: &mut Gates,
) -> Result<(), String> {
    let who = Who::of(Contender::Rotation, (engine.name, engine.rotator), None);
    let who = who.ok_or("no function")?;
    let (mut asked, mut starts, mut rotations) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        asked.push(Counts::taken(who, target).await?);
    }
    let site = Site::new(who, target.subject(target.port()).await).await;
    for _ in 0..RUNS {
        let start = instructions(&site, false).await?;
        let whole = instructions(&site, true).await?;
        starts.push(start);
        rotations.push(whole.saturating_sub(start));
    }
    let mut about = |name: &str, figure| {
        gates
            .about
            .insert(format!("{} {name}", engine.name), figure)
    };
    about("instructions of a start", median(starts));
    about("instructions of a rotation", median(rotations));
    let mut exactly = |name: &str, figure| {
        gates
            .exactly
            .insert(format!("{} {name}", engine.name), figure)
    };
    let of =
        |figure: fn(&Counts) -> usize| median(asked.iter().map(|run| figure(run) as u64).collect());
    exactly("calls", of(Counts::all_calls));
    exactly("connections to Secrets Manager", of(|run| run.tls));
    exactly("connections to the target", of(|run| run.connections));
    if asked.iter().all(|run| run.logins.is_some()) {
        exactly("logins", of(|run| run.logins.map_or(0, |(taken, _)| taken)));
    }
    Ok(())
}

fn median(mut figures: Vec<u64>) -> u64 {
    figures.sort_unstable();
    figures[figures.len() / 2]
}

/// From the start of a process to its end, with a rotation between, or none.
async fn instructions(site: &Site, rotation: bool) -> Result<u64, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let told = folder.path().join("told");
    let option = format!("--callgrind-out-file={}", told.display());
    let mut sandbox = site
        .start_under(&["valgrind", "--tool=callgrind", &option])
        .await?;
    if rotation {
        site.rotate(&mut sandbox).await?;
    }
    sandbox.end().await;
    let told = std::fs::read_to_string(told).map_err(|error| format!("callgrind: {error}"))?;
    let total = told.lines().find_map(|line| line.strip_prefix("totals: "));
    let total = total.and_then(|total| total.trim().parse().ok());
    total.ok_or_else(|| "callgrind told no total".to_owned())
}

/// Adds the crates that a rotator's function is made of.
///
/// # Errors
/// That cargo cannot say it.
pub fn dependencies(rotator: &str, gates: &mut Gates) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let package = format!("rotator-{rotator}");
    let said = Command::new(cargo)
        .args([
            "tree",
            "--locked",
            "--edges=normal",
            "--prefix=none",
            "--package",
            &package,
        ])
        .current_dir(workspace())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let said = String::from_utf8_lossy(&said.stdout);
    let crates: BTreeSet<&str> = said
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .collect();
    if crates.len() < 2 {
        return Err(format!("cargo tree says nothing of {package}"));
    }
    gates
        .exactly
        .insert(format!("{rotator} crates"), crates.len() as u64);
    Ok(())
}

/// Adds the size of a rotator's zip, for this machine.
///
/// # Errors
/// That there is no zip, in words.
pub fn zip(rotator: &str, gates: &mut Gates) -> Result<(), String> {
    let bytes = package::of_rotator(rotator)?;
    gates
        .about
        .insert(format!("{rotator} bytes of the zip"), bytes);
    Ok(())
}
