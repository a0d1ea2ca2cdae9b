//! Unusual servers, each one for all tests.

use rotation_tests::postgres::{Options, Postgres, Release};
use tokio::sync::OnceCell;

/// Without TLS.
pub(crate) async fn plain() -> &'static Postgres {
    static SERVER: OnceCell<Postgres> = OnceCell::const_new();
    let options = Options {
        plaintext: true,
        ..Options::default()
    };
    SERVER
        .get_or_init(|| Postgres::start_with(Release::Debian, options))
        .await
}

/// Logs every statement of everybody but the superuser, checks passwords, and waits for a standby that never comes where
/// somebody sets `synchronous_commit`.
pub(crate) async fn strict() -> &'static Postgres {
    static SERVER: OnceCell<Postgres> = OnceCell::const_new();
    SERVER.get_or_init(start_strict).await
}

async fn start_strict() -> Postgres {
    let settings = [
        ("log_statement", "all"),
        ("log_min_messages", "debug1"),
        ("log_min_error_statement", "debug5"),
        ("log_min_duration_statement", "0"),
        ("shared_preload_libraries", "passwordcheck"),
        ("synchronous_standby_names", "nobody"),
        ("synchronous_commit", "local"),
    ];
    let options = Options {
        settings: settings
            .map(|(name, value)| (name, value.to_owned()))
            .to_vec(),
        ..Options::default()
    };
    let server = Postgres::start_with(Release::Debian, options).await;
    // The tests themselves make users with passwords.
    server
        .admin(
            "ALTER ROLE postgres SET log_statement = none; \
             ALTER ROLE postgres SET log_min_duration_statement = -1",
        )
        .await;
    server
}
