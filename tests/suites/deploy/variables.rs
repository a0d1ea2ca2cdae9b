//! The variables that template.yaml sets, and those that the binaries read.

use std::collections::BTreeSet;

use rotation::About;
use rotation::settings::{Setting, Shared};
use rotation_tests::setting::workspace;

use super::template::set;
use super::{LEAST, stacks, variables};

/// What the code of each rotator says.
fn codes() -> Vec<About> {
    rotation_cli::tool().rotators().copied().collect()
}

/// The names that the framework's own source lists.
fn of_the_framework() -> BTreeSet<String> {
    let path = workspace().join("framework/src/config/names.rs");
    let source = std::fs::read_to_string(path).expect("the names");
    let quoted = source.split('"').skip(1).step_by(2);
    let upper =
        |text: &str| text.len() > 8 && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let names = quoted.filter(|text| upper(text)).map(ToOwned::to_owned);
    names.collect()
}

fn names(settings: &[Setting]) -> BTreeSet<String> {
    settings
        .iter()
        .map(|setting| setting.name.to_owned())
        .collect()
}

/// What a function reads, and its template does not set, and why.
fn left_out(code: &About) -> BTreeSet<String> {
    const BY_ALL: [&str; 5] = [
        // For a proxy that opens TLS, and for a stand-in of the RDS API.
        "AWS_CA_BUNDLE",
        "AWS_ENDPOINT_URL_RDS",
        // Every SDK of AWS reads these two.
        "AWS_USE_DUALSTACK_ENDPOINT",
        "AWS_USE_FIPS_ENDPOINT",
        // Lambda's own logging configuration sets it.
        "AWS_LAMBDA_LOG_LEVEL",
    ];
    // No passwords, one strategy, and no database.
    const PASSWORDS: [&str; 9] = [
        "EXCLUDE_CHARACTERS",
        "EXCLUDE_LOWERCASE",
        "EXCLUDE_NUMBERS",
        "EXCLUDE_PUNCTUATION",
        "EXCLUDE_UPPERCASE",
        "INCLUDE_SPACE",
        "PASSWORD_LENGTH",
        "PASSWORD_SOURCE",
        "REQUIRE_EACH_INCLUDED_TYPE",
    ];
    const DATABASES: [&str; 1] = ["DATABASE_CA_BUNDLE"];
    const STRATEGY: [&str; 1] = ["ROTATION_STRATEGY"];
    // Of use where the target issues the credential.
    const ISSUING: [&str; 1] = ["ONLY_SECRET"];
    let shares = |group| code.shared_settings.contains(&group);
    let without = |has: bool, names| if has { &[][..] } else { names };
    set(&[
        &BY_ALL,
        without(shares(Shared::Passwords), &PASSWORDS),
        without(shares(Shared::Databases), &DATABASES),
        without(!code.strategies.is_empty(), &STRATEGY),
        without(code.name == "token", &ISSUING),
    ])
}

#[test]
fn every_variable_that_is_read_can_be_set_and_every_one_that_is_set_is_read() {
    // Else left out: the rotator's own count.
    let Some([stack]) = stacks([&[("excludeCharacters", ":")]]) else {
        return;
    };
    let framework = of_the_framework();
    assert!(framework.len() > 15, "{framework:?}");
    for code in codes() {
        let rotator = code.name;
        let set = variables(&stack, rotator).into_iter().map(|(name, _)| name);
        let set: BTreeSet<String> = set.collect();
        let own = names(code.settings);
        let read: BTreeSet<String> = framework.union(&own).cloned().collect();
        let left_out = left_out(&code);
        assert_eq!(
            set,
            read.difference(&left_out).cloned().collect(),
            "{rotator}"
        );
        assert!(left_out.is_subset(&read), "{rotator}");
    }
}

#[test]
fn defaults_are_those_of_the_binaries() {
    let Some([stack]) = stacks([LEAST]) else {
        return;
    };
    for code in codes() {
        let (rotator, settings) = (code.name, code.settings);
        let pairs = variables(&stack, rotator).into_iter();
        // A flag of a rotator's own is a text to the framework: said or not, it is the same.
        let own = names(settings);
        let said = |(name, value): &(String, String)| !own.contains(name) || value != "false";
        let pairs: Vec<(String, String)> = pairs.filter(said).collect();
        let usual = code.exclude_characters;
        let read =
            rotation::config::Config::from_vars(pairs, usual, settings).expect("it is taken");
        let bare = rotation::config::Config::from_vars([], usual, settings).expect("it is taken");
        assert_eq!(format!("{read:?}"), format!("{bare:?}"), "{rotator}");
    }
}

/// What is excluded of passwords: as far as the template goes, the rotator decides, unless somebody else does.
#[test]
fn the_rotators_own_characters_are_excluded_unless_others_are_named() {
    const NAME: &str = "EXCLUDE_CHARACTERS";
    let (none, one) = ([("excludeCharacters", "")], [("excludeCharacters", ":")]);
    let Some([least, none, one]) = stacks([LEAST, &none, &one]) else {
        return;
    };
    let with_passwords = |code: &&About| code.shared_settings.contains(&Shared::Passwords);
    let settings =
        std::fs::read_to_string(workspace().join("docs/book/src/settings.md")).expect("it");
    for code in codes().iter().filter(with_passwords) {
        let own = format!("`{}`", code.exclude_characters);
        assert!(settings.contains(&own), "settings.md does not say {own}");
        let value = |stack| {
            let mut all = variables(stack, code.name).into_iter();
            all.find(|(name, _)| name == NAME).map(|(_, value)| value)
        };
        assert_eq!(value(&least), None, "{}", code.name);
        assert_eq!(value(&none).as_deref(), Some(""), "{}", code.name);
        assert_eq!(value(&one).as_deref(), Some(":"), "{}", code.name);
    }
}
