//! Rows as both servers print them.

use super::*;
use crate::quoting::identifier;

fn app() -> Name {
    ("app".into(), "%".into())
}

fn read(rows: &[&str]) -> Grants {
    let rows: Vec<String> = rows.iter().map(|row| (*row).to_owned()).collect();
    Grants::parse(&rows, &app()).unwrap_or_else(|error| panic!("{rows:?}: {}", error.text()))
}

fn statements(changes: Vec<Change>) -> Vec<String> {
    changes.into_iter().map(|change| change.statement).collect()
}

/// What it takes to give them to an account that has none.
fn given(row: &str) -> Vec<String> {
    statements(Grants::default().changes(&read(&[row]), "X", Dialect::Mysql))
}

#[test]
fn every_form_is_given_again() {
    for (row, statements) in [
        ("GRANT USAGE ON *.* TO `app`@`%`", vec![]),
        (
            "GRANT SELECT, SHOW VIEW ON `a TO b`.* TO `app`@`%`",
            vec!["GRANT SELECT, SHOW VIEW ON `a TO b`.* TO X"],
        ),
        (
            "GRANT SELECT ON `x\\_y%`.* TO `app`@`%`",
            vec!["GRANT SELECT ON `x\\_y%`.* TO X"],
        ),
        (
            "GRANT SELECT, INSERT (`c,d`, `n`) ON `a``b`.`t ' (` TO `app`@`%` WITH GRANT OPTION",
            vec![
                "GRANT INSERT (`c,d`), INSERT (`n`) ON `a``b`.`t ' (` TO X",
                "GRANT SELECT ON `a``b`.`t ' (` TO X",
                "GRANT USAGE ON `a``b`.`t ' (` TO X WITH GRANT OPTION",
            ],
        ),
        (
            "GRANT EXECUTE ON PROCEDURE `d`.`p` TO `app`@`%`",
            vec!["GRANT EXECUTE ON PROCEDURE `d`.`p` TO X"],
        ),
        (
            "GRANT EXECUTE ON PACKAGE BODY `d`.`p` TO `app`@`%`",
            vec!["GRANT EXECUTE ON PACKAGE BODY `d`.`p` TO X"],
        ),
        (
            "GRANT BACKUP_ADMIN,XA_RECOVER_ADMIN ON *.* TO `app`@`%` WITH GRANT OPTION",
            vec![
                "GRANT BACKUP_ADMIN ON *.* TO X WITH GRANT OPTION",
                "GRANT XA_RECOVER_ADMIN ON *.* TO X WITH GRANT OPTION",
            ],
        ),
        (
            "GRANT `r1`@`%`,`r 2`@`%` TO `app`@`%`",
            vec!["GRANT `r 2`@`%` TO X", "GRANT `r1`@`%` TO X"],
        ),
        (
            "GRANT `r` TO `app`@`%` WITH ADMIN OPTION",
            vec!["GRANT `r` TO X WITH ADMIN OPTION"],
        ),
        (
            "GRANT PROXY ON ''@'%' TO 'app'@'%' WITH GRANT OPTION",
            vec!["GRANT PROXY ON ``@`%` TO X WITH GRANT OPTION"],
        ),
        ("REVOKE SELECT ON `mysql`.* FROM `app`@`%`", vec![]),
        (
            "GRANT PROCESS ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*B6' REQUIRE ISSUER 'i' SUBJECT 'a'' WITH GRANT OPTION' \
             WITH MAX_USER_CONNECTIONS 3 MAX_STATEMENT_TIME 1.500000",
            vec!["GRANT PROCESS ON *.* TO X"],
        ),
        ("GRANT SELECT ON `d`.* TO `a role`", vec![]),
    ] {
        assert_eq!(given(row), statements, "{row}");
    }
}

#[test]
fn what_is_not_understood_is_refused_without_its_hash() {
    for row in [
        "GRANT SELECT ON `d`.* TO `app`@`%` AS SOMETHING",
        "GRANT SELECT ON TYPE `d`.`t` TO `app`@`%`",
        "DENY SELECT ON *.* TO `app`@`%`",
        "GRANT SELECT (n) ON `d`.`t` TO `app`@`%`",
        "GRANT USAGE ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*HASH' WITH NOVELTY",
        "REVOKE SELECT ON `mysql`.* FROM `other`@`%`",
        "REVOKE  ON `mysql`.* FROM `other`@`%`",
        "GRANT SELECT ON `d`.* TO `app`@`%",
        "GRANT SELECT ON `d`.* TO `app`@`%` REQUIRE SUBJECT 'a",
        "GRANT SELECT ON `d`.* TO 'app'@'%''",
        "GRANT BACKUP_ADMIN (`c`) ON *.* TO `app`@`%`",
        "GRANT SELECT, PROXY ON `d`.* TO `app`@`%`",
        "GRANT PROXY ON 'a\\b'@'%' TO 'app'@'%'",
        "",
    ] {
        let refused = Grants::parse(&[row.to_owned()], &app()).expect_err(row);
        assert!(refused.text().starts_with("cannot copy grant: "), "{row}");
        assert!(!refused.text().contains("*HASH"), "{}", refused.text());
    }
}

#[test]
fn the_difference_alone_is_changed() {
    let have = read(&[
        "GRANT SELECT, INSERT ON `d`.* TO `app`@`%`",
        "GRANT ALL PRIVILEGES ON `e`.* TO `app`@`%`",
        "GRANT SELECT ON `f`.* TO `app`@`%`",
        "GRANT SELECT, SELECT (`n`) ON `g`.`t` TO `app`@`%`",
        "GRANT `r`@`%` TO `app`@`%` WITH ADMIN OPTION",
    ]);
    let model = read(&[
        "GRANT SELECT, UPDATE ON `d`.* TO `app`@`%`",
        "GRANT SELECT ON `e`.* TO `app`@`%`",
        "GRANT ALL PRIVILEGES ON `f`.* TO `app`@`%`",
        "GRANT `r`@`%` TO `app`@`%`",
    ]);
    assert_eq!(
        statements(have.changes(&model, "X", Dialect::Mysql)),
        [
            "REVOKE ALL PRIVILEGES ON `e`.* FROM X",
            "REVOKE INSERT ON `d`.* FROM X",
            "REVOKE SELECT ON `g`.`t` FROM X",
            "REVOKE `r`@`%` FROM X",
            "GRANT UPDATE ON `d`.* TO X",
            "GRANT SELECT ON `e`.* TO X",
            "GRANT ALL PRIVILEGES ON `f`.* TO X",
            "GRANT `r`@`%` TO X",
        ]
    );
    assert_eq!(
        have.difference(&model).as_deref(),
        Some("lacks UPDATE ON `d`.*")
    );
    assert!(model.changes(&model, "X", Dialect::Mariadb).is_empty());
}

/// MariaDB's only privilege with an underscore shares the option of the others.
#[test]
fn an_option_is_taken_back() {
    let have = read(&["GRANT READ_ONLY ADMIN ON *.* TO `app`@`%` WITH GRANT OPTION"]);
    let model = read(&["GRANT READ_ONLY ADMIN ON *.* TO `app`@`%`"]);
    assert_eq!(
        statements(have.changes(&model, "X", Dialect::Mariadb)),
        ["REVOKE GRANT OPTION ON *.* FROM X"]
    );
}

/// MySQL's tables lose all of them with the one for everything.
#[test]
fn an_option_of_its_own_is_given_again() {
    let row = "GRANT BACKUP_ADMIN ON *.* TO `app`@`%` WITH GRANT OPTION";
    let have = read(&["GRANT USAGE ON *.* TO `app`@`%` WITH GRANT OPTION", row]);
    assert_eq!(
        statements(have.changes(&read(&[row]), "X", Dialect::Mysql)),
        [
            "REVOKE GRANT OPTION ON *.* FROM X",
            "GRANT BACKUP_ADMIN ON *.* TO X WITH GRANT OPTION"
        ]
    );
}

/// MySQL's row for it names nothing: it is read elsewhere.
#[test]
fn an_option_may_be_taken_for_one_database() {
    let global = "GRANT SELECT ON *.* TO `app`@`%` WITH GRANT OPTION";
    let without = read(&[global]);
    assert_eq!(read(&[global, "REVOKE  ON `d`.* FROM `app`@`%`"]), without);
    let with = read(&[global, "REVOKE GRANT OPTION ON `d`.* FROM `app`@`%`"]);
    assert_eq!(
        statements(without.changes(&with, "X", Dialect::Mysql)),
        ["REVOKE GRANT OPTION ON `d`.* FROM X"]
    );
    assert_eq!(
        statements(with.changes(&without, "X", Dialect::Mysql)),
        ["GRANT USAGE ON `d`.* TO X WITH GRANT OPTION"]
    );
}

/// What is taken from a privilege goes with it: given back, it would be granted.
#[test]
fn no_exception_outlives_its_privilege() {
    let have = read(&[
        "GRANT SELECT, INSERT ON *.* TO `app`@`%`",
        "REVOKE SELECT, INSERT ON `d`.* FROM `app`@`%`",
    ]);
    let model = read(&["GRANT INSERT ON *.* TO `app`@`%`"]);
    assert_eq!(
        statements(have.changes(&model, "X", Dialect::Mysql)),
        ["REVOKE SELECT ON *.* FROM X", "GRANT INSERT ON `d`.* TO X"]
    );
}

#[test]
fn a_default_role_is_one_of_the_roles() {
    let default = "SET DEFAULT ROLE `r` FOR `app`@`%`";
    let taken = read(&["GRANT `s` TO `app`@`%`", default]);
    assert_eq!(taken, read(&["GRANT `s` TO `app`@`%`"]));
    let granted = read(&["GRANT `r` TO `app`@`%`", default]);
    let changes = Grants::default().changes(&granted, "X", Dialect::Mariadb);
    assert_eq!(changes[1].statement, "SET DEFAULT ROLE `r` FOR X");
    assert_eq!(changes[1].permits("A"), ["GRANT UPDATE ON mysql.* TO A"]);
    let changes = granted.changes(&Grants::default(), "X", Dialect::Mariadb);
    assert_eq!(statements(changes), ["REVOKE `r` FROM X"]);
}

#[test]
fn an_administrator_needs_what_it_passes_on() {
    for (row, permits) in [
        (
            "GRANT SELECT, INSERT (`n`) ON `d`.`t` TO `app`@`%` WITH GRANT OPTION",
            vec![
                "GRANT INSERT (`n`) ON `d`.`t` TO A WITH GRANT OPTION",
                "GRANT SELECT ON `d`.`t` TO A WITH GRANT OPTION",
                "GRANT USAGE ON `d`.`t` TO A WITH GRANT OPTION",
            ],
        ),
        (
            "GRANT BACKUP_ADMIN ON *.* TO `app`@`%`",
            vec!["GRANT BACKUP_ADMIN ON *.* TO A WITH GRANT OPTION"],
        ),
        (
            "GRANT BACKUP_ADMIN ON *.* TO `app`@`%` WITH GRANT OPTION",
            vec![
                "GRANT USAGE ON *.* TO A WITH GRANT OPTION",
                "GRANT BACKUP_ADMIN ON *.* TO A WITH GRANT OPTION",
            ],
        ),
        (
            "GRANT `r` TO `app`@`%`",
            vec!["GRANT `r` TO A WITH ADMIN OPTION"],
        ),
        (
            "GRANT PROXY ON `p`@`10.%` TO `app`@`%`",
            vec!["GRANT PROXY ON `p`@`%` TO A WITH GRANT OPTION"],
        ),
    ] {
        let changes = Grants::default().changes(&read(&[row]), "X", Dialect::Mariadb);
        let needed: Vec<String> = changes
            .iter()
            .flat_map(|change| change.permits("A"))
            .collect();
        assert_eq!(needed, permits, "{row}");
    }
}

/// Names of anything, in every place where there can be one: read, written, and read again.
#[test]
fn names_may_hold_anything() {
    const PIECES: [&str; 14] = [
        "a",
        "`",
        "'",
        "\"",
        "\\",
        " TO ",
        " ON ",
        " WITH GRANT OPTION",
        ".",
        ",",
        "(",
        "%",
        "_",
        "é",
    ];
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut name = || {
        let mut text = String::new();
        for _ in 0..6 {
            // Knuth's generator: the same names in every run.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(state >> 33).expect("31 bits");
            text.push_str(PIECES[at % PIECES.len()]);
        }
        text
    };
    for _ in 0..2000 {
        let account = (name(), name());
        let to = format!("{}@{}", identifier(&account.0), identifier(&account.1));
        let [d, t, c, r] = [name(), name(), name(), name()].map(|name| identifier(&name));
        let rows = [
            format!("GRANT SELECT ON {d}.* TO {to} WITH GRANT OPTION"),
            format!("GRANT INSERT ({c}), UPDATE ON {d}.{t} TO {to}"),
            format!("GRANT EXECUTE ON FUNCTION {d}.{t} TO {to}"),
            format!("GRANT {r}@{c} TO {to} WITH ADMIN OPTION"),
            format!("GRANT PROXY ON {r}@{c} TO {to}"),
        ];
        Grants::parse(&rows, &account).expect("read");
        properties::are_read(&rows, &account);
        rows.iter()
            .for_each(|row| properties::is_whole(row, &account));
    }
}
