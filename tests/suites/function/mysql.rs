//! MySQL and MariaDB: whole rotations, as Secrets Manager drives them, and what they cost.

use std::time::Duration;

use rotation::config::Strategy;
use rotation_kit::aws::{Outcome, in_a_row};
use rotation_tests::lab::{Lab, Target};
use rotation_tests::mysql::{MysqlServer, Product};

use crate::shared;

const DUAL: (&str, &str) = ("ROTATION_STRATEGY", "dual-password");

/// The product, its users' strategy, whether there is an administrator; how many calls a rotation takes that frees no
/// mark, in all and one after another, and how many logins, taken and refused.
type Row = (Product, Strategy, bool, (usize, usize), (usize, usize));

const ROWS: [Row; 7] = [
    (Product::Mysql, Strategy::SingleUser, false, (10, 7), (5, 0)),
    (
        Product::Mariadb,
        Strategy::SingleUser,
        false,
        (10, 7),
        (5, 0),
    ),
    (
        Product::Mysql,
        Strategy::DualPassword,
        false,
        (10, 7),
        (5, 0),
    ),
    // Whether the new password is set already, one login finds out. With the user's own statement, the server does.
    (
        Product::Mysql,
        Strategy::DualPassword,
        true,
        (11, 8),
        (6, 1),
    ),
    (
        Product::Mariadb,
        Strategy::DualPassword,
        true,
        (11, 8),
        (6, 0),
    ),
    // Whenever the new login is tested, the administrator compares what both may do: in setSecret, and in testSecret,
    // which reads its secret once more, when AWSCURRENT has named it.
    (
        Product::Mysql,
        Strategy::AlternatingUsers,
        true,
        (13, 10),
        (8, 0),
    ),
    (
        Product::Mariadb,
        Strategy::AlternatingUsers,
        true,
        (13, 10),
        (8, 0),
    ),
];

/// A lab whose user, or administrator, has the rights that the strategy needs, and no more. None, if the product is not
/// installed.
pub(crate) async fn lab(
    product: Product,
    strategy: Strategy,
    admin: bool,
) -> Option<Lab<MysqlServer>> {
    let server = shared(product).await?;
    let dual = strategy == Strategy::DualPassword;
    let variables = if dual { &[DUAL][..] } else { &[] };
    let lab = Lab::on(server, "app", admin, variables).await;
    if dual {
        let statement = match &lab.admin {
            None => format!("GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO {}", lab.user),
            Some(admin) => format!("REVOKE SELECT ON mysql.* FROM {}", admin.user),
        };
        server.admin(&statement).await;
    }
    Some(lab)
}

/// Gives the first of two users some of everything, and the administrator what it needs for that.
pub(crate) async fn grant(lab: &Lab<MysqlServer>) {
    let (server, admin) = (lab.server, lab.administrator());
    server.table(&lab.user, Some(admin)).await;
    let default = match server.product() {
        Product::Mysql => &["SET DEFAULT ROLE {user}_r TO {user}"][..],
        Product::Mariadb => &[
            "GRANT UPDATE ON mysql.* TO {admin}",
            "SET DEFAULT ROLE {user}_r FOR {user}",
        ],
    };
    let usual = [
        "CREATE ROLE {user}_r",
        "GRANT {user}_r TO {user}",
        "GRANT {user}_r TO {admin} WITH ADMIN OPTION",
        "GRANT SELECT, INSERT ON `{user}\\_%`.* TO {user}",
        "GRANT SELECT, INSERT ON `{user}\\_%`.* TO {admin} WITH GRANT OPTION",
        "GRANT PROCESS ON *.* TO {admin} WITH GRANT OPTION",
        "ALTER USER {user} REQUIRE SSL WITH MAX_USER_CONNECTIONS 9",
    ];
    for statement in usual.iter().chain(default) {
        let statement = statement.replace("{user}", &lab.user);
        server.admin(&statement.replace("{admin}", admin)).await;
    }
}

/// Changes what the user in AWSCURRENT may do, there and back.
pub(crate) async fn change(lab: &Lab<MysqlServer>, back: bool) {
    let statements = match back {
        false => [
            "REVOKE INSERT ON `{db}\\_%`.* FROM {user}",
            "GRANT PROCESS ON *.* TO {user}",
            "ALTER USER {user} REQUIRE NONE WITH MAX_USER_CONNECTIONS 0",
        ],
        true => [
            "GRANT INSERT ON `{db}\\_%`.* TO {user}",
            "REVOKE PROCESS ON *.* FROM {user}",
            "ALTER USER {user} REQUIRE SSL WITH MAX_USER_CONNECTIONS 9",
        ],
    };
    let user = lab.field("AWSCURRENT", "username");
    for statement in statements {
        let statement = statement.replace("{db}", &lab.user);
        lab.server.admin(&statement.replace("{user}", &user)).await;
    }
}

#[tokio::test]
async fn three_rotations() {
    for (product, strategy, admin, ..) in ROWS {
        let Some(lab) = lab(product, strategy, admin).await else {
            continue;
        };
        for _ in 0..3 {
            let (token, ended) = lab.aws.rotate(&lab.arn).await;
            assert_eq!(
                ended.outcome,
                Outcome::RotationSucceeded,
                "{ended:?}\n{}",
                lab.function.log()
            );
            assert_eq!(lab.aws.holder(&lab.arn, "AWSCURRENT"), Some(token));
            assert!(lab.accepts("AWSCURRENT").await);
            assert_eq!(
                lab.accepts("AWSPREVIOUS").await,
                strategy != Strategy::SingleUser,
                "{product:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_a_rotation_costs() {
    for (product, strategy, admin, calls, logins) in ROWS {
        let Some(lab) = lab(product, strategy, admin).await else {
            continue;
        };
        lab.aws
            .set(|settings| settings.latency = Duration::from_millis(40));
        // The first version has no mark: finishSecret asks when it was made, and nobody frees it.
        for (asked, freed) in [(1, 0), (0, 0), (0, 1)] {
            let expected = (calls.0 + asked + freed, calls.1 + asked, logins);
            let what = format!("{product:?}, {strategy:?}, administrator {admin}");
            assert_eq!(cost(&lab).await, expected, "{what}, {freed} marks freed");
        }
    }
}

/// Calls of a rotation, in all and one after another, and logins, taken and refused.
async fn cost(lab: &Lab<MysqlServer>) -> (usize, usize, (usize, usize)) {
    let mark = lab.server.mark();
    let token = lab.begin();
    lab.aws.forget_calls();
    lab.steps(&token).await.expect("a rotation");
    let calls = lab.aws.calls();
    let admin = lab.admin.as_ref().map(|admin| admin.user.clone());
    let users = [Some(lab.user.clone()), Some(lab.clone_name()), admin];
    let logins = users.iter().flatten();
    let logins = logins.map(|user| lab.server.logins(mark, user));
    let logins = logins.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
    (calls.len(), in_a_row(&calls), logins)
}

/// `masterarn` alone asks for two users, as in AWS's template; what cannot be done is refused before anything is stored.
#[tokio::test]
async fn missing_rights_are_named() {
    for (product, admin, words) in [
        (
            Product::Mysql,
            false,
            "may not keep two passwords: GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO 'app",
        ),
        (
            Product::Mariadb,
            false,
            "the key masterarn is missing from the secret",
        ),
        (
            Product::Mariadb,
            true,
            "may not alter users: GRANT CREATE USER ON *.* TO 'admin",
        ),
    ] {
        let Some(server) = shared(product).await else {
            continue;
        };
        let lab = Lab::on(server, "app", admin, &[DUAL]).await;
        if let Some(admin) = &lab.admin {
            let revoke = format!("REVOKE CREATE USER ON *.* FROM {}", admin.user);
            server.admin(&revoke).await;
        }
        let token = lab.until("createSecret").await;
        lab.refused(&token, "setSecret", "Rotation.TargetRefused", words)
            .await;
    }
}
