//! MySQL and MariaDB: what PostgreSQL's users have not. Hosts, plugins, and grants that are copied one by one.

use rotation::config::Strategy;
use rotation_tests::lab::{Lab, with};
use rotation_tests::mysql::{MysqlServer, Product};

use crate::mysql::{change, grant, lab};

/// With one user and with two, of each product that is installed.
async fn labs() -> Vec<Lab<MysqlServer>> {
    let mut labs = Vec::new();
    for product in Product::ALL {
        for (strategy, admin) in [
            (Strategy::SingleUser, false),
            (Strategy::AlternatingUsers, true),
        ] {
            labs.extend(lab(product, strategy, admin).await);
        }
    }
    labs
}

/// What the server has in a column for the user, and for the second one if there is one: each value once.
async fn of_both(lab: &Lab<MysqlServer>, column: &str) -> Vec<String> {
    let users = format!("'{}', '{}'", lab.user, lab.clone_name());
    let question = format!("SELECT DISTINCT {column} FROM mysql.user WHERE user IN ({users})");
    lab.server.ask(&question).await
}

/// What the second user gets from the first, and then the first from the second.
#[tokio::test]
async fn grants_tls_and_limits_are_handed_on() {
    for product in Product::ALL {
        let Some(lab) = lab(product, Strategy::AlternatingUsers, true).await else {
            continue;
        };
        grant(&lab).await;
        for back in [false, true, false] {
            lab.until("finishSecret").await;
            lab.server.same_rights(&lab.user, "handed on").await;
            change(&lab, back).await;
        }
    }
}

/// A grant that is gone between setSecret and testSecret keeps AWSCURRENT where it is.
#[tokio::test]
async fn missing_grants_are_seen() {
    for product in Product::ALL {
        let Some(lab) = lab(product, Strategy::AlternatingUsers, true).await else {
            continue;
        };
        grant(&lab).await;
        let token = lab.until("setSecret").await;
        let (database, clone) = (&lab.user, lab.clone_name());
        let revoke = format!("REVOKE ALL ON `{database}`.* FROM {clone}");
        lab.server.admin(&revoke).await;
        let words = format!("user {clone} lacks ALL PRIVILEGES ON `{database}`.*");
        lab.refused(&token, "testSecret", "Rotation.PendingRejected", &words)
            .await;
    }
}

/// The account is the one that the login matched. (The tests' logins come from 127.0.0.1 or ::1, which is what `%1` is
/// for.)
#[tokio::test]
async fn the_host_stays() {
    for lab in labs().await {
        let rename = format!("RENAME USER {0} TO {0}@'%1'", lab.user);
        lab.server.admin(&rename).await;
        for _ in 0..2 {
            lab.until("finishSecret").await;
            assert!(lab.accepts("AWSCURRENT").await);
        }
        assert_eq!(of_both(&lab, "host").await, ["%1"]);
    }
}

/// How an account proves itself is not changed with its password.
#[tokio::test]
async fn the_plugin_stays() {
    for lab in labs().await {
        let before = of_both(&lab, "plugin").await;
        for _ in 0..2 {
            lab.until("finishSecret").await;
        }
        assert_eq!(of_both(&lab, "plugin").await, before);
    }
}

/// A MariaDB account may prove itself in more ways than by its password: they stay too.
#[tokio::test]
async fn other_ways_stay() {
    let Some(lab) = lab(Product::Mariadb, Strategy::SingleUser, false).await else {
        return;
    };
    let ways = "mysql_native_password USING PASSWORD('{}') OR unix_socket";
    let ways = ways.replace("{}", &lab.field("AWSCURRENT", "password"));
    let (user, server) = (&lab.user, lab.server);
    server
        .admin(&format!("ALTER USER {user} IDENTIFIED VIA {ways}"))
        .await;
    let token = lab.until("setSecret").await;
    // Now a wrong password has another code than usual.
    lab.steps(&token)
        .await
        .expect("setSecret again, and the rest");
    assert!(lab.accepts("AWSCURRENT").await && !lab.accepts("AWSPREVIOUS").await);
    let created = server
        .ask(&format!("SHOW CREATE USER {user}"))
        .await
        .concat();
    assert!(created.contains("OR unix_socket"), "its other way is gone");
}

/// MySQL hides that there is no such user: it asks for a password in one way or another, by the name.
#[tokio::test]
async fn users_who_do_not_exist() {
    for product in Product::ALL {
        let Some(lab) = lab(product, Strategy::SingleUser, false).await else {
            continue;
        };
        let token = lab.until("createSecret").await;
        let pending = lab.aws.value(&lab.arn, "AWSPENDING").expect("a value");
        for n in 0..12 {
            let user = format!("nobody{n}");
            lab.edit_current(|value| with(value, "username", user.as_str()));
            let changed = with(&pending, "username", user.as_str());
            lab.aws.plant(&lab.arn, &token, Some(&changed), &[]);
            let words = "accepts none of the labelled versions";
            lab.refused(&token, "setSecret", "Rotation.NoneAccepted", words)
                .await;
        }
    }
}
