//! The keys of a secret, each with the worst value, and what comes of it.

/// What comes of it.
pub(super) enum Ends {
    /// Refused in these words, and no host is changed.
    Refused(&'static str),
    /// The rotation goes on, and nobody else is touched, for this reason.
    Harmless(&'static str),
}
use Ends::{Harmless, Refused};

/// A key, or one of jump's; its value as JSON; and what comes of it.
pub(super) type Row = (&'static str, &'static str, Ends);

/// In a value, `{victim}` is another team's host, `{arn}` the secret with the login of a bastion, `{database}` the secret of a
/// database's administrator, `{host}` and `{user}` this secret's own. The rest is what `every_key_with_the_worst_value` puts there.
pub(super) const ROWS: &[Row] = &[
    (
        "hosts",
        r#"["{host}", "{victim}"]"#,
        Refused("it does not accept this public key"),
    ),
    (
        "host",
        r#""{victim}""#,
        Refused("must have host or hosts, not both"),
    ),
    (
        "port",
        "22",
        Harmless("it is for hosts without one, and each of those must take the secret's key"),
    ),
    (
        "username",
        r#""nobody""#,
        Refused("it does not accept this public key for user nobody"),
    ),
    (
        "Username",
        r#""nobody""#,
        Refused("must have username or Username, not both"),
    ),
    (
        "user",
        r#""nobody""#,
        Refused("must have username or user, not both"),
    ),
    (
        "private_key",
        r#""{private}""#,
        Refused("does not belong to the private key"),
    ),
    ("PrivateKey", r#""{private}""#, Refused("not both")),
    ("privateKey", r#""{private}""#, Refused("not both")),
    ("ssh-privatekey", r#""{private}""#, Refused("not both")),
    ("identity", r#""{private}""#, Refused("not both")),
    (
        "public_key",
        r#""{public}""#,
        Refused("does not belong to the private key"),
    ),
    ("PublicKey", r#""{public}""#, Refused("not both")),
    ("publicKey", r#""{public}""#, Refused("not both")),
    ("identity.pub", r#""{public}""#, Refused("not both")),
    (
        "passphrase",
        r#""a-guess""#,
        Harmless("it encrypts this secret's own new key"),
    ),
    (
        "known_hosts",
        r#""{stranger}""#,
        Refused("host key mismatch"),
    ),
    (
        "fingerprints",
        r#""SHA256:F+pTRTCVaunaO9i77/qbxwcJVn/u0VhpuGyuHss8zyQ""#,
        Harmless(
            "another server would get a signature for this one session, and nothing to use elsewhere",
        ),
    ),
    (
        "authorized_keys_path",
        r#""/etc/passwd""#,
        Refused("authorized"),
    ),
    (
        "options",
        r#""cert-authority""#,
        Refused("and no cert-authority"),
    ),
    (
        "options",
        r#""""#,
        Harmless("a login that edits its own file could take its options away by itself"),
    ),
    ("masterarn", r#""{arn}""#, Harmless("it is not read")),
    ("profile", r#""{arn}""#, Harmless("no other key is read")),
    (
        "jump.host",
        r#"{"host": "{victim}"}"#,
        Refused("it does not accept this public key"),
    ),
    (
        "jump.port",
        r#"{"host": "localhost", "port": 1}"#,
        Refused("nobody listens there"),
    ),
    (
        "jump.username",
        r#"{"host": "{host}", "username": "nobody"}"#,
        Refused("it does not accept this public key for user nobody"),
    ),
    (
        "jump.private_key",
        r#"{"host": "{victim}", "username": "{user}", "known_hosts": "{known}", "private_key": "{private}"}"#,
        Refused("it does not accept this public key"),
    ),
    (
        "jump.passphrase",
        r#"{"host": "{victim}", "passphrase": "a-guess"}"#,
        Refused("must also have private_key"),
    ),
    (
        "jump.known_hosts",
        r#"{"masterarn": "{arn}", "known_hosts": "{stranger}"}"#,
        Refused("Take out known_hosts"),
    ),
    (
        "jump.fingerprints",
        r#"{"masterarn": "{arn}", "fingerprints": "SHA256:F+pTRTCVaunaO9i77/qbxwcJVn/u0VhpuGyuHss8zyQ"}"#,
        Refused("Take out fingerprints"),
    ),
    (
        "jump.masterarn",
        r#"{"masterarn": "{database}"}"#,
        Refused("does not say that others may go through its host"),
    ),
    (
        "jump.masterarn",
        r#"{"masterarn": "{login}"}"#,
        Refused("does not say that others may go through its host"),
    ),
    (
        "jump.masterarn",
        r#"{"masterarn": "{arn}", "host": "{victim}"}"#,
        Refused("Take out host"),
    ),
    (
        "jump.masterarn",
        r#"{"masterarn": "{arn}", "port": 1, "username": "nobody"}"#,
        Refused("Take out port, username"),
    ),
    (
        "jump.masterarn",
        r#"{"masterarn": "{arn}", "private_key": "{private}"}"#,
        Refused("Take out private_key"),
    ),
    (
        "jump.masterarn",
        r#"{"masterarn": "{arn}"}"#,
        Harmless(
            "that login opens connections to this secret's hosts, in ALLOWED_HOSTS alone, and edits nothing",
        ),
    ),
    (
        "jump.hosts",
        r#"{"masterarn": "{arn}", "hosts": ["{victim}"]}"#,
        Refused("must have in jump.hosts only hosts that are in hosts too"),
    ),
];
