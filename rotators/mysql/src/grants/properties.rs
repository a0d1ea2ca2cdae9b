//! What holds for all rows of SHOW GRANTS. `scripts/fuzz` looks for some for which it does not.

use super::*;
use crate::quoting::identifier;

/// The rows are refused; or granted to an account that has nothing, they read as before.
pub(crate) fn are_read(rows: &[String], account: &Name) {
    let mut grants = match Grants::parse(rows, account) {
        Ok(grants) => grants,
        Err(refused) => {
            assert!(refused.text().starts_with("cannot copy grant: "));
            return;
        }
    };
    assert!(grants.changes(&grants, "X", Dialect::Mariadb).is_empty());
    assert_eq!(grants.difference(&grants), None);
    // One statement sets them all, which no row says.
    grants
        .0
        .retain(|grant| !matches!(grant, Grant::DefaultRole(_)));
    let to = format!("{}@{}", identifier(&account.0), identifier(&account.1));
    let changes = Grants::default().changes(&grants, &to, Dialect::Mariadb);
    let statements: Vec<String> = changes.into_iter().map(|change| change.statement).collect();
    let again = Grants::parse(&statements, account);
    let again = again.unwrap_or_else(|error| panic!("{statements:?}: {}", error.text()));
    assert_eq!(again, grants, "{rows:?}: {statements:?}");
}

/// A row that breaks off within a name is refused, and no hash is shown.
pub(crate) fn is_whole(row: &str, account: &Name) {
    let read = |row: &str| Grants::parse(&[row.to_owned()], account);
    let begun = row.trim_end().strip_suffix(['`', '\'', '"']);
    if let Some(begun) = begun.filter(|_| read(row).is_ok()) {
        assert!(read(begun).is_err(), "{begun}");
    }
    if let Err(refused) = read(&format!("{row} IDENTIFIED BY PASSWORD '*CANARY'")) {
        assert!(!refused.text().contains("*CANARY"), "{}", refused.text());
    }
}
