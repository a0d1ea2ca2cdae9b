//! What GitHub runs: the scripts that a person runs, and otherwise only what is pinned.

use std::collections::BTreeSet;

use regex_lite::Regex;

use crate::files::texts;

/// Each with what it holds, by the end of its path.
fn workflows() -> Vec<(String, String)> {
    let files = texts().into_iter();
    let named = files.map(|(path, text)| (path.display().to_string(), text));
    let found = named.filter_map(|(path, text)| {
        let name = path.strip_prefix(".github/workflows/")?;
        Some((name.to_owned(), text))
    });
    found.collect()
}

/// Lines that bring somebody else's program, and do not say by its checksum which one. An action says its version too.
fn unpinned(workflow: &str) -> Vec<&str> {
    let brings = Regex::new(r"^\s*(- )?(uses|image|container):\s*\S").expect("a pattern");
    let pinned = Regex::new(concat!(
        r"^\s*(- )?uses: [\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$|",
        r"^\s*image: [\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$"
    ));
    let pinned = pinned.expect("a pattern");
    let lines = workflow.lines();
    lines
        .filter(|line| brings.is_match(line) && !pinned.is_match(line))
        .collect()
}

#[test]
fn whatever_they_bring_is_pinned() {
    for (name, text) in workflows() {
        assert!(text.contains("uses: actions/checkout@"), "{name}");
        assert_eq!(unpinned(&text), Vec::<&str>::new(), "{name}");
    }
}

#[test]
fn what_is_not_pinned_is_seen() {
    let hash = "3d3c42e5aac5ba805825da76410c181273ba90b1";
    let digest = "6258907abe69656e41cd992e0b705cdcfabcbbe3db374f92ed2d47121282d4a1";
    for (line, fine) in [
        (format!("      - uses: a/b@{hash} # v7.0.1"), true),
        (format!("        uses: a/b/c@{hash} # v7.0.1"), true),
        (format!("      - uses: a/b@{hash}"), false),
        (format!("      - uses: a/b@{hash} # v7"), false),
        (format!("      - uses: a/b@{} # v7.0.1", &hash[..39]), false),
        ("      - uses: a/b@v7.0.1".to_owned(), false),
        ("        uses: ./here".to_owned(), false),
        (format!("      image: rust:1@sha256:{digest}"), true),
        ("      image: rust:1".to_owned(), false),
        ("    container: rust:1".to_owned(), false),
    ] {
        assert_eq!(unpinned(&line).is_empty(), fine, "{line}");
    }
}

/// The same version of an action everywhere: whoever moves one moves all.
#[test]
fn each_action_has_one_version() {
    let action = Regex::new(r"(?:uses|image): ([^@\s]+)@(\S+)").expect("a pattern");
    let all: String = workflows().into_iter().map(|(_, text)| text).collect();
    let found = action.captures_iter(&all);
    let versions: BTreeSet<(&str, &str)> = found
        .map(|found| found.extract())
        .map(|(_, [name, version])| (name, version))
        .collect();
    let names: BTreeSet<&str> = versions.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), versions.len(), "{versions:?}");
}

/// What is built there shows that the oldest Rust that is promised is enough.
#[test]
fn they_have_the_oldest_rust_that_is_promised() {
    let promised = format!("image: rust:{}.0-", env!("CARGO_PKG_RUST_VERSION"));
    for (name, text) in workflows() {
        let all = text.matches("image: ").count();
        assert_eq!(text.matches(&promised).count(), all, "{name}");
    }
}

/// The scripts that they call, in their order.
fn scripts(workflow: &str) -> Vec<&str> {
    let called = Regex::new(r"(?m)^ +(?:- run: )?(scripts/[a-z-]+)").expect("a pattern");
    let calls = called.captures_iter(workflow);
    calls
        .map(|found| found.get(1).expect("a name").as_str())
        .collect()
}

#[test]
fn they_run_the_scripts() {
    let workflows = workflows();
    let called: Vec<(&str, Vec<&str>)> = workflows
        .iter()
        .map(|(name, text)| (name.as_str(), scripts(text)))
        .collect();
    let mut called = called;
    called.sort_unstable();
    let expected = [
        ("advisories.yml", vec!["scripts/advisories"]),
        ("ci.yml", vec!["scripts/test", "scripts/release-check"]),
        (
            "release.yml",
            vec!["scripts/release-notes", "scripts/build"],
        ),
    ];
    assert_eq!(called, expected);
    let files = texts();
    let ours = files
        .iter()
        .find(|(path, _)| path.ends_with(".ci/run"))
        .map(|(_, text)| text.lines().filter(|line| line.starts_with("scripts/")));
    let ours: Vec<&str> = ours.expect(".ci/run").collect();
    assert_eq!(ours, expected[1].1, "GitHub runs what .ci/run runs");
}

/// What a job may do is said beside the job. Only the two that publish may change something, and neither runs what was checked out.
#[test]
fn they_may_do_little() {
    for (name, text) in workflows() {
        assert!(text.contains("\npermissions: {}\n"), "{name}");
        let checkouts = text.matches("uses: actions/checkout@").count();
        assert_eq!(
            text.matches("persist-credentials: false").count(),
            checkouts
        );
        let jobs = text.split("    permissions:\n").skip(1);
        for job in jobs.filter(|job| rights(job).any(|line| line.contains("write"))) {
            assert_eq!(name, "release.yml");
            let job = job.split("\n\n").next().expect("a job");
            assert!(!job.contains("checkout") && !job.contains("scripts/"));
        }
    }
}

/// The lines below `permissions`.
fn rights(job: &str) -> impl Iterator<Item = &str> {
    job.lines().take_while(|line| line.starts_with("      "))
}
