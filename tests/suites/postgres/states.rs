//! States of server and account in which setSecret must stop, each with a sentence of its own, and nothing changed.

mod rows;
mod two;

use rotation::event::Step;
use rotation_tests::postgres::Postgres;

use crate::case::{Case, Edits};
use crate::harness::Users;

/// What is wrong.
struct Row {
    what: &'static str,
    /// Settings of the function.
    settings: &'static [(&'static str, &'static str)],
    /// How the superuser brings the state about.
    sql: &'static str,
    /// What AWSCURRENT says.
    edits: Edits<'static>,
    error_type: &'static str,
    words: &'static str,
}

#[tokio::test]
async fn each_has_its_own_sentence() {
    let server = Postgres::shared().await;
    for row in rows::ROWS {
        let users = Users {
            settings: row.settings,
            ..Users::one(server)
        };
        let mut case = Case::new(&users).await;
        case.edit_current(row.edits);
        case.step(Step::CreateSecret).await;
        case.sql(row.sql).await;
        let text = case
            .refused(row.what, Step::SetSecret, row.error_type, row.words)
            .await;
        let others = rows::ROWS.iter().filter(|other| other.words != row.words);
        for other in others {
            let same = text.contains(other.words);
            assert!(!same, "{} reads as {}: {text}", row.what, other.what);
        }
    }
}
