//! AWS's own templates beside our function: the same server, the same secret, the same story. What a template loses there is
//! asserted too, so that this file says so when a newer template no longer does.

use std::time::Duration;

use rotation::config::Strategy;
use rotation_kit::aws::{Ended, Outcome};
use rotation_tests::lab::Lab;
use rotation_tests::mysql::{MysqlServer, Product};
use rotation_tests::peer::{Peer, unencrypted};
use rotation_tests::postgres::Postgres;

use crate::killed::again;
use crate::mysql::lab;
use crate::recovery::SHORT;

/// More than one poll of the log sees.
const GRANTS: usize = 300;
const LOCKED_OUT: &str =
    "Unable to log into database with previous, current, or pending secret of secret arn";

/// A rotation is given up between setSecret and finishSecret: somebody takes AWSPENDING off, as the manual says, and rotates again.
async fn given_up(lab: &Lab<Postgres>) -> Ended {
    lab.until("setSecret").await;
    lab.aws.detach(&lab.arn, "AWSPENDING");
    lab.aws.rotate(&lab.arn).await.1
}

#[tokio::test]
async fn a_rotation_that_is_given_up() {
    let Some(peer) = Peer::given("a rotation that is given up, beside AWS's template") else {
        return;
    };
    let mut theirs = Lab::one_user(&[]).await;
    unencrypted(&theirs);
    peer.takes_over(&mut theirs, "SecretsManagerRDSPostgreSQLRotationSingleUser");
    let mut ended = given_up(&theirs).await;
    // However often somebody tries.
    for _ in 0..2 {
        assert_eq!(ended.outcome, Outcome::RotationFailed);
        let last = ended
            .steps
            .last()
            .and_then(|step| step.answer.clone().err());
        let said = last.expect("an error").message;
        assert!(said.contains(LOCKED_OUT), "{said}");
        assert!(!theirs.accepts("AWSCURRENT").await && !theirs.accepts("AWSPENDING").await);
        theirs.aws.detach(&theirs.arn, "AWSPENDING");
        ended = theirs.aws.rotate(&theirs.arn).await.1;
    }

    // Secrets Manager tries until the first rotation cannot be at work any more.
    let ours = Lab::one_user(&[SHORT]).await;
    ours.aws.set(|settings| settings.tries = 20);
    unencrypted(&ours);
    let ended = given_up(&ours).await;
    assert_eq!(ended.outcome, Outcome::RotationSucceeded, "{ended:?}");
    assert!(ours.accepts("AWSCURRENT").await);
}

/// The template for two users.
fn two_users(product: Product) -> &'static str {
    match product {
        Product::Mysql => "SecretsManagerRDSMySQLRotationMultiUser",
        Product::Mariadb => "SecretsManagerRDSMariaDBRotationMultiUser",
    }
}

/// Two users who take turns. These statements say what the first may do.
async fn prepared(product: Product, statements: &[String]) -> Option<Lab<MysqlServer>> {
    let lab = lab(product, Strategy::AlternatingUsers, true).await?;
    unencrypted(&lab);
    // As RDS's master user may: the templates say so.
    let master = "GRANT ALL ON *.* TO {admin} WITH GRANT OPTION".to_owned();
    for statement in [&master].into_iter().chain(statements) {
        let statement = statement.replace("{user}", &lab.user);
        let statement = statement.replace("{admin}", lab.administrator());
        lab.server.admin(&statement).await;
    }
    Some(lab)
}

/// The function is killed after the first of many grants; Secrets Manager tries again. Returns how many grants AWSCURRENT's user
/// has then.
async fn killed_between_grants(lab: &Lab<MysqlServer>) -> usize {
    let token = lab.until("createSecret").await;
    let mark = lab.server.general_log().len();
    let copied = |line: &str| line.contains("GRANT SELECT ON ") && line.contains(&lab.clone_name());
    let event = lab.event(&token, "setSecret").to_string();
    let killed = lab.function.kill(event, async {
        while !lab.server.log_since(mark).lines().any(copied) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    assert!(killed.await, "it was done before: {}", lab.function.log());
    again(lab, &token, "the retry").await;
    assert_eq!(lab.field("AWSCURRENT", "username"), lab.clone_name());
    lab.answer("SHOW GRANTS").await.expect("grants").len()
}

async fn a_crash_between_two_grants(product: Product) {
    let Some(peer) = Peer::given("a crash between two grants, beside AWS's template") else {
        return;
    };
    let grants = (0..GRANTS).map(|n| format!("GRANT SELECT ON `{{user}}_{n}`.* TO {{user}}"));
    let grants: Vec<String> = grants.collect();
    let Some(mut theirs) = prepared(product, &grants).await else {
        return;
    };
    let before = theirs.answer("SHOW GRANTS").await.expect("grants").len();
    assert!(before > GRANTS);
    peer.takes_over(&mut theirs, two_users(product));
    let after = killed_between_grants(&theirs).await;
    assert!(after < before, "the template has lost no grant");

    let ours = prepared(product, &grants).await.expect("a server");
    assert_eq!(killed_between_grants(&ours).await, before);
    ours.server.same_rights(&ours.user, "ours").await;
}

#[tokio::test]
async fn a_crash_between_two_grants_on_mysql() {
    a_crash_between_two_grants(Product::Mysql).await;
}

#[tokio::test]
async fn a_crash_between_two_grants_on_mariadb() {
    a_crash_between_two_grants(Product::Mariadb).await;
}

/// No crash, and no error in the end: a grant that the template cannot copy is gone. `question` needs it.
async fn lost_without_a_crash(what: &str, statements: &[&str], question: &str) {
    let Some(peer) = Peer::given(&format!("{what}, beside AWS's template")) else {
        return;
    };
    let statements: Vec<String> = statements.iter().map(ToString::to_string).collect();
    let Some(mut theirs) = prepared(Product::Mariadb, &statements).await else {
        return;
    };
    let asked = |lab: &Lab<MysqlServer>| question.replace("{user}", &lab.user);
    theirs.answer(&asked(&theirs)).await.expect(what);
    peer.takes_over(&mut theirs, two_users(Product::Mariadb));
    let (_, ended) = theirs.aws.rotate(&theirs.arn).await;
    assert_eq!(ended.outcome, Outcome::RotationSucceeded, "{ended:?}");
    let failed = ended.steps.iter().filter(|step| step.answer.is_err());
    let failed: Vec<&str> = failed.map(|step| step.step).collect();
    assert_eq!(failed, ["setSecret"], "the first try alone");
    let refused = theirs.answer(&asked(&theirs)).await;
    assert!(refused.is_err(), "{what}: the template has lost nothing");

    let ours = prepared(Product::Mariadb, &statements)
        .await
        .expect("a server");
    let (_, ended) = ours.aws.rotate(&ours.arn).await;
    assert_eq!(ended.outcome, Outcome::RotationSucceeded, "{ended:?}");
    ours.answer(&asked(&ours)).await.expect(what);
    ours.server.same_rights(&ours.user, what).await;
}

#[tokio::test]
async fn a_default_role() {
    let statements = [
        "CREATE DATABASE {user}",
        "CREATE TABLE {user}.t (x int)",
        "CREATE ROLE {user}_r",
        "GRANT SELECT ON {user}.* TO {user}_r",
        "GRANT {user}_r TO {user}",
        "GRANT {user}_r TO {admin} WITH ADMIN OPTION",
        "SET DEFAULT ROLE {user}_r FOR {user}",
    ];
    lost_without_a_crash("a default role", &statements, "SELECT x FROM {user}.t").await;
}

#[tokio::test]
async fn a_database_whose_name_has_to_in_it() {
    let statements = [
        "CREATE DATABASE `{user} TO b`",
        "CREATE TABLE `{user} TO b`.t (x int)",
        "GRANT SELECT ON `{user} TO b`.* TO {user}",
    ];
    let question = "SELECT x FROM `{user} TO b`.t";
    lost_without_a_crash("a database with TO in its name", &statements, question).await;
}
