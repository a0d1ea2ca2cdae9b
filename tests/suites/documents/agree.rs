//! Texts that say the same thing agree. The source of each fact is `rotation settings`, which shows what the code reads.

use std::process::Command;

use rotation_tests::rotators;
use rotation_tests::setting::{tool, workspace};

fn read(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).expect(path)
}

/// The line of a variable in `rotation settings ROTATOR`. None if the rotator does not read the variable.
fn help(rotator: &str, variable: &str) -> Option<String> {
    let mut asked = Command::new(tool());
    let said = asked
        .args(["settings", rotator])
        .output()
        .expect("the tool");
    let said = String::from_utf8(said.stdout).expect("a text");
    let mut lines = said.lines().map(str::trim_start);
    let line = lines.find(|line| line.split_whitespace().next() == Some(variable))?;
    Some(line[variable.len()..].trim_start().to_owned())
}

/// The line of a variable in the book.
fn row(variable: &str) -> String {
    let settings = read("docs/book/src/settings.md");
    let begins = format!("| `{variable}` |");
    let row = settings.lines().find(|line| line.starts_with(&begins));
    row.expect(variable).to_owned()
}

#[test]
fn the_characters_that_each_rotator_excludes() {
    let row = row("EXCLUDE_CHARACTERS");
    let usual = "/@\"'\\";
    let mut rotators = 0;
    for rotator in rotators::all() {
        let Some(help) = help(&rotator, "EXCLUDE_CHARACTERS") else {
            continue;
        };
        let (_, default) = help.split_once("[default: ").expect("a default");
        let default = default.strip_suffix(']').expect("its end");
        let said = match default == usual {
            true => format!("the rotator's own: `{usual}`"),
            false => format!("for {} `{default}`", rotators::says(&rotator, "title")),
        };
        assert!(row.contains(&said), "settings.md does not say: {said}");
        rotators += 1;
    }
    assert!(rotators > 2, "{rotators} rotators with passwords");
}

#[test]
fn the_strategies_of_each_database() {
    let mut databases = 0;
    for rotator in rotators::all() {
        let Some(help) = help(&rotator, "ROTATION_STRATEGY") else {
            continue;
        };
        let (words, _) = help.split_once(':').expect("the words first");
        let words = words.replace(" or ", ", ");
        let listed = rotators::says(&rotator, "strategies");
        assert_eq!(words.replace('-', " "), listed, "{rotator}: rotator.toml");
        let parameter = format!("\"\", {words}]");
        let template = read("template.yaml");
        assert!(template.contains(&parameter), "template.yaml: {parameter}");
        let readme = read(&format!("rotators/{rotator}/README.md"));
        for word in words.split(", ") {
            assert!(readme.contains(word), "{rotator}: README.md lacks {word}");
            assert!(row("ROTATION_STRATEGY").contains(word), "{word}");
        }
        databases += 1;
    }
    assert!(databases > 1, "{databases} databases");
}

/// The default of ALLOWED_HOSTS, in all places that say it.
#[test]
fn the_hosts_that_no_setting_names() {
    let all_but = "all but loopback and link-local";
    for rotator in rotators::all() {
        let help = help(&rotator, "ALLOWED_HOSTS").expect("each connects to hosts");
        assert!(help.contains(all_but), "{rotator}: {help}");
    }
    assert!(row("ALLOWED_HOSTS").contains(all_but));
    let template = read("template.yaml");
    let mut lines = template.lines().map(str::trim_start);
    let parameter = lines.find(|line| line.starts_with("allowedHosts: "));
    assert!(parameter.is_some_and(|line| line.contains(all_but)));
}

/// A strategy without a refusal window is one whose rotations refused nobody, in the table that was measured.
#[test]
fn no_refusal_window_means_that_none_was_measured() {
    let soak = read("docs/soak.md");
    let rows = soak
        .lines()
        .take_while(|line| !line.starts_with("<!-- END"));
    let rows = rows.filter(|line| {
        line.starts_with("| ") && line.contains(" user") | line.contains(" password")
    });
    let mut without = 0;
    for line in rows.filter(|line| !line.contains("single user")) {
        let refused = line.split('|').nth(4).map(str::trim);
        assert_eq!(refused, Some("0"), "{line}");
        without += 1;
    }
    assert!(without > 4, "{without} rows");
}
