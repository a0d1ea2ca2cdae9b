//! What is read, and what is refused.

use super::*;

fn read(vars: &[(&str, &str)]) -> Result<Config, String> {
    let vars = vars
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    const SETTINGS: &[Setting] = &[
        Setting::by_tag("DOOR_SIDE", "which side"),
        Setting::of_function("DOOR_KEY", "which key"),
    ];
    Config::from_vars(vars, ":/@\"'\\", SETTINGS).map_err(|error| error.to_string())
}

fn wrong(name: &str, value: &str) -> String {
    read(&[(name, value)]).expect_err(value)
}

#[test]
fn nothing_set_is_awss_default() {
    let config = read(&[("PATH", "/bin"), ("PASSWORD_LENGTH", "")]).expect("valid");
    assert_eq!(config.policy.length, 32);
    assert_eq!(config.policy.exclude_characters, ":/@\"'\\");
    assert!(config.policy.require_each_included_type && !config.eager_finish);
    assert_eq!((config.endpoint, config.strategy), (None, None));
    assert_eq!(config.log_level, LevelFilter::INFO);
}

#[test]
fn settings_are_read() {
    let config = read(&[
        ("PASSWORD_LENGTH", "20"),
        ("EXCLUDE_CHARACTERS", ""),
        ("EXCLUDE_PUNCTUATION", "YES"),
        ("REQUIRE_EACH_INCLUDED_TYPE", "0"),
        ("RETIRE_PREVIOUS", "after-finish"),
        ("ROTATION_STRATEGY", "alternating-users"),
        ("ALLOWED_HOSTS", "localhost, .internal"),
        ("PASSWORD_SOURCE", "secrets-manager"),
    ])
    .expect("valid");
    assert_eq!(
        (config.policy.length, config.retire),
        (20, RetirePolicy::AfterFinish)
    );
    assert_eq!(config.policy.exclude_characters, "");
    assert!(config.policy.exclude_punctuation && !config.policy.require_each_included_type);
    assert_eq!(config.strategy, Some(Strategy::AlternatingUsers));
    assert_eq!(config.allowed_hosts, ["localhost", ".internal"]);
    assert_eq!(config.password_source, PasswordSource::SecretsManager);
}

#[test]
fn bad_settings_are_refused_in_words() {
    for value in ["abc", "0", "-1", "5000"] {
        assert!(wrong("PASSWORD_LENGTH", value).starts_with("PASSWORD_LENGTH must be 1-4096"));
    }
    let weak = wrong("PASSWORD_LENGTH", "7");
    assert!(
        weak.contains("bits of entropy, below the floor of 64"),
        "{weak}"
    );
    for value in ["maybe", "TRUE ", "on"] {
        let text = wrong("EXCLUDE_NUMBERS", value);
        assert!(text.contains("EXCLUDE_NUMBERS must be true/1/y/yes or false/0/n/no"));
    }
    let text = wrong("ROTATION_ALOWED_HOSTS", "x");
    assert!(text.contains("unknown setting ROTATION_ALOWED_HOSTS. Did you mean ALLOWED_HOSTS"));
    for value in [
        "http://example.com",
        "ftp://localhost",
        "localhost",
        "https://a@b",
        "https://user:hunter2@b/@hunter2@c",
    ] {
        let text = wrong("SECRETS_MANAGER_ENDPOINT", value);
        assert!(!text.contains("hunter2"), "{text}");
        assert!(
            text.contains("must be https, or http on loopback"),
            "{text}"
        );
    }
}

#[test]
fn a_rotators_own_setting_is_overridden_by_a_tag() {
    let config = read(&[("DOOR_SIDE", "left")]).expect("valid");
    let tag = |name: &str| [(name.to_owned(), "right".to_owned())];
    let tagged = config.settings.with_tags(&tag("rotation:door-side"));
    assert_eq!(config.settings.get("DOOR_SIDE"), Some("left"));
    assert_eq!(tagged.get("DOOR_SIDE"), Some("right"));
    assert!(config.policy_for(&tag("rotation:door-side")).is_ok());
    assert!(config.policy_for(&tag("rotation:door-sides")).is_err());
}

#[test]
fn a_setting_of_the_function_has_no_tag() {
    let config = read(&[("DOOR_KEY", "small")]).expect("valid");
    let tag = [("rotation:door-key".to_owned(), "master".to_owned())];
    let tagged = config.settings.with_tags(&tag);
    assert_eq!(tagged.get("DOOR_KEY"), Some("small"));
    let refused = config.policy_for(&tag).expect_err("refused").to_string();
    let words =
        "the tag rotation:door-key has no effect: set the variable DOOR_KEY of the function";
    assert!(refused.contains(words), "{refused}");
}

#[test]
fn all_problems_are_told_at_once() {
    let text = read(&[
        ("PASSWORD_LENGTH", "x"),
        ("PASSWORD_SOURCE", "dice"),
        ("ROTATION_EAGER_FINISH", "on"),
    ])
    .expect_err("three");
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains("PASSWORD_SOURCE must be local or secrets-manager, not \"dice\""));
}

#[test]
fn every_variable_in_the_help_is_read() {
    for name in names::names() {
        let read_it = read(&[(name, "\u{1}\n")]).map(|config| format!("{config:?}"));
        let unset = read(&[]).map(|config| format!("{config:?}"));
        assert_ne!(read_it, unset, "{name}");
    }
}

#[cfg(feature = "process")]
#[test]
fn a_strategy_that_the_rotator_does_not_know_is_refused() {
    let config = read(&[("ROTATION_STRATEGY", "dual-password")]).expect("valid");
    let both = [Strategy::SingleUser, Strategy::AlternatingUsers];
    for (known, words) in [
        (
            &both[..],
            "is dual-password: this rotator knows single-user and alternating-users",
        ),
        (&[], "is dual-password, and this rotator has no choice"),
    ] {
        let refused = config.check_strategy(known).expect_err(words).to_string();
        assert!(refused.contains(words), "{refused}");
    }
    assert!(config.check_strategy(&[Strategy::DualPassword]).is_ok());
    assert!(read(&[]).expect("valid").check_strategy(&[]).is_ok());
}
