//! Rights: all that the first user has, or no promotion.

use rotation::event::Step;
use rotation::version::Stage;
use rotation_tests::postgres::{Postgres, Release};

use super::{RIGHTS, entrust, may_all};
use crate::case::Case;
use crate::harness::Users;

#[tokio::test]
async fn has_all_rights_on_every_release() {
    for release in Release::ALL {
        if !release.installed() {
            continue;
        }
        let server = Postgres::of(release).await;
        let users = Users::two_by_administrator(server).await;
        let mut case = Case::new(&users).await;
        case.sql(RIGHTS).await;
        entrust(&case).await;
        case.world.finish(&case.version).await;
        assert_eq!(case.login(&Stage::Current).0, case.clone_name());
        assert!(
            case.accepts(&case.password).await,
            "{release:?}: the first password was touched"
        );
        may_all(&case, &Stage::Current).await;
        case.after(1).await;
        assert_eq!(case.login(&Stage::Current).0, case.user);
        may_all(&case, &Stage::Current).await;
        may_all(&case, &Stage::Previous).await;
    }
}

/// AWS's second user owns what it creates, and the first cannot read it.
#[tokio::test]
async fn shares_an_owner() {
    for release in Release::ALL {
        if !release.installed() {
            continue;
        }
        let server = Postgres::of(release).await;
        let users = Users::two_by_administrator(server).await;
        let mut case = Case::new(&users).await;
        entrust(&case).await;
        case.sql(&format!(
            "CREATE ROLE owner_{0}; GRANT owner_{0} TO {{user}}; CREATE SCHEMA owner_{0} AUTHORIZATION owner_{0}",
            case.user
        ))
        .await;
        case.edit_current(&[("owner_role", "\"owner_{user}\"")]);
        case.world.finish(&case.version).await;
        for (maker, other) in [
            (Stage::Current, Stage::Previous),
            (Stage::Previous, Stage::Current),
        ] {
            let (user, password) = case.login(&maker);
            let made = server
                .ask_as(
                    &user,
                    &password,
                    &format!("CREATE TABLE owner_{}.by_{user} (n int)", case.user),
                )
                .await;
            made.unwrap_or_else(|error| panic!("{user}: {error:?}"));
            let (user_too, password) = case.login(&other);
            let used = server
                .ask_as(
                    &user_too,
                    &password,
                    &format!("ALTER TABLE owner_{}.by_{user} ADD more int", case.user),
                )
                .await;
            used.unwrap_or_else(|error| panic!("{user_too}: {error:?}"));
        }
        case.after(2).await;
    }
}

/// Without one, what the second user made keeps the first one out: said before the first one's password, which works, is changed.
#[tokio::test]
async fn does_not_hand_over_what_it_owns_alone() {
    let users = Users::two(Postgres::shared().await);
    let mut case = Case::new(&users).await;
    case.after(1).await;
    case.sql("CREATE TABLE public.{clone} (n int); ALTER TABLE public.{clone} OWNER TO {clone}")
        .await;
    let (refused, words) = ("Rotation.TargetRefused", "has no rights on 1 objects");
    case.refused("alone", Step::TestSecret, refused, words)
        .await;
    case.step(Step::CreateSecret).await;
    case.refused("its own table", Step::SetSecret, refused, words)
        .await;
    case.sql("GRANT ALL ON public.{clone} TO {user}, {clone}; ALTER TABLE public.{clone} OWNER TO {user}")
        .await;
    case.world.finish(&case.version).await;
}

/// On 16 and newer, the administrator needs the right to pass the first user on: the server says so, in a lone testSecret too.
#[tokio::test]
async fn an_administrator_without_admin_option_is_told() {
    let server = Postgres::of(Release::V17).await;
    let users = Users::two_by_administrator(server).await;
    let mut case = Case::new(&users).await;
    let words = "(in GRANT \"app";
    let text = case
        .refused("alone", Step::TestSecret, "Rotation.TargetRefused", words)
        .await;
    assert!(
        text.contains("Only roles with the ADMIN option on role"),
        "{text}"
    );
    entrust(&case).await;
    case.world.finish(&case.version).await;
}

/// Between setSecret and testSecret, somebody takes the membership away.
#[tokio::test]
async fn is_not_promoted_without_its_rights() {
    let users = Users::two(Postgres::shared().await);
    let mut case = Case::new(&users).await;
    case.sql(RIGHTS).await;
    case.step(Step::CreateSecret).await;
    case.step(Step::SetSecret).await;
    case.step(Step::TestSecret).await;
    case.sql("REVOKE {user} FROM {clone}").await;
    let words = "objects that app";
    case.refused(
        "revoked",
        Step::TestSecret,
        "Rotation.PendingRejected",
        words,
    )
    .await;
    case.world.finish(&case.version).await;
    may_all(&case, &Stage::Current).await;
}

/// PostgreSQL 16 and newer know members without the rights.
#[tokio::test]
async fn inherits_what_it_is_a_member_of() {
    if !Release::V17.installed() {
        return;
    }
    let users = Users::two(Postgres::of(Release::V17).await);
    let mut case = Case::new(&users).await;
    case.sql(RIGHTS).await;
    case.sql("CREATE ROLE {clone} LOGIN; GRANT {user} TO {clone} WITH INHERIT FALSE")
        .await;
    case.world.finish(&case.version).await;
    may_all(&case, &Stage::Current).await;
}
