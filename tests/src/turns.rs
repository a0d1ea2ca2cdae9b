//! Two users who take turns: AWS's template for them and our function, in turns, on the same secret, with an edit by hand.

use rotation::event::Step;
use rotation::testing::world::Harness;
use rotation::testing::{World, version_id};
use rotation::version::{Stage, VersionId};
use serde_json::Value;

/// Whose turn: AWS's, or ours. Each follows each.
const ORDER: &str = "ABABBAAB";
const SUFFIX: &str = "_clone";

/// A secret, and each version of it that somebody stored: id and user.
struct Story<'a, H: Harness> {
    world: World<'a, H>,
    versions: Vec<(VersionId, String)>,
}

/// The whole order, once for each place of the edit. `by_aws` does what AWS's template says to the server: it makes the user with this
/// password, as the other one is, or gives it the password.
pub async fn with_an_edit_anywhere<H: Harness>(
    harness: &H,
    by_aws: impl AsyncFn(&str, &str, &str),
) {
    for edit in 0..ORDER.len() {
        let mut story = Story::begin(World::new(harness).await);
        for (place, whose) in ORDER.chars().enumerate() {
            if place == edit {
                story.edit();
            }
            match whose {
                'A' => story.aws(&by_aws).await,
                _ => story.ours(edit, place).await,
            }
            let accepted = story.world.current_accepted().await;
            assert!(
                accepted,
                "edit {edit}, place {place}: AWSCURRENT is refused"
            );
        }
    }
}

impl<'a, H: Harness> Story<'a, H> {
    fn begin(world: World<'a, H>) -> Self {
        let mut story = Self {
            world,
            versions: Vec::new(),
        };
        story.note();
        story
    }

    /// Somebody adds a key to the JSON: another version, the same login.
    fn edit(&mut self) {
        let mut json = self.current();
        json["edited"] = Value::from(self.versions.len());
        self.put(&json);
    }

    async fn aws(&mut self, by_aws: &impl AsyncFn(&str, &str, &str)) {
        let mut json = self.current();
        let user = json["username"].as_str().expect("a name").to_owned();
        let other = match user.strip_suffix(SUFFIX) {
            Some(original) => original.to_owned(),
            None => format!("{user}{SUFFIX}"),
        };
        let password = format!("By-the-template-{}", self.versions.len());
        by_aws(&other, &password, &user).await;
        json["username"] = Value::from(other);
        json["password"] = Value::from(password);
        self.put(&json);
    }

    /// Rotates, or is refused and says how to go on; then that is done, and it rotates.
    async fn ours(&mut self, edit: usize, place: usize) {
        let version = self.world.begin();
        let alone = self.world.step(&version, Step::TestSecret).await;
        let rotated = self.world.steps(&version).await;
        let both = (alone.is_ok(), rotated.is_ok());
        assert!(
            both.0 == both.1,
            "edit {edit}, place {place}: testSecret alone, and all four: {both:?}"
        );
        if let Err(error) = rotated {
            let text = error.to_string();
            let what = format!("edit {edit}, place {place}: {text}");
            assert!(!text.contains("drop"), "{what}");
            let command = "--version-stage AWSPREVIOUS --move-to-version-id VERSION";
            assert!(text.contains(command), "{what}");
            let user = self.current()["username"].clone();
            let other = self.versions.iter().rev().find(|(_, name)| user != **name);
            let (other, _) = other.expect("a version that names the other user");
            self.world.store.label(Stage::Previous, other);
            let again = self.world.steps(&version).await;
            again.unwrap_or_else(|error| panic!("{what}\nthen: {error}"));
        }
        self.note();
    }

    fn put(&mut self, json: &Value) {
        let version = version_id(500 + self.versions.len());
        self.world.store.put_current(version, &json.to_string());
        self.note();
    }

    fn note(&mut self) {
        let stages = self.world.store.stages();
        let version = stages.holder(&Stage::Current).expect("AWSCURRENT").clone();
        let user = self.current()["username"]
            .as_str()
            .expect("a name")
            .to_owned();
        self.versions.push((version, user));
    }

    fn current(&self) -> Value {
        let value = self.world.store.value_of(&Stage::Current);
        serde_json::from_str(&value.expect("a value")).expect("JSON")
    }
}
