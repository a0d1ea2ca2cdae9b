//! The administrator's connection is lost between two grants.

use mysql_async::prelude::Queryable;
use rotation::event::Step;
use rotation_tests::mysql::MysqlServer;

use super::{Case, products, users};
use crate::harness::Users;

const GRANTS: usize = 60;
/// How often it may happen that the rotation is quicker than the cut.
const TRIES: usize = 20;

#[tokio::test]
async fn is_completed_by_the_next_try() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut cut = false;
        for _ in 0..TRIES {
            let mut case = Case::new(&users).await;
            for n in 0..GRANTS {
                case.sql(&format!("GRANT SELECT ON `{{name}} {n}`.* TO {{user}}"))
                    .await;
            }
            let version = case.world.begin();
            case.step(&version, Step::CreateSecret).await;
            let (admin, _) = Users::login(&case.admin);
            let clone = format!("{}_clone", case.user);
            let ((_, ended), ()) = futures_util::future::join(
                case.world.invoke(&version, Step::SetSecret),
                kill(server, &admin, &clone),
            )
            .await;
            let granted = case
                .ask("SELECT db FROM mysql.db WHERE user = '{name}_clone'")
                .await
                .len();
            cut = ended.is_err() && (1..GRANTS).contains(&granted);
            if cut {
                let created = case.ask("SHOW CREATE USER {clone}").await.concat();
                assert!(created.contains("ACCOUNT LOCK"), "{product:?}");
                let ended = case.world.step(&version, Step::TestSecret).await;
                assert!(ended.is_err(), "{product:?}: half of the grants passed");
            }
            case.world.finish(&version).await;
            case.same_rights("completed").await;
            if cut {
                break;
            }
        }
        assert!(cut, "{product:?}: never in between");
    }
}

/// As soon as the second user has a grant, or after a while.
async fn kill(server: &MysqlServer, admin: &str, clone: &str) {
    let mut root = server.superuser().await;
    let question = format!("SELECT COUNT(*) FROM mysql.db WHERE user = '{clone}'");
    for _ in 0..20_000 {
        let granted: Option<usize> = root.query_first(&question).await.expect("an answer");
        if granted > Some(0) {
            break;
        }
    }
    let question = format!("SELECT id FROM information_schema.processlist WHERE user = '{admin}'");
    let ids: Vec<u64> = root.query(&question).await.expect("connections");
    for id in ids {
        // It may be gone by itself.
        let _ = root.query_drop(format!("KILL {id}")).await;
    }
    let _ = root.disconnect().await;
}
