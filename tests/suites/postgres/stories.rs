//! What locks applications out with AWS's own template.

use rotation::event::Step;
use rotation::testing::version_id;
use rotation::version::Stage;
use rotation_tests::postgres::Postgres;

use crate::case::Case;
use crate::harness::Users;

/// T1 sets its password, AWSPENDING is taken away, as AWS's page on cancelling says; T2 then finds no label on the only
/// password that works. Ours finds the mark.
#[tokio::test]
async fn a_cancelled_rotation_locks_nobody_out() {
    let users = Users::one(Postgres::shared().await);
    for abandoned in 1..3 {
        let mut case = Case::new(&users).await;
        let mut live = case.password.clone();
        for _ in 0..abandoned {
            case.step(Step::CreateSecret).await;
            case.step(Step::SetSecret).await;
            live = case.login(&Stage::Pending).1;
            case.world.store.abandon();
            case.version = case.world.begin();
        }
        assert!(case.accepts(&live).await && !case.accepts(&case.password).await);
        case.step(Step::CreateSecret).await;
        let report = case.step(Step::SetSecret).await;
        let warning = "(which lost its labels), and the rotation goes on from there";
        assert!(
            report.warnings.concat().contains(warning),
            "{:?}",
            report.warnings
        );
        assert!(case.accepts(&case.login(&Stage::Pending).1).await && !case.accepts(&live).await);
        case.world.finish(&case.version).await;
        assert_eq!(
            case.world.store.stages().orphans(&case.version),
            [],
            "a mark is left"
        );
    }
}

/// The database was restored to what AWSPREVIOUS holds: the rotation goes on from there, and says so.
#[tokio::test]
async fn a_restored_database_is_healed() {
    let users = Users::one(Postgres::shared().await);
    let mut case = Case::new(&users).await;
    case.after(1).await;
    let old = case.login(&Stage::Previous).1;
    case.sql(&format!("ALTER ROLE {{user}} PASSWORD '{old}'"))
        .await;
    case.step(Step::CreateSecret).await;
    let report = case.step(Step::SetSecret).await;
    let warning = "the target did not accept AWSCURRENT. It accepted AWSPREVIOUS, and the rotation goes on from there";
    assert_eq!(report.warnings, [warning]);
    assert!(!case.accepts(&old).await);
    case.world.finish(&case.version).await;
}

/// AWS's template reads AWSPREVIOUS, and stops where that is not JSON, or logs in to the host that it names.
#[tokio::test]
async fn an_odd_old_value_is_nobodys_business() {
    let users = Users::one(Postgres::shared().await);
    for old in ["hunter2", "{\"host\": \"evil.example\"}"] {
        let mut case = Case::new(&users).await;
        let store = &case.world.store;
        store.insert(version_id(90), Some(old), vec![Stage::Previous]);
        case.world.finish(&case.version).await;
    }
}

/// What the server says may hold the password, or break a line of the log.
#[tokio::test]
async fn what_the_server_says_is_cleaned() {
    let users = Users::one(Postgres::shared().await);
    for (dbname, words) in [
        ("\"{password}\"", "database \"[REDACTED]\" does not exist"),
        (
            "\"a\\nb\\u0007\"",
            "database \"a\\nb\\u{7}\" does not exist",
        ),
    ] {
        let mut case = Case::new(&users).await;
        let dbname = dbname.replace("{password}", &case.password);
        case.edit_current(&[("dbname", &dbname)]);
        case.step(Step::CreateSecret).await;
        case.refused(&dbname, Step::SetSecret, "Rotation.TargetRefused", words)
            .await;
    }
}
