//! One rotation of one user, and what must be as it was after a refusal.

use rotation::engine::Report;
use rotation::event::Step;
use rotation::testing::World;
use rotation::testing::world::{Harness, Subject};
use rotation::version::{Stage, Stages, VersionId};
use rotation_tests::postgres::quoted;
use serde_json::{Map, Value};

use crate::harness::{ADMIN, Users};

/// A rotation that has begun.
pub(crate) struct Case<'a> {
    pub(crate) users: &'a Users<'a>,
    pub(crate) world: World<'a, Users<'a>>,
    pub(crate) version: VersionId,
    pub(crate) user: String,
    pub(crate) password: String,
}

/// Keys with their new value as JSON; nothing: without the key. The key "" stands for the whole value.
pub(crate) type Edits<'e> = &'e [(&'e str, &'e str)];

/// What no refusal may change.
#[derive(Debug, PartialEq)]
struct Seen {
    stages: Stages,
    writes: usize,
    roles: Vec<String>,
}

impl<'a> Case<'a> {
    /// With a user of its own.
    pub(crate) async fn new(users: &'a Users<'a>) -> Self {
        Self::of(users, users.subject().await)
    }

    /// With this user.
    pub(crate) fn of(users: &'a Users<'a>, subject: Subject) -> Self {
        let (user, password) = Users::login(&subject.secret);
        let mut world = World::with(users, &subject);
        let version = world.begin();
        Self {
            users,
            world,
            version,
            user,
            password,
        }
    }

    /// The second user's name.
    pub(crate) fn clone_name(&self) -> String {
        format!("{}_clone", self.user)
    }

    /// Runs statements as the superuser: `{user}` and `{clone}` stand for the names, `{name}` for the first as a text.
    pub(crate) async fn sql(&self, statements: &str) {
        self.users.server.admin(&self.named(statements)).await;
    }

    /// What a question is answered, with the same names.
    pub(crate) async fn ask(&self, question: &str) -> Vec<String> {
        self.users.server.ask(&self.named(question)).await
    }

    /// Waits until a question, with the same names, is answered with true.
    pub(crate) async fn until(&self, question: &str) {
        self.users.server.until(&self.named(question)).await;
    }

    fn named(&self, text: &str) -> String {
        let name = self.user.replace('\'', "''");
        text.replace("{user}", &quoted(&self.user))
            .replace("{name}", &format!("'{name}'"))
            .replace("{clone}", &quoted(&self.clone_name()))
    }

    /// Whether the server takes this password of the first user.
    pub(crate) async fn accepts(&self, password: &str) -> bool {
        self.users.server.accepts(&self.user, password).await
    }

    /// The login under a label.
    pub(crate) fn login(&self, stage: &Stage) -> (String, String) {
        Users::login(&self.world.store.value_of(stage).expect("a value"))
    }

    /// AWSCURRENT becomes another version.
    pub(crate) fn edit_current(&self, edits: Edits<'_>) {
        let value = self.edited(&self.value(), edits);
        let current = self.world.store.stages();
        let current = current.holder(&Stage::Current).expect("AWSCURRENT").clone();
        let store = &self.world.store;
        store.insert(current, Some(&value), vec![Stage::Current]);
        store.begin(&self.version);
    }

    /// Somebody stores a value under AWSPENDING: AWSCURRENT's with a new password, and edited.
    pub(crate) fn put_pending(&self, edits: Edits<'_>) {
        let value = self.edited(&self.value(), &[("password", "\"Somebodys-password-1\"")]);
        let stages = vec![Stage::Pending, Stage::Mark(self.version.clone())];
        let value = self.edited(&value, edits);
        self.world
            .store
            .insert(self.version.clone(), Some(&value), stages);
    }

    /// The admin's secret becomes another one.
    pub(crate) fn edit_admin(&self, edits: Edits<'_>) {
        let (user, password) = &self.users.admin;
        let value = self.users.server.secret_json(user, password);
        self.world
            .store
            .add_admin(ADMIN, &self.edited(&value, edits));
    }

    fn value(&self) -> String {
        self.world
            .store
            .value_of(&Stage::Current)
            .expect("AWSCURRENT")
    }

    fn edited(&self, secret: &str, edits: Edits<'_>) -> String {
        let mut text = secret.to_owned();
        for (key, value) in edits {
            let value = value
                .replace("{user}", &self.user)
                .replace("{this}", self.world.secret_id.as_str())
                .replace("{free}", &rotation_kit::process::free_port().to_string());
            if key.is_empty() {
                return value;
            }
            let mut json: Map<String, Value> = serde_json::from_str(&text).expect("an object");
            json.remove(*key);
            if !value.is_empty() {
                let value = serde_json::from_str(&value).expect("the row's JSON");
                json.insert((*key).to_owned(), value);
            }
            text = Value::from(json).to_string();
        }
        text
    }

    /// Lets some rotations pass before this one.
    pub(crate) async fn after(&mut self, rotations: usize) {
        self.world.store.abandon();
        for _ in 0..rotations {
            self.world.rotate().await;
        }
        self.version = self.world.begin();
    }

    /// Runs a step, which must work.
    pub(crate) async fn step(&mut self, step: Step) -> Report {
        let ended = self.world.step(&self.version, step).await;
        ended.unwrap_or_else(|error| panic!("{step}: {error}"))
    }

    /// Runs a step, which must fail, in these words, and change nothing at all. Returns the whole text.
    pub(crate) async fn refused(
        &mut self,
        what: &str,
        step: Step,
        error_type: &str,
        words: &str,
    ) -> String {
        let before = self.seen().await;
        let ended = self.world.step(&self.version, step).await;
        let error = ended
            .err()
            .unwrap_or_else(|| panic!("{what}: {step} was not refused"));
        let text = error.to_string();
        assert_eq!(error.error_type(), error_type, "{what}: {text}");
        assert!(text.contains(words), "{what}: {text}");
        assert!(
            !text.contains(&self.password),
            "{what} echoes a password: {text}"
        );
        assert!(!text.chars().any(char::is_control), "{what}: {text:?}");
        assert_eq!(self.seen().await, before, "{what}: something was changed");
        text
    }

    async fn seen(&self) -> Seen {
        let (user, second) = (&self.user, self.clone_name());
        let names = [user, &second].map(|name| format!("'{}'", name.replace('\'', "''")));
        let names = names.join(", ");
        let roles = format!(
            "SELECT a::text FROM pg_authid a WHERE rolname IN ({names}) \
             UNION ALL SELECT s::text FROM pg_db_role_setting s JOIN pg_authid a ON a.oid = s.setrole WHERE rolname IN ({names}) \
             UNION ALL SELECT m::text FROM pg_auth_members m JOIN pg_authid a ON a.oid IN (m.roleid, m.member) WHERE rolname IN ({names}) \
             ORDER BY 1"
        );
        Seen {
            stages: self.world.store.stages(),
            writes: self.world.store.writes(),
            roles: self.users.server.ask(&roles).await,
        }
    }
}
