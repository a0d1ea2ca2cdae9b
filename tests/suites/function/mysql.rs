//! MySQL and MariaDB: whole rotations, as Secrets Manager drives them, and what they cost.

use std::time::Duration;

use rotation_tests::aws::{Outcome, in_a_row};
use rotation_tests::lab::Lab;
use rotation_tests::mysql::{MysqlServer, Product};

const DUAL: (&str, &str) = ("ROTATION_STRATEGY", "dual-password");

/// The product, whether its users have two passwords, whether an administrator gives them; how many calls a rotation
/// takes that frees no mark, in all and one after another, and how many logins, taken and refused.
type Row = (Product, bool, bool, (usize, usize), (usize, usize));

const ROWS: [Row; 5] = [
    (Product::Mysql, false, false, (10, 7), (5, 0)),
    (Product::Mariadb, false, false, (10, 7), (5, 0)),
    // Whether the new password is set already, one login finds out.
    (Product::Mysql, true, false, (10, 7), (5, 1)),
    (Product::Mysql, true, true, (11, 8), (6, 1)),
    (Product::Mariadb, true, true, (11, 8), (6, 0)),
];

/// A lab whose user, or administrator, has the rights that the strategy needs. None, if the product is not installed.
pub(crate) async fn lab(
    product: Product,
    two_passwords: bool,
    admin: bool,
) -> Option<Lab<MysqlServer>> {
    if !product.installed() {
        return None;
    }
    let server = MysqlServer::shared(product).await;
    let variables = if two_passwords { &[DUAL][..] } else { &[] };
    let lab = Lab::on(server, "app", admin, variables).await;
    if two_passwords && !admin {
        let grant = format!(
            "GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO {}@'%'",
            lab.user
        );
        server.admin(&grant).await;
    }
    Some(lab)
}

#[tokio::test]
async fn three_rotations() {
    for (product, two_passwords, admin, ..) in ROWS {
        let Some(lab) = lab(product, two_passwords, admin).await else {
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
                two_passwords,
                "{product:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_a_rotation_costs() {
    for (product, two_passwords, admin, calls, logins) in ROWS {
        let Some(lab) = lab(product, two_passwords, admin).await else {
            continue;
        };
        lab.aws
            .set(|settings| settings.latency = Duration::from_millis(40));
        let mark = lab.server.general_log().len();
        let token = lab.begin();
        lab.steps(&token).await.expect("a rotation");
        let made = lab.aws.calls();
        let users = [Some(&lab.user), lab.admin.as_ref().map(|admin| &admin.user)];
        let counted = users
            .into_iter()
            .flatten()
            .map(|user| lab.server.logins(mark, user));
        let counted = counted.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        let what = format!("{product:?}, two passwords {two_passwords}, administrator {admin}");
        assert_eq!((made.len(), in_a_row(&made)), calls, "{what}: calls");
        assert_eq!(counted, logins, "{what}: logins");
    }
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
        if !product.installed() {
            continue;
        }
        let server = MysqlServer::shared(product).await;
        let lab = Lab::on(server, "app", admin, &[DUAL]).await;
        if let Some(admin) = &lab.admin {
            server
                .admin(&format!(
                    "REVOKE CREATE USER ON *.* FROM {}@'%'",
                    admin.user
                ))
                .await;
        }
        let token = lab.until("createSecret").await;
        lab.refused(&token, "setSecret", "Rotation.TargetRefused", words)
            .await;
    }
}
