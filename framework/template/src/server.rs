//! An imaginary server. It stands for the client library of a real one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rotation::HookError;
use tokio::sync::Mutex;

use crate::secret::Login;

/// The server at the host `sample`. Clones are the same server.
#[derive(Clone, Default)]
pub struct Server {
    passwords: Arc<Mutex<HashMap<String, String>>>,
    locks: Arc<Mutex<HashSet<String>>>,
}

/// A login that the server took.
pub struct Connection {
    server: Server,
    user: String,
    lock: Option<String>,
}

/// Why the server did not do something.
pub enum Trouble {
    /// It refuses the password, and says so. Only this is a rejection of the credential.
    WrongPassword,
    /// It takes no more connections.
    Full,
    /// Nobody answers.
    Unreachable,
    /// The user may not change its password.
    Denied,
}

impl From<Trouble> for HookError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::WrongPassword => Self::refused("the server refuses the password"),
            Trouble::Full => Self::failed("the server has too many connections: try again later"),
            Trouble::Unreachable => Self::failed("the server does not answer: check the key host"),
            Trouble::Denied => Self::refused("the user may not change its password"),
        }
    }
}

impl Server {
    /// Adds a user.
    pub async fn add(&self, user: &str, password: &str) {
        let mut passwords = self.passwords.lock().await;
        passwords.insert(user.to_owned(), password.to_owned());
    }

    /// Whether this is the user's password.
    pub async fn knows(&self, user: &str, password: &str) -> bool {
        let passwords = self.passwords.lock().await;
        passwords.get(user).is_some_and(|known| known == password)
    }

    pub(crate) async fn log_in(&self, login: &Login) -> Result<Connection, Trouble> {
        match login.host.as_str() {
            "sample" => {}
            "full" => return Err(Trouble::Full),
            _ => return Err(Trouble::Unreachable),
        }
        if !self.knows(&login.username, login.password.expose()).await {
            return Err(Trouble::WrongPassword);
        }
        Ok(Connection {
            server: self.clone(),
            user: login.username.clone(),
            lock: None,
        })
    }
}

impl Connection {
    /// Takes the lock with this name, until the connection is closed. `false`, if somebody else has it.
    pub(crate) async fn lock(&mut self, name: &str) -> bool {
        let taken = self.server.locks.lock().await.insert(name.to_owned());
        if taken {
            self.lock = Some(name.to_owned());
        }
        taken
    }

    pub(crate) async fn set_password(&self, password: &str) -> Result<(), Trouble> {
        self.may_set_password().await?;
        self.server.add(&self.user, password).await;
        Ok(())
    }

    /// Whether `set_password` will be allowed.
    pub(crate) async fn may_set_password(&self) -> Result<(), Trouble> {
        let passwords = self.server.passwords.lock().await;
        match passwords.contains_key(&self.user) {
            true => Ok(()),
            false => Err(Trouble::Denied),
        }
    }

    pub(crate) async fn close(self) {
        if let Some(name) = self.lock {
            self.server.locks.lock().await.remove(&name);
        }
    }
}
