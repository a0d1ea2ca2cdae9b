//! Where the tests find what was built.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use rotation_kit::aws::LocalAws;
use rotation_kit::lambda::Function;

/// The workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A function, which `scripts/test` and `scripts/demo` build first: in the folder that ROTATION_BIN_DIR names.
///
/// # Panics
/// If it is not there.
pub fn binary(name: &str) -> PathBuf {
    let folder = std::env::var_os("ROTATION_BIN_DIR");
    let folder = folder.map_or_else(|| PathBuf::from("target/release"), PathBuf::from);
    let binary = workspace().join(folder).join(name);
    let found = binary.canonicalize();
    found.unwrap_or_else(|_| panic!("build it first: cargo build --release -p {name}"))
}

/// The command line. It is built beside the tests, in the same profile.
///
/// # Panics
/// If it is not there.
pub fn tool() -> PathBuf {
    let test = std::env::current_exe().expect("this program's path");
    let folders = test.ancestors();
    let mut places = folders.take(3).map(|folder| folder.join("rotation"));
    let found = places.find(|place| place.is_file());
    found.unwrap_or_else(|| panic!("build it first: cargo build -p rotation-cli"))
}

/// AWS's Lambda emulator, which scripts/install puts there.
pub fn emulator() -> PathBuf {
    workspace().join(".tools/emulator/aws-lambda-rie")
}

/// The first line that a program says, on either of its ways out. None, if it does not run.
pub fn first_line(command: &[String]) -> Option<String> {
    let (program, arguments) = command.split_first()?;
    let done = Command::new(program).args(arguments).output().ok()?;
    let said = [done.stdout, done.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    said.lines().next().map(ToOwned::to_owned)
}

/// The rotator `name`, as in `postgres`, with Secrets Manager in `aws`, and with these variables.
///
/// # Panics
/// If it is not built, or the emulator is not there.
pub fn function(name: &str, aws: &LocalAws, variables: &[(&str, &str)]) -> Function {
    let program = binary(&format!("rotator-{name}"));
    let function = Function::new(&program, &emulator(), aws, variables);
    function.unwrap_or_else(|error| panic!("run scripts/install: {error}"))
}

/// The seeds that ROTATION_SEED names, one or `first..end`, or the usual ones.
///
/// # Panics
/// If it names none.
pub fn seeds(usual: Range<u64>) -> Range<u64> {
    let Ok(wanted) = std::env::var("ROTATION_SEED") else {
        return usual;
    };
    let number = |text: &str| text.trim().parse::<u64>().expect("ROTATION_SEED: a number");
    match wanted.split_once("..") {
        Some((first, end)) => number(first)..number(end),
        None => number(&wanted)..number(&wanted) + 1,
    }
}
