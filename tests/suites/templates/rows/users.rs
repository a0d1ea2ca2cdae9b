//! Users: their names, two who take turns, and the administrator's secret.

use crate::row::Edit::{Admin, Sql, Text, TwoUsers, User, Variable};
use crate::row::Ours::{Refuses, Rotates, TakesTurns};
use crate::row::{ALL, BOTH, MARIADB, MYSQL, POSTGRES, Row, Theirs};

const ARN: &str =
    "under the key masterarn that cannot be used: it must be the full ARN of a secret";

pub(super) const ROWS: &[Row] = &[
    // Names
    Row(
        ALL,
        &[
            &[User("App{n}")],
            &[User("my app {n}")],
            &[User("a\"b'c`d{n}")],
            &[User("app@example.com{n}")],
            &[User("a=b;c{n}")],
            &[User("--{n}")],
            &[User("{n}app")],
            &[User("\u{fc}n\u{ee}\u{e7}\u{f8}d\u{e9}{n}")],
            &[User("\u{7528}\u{6237}{n}")],
            &[User("app{n}_clone")],
            &[User("a_name_of_32_characters_here_{n}")],
        ],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        POSTGRES,
        &[&[User("50%off{n}")], &[User("%s{n}")]],
        Theirs::Fails,
        Rotates,
        "",
    ),
    Row(
        POSTGRES,
        &[&[TwoUsers, User("50%off{n}")]],
        Theirs::Fails,
        TakesTurns,
        "",
    ),
    Row(BOTH, &[&[User("50%off{n}")]], Theirs::Rotates, Rotates, ""),
    // Two users
    Row(
        ALL,
        &[
            &[TwoUsers],
            &[TwoUsers, User("My App{n}")],
            &[TwoUsers, User("a\"b`{n}")],
            &[TwoUsers, User("\u{fc}{n}")],
        ],
        Theirs::Rotates,
        TakesTurns,
        "",
    ),
    Row(
        POSTGRES,
        &[&[
            TwoUsers,
            User("{n}4567890123456789012345678901234567890123456789012345678"),
        ]],
        Theirs::Fails,
        Refuses("would exceed 63 characters"),
        "",
    ),
    // theirs takes 16 characters, unless USERNAME_CHARACTER_LIMIT says otherwise
    Row(
        MYSQL,
        &[
            &[TwoUsers, User("eleven_{n}_")],
            &[
                TwoUsers,
                User("app_{n}"),
                Variable("USERNAME_CHARACTER_LIMIT", "10"),
            ],
        ],
        Theirs::Fails,
        TakesTurns,
        "username-limit",
    ),
    Row(
        MYSQL,
        &[&[TwoUsers, User("a_name_of_27_characters_{n}")]],
        Theirs::Fails,
        Refuses("would exceed 32 characters"),
        "",
    ),
    // Which of the two templates it was, the secret alone does not say.
    Row(
        ALL,
        &[&[
            Text("masterarn", "{admin}"),
            Variable("ROTATION_STRATEGY", "single-user"),
        ]],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        ALL,
        &[&[Text("masterarn", "{admin}")]],
        Theirs::Rotates,
        TakesTurns,
        "strategy",
    ),
    Row(
        ALL,
        &[&[Variable("ROTATION_STRATEGY", "alternating-users")]],
        Theirs::Fails,
        Refuses("the key masterarn is missing from the secret"),
        "",
    ),
    Row(
        ALL,
        &[&[Text("masterarn", "admin")]],
        Theirs::Rotates,
        Refuses(ARN),
        "masterarn",
    ),
    // The administrator's secret
    Row(
        ALL,
        &[
            &[TwoUsers, Admin("port", "\"{port}\"")],
            &[TwoUsers, Admin("dbname", "\"elsewhere\"")],
            &[TwoUsers, Admin("dbname", "null")],
            &[TwoUsers, Admin("ssl", "false")],
            &[TwoUsers, Admin("masterarn", "null")],
            &[TwoUsers, Admin("masterarn", "\"\"")],
        ],
        Theirs::Rotates,
        TakesTurns,
        "",
    ),
    Row(
        ALL,
        &[&[TwoUsers, Admin("masterarn", "\"{admin}\"")]],
        Theirs::Rotates,
        Refuses("the admin secret has a masterarn of its own"),
        "admin-masterarn",
    ),
    Row(
        ALL,
        &[&[TwoUsers, Admin("ssl", "\"prefer\"")]],
        Theirs::Rotates,
        Refuses("must be true or false. There is no fallback"),
        "ssl",
    ),
    Row(
        ALL,
        &[&[TwoUsers, Admin("host", "\"LOCALHOST\"")]],
        Theirs::Fails,
        TakesTurns,
        "",
    ),
    Row(
        ALL,
        &[
            &[TwoUsers, Admin("engine", "null")],
            &[TwoUsers, Admin("engine", "\"oracle\"")],
        ],
        Theirs::Fails,
        Refuses("engine"),
        "",
    ),
    Row(
        ALL,
        &[&[TwoUsers, Admin("host", "\"127.0.0.1\"")]],
        Theirs::Fails,
        Refuses("the admin secret is for another server"),
        "",
    ),
    Row(
        ALL,
        &[&[TwoUsers, Admin("password", "\"mistyped\"")]],
        Theirs::Fails,
        Refuses("unable to log in with the admin secret"),
        "",
    ),
    // Accounts
    Row(
        POSTGRES,
        &[
            &[Sql("ALTER ROLE {user} CONNECTION LIMIT 1")],
            &[TwoUsers, Sql("ALTER ROLE {user} CONNECTION LIMIT 1")],
        ],
        Theirs::Rotates,
        Refuses("A rotation needs two connections of the user at a time"),
        "connections",
    ),
    Row(
        POSTGRES,
        &[
            &[TwoUsers, Sql("ALTER ROLE {user} SUPERUSER")],
            &[TwoUsers, Sql("ALTER ROLE {user} REPLICATION")],
        ],
        Theirs::Rotates,
        Refuses("it cannot take turns with another user"),
        "superusers",
    ),
    Row(
        POSTGRES,
        &[
            &[Sql("ALTER ROLE {user} SUPERUSER")],
            &[Sql("ALTER ROLE {user} SET password_encryption = 'md5'")],
        ],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        POSTGRES,
        &[&[Sql(
            "ALTER ROLE {user} SET default_transaction_read_only = on",
        )]],
        Theirs::Fails,
        Rotates,
        "",
    ),
    Row(
        POSTGRES,
        &[&[TwoUsers, Sql("CREATE ROLE {clone} LOGIN")]],
        Theirs::Rotates,
        Refuses("neither the server nor the secret shows that it takes turns"),
        "foreign-clone",
    ),
    Row(
        BOTH,
        &[&[TwoUsers, Sql("CREATE USER {clone} IDENTIFIED BY 'x'")]],
        Theirs::Rotates,
        Refuses("neither the server nor the secret shows that it takes turns"),
        "foreign-clone",
    ),
    Row(
        BOTH,
        &[&[TwoUsers, Sql("CREATE USER 'app{n}'@'localhost'")]],
        Theirs::Rotates,
        Refuses("exists with several hosts"),
        "several-hosts",
    ),
    Row(
        BOTH,
        &[&[Sql("ALTER USER {user} WITH MAX_USER_CONNECTIONS 1")]],
        Theirs::Rotates,
        Refuses("connections"),
        "connections",
    ),
    Row(
        MARIADB,
        &[&[Sql("ALTER USER {user} PASSWORD EXPIRE")]],
        Theirs::Rotates,
        Refuses("password"),
        "expired",
    ),
];
