//! Where a function does something else with a secret than AWS's template for the same engine.

use serde::Serialize;

/// One difference, as `deploy/MOVING.md` has it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(in crate::tool) struct Difference {
    pub(super) key: &'static str,
    #[serde(skip)]
    pub(super) on: &'static [&'static str],
    /// What AWS's template does.
    pub(super) template: &'static str,
    /// What the function does.
    pub(super) function: &'static str,
    /// What to do about it.
    #[serde(rename = "do")]
    pub(super) remedy: &'static str,
}

const fn difference(
    key: &'static str,
    on: &'static [&'static str],
    template: &'static str,
    function: &'static str,
    remedy: &'static str,
) -> Difference {
    Difference {
        key,
        on,
        template,
        function,
        remedy,
    }
}

#[rustfmt::skip]
pub(super) const ALL: &[Difference] = &[
    // BEGIN differences, by scripts/generate from deploy/differences.toml
    difference("no-tls", &["postgres", "mysql", "mariadb"], "tries TLS. If that fails, it logs in without TLS", "verifies the server in full, and never goes on without TLS", "correct the server's TLS or `host`, or set `DATABASE_CA_BUNDLE`. Or say `\"ssl\": false` in the secret and in the administrator's secret"),
    difference("ssl", &["postgres", "mysql", "mariadb"], "ignores a value of `ssl` other than true and false", "refuses such a value", "write true or false, or remove the key"),
    difference("port", &["postgres", "mysql", "mariadb"], "reads `port` as Python does: 5432.5 and \"5_432\" are ports", "takes a whole number, or a text that is one", "write the number"),
    difference("doubled-keys", &["postgres", "mysql", "mariadb"], "takes the last of two equal keys", "refuses the secret, since applications may take the first", "remove one of them"),
    difference("nan", &["postgres", "mysql", "mariadb"], "takes `NaN` and `Infinity` for JSON", "refuses both words, which are no JSON", "write a number, or null"),
    difference("masterarn", &["postgres", "mysql", "mariadb"], "takes a name in `masterarn`. The template for one user ignores the key", "needs the full ARN, also with one user", "write the ARN, or remove the key"),
    difference("strategy", &["postgres", "mysql", "mariadb"], "is one template for one user, and another for two users", "lets two users take turns if the secret has `masterarn`. If not, it changes one user", "set `ROTATION_STRATEGY`, if `masterarn` is in secrets of one user"),
    difference("masterarn-single", &["postgres", "mysql", "mariadb"], "with one user, never uses the administrator", "with `single-user` and `masterarn`, lets the administrator make a change that the server denies the user", "nothing"),
    difference("admin-masterarn", &["postgres", "mysql", "mariadb"], "ignores a `masterarn` in the administrator's secret", "refuses such an administrator", "remove the key there"),
    difference("loopback", &["postgres", "mysql", "mariadb"], "connects to any `host`", "refuses loopback and link-local addresses", "name such a host in `ALLOWED_HOSTS`"),
    difference("tags", &["postgres", "mysql", "mariadb"], "reads no tags", "takes tags that begin with `rotation:` for settings, and refuses those that it does not know", "rename tags of your own"),
    difference("variables", &["postgres", "mysql", "mariadb"], "takes every word for false, except true, 1, y and yes. It ignores blanks around `PASSWORD_LENGTH`", "refuses such blanks, and words other than true, 1, y, yes, false, 0, n and no", "write one of these words"),
    difference("weak-passwords", &["postgres", "mysql", "mariadb"], "makes passwords as weak as its variables say", "refuses a policy that gives fewer than 64 bits, such as 9 characters of all kinds or 16 digits", "raise `PASSWORD_LENGTH`, or exclude less"),
    difference("username-limit", &["mysql"], "takes names of 16 characters with `_clone`, or of `USERNAME_CHARACTER_LIMIT`", "takes what the server takes, and ignores that variable", "nothing"),
    difference("time-out", &["postgres", "mysql", "mariadb"], "rotates in a time-out of 3 s, if the server is quick", "refuses a time-out of less than about 6 s", "set 30 s or more"),
    difference("wait", &["postgres", "mysql", "mariadb"], "begins a rotation at once, also if an earlier rotation was abandoned", "waits until the abandoned rotation can write no more: its time-out and 15 s. It may answer `Rotation.Busy`", "nothing: Secrets Manager tries again"),
    difference("edited", &["postgres", "mysql", "mariadb"], "goes on with AWSPENDING after somebody changed the password and AWSCURRENT by hand", "refuses that AWSPENDING (`Rotation.Versions`)", "take AWSPENDING off, by the command in the error, and rotate"),
    difference("old-servers", &["postgres", "mysql", "mariadb"], "rotates older servers, such as MySQL 5.7, but not MySQL 9", "rotates PostgreSQL 13, MySQL 8.0.14 and MariaDB 10.4, and whatever is newer", "keep AWS's template for older servers"),
    difference("connections", &["postgres", "mysql", "mariadb"], "needs one connection of the user at a time", "needs two connections, so it refuses a limit of 1", "raise `CONNECTION LIMIT` or `MAX_USER_CONNECTIONS`"),
    difference("lock", &["postgres", "mysql", "mariadb"], "takes no lock, so two invocations may set two passwords", "takes a lock at the server: an advisory lock, or `GET_LOCK`, which Galera's strict mode forbids", "nothing. Keep AWS's template where the server gives no lock"),
    difference("foreign-clone", &["postgres", "mysql", "mariadb"], "with two users, sets the password of any account that is called `app_clone`", "refuses an account if nothing shows that it takes turns with `app`", "do as the error says"),
    difference("second-user", &["postgres", "mysql", "mariadb"], "with two users, gives the second user the grants that it lacks, and takes nothing away", "gives the next user exactly the rights of the current user. On PostgreSQL, these include attributes and settings", "change the grants of the user in AWSCURRENT"),
    difference("superusers", &["postgres"], "with two users, makes a second user who lacks SUPERUSER and REPLICATION", "refuses such users, and also `postgres` and the users of RDS itself", "rotate such a secret as one user"),
    difference("admin-rights", &["postgres"], "with two users, does not copy BYPASSRLS, CREATEDB and settings", "copies them. It refuses where the administrator may not", "run the statement in the error as a superuser, once"),
    difference("hashing", &["postgres"], "sends the password as text. `password_encryption` decides how the server keeps it", "sends a verifier of the kind that `password_encryption` says. An account with SCRAM keeps SCRAM", "nothing. An extension that must see the password refuses this: keep AWS's template there"),
    difference("several-hosts", &["mysql", "mariadb"], "changes one of the accounts of a user that has several hosts", "refuses such a user if it can see the other accounts", "keep one account"),
    difference("hours-limits", &["mysql", "mariadb"], "needs few queries, updates and connections", "refuses limits for an hour below 60 queries, 4 updates or 12 connections", "raise these limits"),
    difference("other-account", &["mysql", "mariadb"], "changes the account at which a login ends, such as an anonymous account, or the account of a proxy", "refuses a login that ends at another account", "give the user an account of its own"),
    difference("hashes", &["mysql", "mariadb"], "sends the password as text, so plug-ins can check it", "sends hashes: on MariaDB always, on MySQL with two users", "set `strict_password_validation=OFF` on MariaDB. `PASSWORD_LENGTH` and the tags make passwords strong"),
    difference("plugins", &["mysql", "mariadb"], "sets the password of an account with any plug-in", "needs `mysql_native_password` as the first plug-in of an account of MariaDB. On MySQL with two users it takes that plug-in or `caching_sha2_password`", "give the account such a plug-in"),
    difference("second-password", &["mariadb"], "with one user, leaves a second password of the account unchanged", "refuses such an account, if the secret has no `masterarn`", "set `dual-password`, or name an administrator"),
    difference("expired", &["mariadb"], "sets a new password for an account whose password has expired", "refuses such an account", "set a password once, as an administrator, and store it"),
    difference("reserved", &["mysql", "mariadb"], "with two users, takes any account", "refuses the accounts of the server and of RDS itself, such as `root` and `rdsadmin`", "rotate such a secret as one user"),
    // END differences
];
