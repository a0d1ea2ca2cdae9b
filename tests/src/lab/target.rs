//! What a lab asks of a server.

mod mysql;
mod postgres;

use std::future::Future;

/// What a login got: the database that it is in, and whether it is encrypted.
pub type Session = (String, bool);

/// A real server, for whose users there is a rotator.
pub trait Target: Sync + 'static {
    /// As in `postgres`.
    const ROTATOR: &'static str;
    /// The port of a secret that names none.
    const PORT: u16;
    /// The database of a login whose secret names none.
    const DATABASE: &'static str;
    /// What AWS's templates leave out of passwords.
    const EXCLUDED: &'static str;
    /// What an error says where the secret is for another engine.
    const ENGINES: &'static str;
    /// What a secret of Aurora's calls it.
    const AURORA: &'static str;
    /// The most bytes that a name in a secret may have.
    const USER_BYTES: usize;
    /// Names that must be quoted.
    const NAMES: &'static [&'static str];

    /// Where it listens.
    fn port(&self) -> u16;

    /// The most characters of a user's name, and the step that finds out if the second user's would have more.
    fn longest_name(&self) -> (usize, &'static str);

    /// Another server of the same kind, that has no TLS.
    fn without_tls(&self) -> impl Future<Output = &'static Self> + Send;

    /// A user of this test's own: name and password.
    fn user(&self, name: &str) -> impl Future<Output = (String, String)> + Send;

    /// A user of this name.
    fn create(&self, user: &str, password: &str) -> impl Future<Output = ()> + Send;

    /// Whatever belongs to the user must be gone.
    fn drop(&self, user: &str) -> impl Future<Output = ()> + Send;

    /// A user who may create users and see what they may do, and no more.
    fn administrator(&self) -> impl Future<Output = (String, String)> + Send;

    /// The standard secret of a user.
    fn secret_json(&self, user: &str, password: &str) -> String;

    /// Whether the server takes this password.
    fn takes(&self, user: &str, password: &str) -> impl Future<Output = bool> + Send;

    /// The same.
    ///
    /// # Errors
    /// What it says that is neither yes nor no, or that nobody answers.
    fn admits(
        &self,
        user: &str,
        password: &str,
    ) -> impl Future<Output = Result<bool, String>> + Send;

    /// It ends, and starts again with its data and at its port.
    fn restart(&self) -> impl Future<Output = ()> + Send;

    /// What the server has for a user: it changes if the password does.
    fn verifier(&self, user: &str) -> impl Future<Output = String> + Send;

    /// Somebody sets another password by hand.
    fn set_by_hand(&self, user: &str) -> impl Future<Output = ()> + Send;

    /// From now on the user may not log in, whatever the password.
    fn shut_out(&self, user: &str) -> impl Future<Output = ()> + Send;

    /// A table of one number, which the user may read and write. Returns its name. An administrator may pass that on.
    fn table(&self, user: &str, admin: Option<&str>) -> impl Future<Output = String> + Send;

    /// A database that the user may log in to, and an administrator.
    fn database(&self, user: &str, admin: &str) -> impl Future<Output = String> + Send;

    /// The first column of what the user is answered.
    ///
    /// # Errors
    /// The server's, in words.
    fn answer(
        &self,
        user: &str,
        password: &str,
        statement: &str,
    ) -> impl Future<Output = Result<Vec<String>, String>> + Send;

    /// Where its log ends now.
    fn mark(&self) -> usize;

    /// Logins of `user` since `mark`: taken, and refused.
    fn logins(&self, mark: usize, user: &str) -> (usize, usize);

    /// What the logins of `user` since `mark` got.
    fn sessions(&self, mark: usize, user: &str) -> Vec<Session>;
}

/// What stands between two words of a line.
fn between<'a>(line: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(before)?;
    Some(rest.split_once(after)?.0)
}
