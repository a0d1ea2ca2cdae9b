//! The table: one user or two of a PostgreSQL server, and what any server could have.

use rotation_kit::aws::Kind;
use rotation_kit::process::free_port;
use serde_json::json;

use super::ways::{denied, full, many_labels, silent};
use super::{Broken, How};

const REFUSED: &str = "Rotation.TargetRefused";
const NONE: &str = "Rotation.NoneAccepted";
/// Of a secret that is not there.
const GONE: &str = "arn:aws:secretsmanager:us-east-1:012345678912:secret:gone-AbCdEf";
/// No class of characters is left.
const NOTHING_LEFT: [(&str, &str); 4] = [
    ("EXCLUDE_NUMBERS", "true"),
    ("EXCLUDE_PUNCTUATION", "true"),
    ("EXCLUDE_UPPERCASE", "true"),
    ("EXCLUDE_LOWERCASE", "true"),
];
const fn one(
    name: &'static str,
    how: How,
    error_type: &'static str,
    words: &'static str,
) -> Broken {
    Broken {
        name,
        two: false,
        variables: &[],
        how,
        error_type,
        words,
    }
}

pub(super) const fn two(
    name: &'static str,
    how: How,
    error_type: &'static str,
    words: &'static str,
) -> Broken {
    Broken {
        two: true,
        ..one(name, how, error_type, words)
    }
}

pub(super) const ROWS: &[Broken] = &[
    one(
        "role",
        How::Answers(|aws| denied(aws, "GetSecretValue", "User is not authorized")),
        "Rotation.AccessDenied",
        "The role needs {\"Effect\": \"Allow\", \"Action\": \"secretsmanager:GetSecretValue\"",
    ),
    one(
        "role, before all",
        How::Answers(|aws| denied(aws, "DescribeSecret", "User is not authorized")),
        "Rotation.AccessDenied",
        "secretsmanager:DescribeSecret",
    ),
    one(
        "key",
        How::Answers(|aws| denied(aws, "GetSecretValue", "Access to KMS is not allowed")),
        "Rotation.Key",
        "allow the role kms:Decrypt",
    ),
    one(
        "network",
        How::Key("port", || json!(free_port())),
        "Rotation.Target",
        "nobody listens there. Check host, port and security groups",
    ),
    Broken {
        variables: &[("ALLOWED_HOSTS", "")],
        ..one(
            "name",
            How::Key("host", || json!("db.invalid")),
            "Rotation.Target",
            "its name is not in DNS. Check the key host",
        )
    },
    one(
        "hosts",
        How::Key("host", || json!("127.0.0.1")),
        REFUSED,
        "is not named in ALLOWED_HOSTS",
    ),
    one(
        "time-out",
        How::Key("port", || json!(silent())),
        "Rotation.Target",
        "no answer in time",
    ),
    Broken {
        variables: &[("DATABASE_CA_BUNDLE", "")],
        ..one(
            "authority",
            How::Settings,
            REFUSED,
            "comes from an unknown authority",
        )
    },
    Broken {
        variables: &[("ALLOWED_HOSTS", "127.0.0.1")],
        ..one(
            "certificate",
            How::Key("host", || json!("127.0.0.1")),
            REFUSED,
            "its certificate is for another name",
        )
    },
    one(
        "login",
        How::Key("password", || json!("Wrong-password")),
        NONE,
        "the server refuses the password of user",
    ),
    one(
        "expired account",
        How::Server("ALTER ROLE {user} VALID UNTIL '2020-01-01'"),
        NONE,
        "the server refuses the password of user",
    ),
    one(
        "shut out",
        How::Server("ALTER ROLE {user} NOLOGIN"),
        REFUSED,
        "is not permitted to log in",
    ),
    one(
        "connections",
        How::Server("ALTER ROLE {user} CONNECTION LIMIT 1"),
        REFUSED,
        "too many connections for role",
    ),
    one(
        "database",
        How::Key("dbname", || json!("nowhere")),
        REFUSED,
        "has no such database",
    ),
    one(
        "engine",
        How::Key("engine", || json!("db2")),
        "Rotation.SecretValue",
        "must be postgres or aurora-postgresql",
    ),
    one(
        "JSON",
        How::Value(|_| "{\"username\": ".to_owned()),
        "Rotation.SecretValue",
        "is not valid JSON",
    ),
    one(
        "size",
        How::Value(full),
        "Rotation.SecretValue",
        "Secrets Manager stores 65536 at most",
    ),
    Broken {
        variables: &[("PASSWORD_LENGTH", "8")],
        ..one(
            "policy",
            How::Settings,
            "Rotation.Config",
            "below the floor of 64 bits",
        )
    },
    Broken {
        variables: &NOTHING_LEFT,
        ..one(
            "no policy",
            How::Settings,
            "Rotation.Config",
            "no characters left to build a password from",
        )
    },
    one(
        "labels",
        How::Secret(many_labels),
        "Rotation.NotAllowed",
        "no staging label is free",
    ),
    one(
        "replica",
        How::Secret(|aws, arn| aws.make(arn, Kind::ReplicaOf("eu-west-1".into()))),
        "Rotation.NotAllowed",
        "rotate the primary secret",
    ),
    one(
        "service",
        How::Secret(|aws, arn| aws.make(arn, Kind::OwnedBy("rds".into()))),
        "Rotation.NotAllowed",
        "belongs to the AWS service rds",
    ),
    one(
        "off",
        How::Secret(|aws, arn| aws.say_enabled(arn, Some(false))),
        "Rotation.NotAllowed",
        "is not enabled for rotation",
    ),
    one(
        "under way",
        How::Secret(|aws, arn| drop(aws.announce(arn))),
        "",
        " rotation is under way",
    ),
    one(
        "administrator's name",
        How::Key("masterarn", || json!("admin")),
        "Rotation.SecretValue",
        "must be the full ARN of a secret",
    ),
    one(
        "administrator's secret",
        How::Key("masterarn", || json!(GONE)),
        "Rotation.AdminSecret",
        "gone-AbCdEf cannot be read",
    ),
    Broken {
        variables: &[("ROTATION_STRATEGY", "alternating-users")],
        ..one(
            "no administrator",
            How::Settings,
            REFUSED,
            "the key masterarn is missing",
        )
    },
    two(
        "administrator's login",
        How::Admin("password", "Wrong-password"),
        REFUSED,
        "admin",
    ),
    two(
        "administrator of another server",
        How::Admin("host", "elsewhere.example"),
        REFUSED,
        "elsewhere.example",
    ),
    two(
        "privileges",
        How::Server("ALTER ROLE {admin} NOCREATEROLE"),
        REFUSED,
        "CREATEROLE",
    ),
    two(
        "superuser",
        How::Server("ALTER ROLE {user} SUPERUSER"),
        REFUSED,
        "superuser",
    ),
];
