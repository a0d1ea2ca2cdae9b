//! TLS: verified, or no connection at all. A credential is tried once, and never in plaintext.

use rotation::config::Config;
use rotation::event::Step;
use rotation_kit::tls::Ca;
use rotation_tests::postgres::{Options, Postgres, Release};

use crate::case::Case;
use crate::harness::Users;
use crate::servers;

const REFUSED: &str = "Rotation.TargetRefused";

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let options = Options {
        identity: Some(Ca::shared().expired("localhost")),
        ..Options::default()
    };
    let server = Postgres::start_with(Release::Debian, options).await;
    let users = Users::one(&server);
    let mut case = Case::new(&users).await;
    case.step(Step::CreateSecret).await;
    let words = "its certificate has expired. Nothing was sent in plaintext";
    case.refused("expired", Step::SetSecret, REFUSED, words)
        .await;
}

/// An address works as host if the certificate is for it, and not for its looks alone.
#[tokio::test]
async fn an_address_in_the_certificate_is_verified() {
    let options = Options {
        identity: Some(Ca::shared().identity(&["127.0.0.1"])),
        ..Options::default()
    };
    let server = Postgres::start_with(Release::Debian, options).await;
    let users = Users {
        settings: &[("ALLOWED_HOSTS", "127.0.0.1,localhost")],
        ..Users::one(&server)
    };
    let mut case = Case::new(&users).await;
    case.step(Step::CreateSecret).await;
    let words = "its certificate is for another name";
    case.refused("by name", Step::SetSecret, REFUSED, words)
        .await;
    case.edit_current(&[("host", "\"127.0.0.1\"")]);
    case.world.finish(&case.version).await;
}

#[test]
fn a_bundle_that_is_not_there_is_told_at_the_start() {
    let mut config = Config::default();
    config.database_ca_bundle = Some("/nowhere/ca.pem".into());
    let error = rotator_postgres::Postgres::build(&config).err();
    let error = error.expect("no such file");
    assert!(error.contains("DATABASE_CA_BUNDLE"), "{error}");
    assert!(error.contains("/nowhere/ca.pem"), "{error}");
}

/// AWS's template falls back to plaintext where `ssl` is absent.
#[tokio::test]
async fn a_server_without_tls_gets_nothing() {
    let server = servers::plain().await;
    for ssl in ["", "true", "\"true\"", "null"] {
        let users = Users::one(server);
        let mut case = Case::new(&users).await;
        case.edit_current(&[("ssl", ssl)]);
        case.step(Step::CreateSecret).await;
        let mark = server.log().len();
        let words =
            "the server offers no TLS. Turn it on there, or say \"ssl\": false in the secret";
        case.refused(ssl, Step::SetSecret, REFUSED, words).await;
        assert_eq!(server.logins(mark, &case.user), (0, 0), "ssl {ssl}");
        assert!(!server.log()[mark..].contains(&case.user), "ssl {ssl}");
    }
}

#[tokio::test]
async fn plaintext_is_a_choice() {
    let server = servers::plain().await;
    for (two, ssl) in [(false, "false"), (true, "\"False\"")] {
        let users = Users::of(server, two);
        let mut case = Case::new(&users).await;
        case.edit_current(&[("ssl", ssl)]);
        case.edit_admin(&[("ssl", ssl)]);
        case.world.finish(&case.version).await;
    }
}

/// AWS's template tries a wrong password twice, the second time in plaintext.
#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let server = Postgres::shared().await;
    let users = Users::one(server);
    let mut case = Case::new(&users).await;
    case.edit_current(&[("password", "\"not-that-password\"")]);
    case.step(Step::CreateSecret).await;
    let mark = server.log().len();
    let words = "AWSPENDING: refused";
    case.refused("twice", Step::SetSecret, "Rotation.NoneAccepted", words)
        .await;
    assert_eq!(
        server.logins(mark, &case.user),
        (0, 2),
        "AWSCURRENT's and AWSPENDING's"
    );
}
