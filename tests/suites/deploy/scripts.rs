//! scripts/deploy, as far as it calls nobody; scripts/release-notes; what scripts/install calls for a suite or a demo; and what cargo-lambda would change if Cargo.toml did not say it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use rotation_tests::rotators;
use rotation_tests::setting::workspace;

/// What it asks about a stack that is new, answered; and some more that is said.
fn answered(more: &[&str]) -> Vec<String> {
    let functions = rotators::all();
    let functions = functions.iter().map(|rotator| format!("{rotator}=true"));
    let others = ["vpcSubnetIds=", "superuserSecretArn=", "kmsKeyArn="];
    let others = others.iter().chain(more).map(ToString::to_string);
    functions.chain(others).collect()
}

/// What a script needs of the checkout that it stands in, in a folder: with these files, and those that all scripts read.
fn checkout(folder: &Path, files: &[&str]) {
    std::fs::create_dir_all(folder.join("scripts")).expect("a folder");
    let mut files: Vec<String> = files.iter().map(ToString::to_string).collect();
    files.push("scripts/lib.sh".to_owned());
    for rotator in rotators::all() {
        let place = format!("rotators/{rotator}");
        std::fs::create_dir_all(folder.join(&place)).expect("a folder");
        files.push(place + "/rotator.toml");
    }
    for file in files {
        std::fs::copy(workspace().join(&file), folder.join(&file)).expect(&file);
    }
}

/// Runs in a copy of its own: it writes into the checkout that it stands in.
fn dry_run(folder: &Path, arguments: &[String]) -> Output {
    checkout(folder, &["template.yaml", "scripts/deploy"]);
    let mut command = Command::new(folder.join("scripts/deploy"));
    command.args(["--dry-run", "stack"]).args(arguments);
    command.output().expect("bash starts")
}

/// What is said of a release with this tag, whose CHANGELOG.md is this; or why none is made.
fn release_notes(tag: &str, changelog: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let files = ["Cargo.toml", "template.yaml", "scripts/release-notes"];
    checkout(folder.path(), &files);
    std::fs::write(folder.path().join("CHANGELOG.md"), changelog).expect("a file");
    let mut command = Command::new(folder.path().join("scripts/release-notes"));
    let output = command.arg(tag).output().expect("bash starts");
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(text(&output.stderr)),
    }
}

#[test]
fn a_release_is_what_its_tag_says() {
    let version = env!("CARGO_PKG_VERSION");
    let tag = format!("v{version}");
    let changelog = format!(
        "# Changelog\n\n## {version} - 2026-12-01\n\n### Added\n\n- This.\n\n## 0.0.9 - 2026-01-01\n\n- That.\n"
    );
    let notes = release_notes(&tag, &changelog).expect("notes");
    assert_eq!(notes.trim(), "### Added\n\n- This.");
    let unreleased = changelog.replace(&format!("{version} - 2026-12-01"), "Unreleased");
    let longer = changelog.replace(version, &format!("1{version}"));
    for (tag, changelog, why) in [
        ("v999.0.0", &changelog, "Cargo.toml has the version"),
        (version, &changelog, "a tag is v and a version"),
        (
            &format!("{tag}-rc.1"),
            &changelog,
            "a tag is v and a version",
        ),
        (&tag, &unreleased, "take the place of Unreleased"),
        (&tag, &longer, "take the place of Unreleased"),
    ] {
        let refused = release_notes(tag, changelog).expect_err("no such release");
        assert!(refused.contains(why), "{tag}: {refused}");
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn what_is_deployed_is_what_was_built_with_what_was_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = r#"excludeCharacters=:/@"'\ ${x}"#;
    let arguments = answered(&["architecture=x86_64", own]);
    let output = dry_run(folder.path(), &arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let template = std::fs::read_to_string(folder.path().join("dist/template.yaml")).expect("it");
    let rotators = rotators::all();
    for rotator in &rotators {
        assert!(template.contains(&format!("CodeUri: rotator-{rotator}-x86_64.zip\n")));
    }
    assert_eq!(template.matches("CodeUri: ").count(), rotators.len());
    // SAM looks for it beside the template.
    for file in ["License", "Readme"] {
        let (_, name) = template.split_once(&format!("{file}Url: ../")).expect(file);
        let name = name.lines().next().expect("a name");
        assert!(workspace().join(name).exists(), "{name}");
    }
    let written = std::fs::read_to_string(folder.path().join("dist/parameters.yaml")).expect("it");
    // JSON's texts are YAML's.
    let written: BTreeMap<String, String> = written
        .lines()
        .map(|line| {
            let (name, value) = line.split_once(": ").expect("a name and a value");
            (name.into(), serde_json::from_str(value).expect("a text"))
        })
        .collect();
    let said = arguments.iter().map(|said| {
        let (name, value) = said.split_once('=').expect("a name and a value");
        (name.into(), value.into())
    });
    assert_eq!(written, said.collect::<BTreeMap<String, String>>());
    let command = text(&output.stdout);
    assert!(command.contains("sam deploy --template-file dist/template.yaml --stack-name stack"));
    assert!(command.contains("--confirm-changeset"), "{command}");
}

#[test]
fn a_mistyped_parameter_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = dry_run(folder.path(), &answered(&["logRetention=30"]));
    assert!(!output.status.success());
    let said = text(&output.stderr);
    assert!(
        said.contains("template.yaml has no parameter logRetention:")
            && said.contains(" logRetentionDays")
    );
    assert!(!folder.path().join("dist").exists());
}

/// cargo-lambda, and so SAM, sets what a profile leaves open: that a panic aborts, which loses the step's answer.
#[test]
fn a_panic_unwinds_whatever_builds_it() {
    let manifest = std::fs::read_to_string(workspace().join("Cargo.toml")).expect("it");
    let (_, release) = manifest.split_once("[profile.release]\n").expect("it");
    let (release, _) = release.split_once("\n\n").expect("its end");
    assert!(release.contains("\npanic = \"unwind\""), "{release}");
}

/// What scripts/install calls for a suite, as scripts/lib.sh says it.
fn needs(suite: &str) -> String {
    let mut command = Command::new("bash");
    command.args(["-c", ". scripts/lib.sh && suite_needs \"$1\"", "bash"]);
    let output = command.arg(suite).current_dir(workspace()).output();
    let output = output.expect("bash starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn what_a_suite_or_a_demo_needs_can_be_installed() {
    let read = |path: &str| std::fs::read_to_string(workspace().join(path)).expect(path);
    let (manifest, install) = (read("tests/Cargo.toml"), read("scripts/install"));
    let suites = manifest.lines().filter_map(|line| {
        let path = line.strip_prefix("path = \"suites/")?;
        path.split(['/', '.']).next()
    });
    // It needs the functions of an earlier version, which scripts/release-check makes.
    let suites: Vec<&str> = suites.filter(|suite| *suite != "upgrade").collect();
    assert!(suites.contains(&"deploy") && suites.contains(&"postgres"));
    let suites = suites.into_iter().map(needs);
    let demos = rotators::all();
    let demos = demos.iter().map(|it| rotators::says(it, "demo_servers"));
    for needed in suites.chain(demos) {
        let words = needed.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for word in words.filter(|word| !word.is_empty()) {
            let function = format!("\n{word}() {{");
            assert!(install.contains(&function), "scripts/install: no {word}");
        }
    }
}
