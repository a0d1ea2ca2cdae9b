//! Any options of CREATE USER, by every strategy: the account rotates twice, or a lone testSecret refuses it in words.
//!
//! Each account has a seed. `ROTATION_SEED=17` runs that one alone, `ROTATION_SEED=0..300` three hundred of each product.

mod account;

use rotation::config::Strategy;
use rotation::event::Step;
use rotation::testing::World;
use rotation::testing::world::{Harness, Subject};
use rotation_tests::mysql::{MysqlServer, Product};
use rotation_tests::setting::seeds;

use crate::harness::{ADMIN, Users};
use crate::two_users::property::random::Random;
use account::Account;

#[tokio::test]
async fn mysql() {
    all(Product::Mysql).await;
}

#[tokio::test]
async fn mariadb() {
    all(Product::Mariadb).await;
}

#[expect(
    clippy::print_stderr,
    reason = "figures, and why, for whoever runs the tests"
)]
async fn all(product: Product) {
    if !product.installed() {
        return;
    }
    let server = MysqlServer::start(product).await;
    let (mut rotated, mut refused) = (0, 0);
    for seed in seeds(0..10) {
        let mut random = Random::new(seed);
        let strategy = random.one_of(&[
            Strategy::SingleUser,
            Strategy::DualPassword,
            Strategy::AlternatingUsers,
        ]);
        let usual = Users::new(&server, strategy);
        let users = Users {
            admin: usual.admin || random.chance(30),
            powers: random.one_of(&[&["GRANT SELECT ON mysql.* TO {admin}"], usual.powers]),
            ..usual
        };
        let account = Account::random(&mut random, product);
        let what = format!(
            "seed {seed}, {product:?}, {strategy:?}, administrator: {}\n{}",
            users.admin,
            account.statements.join(";\n")
        );
        match trial(&users, &account, &what).await {
            None => rotated += 1,
            Some(why) => {
                refused += 1;
                eprintln!("{what}\n  {why}\n");
            }
        }
    }
    eprintln!("{product:?}: {rotated} rotated twice, {refused} were refused by a lone testSecret");
    assert!(rotated > 0 || refused < 10, "{product:?}: none rotated");
}

/// Why a lone testSecret refused the account; none, if it rotated twice.
async fn trial(users: &Users<'_>, account: &Account, what: &str) -> Option<String> {
    let subject = subject(users, account).await;
    let mut world = World::with(users, &subject);
    let version = world.begin();
    let alone = world.step(&version, Step::TestSecret).await;
    if let Err(error) = alone {
        let text = error.to_string();
        assert_ne!(error.error_type(), "Rotation.Panic", "{what}\n{text}");
        let bare = text.split("error ").skip(1);
        let bare = bare.filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        assert_eq!(bare.count(), 0, "{what}\n{text}");
        assert!(!text.contains("AWSPENDING off"), "{what}\n{text}");
        return Some(text);
    }
    for turn in ["first", "second"] {
        let version = world.begin();
        let ended = world.steps(&version).await;
        ended.unwrap_or_else(|error| panic!("{what}\nok, then at the {turn} rotation: {error}"));
        assert!(world.current_accepted().await, "{what}");
    }
    None
}

/// The harness's, with another account of the same name.
async fn subject(users: &Users<'_>, account: &Account) -> Subject {
    let mut subject = users.subject().await;
    let (user, _) = Users::login(&subject.secret);
    users.server.admin(&format!("DROP USER '{user}'@'%'")).await;
    for statement in &account.statements {
        users
            .server
            .admin(&statement.replace("{name}", &user))
            .await;
    }
    if users.strategy == Strategy::DualPassword && !users.admin {
        let grant = "GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO {account}";
        let grant = grant.replace("{account}", &account.name.replace("{name}", &user));
        users.server.admin(&grant).await;
    }
    let secret = users.server.secret_json(&user, account.password);
    subject.secret = match users.admin {
        true => secret.replacen('{', &format!("{{\"masterarn\": \"{ADMIN}\", "), 1),
        false => secret,
    };
    subject
}
