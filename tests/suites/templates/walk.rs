//! Runs the rows of one kind of database.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rotation::Rotator;
use rotation::config::Config;
use rotation::database::{AlternatingUsers, Driver, DualPassword, Login, Rotate, SingleUser};
use rotation::document::Document;
use rotation::event::Step;
use rotation::testing::world::Subject;
use rotation::testing::{World, version_id};
use rotation::version::{Stage, VersionId};
use rotation_kit::tls::Ca;
use serde_json::{Map, Value};

use crate::row::{Edit, Kind, Ours, Row};
use crate::rows;
use crate::server::{ADMIN, FIRST, Function, Server};

/// Each variant, on the usual server or on the one without TLS. All that is not as the table says is told in the end.
pub(crate) async fn walk<D>(kind: Kind, servers: [Server<'_>; 2])
where
    D: Driver + SingleUser + AlternatingUsers + DualPassword,
{
    let admin = servers[0].administrator().await;
    let mut wrong = Vec::new();
    for Row(kinds, variants, _, ours, _) in rows::all().filter(|row| row.0.contains(&kind)) {
        for edits in *variants {
            let server = servers[usize::from(has(edits, |edit| matches!(edit, Edit::Bare)))];
            let case = Case::new(server, &admin, edits);
            if let Err(how) = case.is::<D>(*ours).await {
                wrong.push(format!("{kinds:?} {edits:?}: {how}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{kind:?}:\n{}", wrong.join("\n"));
}

fn has(edits: &[Edit], is: impl Fn(&Edit) -> bool) -> bool {
    edits.iter().any(is)
}

/// A user of its own, and what is unusual.
struct Case<'a> {
    server: Server<'a>,
    admin: &'a (String, String),
    edits: &'static [Edit],
    user: String,
    number: usize,
}

impl<'a> Case<'a> {
    fn new(server: Server<'a>, admin: &'a (String, String), edits: &'static [Edit]) -> Self {
        // Three digits, so that names have the same length in every run.
        static NUMBER: AtomicUsize = AtomicUsize::new(100);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let named = edits.iter().find_map(|edit| match edit {
            Edit::User(name) => Some(*name),
            _ => None,
        });
        let user = named
            .unwrap_or("app{n}")
            .replace("{n}", &number.to_string());
        Self {
            server,
            admin,
            edits,
            user,
            number,
        }
    }

    /// Whether this is how it ends; if not, how it did.
    async fn is<D>(&self, ours: Ours) -> Result<(), String>
    where
        D: Driver + SingleUser + AlternatingUsers + DualPassword,
    {
        let secret = self.secret();
        if ours == Ours::UsualPort {
            return usual_port::<D>(&secret);
        }
        self.server.create(&self.user, FIRST).await;
        self.prepare().await;
        let config = match self.config::<D>() {
            Ok(config) => config,
            Err(error) => return refused(ours, &error.to_string()),
        };
        let function = Function::<D> {
            server: self.server,
            config,
            subject: Subject {
                secret: secret.clone(),
                admin: Some((ADMIN.to_owned(), self.admins_secret())),
            },
            database: PhantomData,
        };
        let mut world = World::new(&function).await;
        self.previous(&world);
        if let Some(Edit::TimeOut(seconds)) = self.edits.first() {
            world.timeout = Duration::from_secs(*seconds);
        }
        let version = world.begin();
        let ended = self.steps(&mut world, &version).await;
        let now = world.store.value_of(&Stage::Current).unwrap_or_default();
        let Err(error) = ended else {
            return self.rotated(ours, &secret, &now).await;
        };
        if now != secret || !self.server.accepts(&self.user, FIRST).await {
            return Err(format!(
                "AWSCURRENT or its password is another one: {error}"
            ));
        }
        refused(ours, &error)
    }

    /// What the superuser does before.
    async fn prepare(&self) {
        let account = |user: &str| self.server.account(user);
        for edit in self.edits {
            if let Edit::Sql(statements) = edit {
                let statements = statements
                    .replace("{user}", &account(&self.user))
                    .replace("{clone}", &account(&clone_of(&self.user)));
                self.server.admin(&self.filled(&statements)).await;
            }
        }
    }

    /// The four steps, and what somebody does between them.
    async fn steps<D>(
        &self,
        world: &mut World<'_, Function<'_, D>>,
        version: &VersionId,
    ) -> Result<(), String>
    where
        D: Driver + SingleUser + AlternatingUsers + DualPassword,
    {
        for step in Step::ALL {
            let ended = world.step(version, step).await;
            ended.map_err(|error| error.to_string())?;
            if step == Step::CreateSecret {
                self.pending(world, version);
            }
        }
        Ok(())
    }

    async fn rotated(&self, ours: Ours, before: &str, now: &str) -> Result<(), String> {
        let user = match ours {
            Ours::Rotates => self.user.clone(),
            Ours::TakesTurns => clone_of(&self.user),
            _ => return Err("rotated".into()),
        };
        let parsed = |text: &str| -> Map<String, Value> {
            serde_json::from_str(text).expect("an object that rotated")
        };
        let json = parsed(now);
        if json["username"] != user.as_str() {
            return Err(format!("AWSCURRENT is for {}", json["username"]));
        }
        let password = json["password"].as_str().unwrap_or_default();
        let old = parsed(before)["password"].to_string();
        let name = |user: &str| Value::from(user).to_string();
        let restored =
            now.replacen(&name(password), &old, 1)
                .replacen(&name(&user), &name(&self.user), 1);
        if restored != before {
            return Err(format!("another byte was changed: {restored} was {before}"));
        }
        match self.server.accepts(&user, password).await {
            true => Ok(()),
            false => Err("AWSCURRENT is refused".into()),
        }
    }

    fn config<D>(&self) -> Result<Config, rotation::RotationError>
    where
        D: Driver + SingleUser + AlternatingUsers + DualPassword,
    {
        let bundle = Ca::shared().pem_path().display().to_string();
        let mut variables = vec![
            ("DATABASE_CA_BUNDLE".to_owned(), bundle),
            ("ALLOWED_HOSTS".to_owned(), "localhost,127.0.0.1".to_owned()),
        ];
        variables.extend(self.edits.iter().filter_map(|edit| match edit {
            Edit::Variable(name, value) => Some(((*name).to_owned(), (*value).to_owned())),
            _ => None,
        }));
        Config::from_vars(
            variables,
            Rotate::<D>::EXCLUDE_CHARACTERS,
            Rotate::<D>::SETTINGS,
        )
    }

    /// AWSCURRENT.
    fn secret(&self) -> String {
        let mut text = self.server.secret(&self.user, FIRST);
        if has(self.edits, |edit| matches!(edit, Edit::TwoUsers)) {
            text = with(&text, "masterarn", Some(Value::from(ADMIN)));
        }
        for edit in self.edits {
            text = match edit {
                Edit::Text(key, value) => with(&text, key, Some(Value::from(self.filled(value)))),
                Edit::Json(key, value) => with(&text, key, Some(self.json(value))),
                Edit::Without(key) => with(&text, key, None),
                Edit::Whole(whole) => self.filled(whole),
                _ => text,
            };
        }
        text
    }

    fn admins_secret(&self) -> String {
        let (user, password) = self.admin;
        let text = self.server.secret(user, password);
        self.edits.iter().fold(text, |text, edit| match edit {
            Edit::Admin(key, value) => with(&text, key, Some(self.json(value))),
            _ => text,
        })
    }

    /// AWSPREVIOUS, if the row has one.
    fn previous<H: rotation::testing::world::Harness>(&self, world: &World<'_, H>) {
        for edit in self.edits {
            if let Edit::Previous(whole) = edit {
                let value = self.filled(whole);
                let stages = vec![Stage::Previous];
                world.store.insert(version_id(40), Some(&value), stages);
            }
        }
    }

    /// AWSPENDING as somebody has edited it.
    fn pending<H: rotation::testing::world::Harness>(
        &self,
        world: &World<'_, H>,
        version: &VersionId,
    ) {
        for edit in self.edits {
            if let Edit::Pending(key, value) = edit {
                let text = world.store.value_of(&Stage::Pending).expect("AWSPENDING");
                let text = with(&text, key, Some(Value::from(self.filled(value))));
                let stages = vec![Stage::Pending, Stage::Mark(version.clone())];
                world.store.insert(version.clone(), Some(&text), stages);
            }
        }
    }

    fn json(&self, text: &str) -> Value {
        serde_json::from_str(&self.filled(text)).expect("the row's JSON")
    }

    fn filled(&self, text: &str) -> String {
        text.replace("{engine}", self.server.engine())
            .replace("{host}", "localhost")
            .replace("{port}", &self.server.port().to_string())
            .replace("{user}", &self.user)
            .replace("{password}", FIRST)
            .replace("{admin}", ADMIN)
            .replace("{n}", &self.number.to_string())
    }
}

/// Whose turn comes after the first: no row begins with the second.
fn clone_of(user: &str) -> String {
    format!("{user}_clone")
}

fn refused(ours: Ours, error: &str) -> Result<(), String> {
    match ours {
        Ours::Refuses(words) if error.contains(words) => Ok(()),
        _ => Err(error.to_owned()),
    }
}

fn usual_port<D: Driver>(secret: &str) -> Result<(), String> {
    let login = Document::new(secret).parse::<Login<D>>();
    let port = login.map_err(|error| error.to_string())?.port();
    match port == D::PORT {
        true => Ok(()),
        false => Err(format!("at port {port}")),
    }
}

/// The object with this value under the key, or without the key.
fn with(text: &str, key: &str, value: Option<Value>) -> String {
    let mut json: Map<String, Value> = serde_json::from_str(text).expect("an object");
    json.remove(key);
    json.extend(value.map(|value| (key.to_owned(), value)));
    Value::from(json).to_string()
}
