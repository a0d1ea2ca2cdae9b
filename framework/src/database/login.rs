//! AWS's standard database secret.

use std::fmt;
use std::marker::PhantomData;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::HookError;
use crate::field;
use crate::rotator::Payload;
use crate::secret::Secret;

/// One kind of database, as far as its secrets differ.
pub trait Database: Sized + Send + Sync + 'static {
    /// The values that the key `engine` may have.
    const NAMES: &'static [&'static str];
    /// The port, if the secret names none.
    const PORT: u16;
    /// The longest name of a user, in bytes.
    const USER_BYTES: usize;
}

/// AWS's standard database secret:
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html>.
/// Two keys are not AWS's: `servername` and `owner_role`.
#[derive(Serialize, Deserialize)]
#[serde(bound(serialize = "", deserialize = "E: Database"))]
pub struct Login<E> {
    /// DNS name or address of the server.
    #[serde(deserialize_with = "super::foreign::host")]
    pub host: String,
    /// Whose login it is.
    #[serde(deserialize_with = "user::<E, _>")]
    pub username: String,
    /// The password.
    pub password: Secret,
    #[serde(deserialize_with = "engine::<E, _>")]
    engine: String,
    #[serde(default, deserialize_with = "field::port")]
    port: Option<u16>,
    #[serde(default, deserialize_with = "field::some_name")]
    dbname: Option<String>,
    #[serde(default = "field::yes", deserialize_with = "field::ssl")]
    ssl: bool,
    #[serde(default, deserialize_with = "field::some_secret")]
    masterarn: Option<String>,
    #[serde(default, deserialize_with = "field::some_name")]
    servername: Option<String>,
    #[serde(default, deserialize_with = "field::some_name")]
    owner_role: Option<String>,
    #[serde(skip)]
    kind: PhantomData<E>,
}

impl<E: Database> Login<E> {
    /// The port: the secret's, or the engine's usual one.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(E::PORT)
    }

    /// The database to connect to, if the secret names one.
    pub fn dbname(&self) -> Option<&str> {
        self.dbname.as_deref()
    }

    /// Returns true if the connection is encrypted. Only `"ssl": false` turns encryption off.
    pub fn tls(&self) -> bool {
        self.ssl
    }

    /// The name that the server's certificate must be for.
    pub fn server_name(&self) -> &str {
        self.servername.as_deref().unwrap_or(&self.host)
    }

    /// The role that owns what two users who take turns create, if the secret names one.
    pub fn owner_role(&self) -> Option<&str> {
        self.owner_role.as_deref()
    }

    /// The same server and the same database, for another user.
    pub fn with_user(&self, username: impl Into<String>, password: Secret) -> Self {
        Self {
            username: username.into(),
            password,
            ..self.clone()
        }
    }

    /// The password, if a user may be given it.
    ///
    /// # Errors
    /// If it is empty, or holds control characters. Clients and password files cannot hold these.
    pub fn new_password(&self) -> Result<&Secret, HookError> {
        let wrong = if self.password.expose().is_empty() {
            "is empty"
        } else if self.password.expose().contains(char::is_control) {
            "holds control characters"
        } else {
            return Ok(&self.password);
        };
        Err(HookError::refused(format!(
            "the new password {wrong}: nothing was changed. Take AWSPENDING off that version, and start a new rotation"
        )))
    }

    /// After `Ok`, `self` and `current`, which it replaces, connect to the server in the same way.
    ///
    /// # Errors
    /// If only one of the two uses TLS, or if their server names differ. Somebody has edited the secret then.
    pub fn same_way(&self, current: &Self) -> Result<(), HookError> {
        let key = if self.tls() != current.tls() {
            "ssl"
        } else if self.server_name() != current.server_name() {
            "servername"
        } else {
            return Ok(());
        };
        Err(HookError::refused(format!(
            "the key {key} of AWSPENDING is not as in AWSCURRENT: the secret was edited during the rotation. Take AWSPENDING off that version, and start a new rotation"
        )))
    }

    /// The same login, with TLS or without it.
    pub(super) fn over(self, ssl: bool) -> Self {
        Self { ssl, ..self }
    }

    /// The same login at a server whose certificate is for `servername`, or for the host.
    pub(super) fn at(&self, host: &str, port: u16, servername: Option<&str>) -> Self {
        Self {
            host: host.to_owned(),
            port: Some(port),
            servername: servername.map(ToOwned::to_owned),
            ..self.clone()
        }
    }
}

/// For any engine. A derived `Clone` would demand that the engine can be cloned.
impl<E> Clone for Login<E> {
    fn clone(&self) -> Self {
        Self {
            host: self.host.clone(),
            username: self.username.clone(),
            password: self.password.clone(),
            engine: self.engine.clone(),
            port: self.port,
            dbname: self.dbname.clone(),
            ssl: self.ssl,
            masterarn: self.masterarn.clone(),
            servername: self.servername.clone(),
            owner_role: self.owner_role.clone(),
            kind: PhantomData,
        }
    }
}

impl<E: Database> Payload for Login<E> {
    fn target(&self) -> String {
        format!("{}:{}", self.host.to_ascii_lowercase(), self.port())
    }

    fn principal(&self) -> &str {
        &self.username
    }

    fn credential(&self) -> &Secret {
        &self.password
    }

    fn admin_secret(&self) -> Option<&str> {
        self.masterarn.as_deref()
    }
}

impl<E> fmt::Debug for Login<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.username, self.host)
    }
}

fn engine<'de, E: Database, D: Deserializer<'de>>(json: D) -> Result<String, D::Error> {
    let engine = field::name(json)?;
    if E::NAMES.contains(&engine.as_str()) {
        return Ok(engine);
    }
    let names = E::NAMES.join(" or ");
    Err(D::Error::custom(format!(
        "must be {names}: this function rotates no other engine"
    )))
}

fn user<'de, E: Database, D: Deserializer<'de>>(json: D) -> Result<String, D::Error> {
    let user = field::name(json)?;
    if user.len() <= E::USER_BYTES {
        return Ok(user);
    }
    Err(D::Error::custom(format!(
        "must have {} bytes at most",
        E::USER_BYTES
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    struct Any;

    impl Database for Any {
        const NAMES: &'static [&'static str] = &["any", "other-any"];
        const PORT: u16 = 7;
        const USER_BYTES: usize = 8;
    }

    fn read(fields: &str) -> Result<Login<Any>, String> {
        let base = r#""engine":"any","host":"db.example","username":"app","password":"p""#;
        let text = if fields.contains("\"engine\"") || fields.contains("\"host\"") {
            let kept = base
                .split(',')
                .filter(|f| !fields.contains(f.split(':').next().expect("a key")));
            format!("{{{},{fields}}}", kept.collect::<Vec<_>>().join(","))
        } else {
            format!(
                "{{{base}{}{fields}}}",
                if fields.is_empty() { "" } else { "," }
            )
        };
        Document::new(text)
            .parse()
            .map_err(|problem| problem.to_string())
    }

    #[test]
    fn defaults_and_spellings() {
        let login = read("").expect("complete");
        assert_eq!((login.port(), login.dbname(), login.tls()), (7, None, true));
        assert_eq!(login.target(), "db.example:7");
        for (fields, port, tls) in [
            ("\"port\":5433", 5433, true),
            ("\"port\":\"5433\"", 5433, true),
            ("\"ssl\":null", 7, true),
            ("\"ssl\":false", 7, false),
            ("\"ssl\":\"TRUE\"", 7, true),
            ("\"ssl\":\"False\"", 7, false),
        ] {
            let login = read(fields).expect(fields);
            assert_eq!((login.port(), login.tls()), (port, tls), "{fields}");
        }
    }

    #[test]
    fn every_bad_field_is_named() {
        for (fields, words) in [
            (
                "\"port\":\"abc\"",
                "port that cannot be used: it must be a port number",
            ),
            ("\"port\":0", "port"),
            ("\"port\":65536", "port"),
            ("\"port\":-1", "port"),
            ("\"port\":5432.5", "port"),
            (
                "\"ssl\":\"maybe\"",
                "ssl that cannot be used: it must be true or false",
            ),
            ("\"ssl\":1", "ssl"),
            ("\"ssl\":\"require\"", "ssl"),
            (
                "\"masterarn\":\"admin\"",
                "masterarn that cannot be used: it must be the full ARN of a secret",
            ),
            (
                "\"engine\":\"mysql\"",
                "must be any or other-any: this function rotates no other engine",
            ),
            ("\"engine\":\"Any \"", "engine"),
            (
                "\"host\":\"\"",
                "host that cannot be used: it must be a DNS name",
            ),
            ("\"host\":\"postgres://h\"", "host"),
            ("\"host\":\"h:5432\"", "host"),
            ("\"host\":\"h/x\"", "host"),
            ("\"host\":\"h h\"", "host"),
            ("\"host\":42", "host"),
        ] {
            let said = read(fields).expect_err(fields);
            assert!(said.contains(words), "{fields}: {said}");
        }
    }
}
