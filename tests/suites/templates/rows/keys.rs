//! One key of AWSCURRENT: `port`, `dbname`, `engine`, `host`, `ssl`.

use crate::row::Edit::{Bare, Json, Sql, Text, Variable, Without};
use crate::row::Ours::{Refuses, Rotates, UsualPort};
use crate::row::{ALL, BOTH, MARIADB, MYSQL, POSTGRES, Row, Theirs};

const PORT: &str = "under the key port that cannot be used: it must be a port number, 1 to 65535";
const SSL: &str =
    "under the key ssl that cannot be used: it must be true or false. There is no fallback";
const HOST: &str = "under the key host that cannot be used: it must be a DNS name or an address";
const ENGINE: &str = "this function rotates no other engine";
const NO_TLS: &str = "the server offers no TLS";

pub(super) const ROWS: &[Row] = &[
    Row(ALL, &[&[]], Theirs::Rotates, Rotates, ""),
    // port
    Row(
        ALL,
        &[
            &[Text("port", "{port}")],
            &[Text("port", " {port} ")],
            &[Text("port", "{port}\n")],
            &[Text("port", "+{port}")],
            &[Json("port", "{port}.0")],
        ],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(ALL, &[&[Without("port")]], Theirs::Rotates, UsualPort, ""),
    Row(
        ALL,
        &[&[Json("port", "null")], &[Text("port", "")]],
        Theirs::Fails,
        UsualPort,
        "",
    ),
    Row(
        ALL,
        &[&[Json("port", "{port}.5")]],
        Theirs::Rotates,
        Refuses(PORT),
        "port",
    ),
    Row(
        ALL,
        &[
            &[Text("port", "abc")],
            &[Text("port", "{port}.0")],
            &[Text("port", " ")],
            &[Json("port", "0")],
            &[Json("port", "-1")],
            &[Json("port", "70000")],
            &[Json("port", "true")],
            &[Json("port", "[{port}]")],
        ],
        Theirs::Fails,
        Refuses(PORT),
        "",
    ),
    // dbname
    Row(ALL, &[&[Without("dbname")]], Theirs::Rotates, Rotates, ""),
    Row(
        POSTGRES,
        &[&[Json("dbname", "null")], &[Text("dbname", "")]],
        Theirs::Fails,
        Rotates,
        "",
    ),
    Row(
        BOTH,
        &[&[Json("dbname", "null")], &[Text("dbname", "")]],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        POSTGRES,
        &[&[
            Text("dbname", "My shop {n}"),
            Sql("CREATE DATABASE \"My shop {n}\""),
        ]],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        POSTGRES,
        &[&[
            Text("dbname", "shop=1 {n}"),
            Sql("CREATE DATABASE \"shop=1 {n}\""),
        ]],
        Theirs::Fails,
        Rotates,
        "",
    ),
    Row(
        BOTH,
        &[&[
            Text("dbname", "my shop=1 {n}"),
            Sql("CREATE DATABASE `my shop=1 {n}`"),
            Sql("GRANT SELECT ON `my shop=1 {n}`.* TO {user}"),
        ]],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        ALL,
        &[&[Text("dbname", "nowhere")]],
        Theirs::Fails,
        Refuses("has no such database"),
        "",
    ),
    // engine
    Row(
        POSTGRES,
        &[&[Text("engine", "aurora-postgresql")]],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        MYSQL,
        &[&[Text("engine", "aurora-mysql")]],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    // By the template for MySQL.
    Row(
        MARIADB,
        &[&[Text("engine", "mysql")]],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        POSTGRES,
        &[
            &[Text("engine", "mysql")],
            &[Text("engine", "Postgres")],
            &[Text("engine", "postgres ")],
            &[Text("engine", "postgresql")],
        ],
        Theirs::Fails,
        Refuses(ENGINE),
        "",
    ),
    Row(
        BOTH,
        &[
            &[Text("engine", "postgres")],
            &[Text("engine", "aurora")],
            &[Text("engine", "MySQL")],
            &[Text("engine", "mariadb ")],
        ],
        Theirs::Fails,
        Refuses(ENGINE),
        "",
    ),
    Row(
        ALL,
        &[&[Json("engine", "null")]],
        Theirs::Fails,
        Refuses("under the key engine"),
        "",
    ),
    Row(
        ALL,
        &[&[Without("engine")]],
        Theirs::Fails,
        Refuses("lacks the key engine"),
        "",
    ),
    // host
    Row(
        ALL,
        &[&[Text("host", "LOCALHOST")]],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        ALL,
        &[
            &[Text("host", " localhost")],
            &[Text("host", "postgres://localhost")],
            &[Text("host", "localhost:{port}")],
            &[Text("host", "localhost/app")],
        ],
        Theirs::Fails,
        Refuses(HOST),
        "",
    ),
    Row(
        ALL,
        &[&[Without("host")]],
        Theirs::Fails,
        Refuses("lacks the key host"),
        "",
    ),
    // TLS, and a certificate that does not name the host: they go on without.
    Row(
        ALL,
        &[&[Text("host", "127.0.0.1")]],
        Theirs::Rotates,
        Refuses("its certificate is for another name"),
        "no-tls",
    ),
    Row(
        ALL,
        &[&[Text("host", "127.0.0.1"), Text("servername", "localhost")]],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        ALL,
        &[&[Variable("ALLOWED_HOSTS", "")]],
        Theirs::Rotates,
        Refuses("loopback"),
        "loopback",
    ),
    // ssl
    Row(
        ALL,
        &[
            &[Json("ssl", "true")],
            &[Json("ssl", "false")],
            &[Text("ssl", "true")],
            &[Text("ssl", "TRUE")],
            &[Text("ssl", "False")],
            &[Json("ssl", "null")],
        ],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        ALL,
        &[
            &[Text("ssl", "maybe")],
            &[Text("ssl", "yes")],
            &[Text("ssl", "no")],
            &[Text("ssl", "prefer")],
            &[Text("ssl", "require")],
            &[Text("ssl", " true")],
            &[Text("ssl", "")],
            &[Json("ssl", "0")],
            &[Json("ssl", "1")],
            &[Json("ssl", "[]")],
        ],
        Theirs::Rotates,
        Refuses(SSL),
        "ssl",
    ),
    Row(
        ALL,
        &[&[Bare, Json("ssl", "false")], &[Bare, Text("ssl", "False")]],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        ALL,
        &[&[Bare], &[Bare, Json("ssl", "null")]],
        Theirs::Rotates,
        Refuses(NO_TLS),
        "no-tls",
    ),
    Row(
        POSTGRES,
        &[&[Bare, Json("ssl", "true")]],
        Theirs::Fails,
        Refuses(NO_TLS),
        "",
    ),
    // With the driver that AWS names, they go on without.
    Row(
        BOTH,
        &[&[Bare, Json("ssl", "true")]],
        Theirs::Rotates,
        Refuses(NO_TLS),
        "no-tls",
    ),
];
