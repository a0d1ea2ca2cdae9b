//! A function costs what tests/bench/gates.toml says: no more, and no less.

use std::path::Path;

use rotation_bench::gates::{Gates, dependencies, rotations, zip};
use rotation_chaos::engine::Engine;
use rotation_tests::rotators;
use rotation_tests::setting::{binary, first_line, workspace};
use rotation_tests::skip::skip;

/// A target for each rotator, by a strategy that every user has.
const ENGINES: [&str; 4] = [
    "postgres/single-user",
    "mysql/single-user",
    "ssh",
    "jupyterhub",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_are_those_of_the_file() {
    let shipped = binary("rotator-postgres");
    if !shipped
        .parent()
        .is_some_and(|folder| folder.ends_with(Path::new("release")))
    {
        return skip(
            "the gates",
            "they are figures of the functions as they are shipped",
        );
    }
    if first_line(&["valgrind".to_owned(), "--version".to_owned()]).is_none() {
        return skip(
            "the gates",
            "valgrind is not installed: scripts/install test",
        );
    }
    let mut now = Gates::here();
    for name in ENGINES {
        let engine = Engine::named(name)[0];
        let target = match engine.start().await {
            Ok(target) => target,
            Err(why) => return skip("the gates", &format!("{name}: {why}")),
        };
        let counted = rotations(engine, &*target, &mut now).await;
        counted.unwrap_or_else(|why| panic!("{name}: {why}"));
    }
    for rotator in rotators::all() {
        dependencies(&rotator, &mut now).expect("cargo tree");
        zip(&rotator, &mut now).expect("a zip");
    }
    let path = workspace().join("tests/bench/gates.toml");
    if std::env::var_os("UPDATE_GATES").is_some() {
        return std::fs::write(path, now.text()).expect("room for a file");
    }
    let file = std::fs::read_to_string(path).expect("gates.toml");
    let file = Gates::read(&file).unwrap_or_else(|why| panic!("gates.toml: {why}"));
    let told = file.differences(&now).join("\n");
    if file.are_comparable(&now) {
        assert!(told.is_empty(), "if that is meant: UPDATE_GATES=1\n{told}");
    } else {
        let other = format!("made by {}, {}: {told}", now.compiler, now.processor);
        skip("the gates", &other);
    }
}
