//! A row each, for one user.

use super::Row;

const PASSES: &str = "Rotation.Target";
const STAYS: &str = "Rotation.TargetRefused";
const NONE: &str = "Rotation.NoneAccepted";

const NOTHING: Row = Row {
    what: "",
    settings: &[],
    sql: "",
    edits: &[],
    error_type: STAYS,
    words: "",
};

pub(super) const ROWS: &[Row] = &[
    Row {
        what: "nobody listens",
        edits: &[("port", "{free}")],
        error_type: PASSES,
        words: "nobody listens there. Check host, port and security groups",
        ..NOTHING
    },
    Row {
        what: "no such name",
        settings: &[("ALLOWED_HOSTS", "")],
        edits: &[("host", "\"db.invalid\"")],
        error_type: PASSES,
        words: "its name is not in DNS. Check the key host",
        ..NOTHING
    },
    Row {
        what: "loopback that nobody allowed",
        settings: &[("ALLOWED_HOSTS", "")],
        words: "resolves to a forbidden address",
        ..NOTHING
    },
    Row {
        what: "the metadata service",
        settings: &[("ALLOWED_HOSTS", "")],
        edits: &[("host", "\"169.254.169.254\"")],
        words: "resolves to a forbidden address",
        ..NOTHING
    },
    Row {
        what: "a host that is not in the list",
        edits: &[("host", "\"127.0.0.1\"")],
        words: "is not named in ALLOWED_HOSTS",
        ..NOTHING
    },
    Row {
        what: "an unknown authority",
        settings: &[("DATABASE_CA_BUNDLE", "")],
        words: "its certificate comes from an unknown authority. Name the PEM file of that authority in DATABASE_CA_BUNDLE. Nothing was sent in plaintext",
        ..NOTHING
    },
    Row {
        what: "another name in the certificate",
        edits: &[("servername", "\"other.example\"")],
        words: "its certificate is for another name. Use that name as host, or give it as servername",
        ..NOTHING
    },
    Row {
        what: "an address that the certificate is not for",
        settings: &[("ALLOWED_HOSTS", "127.0.0.1")],
        edits: &[("host", "\"127.0.0.1\"")],
        words: "its certificate is for another name. Use that name as host, or give it as servername",
        ..NOTHING
    },
    Row {
        what: "no such database",
        edits: &[("dbname", "\"nowhere\"")],
        words: "has no such database: database \"nowhere\" does not exist. Check the key dbname",
        ..NOTHING
    },
    Row {
        what: "a database that is closed",
        edits: &[("dbname", "\"template0\"")],
        error_type: PASSES,
        words: "\"template0\" is not currently accepting connections",
        ..NOTHING
    },
    Row {
        what: "a client certificate is wanted",
        sql: "GRANT certified TO {user}",
        words: "whatever its password: connection requires a valid client certificate",
        ..NOTHING
    },
    Row {
        what: "pg_hba.conf says reject",
        sql: "GRANT rejected TO {user}",
        words: "whatever its password: pg_hba.conf rejects connection",
        ..NOTHING
    },
    Row {
        what: "no login by password",
        sql: "GRANT identified TO {user}",
        words: "whatever its password: Ident authentication failed",
        ..NOTHING
    },
    Row {
        what: "NOLOGIN",
        sql: "ALTER ROLE {user} NOLOGIN",
        words: "is not permitted to log in",
        ..NOTHING
    },
    Row {
        what: "too many connections",
        sql: "ALTER ROLE {user} CONNECTION LIMIT 0",
        words: "too many connections for role \"app",
        ..NOTHING
    },
    Row {
        what: "a wrong password",
        edits: &[("password", "\"not-that-password\"")],
        error_type: NONE,
        words: "(AWSCURRENT: refused: the server refuses the password of user app",
        ..NOTHING
    },
    Row {
        what: "VALID UNTIL is over",
        sql: "ALTER ROLE {user} VALID UNTIL '2020-01-01'",
        error_type: NONE,
        words: "(AWSCURRENT: refused: the server refuses the password of user app",
        ..NOTHING
    },
    Row {
        what: "no such user",
        sql: "DROP ROLE {user}",
        error_type: NONE,
        words: "(AWSCURRENT: refused: the server refuses the password of user app",
        ..NOTHING
    },
];
