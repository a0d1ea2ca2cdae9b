//! How an account proves itself, as SHOW CREATE USER has it: read by a tokenizer, since names and hashes may hold anything.

use rotation::HookError;

use crate::hash;
use crate::quoting::literal;
use crate::tokens::{Token, tokens};

/// One of the ways in which an account of MariaDB may prove itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Method {
    plugin: String,
    using: Option<String>,
}

/// MariaDB's usual one, whose hash anybody can make.
pub(crate) const NATIVE: &str = "mysql_native_password";

impl Method {
    /// By a password with this hash.
    pub(crate) fn native(hash: String) -> Self {
        Self {
            plugin: NATIVE.into(),
            using: Some(hash),
        }
    }

    /// Whether it is a password's, whose hash anybody can make.
    pub(crate) fn is_native(&self) -> bool {
        self.plugin == NATIVE
    }

    /// Whether it is this password's hash.
    pub(crate) fn holds(&self, hash: &str) -> bool {
        self.is_native() && self.using.as_deref() == Some(hash)
    }

    /// The plugin's name.
    pub(crate) fn plugin(&self) -> &str {
        &self.plugin
    }
}

/// The methods of MariaDB's SHOW CREATE USER.
pub(crate) fn mariadb(created: &str) -> Result<Vec<Method>, HookError> {
    let tokens = tokens(created);
    let word = |at: usize, expected: &str| matches!(tokens.get(at), Some(Token::Word(word)) if word == expected);
    let text = |at: usize| match tokens.get(at) {
        Some(Token::Quoted(text) | Token::Word(text)) => Some(text.clone()),
        _ => None,
    };
    let Some(begin) = (0..tokens.len()).find(|at| word(*at, "IDENTIFIED")) else {
        return Ok(Vec::new());
    };
    if word(begin + 1, "BY") && word(begin + 2, "PASSWORD") {
        return Ok(text(begin + 3).map(Method::native).into_iter().collect());
    }
    let mut methods = Vec::new();
    let mut at = begin + 1;
    while word(at, "VIA") || word(at, "OR") {
        let plugin = text(at + 1).ok_or_else(|| unknown("what follows VIA"))?;
        let hashed = word(at + 2, "USING") || word(at + 2, "AS");
        let using = if hashed { text(at + 3) } else { None };
        methods.push(Method { plugin, using });
        at += if hashed { 4 } else { 2 };
    }
    if methods.is_empty() {
        return Err(unknown("what follows IDENTIFIED"));
    }
    Ok(methods)
}

/// The statement that gives an account of MariaDB the passwords with these hashes, keeps every method of `there` that is no
/// password, and leaves all else of it alone.
pub(crate) fn identified_via(
    account: &str,
    hashes: impl IntoIterator<Item = String>,
    there: Vec<Method>,
) -> String {
    let others = there.into_iter().filter(|method| !method.is_native());
    let methods = hashes.into_iter().map(Method::native).chain(others);
    let each = methods.map(|method| match &method.using {
        Some(using) => format!("{} USING {}", method.plugin, literal(using)),
        None => method.plugin,
    });
    let each: Vec<String> = each.collect();
    format!("ALTER USER {account} IDENTIFIED VIA {}", each.join(" OR "))
}

/// The hash in MySQL's SHOW CREATE USER, in hexadecimal, of an account of `plugin`; none, if the account may not see it.
/// Also when asked for in hexadecimal, one whose salt can be printed is shown as a text.
pub(crate) fn mysql_hash(created: &str, plugin: &str) -> Option<String> {
    let tokens = tokens(created);
    let begin = tokens
        .iter()
        .position(|token| *token == Token::Word("IDENTIFIED".into()))?;
    match tokens.get(begin + 1..begin + 5)? {
        [
            Token::Word(with),
            Token::Quoted(named),
            Token::Word(is),
            shown,
        ] if with == "WITH" && named == plugin && is == "AS" => match shown {
            Token::Word(hash) => hash.strip_prefix("0x").map(ToOwned::to_owned),
            Token::Quoted(hash) => Some(hash::hex(hash.as_bytes())),
            Token::Sign(_) => None,
        },
        _ => None,
    }
}

/// How many failed logins in a row lock an account of MySQL; none, if any number does not.
pub(crate) fn failed_logins(created: &str) -> Option<u64> {
    number(created, "FAILED_LOGIN_ATTEMPTS").filter(|number| *number > 0)
}

/// The number that follows an option of SHOW CREATE USER.
pub(crate) fn number(created: &str, option: &str) -> Option<u64> {
    let tokens = tokens(created);
    let words: Vec<Token> = option
        .split(' ')
        .map(|word| Token::Word(word.into()))
        .collect();
    let at = tokens
        .windows(words.len())
        .position(|window| window == words)?;
    match tokens.get(at + words.len())? {
        Token::Word(number) => number.parse().ok(),
        _ => None,
    }
}

fn unknown(what: &str) -> HookError {
    HookError::refused(format!(
        "the server's answer to SHOW CREATE USER is not understood ({what}): nothing was changed"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_mariadb() {
        let read = |text: &str| mariadb(text).expect(text);
        let by = "CREATE USER `IDENTIFIED VIA x`@`%` IDENTIFIED BY PASSWORD '*80' REQUIRE SSL ACCOUNT LOCK";
        assert_eq!(read(by), [Method::native("*80".into())]);
        let via = "CREATE USER `a`@`%` IDENTIFIED VIA mysql_native_password USING '*24' OR unix_socket OR ed25519 USING 'x''y' WITH MAX_QUERIES_PER_HOUR 7";
        let methods = read(via);
        assert_eq!(methods.len(), 3);
        assert!(methods[0].holds("*24") && !methods[1].is_native());
        assert_eq!(
            identified_via("'a'@'%'", ["*25".to_owned()], methods),
            "ALTER USER 'a'@'%' IDENTIFIED VIA mysql_native_password USING '*25' OR unix_socket OR ed25519 USING 'x''y'"
        );
        assert_eq!(read("CREATE USER `a`@`%`"), []);
        assert!(mariadb("CREATE USER `a`@`%` IDENTIFIED SOMEHOW").is_err());
    }

    #[test]
    fn what_mysql_shows() {
        let hidden = "CREATE USER `a`@`%` IDENTIFIED WITH 'caching_sha2_password' AS <secret> REQUIRE NONE FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME 1";
        assert_eq!(mysql_hash(hidden, "caching_sha2_password"), None);
        assert_eq!(failed_logins(hidden), Some(1));
        assert_eq!(number(hidden, "PASSWORD_LOCK_TIME"), Some(1));
        let several = "CREATE USER `a`@`%` PASSWORD EXPIRE INTERVAL 9 DAY PASSWORD HISTORY DEFAULT PASSWORD REUSE INTERVAL 7 DAY";
        assert_eq!(number(several, "REUSE INTERVAL"), Some(7));
        assert_eq!(number(several, "PASSWORD HISTORY"), None);
        let shown =
            "CREATE USER `a`@`%` IDENTIFIED WITH 'caching_sha2_password' AS 0x2441 REQUIRE NONE";
        assert_eq!(
            mysql_hash(shown, "caching_sha2_password").as_deref(),
            Some("2441")
        );
        assert_eq!(mysql_hash(shown, "other"), None);
        let printed =
            r"CREATE USER `a`@`%` IDENTIFIED WITH 'caching_sha2_password' AS '$A\\\'' REQUIRE NONE";
        assert_eq!(
            mysql_hash(printed, "caching_sha2_password").as_deref(),
            Some("24415C27")
        );
        assert_eq!(failed_logins(shown), None);
    }
}
