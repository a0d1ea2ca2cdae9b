//! One row of SHOW GRANTS, read word by word. What is not understood is refused: half a grant is none.

use rotation::HookError;

use crate::account::Name;
use crate::tokens::{Token, tokens};

use super::{Grant, OPTION, Object};

/// The grants in a row of `account`'s. A row for somebody else (a role that it has) holds none of its own.
pub(super) fn grants(row: &str, account: &Name) -> Result<Vec<Grant>, HookError> {
    let words = tokens(row);
    let mut words = Words {
        words: &words,
        at: 0,
    };
    let whole = !is_ambiguous(row) && !words.words.iter().any(Token::is_open);
    match words.row(account) {
        Some(grants) if whole && words.at == words.words.len() => Ok(grants),
        _ => Err(HookError::refused(format!(
            "cannot copy grant: {}: nothing was changed",
            harmless(row)
        ))),
    }
}

/// MariaDB, and MySQL before 8.0, print the names of a PROXY between single quotes without escaping anything in them.
fn is_ambiguous(row: &str) -> bool {
    row.starts_with("GRANT PROXY ON '") && row.contains('\\')
}

/// MariaDB's rows hold the password's hash.
fn harmless(row: &str) -> String {
    let shown = row.split(" IDENTIFIED ").next().unwrap_or_default();
    shown.chars().take(200).collect()
}

const ROUTINES: [&str; 5] = [
    "PACKAGE BODY",
    "PACKAGE",
    "PROCEDURE",
    "FUNCTION",
    "LIBRARY",
];
const LIMITS: [&str; 5] = [
    "MAX_QUERIES_PER_HOUR",
    "MAX_UPDATES_PER_HOUR",
    "MAX_CONNECTIONS_PER_HOUR",
    "MAX_USER_CONNECTIONS",
    "MAX_STATEMENT_TIME",
];

/// A privilege, and the columns that it is for, if not for all.
type Listed = (String, Vec<String>);

struct Words<'a> {
    words: &'a [Token],
    at: usize,
}

impl Words<'_> {
    /// Nothing: not understood.
    fn row(&mut self, account: &Name) -> Option<Vec<Grant>> {
        if self.words("SET DEFAULT ROLE") {
            let role = self.named()?;
            self.words("FOR").then_some(())?;
            let own = self.named()? == whole(account);
            return own.then(|| vec![Grant::DefaultRole(role)]);
        }
        if self.words("REVOKE") {
            return self.revoked(account);
        }
        self.words("GRANT").then_some(())?;
        if self.words("PROXY ON") {
            let proxied = self.named()?;
            self.words("TO").then_some(())?;
            let own = self.named()? == whole(account);
            let option = self.words("WITH GRANT OPTION");
            return own.then(|| vec![Grant::Proxy { proxied, option }]);
        }
        match self.words.get(self.at)? {
            Token::Quoted(_) => self.roles(account),
            _ => self.privileges(account),
        }
    }

    fn roles(&mut self, account: &Name) -> Option<Vec<Grant>> {
        let mut roles = vec![self.named()?];
        while self.sign(',') {
            roles.push(self.named()?);
        }
        self.words("TO").then_some(())?;
        let own = self.named()? == whole(account);
        let option = self.words("WITH ADMIN OPTION");
        let each = roles.into_iter().map(|role| Grant::Role { role, option });
        Some(each.filter(|_| own).collect())
    }

    fn privileges(&mut self, account: &Name) -> Option<Vec<Grant>> {
        let listed = self.listed()?;
        let on = self.object()?;
        self.words("TO").then_some(())?;
        let own = self.named()? == whole(account);
        let option = self.tail()?;
        if !own {
            return Some(Vec::new());
        }
        // Each of MySQL's dynamic privileges has its own option; their names are one word with underscores, as no other
        // (MariaDB's READ_ONLY ADMIN is two).
        let dynamic = |name: &str| on.is_global() && name.contains('_') && !name.contains(' ');
        let mut grants = Vec::new();
        if option && !listed.iter().all(|(name, _)| dynamic(name)) {
            grants.push(Grant::Option(on.clone()));
        }
        for (name, columns) in listed {
            let whole = name == "USAGE" || dynamic(&name);
            if whole && !columns.is_empty() || matches!(name.as_str(), "PROXY" | OPTION) {
                return None;
            }
            if name == "USAGE" {
                continue;
            }
            if dynamic(&name) {
                grants.push(Grant::Dynamic { name, option });
                continue;
            }
            let one = |column| Grant::Privilege {
                on: on.clone(),
                name: name.clone(),
                column,
            };
            if columns.is_empty() {
                grants.push(one(None));
            }
            grants.extend(columns.into_iter().map(|column| one(Some(column))));
        }
        Some(grants)
    }

    /// What is taken from a global privilege for one database.
    fn revoked(&mut self, account: &Name) -> Option<Vec<Grant>> {
        // The option alone is not named.
        let listed = if self.words("ON") {
            Vec::new()
        } else {
            self.listed()?
        };
        let on = self.object()?;
        self.words("FROM").then_some(())?;
        let own = self.named()? == whole(account);
        let plain = own && listed.iter().all(|(_, columns)| columns.is_empty());
        let each = listed.into_iter().map(|(name, _)| Grant::Revoked {
            on: on.clone(),
            name,
        });
        plain.then(|| each.collect())
    }

    /// Up to and with ON.
    fn listed(&mut self) -> Option<Vec<Listed>> {
        let mut all = Vec::new();
        loop {
            let mut name = Vec::new();
            while !self.next_is("ON") {
                let Some(Token::Word(word)) = self.words.get(self.at) else {
                    break;
                };
                name.push(word.clone());
                self.at += 1;
            }
            let mut columns = Vec::new();
            if self.sign('(') {
                columns.push(self.quoted()?);
                while self.sign(',') {
                    columns.push(self.quoted()?);
                }
                self.sign(')').then_some(())?;
            }
            (!name.is_empty()).then_some(())?;
            all.push((name.join(" "), columns));
            if !self.sign(',') {
                return self.words("ON").then_some(all);
            }
        }
    }

    fn object(&mut self) -> Option<Object> {
        let routine = ROUTINES.into_iter().find(|kind| self.words(kind));
        let database = self.part()?;
        self.sign('.').then_some(())?;
        let name = self.part()?;
        let fits = (name.is_none() || database.is_some()) && (routine.is_none() || name.is_some());
        fits.then_some(Object {
            routine,
            database,
            name,
        })
    }

    /// A name, or an asterisk.
    fn part(&mut self) -> Option<Option<String>> {
        if self.sign('*') {
            return Some(None);
        }
        self.quoted().map(Some)
    }

    /// What follows the account; whether the grants may be passed on. Password, TLS and limits are read elsewhere.
    fn tail(&mut self) -> Option<bool> {
        if self.next_is("IDENTIFIED") || self.next_is("REQUIRE") {
            while self.at < self.words.len() && !self.next_is("WITH") {
                self.at += 1;
            }
        }
        if !self.words("WITH") {
            return Some(false);
        }
        let option = self.words("GRANT OPTION");
        while LIMITS.into_iter().any(|limit| self.words(limit)) {
            while self.number() || self.sign('.') {}
        }
        Some(option)
    }

    /// A user with its host, or a role, which need not have one.
    fn named(&mut self) -> Option<(String, Option<String>)> {
        let user = self.quoted()?;
        let host = if self.sign('@') {
            Some(self.quoted()?)
        } else {
            None
        };
        Some((user, host))
    }

    fn number(&mut self) -> bool {
        let there = matches!(self.words.get(self.at), Some(Token::Word(word)) if word.bytes().all(|b| b.is_ascii_digit()));
        self.at += usize::from(there);
        there
    }

    fn quoted(&mut self) -> Option<String> {
        let Some(Token::Quoted(text)) = self.words.get(self.at) else {
            return None;
        };
        self.at += 1;
        Some(text.clone())
    }

    fn sign(&mut self, sign: char) -> bool {
        let there = self.words.get(self.at) == Some(&Token::Sign(sign));
        self.at += usize::from(there);
        there
    }

    fn next_is(&self, expected: &str) -> bool {
        matches!(self.words.get(self.at), Some(Token::Word(word)) if word == expected)
    }

    /// All of these words, or none.
    fn words(&mut self, expected: &str) -> bool {
        let begin = self.at;
        for word in expected.split(' ') {
            if !self.next_is(word) {
                self.at = begin;
                return false;
            }
            self.at += 1;
        }
        true
    }
}

fn whole(account: &Name) -> (String, Option<String>) {
    (account.0.clone(), Some(account.1.clone()))
}
