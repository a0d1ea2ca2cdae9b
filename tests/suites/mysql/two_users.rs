//! Two users who take turns: the second has what the first has, whatever that is, or no promotion.

mod accounts;
mod administrator;
mod cut;
mod grants;
mod others;
pub(crate) mod property;
mod requirements;
mod turns;

use rotation::config::Strategy;
use rotation::event::Step;
use rotation::testing::world::{Harness, World};
use rotation::version::{Stage, VersionId};
use rotation_tests::mysql::{MysqlServer, Product, quoted};

use crate::harness::Users;

/// A user, its second one, and a rotation that has not begun.
struct Case<'a> {
    users: &'a Users<'a>,
    world: World<'a, Users<'a>>,
    user: String,
    /// The administrator's secret.
    admin: String,
}

pub(crate) fn users(server: &MysqlServer) -> Users<'_> {
    Users {
        server,
        name: "app",
        strategy: Strategy::AlternatingUsers,
        admin: true,
        powers: &["GRANT ALL ON *.* TO {admin} WITH GRANT OPTION"],
    }
}

/// What is installed.
pub(crate) fn products() -> impl Iterator<Item = Product> {
    let all = Product::ALL.into_iter();
    all.filter(|product| product.installed())
}

impl<'a> Case<'a> {
    async fn new(users: &'a Users<'a>) -> Self {
        let subject = users.subject().await;
        let user = Users::login(&subject.secret).0;
        let world = World::with(users, &subject);
        let admin = subject.admin.map(|(_, value)| value).unwrap_or_default();
        Self {
            users,
            world,
            user,
            admin,
        }
    }

    /// Runs statements as root: `{user}` and `{clone}` stand for the accounts, `{name}` for the user's bare name.
    async fn sql(&self, statements: &str) {
        self.users.server.admin(&self.named(statements)).await;
    }

    async fn ask(&self, question: &str) -> Vec<String> {
        self.users.server.ask(&self.named(question)).await
    }

    fn named(&self, text: &str) -> String {
        let account = |name: &str| format!("{}@'%'", quoted(name));
        text.replace("{user}", &account(&self.user))
            .replace("{clone}", &account(&format!("{}_clone", self.user)))
            .replace("{name}", &self.user)
    }

    async fn same_rights(&self, what: &str) {
        self.users.server.same_rights(&self.user, what).await;
    }

    async fn step(&mut self, version: &VersionId, step: Step) {
        let ended = self.world.step(version, step).await;
        ended.unwrap_or_else(|error| panic!("{step}: {error}"));
    }

    /// Runs a step, which must fail in these words.
    async fn refused(&mut self, version: &VersionId, step: Step, words: &str) {
        let ended = self.world.step(version, step).await;
        let error = ended.expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
        assert_eq!(
            Users::login(&self.world.store.value_of(&Stage::Current).expect("a value")).0,
            self.user
        );
    }
}
