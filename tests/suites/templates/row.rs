//! What a row of the table says.

/// The databases it is for; variants, each of which is some edits; what AWS's template does, what ours does; and the key of the line in
/// `deploy/differences.toml` that has the difference, if there is one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row(
    pub(crate) &'static [Kind],
    pub(crate) &'static [&'static [Edit]],
    pub(crate) Theirs,
    pub(crate) Ours,
    pub(crate) &'static str,
);

/// Whose template it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Postgres,
    Mysql,
    Mariadb,
}

pub(crate) const ALL: &[Kind] = &[Kind::Postgres, Kind::Mysql, Kind::Mariadb];
pub(crate) const POSTGRES: &[Kind] = &[Kind::Postgres];
pub(crate) const BOTH: &[Kind] = &[Kind::Mysql, Kind::Mariadb];
pub(crate) const MYSQL: &[Kind] = &[Kind::Mysql];
pub(crate) const MARIADB: &[Kind] = &[Kind::Mariadb];

/// What is not as usual: a secret of one user on a server with TLS. In all texts, `{engine}`, `{host}`, `{port}`, `{user}`, `{password}`,
/// `{admin}` (the ARN of the administrator's secret) and `{n}` (a number of the row's own) are filled in; in statements, `{user}` is the
/// account, and `{clone}` that of the second user.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edit {
    /// A text stands under this key of AWSCURRENT.
    Text(&'static str, &'static str),
    /// Some other JSON does.
    Json(&'static str, &'static str),
    /// AWSCURRENT lacks this key.
    Without(&'static str),
    /// This is the whole of AWSCURRENT.
    Whole(&'static str),
    /// This is the whole of AWSPREVIOUS.
    Previous(&'static str),
    /// A text stands under this key of AWSPENDING after createSecret.
    Pending(&'static str, &'static str),
    /// JSON stands under this key of the administrator's secret.
    Admin(&'static str, &'static str),
    /// The user is called so.
    User(&'static str),
    /// The template is the one for two users; the secret names an administrator.
    TwoUsers,
    /// The function has this variable.
    Variable(&'static str, &'static str),
    /// The function has this time-out, in seconds.
    TimeOut(u64),
    /// The server has no TLS.
    Bare,
    /// The superuser runs this before.
    Sql(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theirs {
    Rotates,
    Fails,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ours {
    /// AWSCURRENT has a new password, and the other user if there are two; every other byte is as it was.
    Rotates,
    /// The same, but the users take turns.
    TakesTurns,
    /// AWSCURRENT works as before; the error has these words.
    Refuses(&'static str),
    /// The server is at the engine's usual port: nobody is there in the tests, so the secret is only read.
    UsualPort,
}
