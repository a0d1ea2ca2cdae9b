//! The accounts themselves: host, names, and whose they are.

use rotation::event::Step;
use rotation::testing::world::{Subject, World};
use rotation::version::Stage;
use rotation_tests::mysql::{MysqlServer, Options, Product};

use super::{Case, products, users};
use crate::harness::{ADMIN, Users};

/// The tests' logins come from 127.0.0.1 or ::1, which is what `%1` is for.
#[tokio::test]
async fn have_the_same_host() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        case.sql("RENAME USER {user} TO '{name}'@'%1'").await;
        case.world.rotate().await;
        case.world.rotate().await;
        let hosts = case
            .ask("SELECT DISTINCT host FROM mysql.user WHERE user LIKE '{name}%'")
            .await;
        assert_eq!(hosts, ["%1"]);
        case.sql("CREATE USER '{name}'@'10.%'").await;
        let version = case.world.begin();
        case.step(&version, Step::CreateSecret).await;
        case.refused(&version, Step::SetSecret, "several hosts")
            .await;
    }
}

/// Somebody else's account of that name keeps its password and its rights.
#[tokio::test]
async fn of_others_are_refused() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        case.sql("CREATE USER {clone} IDENTIFIED BY 'Somebodys-password-1'")
            .await;
        let before = case
            .ask("SELECT authentication_string FROM mysql.user WHERE user = '{name}_clone'")
            .await;
        let version = case.world.begin();
        let words = "neither the server nor the secret shows";
        case.refused(&version, Step::TestSecret, words).await;
        case.step(&version, Step::CreateSecret).await;
        case.refused(&version, Step::SetSecret, words).await;
        let after = case
            .ask("SELECT authentication_string FROM mysql.user WHERE user = '{name}_clone'")
            .await;
        assert_eq!(before, after);
    }
}

/// The same, where it is the second one's that the secret names: stripped of its suffix, another's name.
#[tokio::test]
async fn that_only_sound_like_two_are_refused() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        case.sql("CREATE USER {clone} IDENTIFIED BY 'Natural-password-1'")
            .await;
        let (user, clone) = (case.user.clone(), format!("{}_clone", case.user));
        let secret = server.secret_json(&clone, "Natural-password-1");
        let secret = secret.replacen('{', &format!("{{\"masterarn\": \"{ADMIN}\", "), 1);
        let admin = Some((ADMIN.to_owned(), case.admin.clone()));
        case.world = World::with(&users, &Subject { secret, admin });
        case.user = clone;
        let version = case.world.begin();
        case.step(&version, Step::CreateSecret).await;
        case.refused(
            &version,
            Step::SetSecret,
            &format!("user {user} exists, and neither the server nor the secret shows"),
        )
        .await;
    }
}

/// After AWS's template, nothing but AWSPREVIOUS says that the second user is one.
#[tokio::test]
async fn of_awss_templates_are_ours() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        case.world.rotate().await;
        let (_, password) =
            Users::login(&case.world.store.value_of(&Stage::Current).expect("a value"));
        case.sql(&match product {
            Product::Mysql => "ALTER USER {clone} COMMENT ''".to_owned(),
            Product::Mariadb => format!("ALTER USER {{clone}} IDENTIFIED BY '{password}'"),
        })
        .await;
        case.world.rotate().await;
        case.world.rotate().await;
        // Now it has its sign.
        case.world.rotate().await;
        let version = case.world.begin();
        case.step(&version, Step::CreateSecret).await;
        case.step(&version, Step::SetSecret).await;
    }
}

/// AWS's template has made the second user, given it the password of AWSPENDING, and was cut off: whoever stored that value knows
/// the account's password.
#[tokio::test]
async fn of_a_half_done_rotation_of_awss_are_ours() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        let version = case.world.begin();
        let value = case.world.store.value_of(&Stage::Current).expect("a value");
        let (user, password) = Users::login(&value);
        let value = value.replace(&format!("\"{user}\""), &format!("\"{user}_clone\""));
        let value = value.replace(&password, "By-the-template-1");
        case.sql("CREATE USER {clone} IDENTIFIED BY 'By-the-template-1'")
            .await;
        let store = &case.world.store;
        store.insert(version.clone(), Some(&value), vec![Stage::Pending]);
        case.world.finish(&version).await;
        case.world.rotate().await;
    }
}

/// Said before anything is written.
#[tokio::test]
async fn without_a_password_are_refused() {
    if !Product::Mariadb.installed() {
        return;
    }
    let server = MysqlServer::shared(Product::Mariadb).await;
    let users = users(server);
    let mut case = Case::new(&users).await;
    case.sql("ALTER USER {user} IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('Second-password-1')").await;
    let secret = server.secret_json(&case.user, "Second-password-1");
    let secret = secret.replacen('{', &format!("{{\"masterarn\": \"{ADMIN}\", "), 1);
    let admin = Some((ADMIN.to_owned(), case.admin.clone()));
    case.world = World::with(&users, &Subject { secret, admin });
    let version = case.world.begin();
    let words = "proves itself by unix_socket first";
    case.refused(&version, Step::TestSecret, words).await;
    case.step(&version, Step::CreateSecret).await;
    case.refused(&version, Step::SetSecret, words).await;
    let there = case
        .ask("SELECT user FROM mysql.user WHERE user = '{name}_clone'")
        .await;
    assert!(there.is_empty(), "{there:?}");
}

/// In MySQL's characters: 32. MariaDB takes more.
#[tokio::test]
async fn have_names_that_fit() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = Users {
            name: "abcdefghijklmnopqrstuvwxyz",
            ..users(server)
        };
        let mut case = Case::new(&users).await;
        let version = case.world.begin();
        case.step(&version, Step::CreateSecret).await;
        match product {
            Product::Mysql => {
                let words = "would exceed 32 characters";
                case.refused(&version, Step::SetSecret, words).await;
            }
            Product::Mariadb => case.world.finish(&version).await,
        }
    }
}

/// A rotation that was abandoned after setSecret, the first of all: its user is known all the same.
#[tokio::test]
async fn of_an_abandoned_rotation_are_ours() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        let version = case.world.begin();
        case.step(&version, Step::CreateSecret).await;
        case.step(&version, Step::SetSecret).await;
        case.world.store.abandon();
        case.world.rotate().await;
        case.same_rights("abandoned").await;
    }
}

/// What AWS's templates lock out by their first login.
#[tokio::test]
async fn are_rotated_without_a_failing_login() {
    for product in products() {
        let strict = Options {
            settings: match product {
                Product::Mysql => Vec::new(),
                Product::Mariadb => vec![("max-password-errors", "1".to_owned())],
            },
            ..Options::default()
        };
        let server = MysqlServer::start_with(product, strict).await;
        let users = users(&server);
        let mut case = Case::new(&users).await;
        let limit = "FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME UNBOUNDED";
        if product == Product::Mysql {
            case.sql(&format!("ALTER USER {{user}} {limit}")).await;
        }
        case.world.rotate().await;
        if product == Product::Mysql {
            case.sql(&format!("ALTER USER {{clone}} {limit}")).await;
        }
        case.world.rotate().await;
        case.world.rotate().await;
        assert_eq!(server.logins(0, &case.user).1, 0);
    }
}

/// Neither product is sent the password.
#[tokio::test]
async fn get_hashes() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        for _ in 0..2 {
            case.world.rotate().await;
            let value = case.world.store.value_of(&Stage::Current).expect("a value");
            let (user, password) = Users::login(&value);
            assert!(
                !server.general_log().contains(&password),
                "{product:?}: {user}"
            );
        }
    }
}

/// The second user was given a plugin whose hash is not made here.
#[tokio::test]
async fn with_another_plugin_are_refused() {
    if !Product::Mysql.installed() {
        return;
    }
    let server = MysqlServer::shared(Product::Mysql).await;
    let users = users(server);
    let mut case = Case::new(&users).await;
    case.world.rotate().await;
    case.sql("ALTER USER {user} IDENTIFIED WITH sha256_password BY 'Third-password-1'")
        .await;
    let version = case.world.begin();
    case.step(&version, Step::CreateSecret).await;
    let ended = case.world.step(&version, Step::SetSecret).await;
    let error = ended.expect_err("another plugin").to_string();
    assert!(
        error.contains("proves itself by sha256_password first"),
        "{error}"
    );
}
