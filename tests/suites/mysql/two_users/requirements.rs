//! What the accounts ask of a client, TLS, and how much they may use.

use rotation::event::Step;
use rotation::version::Stage;
use rotation_tests::mysql::{MysqlServer, Product};

use super::{Case, products, users};
use crate::harness::Users;

#[tokio::test]
async fn have_the_same_tls_and_limits() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        for clauses in [
            "REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 1000 MAX_USER_CONNECTIONS 9",
            "REQUIRE NONE WITH MAX_UPDATES_PER_HOUR 70 MAX_USER_CONNECTIONS 0",
        ] {
            case.sql(&format!("ALTER USER {{user}} {clauses}")).await;
            case.world.rotate().await;
            let all = "SELECT CONCAT_WS(' ', ssl_type, max_questions, max_updates, max_connections, max_user_connections) \
                       FROM mysql.user WHERE user LIKE '{name}%' AND host = '%'";
            let rows = case.ask(all).await;
            assert_eq!((rows.len(), &rows[0]), (2, &rows[1]), "{clauses}");
            case.world.rotate().await;
        }
        let version = case.world.begin();
        case.step(&version, Step::CreateSecret).await;
        case.step(&version, Step::SetSecret).await;
        case.sql("ALTER USER {clone} REQUIRE SSL").await;
        case.refused(&version, Step::TestSecret, "needs another TLS")
            .await;
    }
}

const TLS: &str = "SELECT CONCAT_WS('; ', ssl_type, ssl_cipher, x509_issuer, x509_subject) FROM mysql.user \
                   WHERE user LIKE '{name}%' AND host = '%'";

/// The function has no certificate, and is not let in where one is asked for; so no second user is asked for one.
#[tokio::test]
async fn have_the_same_cipher_and_no_certificate() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        case.world.rotate().await;
        let (clone, password) =
            Users::login(&case.world.store.value_of(&Stage::Current).expect("a value"));
        // MySQL wants a certificate beside any cipher.
        let ours = match product {
            Product::Mysql => vec!["SSL"],
            Product::Mariadb => vec![
                "CIPHER 'TLS_AES_128_GCM_SHA256'",
                "CIPHER 'TLS_AES_256_GCM_SHA384'",
            ],
        };
        let mut accepted = false;
        for clause in ours {
            if !accepted {
                case.sql(&format!("ALTER USER {{clone}} REQUIRE {clause}"))
                    .await;
                accepted = server.accepts(&clone, &password).await;
            }
        }
        assert!(accepted, "{product:?}: another cipher");
        let wanted = case.ask(&format!("{TLS} AND user LIKE '%_clone'")).await;
        for others in [
            "ISSUER '/CN=it''s' AND SUBJECT '/C=a\\\\b'",
            "ISSUER ''",
            "X509",
        ] {
            case.sql(&format!("ALTER USER {{user}} REQUIRE {others}"))
                .await;
            case.world.rotate().await;
            let rows = case.ask(TLS).await;
            assert_eq!(rows, [wanted[0].as_str(); 2], "{others}");
            case.world.rotate().await;
        }
        case.sql("ALTER USER {clone} REQUIRE X509").await;
        let version = case.world.begin();
        case.step(&version, Step::CreateSecret).await;
        let ended = case.world.step(&version, Step::SetSecret).await;
        let error = ended.expect_err("a certificate").to_string();
        assert!(error.contains("refuses the password"), "{error}");
    }
}
