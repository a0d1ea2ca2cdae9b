//! The variables that template.yaml sets, and those that the binaries read.

use std::collections::{BTreeMap, BTreeSet};

use rotation::Rotator;
use rotation_tests::setting::workspace;

use super::template::set;
use super::{LEAST, ROTATORS, stacks, variables};

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

fn names(settings: &[rotation::settings::Setting]) -> BTreeSet<String> {
    settings
        .iter()
        .map(|setting| setting.name.to_owned())
        .collect()
}

/// What a function reads, and its template does not set, and why.
fn left_out(rotator: &str) -> BTreeSet<String> {
    const BY_ALL: [&str; 3] = [
        // For a proxy that opens TLS, and for a stand-in of the RDS API.
        "AWS_CA_BUNDLE",
        "AWS_ENDPOINT_URL_RDS",
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
    const DATABASE: [&str; 2] = ["DATABASE_CA_BUNDLE", "ROTATION_STRATEGY"];
    // Of use where the target issues the credential.
    const ISSUING: [&str; 1] = ["ONLY_SECRET"];
    match rotator {
        "ssh" => set(&[&BY_ALL, &PASSWORDS, &DATABASE, &ISSUING]),
        "token" => set(&[&BY_ALL, &DATABASE]),
        _ => set(&[&BY_ALL, &ISSUING]),
    }
}

#[test]
fn every_variable_that_is_read_can_be_set_and_every_one_that_is_set_is_read() {
    let Some([stack]) = stacks([LEAST]) else {
        return;
    };
    let own = BTreeMap::from([
        ("postgres", names(rotator_postgres::Postgres::SETTINGS)),
        ("mysql", names(rotator_mysql::Mysql::SETTINGS)),
        ("ssh", names(rotator_ssh::SshKeys::SETTINGS)),
        ("token", names(rotator_token::ApiToken::SETTINGS)),
    ]);
    let framework = of_the_framework();
    assert!(framework.len() > 15, "{framework:?}");
    for rotator in ROTATORS {
        let set = variables(&stack, rotator).into_iter().map(|(name, _)| name);
        let set: BTreeSet<String> = set.collect();
        let read: BTreeSet<String> = framework.union(&own[rotator]).cloned().collect();
        let left_out = left_out(rotator);
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
    for rotator in ROTATORS {
        let pairs = variables(&stack, rotator).into_iter();
        // A flag of a rotator's own is a text to the framework: said or not, it is the same.
        let flags = ["SSH_WITHOUT_SFTP", "TOKEN_SOLE_OWNER"];
        let said =
            |(name, value): &(String, String)| !flags.contains(&name.as_str()) || value != "false";
        let pairs: Vec<(String, String)> = pairs.filter(said).collect();
        let settings = match rotator {
            "ssh" => rotator_ssh::SshKeys::SETTINGS,
            "token" => rotator_token::ApiToken::SETTINGS,
            _ => &[],
        };
        let usual = ":/@\"'\\";
        let read =
            rotation::config::Config::from_vars(pairs, usual, settings).expect("it is taken");
        let bare = rotation::config::Config::from_vars([], usual, settings).expect("it is taken");
        assert_eq!(format!("{read:?}"), format!("{bare:?}"), "{rotator}");
    }
}
