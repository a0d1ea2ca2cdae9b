//! Names and texts in statements that take no parameters, for sessions in whose `sql_mode` a backslash escapes, and double
//! quotes are texts.

/// A text, in single quotes.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// A name, in backticks: nothing else is special there.
pub fn identifier(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// An account as statements name it.
pub fn account(user: &str, host: &str) -> String {
    format!("{}@{}", literal(user), literal(host))
}

/// `user@host`, as CURRENT_USER() has it: the host is what follows the last at sign.
pub fn split_account(account: &str) -> Option<(&str, &str)> {
    account.rsplit_once('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_backslashes() {
        assert_eq!(literal("it's a\\b"), "'it''s a\\\\b'");
        assert_eq!(account("a'b", "10.%"), "'a''b'@'10.%'");
        assert_eq!(split_account("a@b@%"), Some(("a@b", "%")));
    }
}
