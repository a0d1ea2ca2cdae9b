//! A secret in the local AWS, its user on a real server, and the real function between them.

mod attached;
mod target;

use std::collections::BTreeMap;
use std::sync::Arc;

use rotation_kit::aws::{FunctionError, Invoke, LocalAws, STEPS};
use rotation_kit::lambda::Function;
use rotation_kit::tls::Ca;
use serde_json::{Value, json};

use crate::postgres::Postgres;
use crate::setting::function;

pub use attached::{Attached, THIS_SECRET};
pub use target::{Session, Target};

/// One secret, and what is around it.
pub struct Lab<T: 'static = Postgres> {
    /// Secrets Manager.
    pub aws: LocalAws,
    /// The rotator.
    pub function: Arc<Function>,
    /// The target.
    pub server: &'static T,
    /// The user whose password it is, and who is the first of two.
    pub user: String,
    /// The secret.
    pub arn: String,
    /// The administrator, if two users take turns.
    pub admin: Option<Administrator>,
}

/// What a refused step must leave alone.
#[derive(Debug, PartialEq)]
pub struct State {
    labels: BTreeMap<String, Vec<String>>,
    values: Vec<String>,
    users: [String; 2],
}

/// Who may create users, and no more.
pub struct Administrator {
    /// The role.
    pub user: String,
    /// The secret.
    pub arn: String,
}

impl Lab<Postgres> {
    /// One user, who changes the own password.
    pub async fn one_user(variables: &[(&str, &str)]) -> Self {
        Self::start("app", false, variables).await
    }

    /// Two users, who take turns.
    pub async fn two_users(variables: &[(&str, &str)]) -> Self {
        Self::start("app", true, variables).await
    }

    /// A user whose name begins so.
    pub async fn start(name: &str, two: bool, variables: &[(&str, &str)]) -> Self {
        Self::on(Postgres::shared().await, name, two, variables).await
    }
}

impl<T: Target> Lab<T> {
    /// On this server, with a user whose name begins so; with an administrator, if so.
    pub async fn on(
        server: &'static T,
        name: &str,
        admin: bool,
        variables: &[(&str, &str)],
    ) -> Self {
        let login = server.user(name).await;
        Self::of(server, login, admin, variables).await
    }

    /// The same, with a user who is there already: name and password.
    pub async fn of(
        server: &'static T,
        (user, password): (String, String),
        admin: bool,
        variables: &[(&str, &str)],
    ) -> Self {
        let aws = LocalAws::start().await;
        let bundle = Ca::shared().pem_path().display().to_string();
        let usual = [("DATABASE_CA_BUNDLE", bundle.as_str())];
        let variables: Vec<_> = usual.iter().chain(variables).copied().collect();
        let function = Arc::new(function(T::ROTATOR, &aws, &variables));
        aws.add_function(
            &function.arn(),
            Arc::<Function>::clone(&function) as Arc<dyn Invoke>,
        );
        let value = server.secret_json(&user, &password);
        let admin = match admin {
            true => Some(Administrator::new(server, &aws).await),
            false => None,
        };
        let named = admin.as_ref().map(|admin| admin.arn.as_str());
        let arn = aws.create("app", &with_admin(&value, named));
        aws.attach(&arn, &function.arn());
        Self {
            aws,
            function,
            server,
            user,
            arn,
            admin,
        }
    }

    /// The event of a step.
    pub fn event(&self, token: &str, step: &str) -> Value {
        json!({"Step": step, "SecretId": self.arn, "ClientRequestToken": token})
    }

    /// Calls the function for one step.
    ///
    /// # Errors
    /// The function's.
    pub async fn step(&self, token: &str, step: &str) -> Result<(), FunctionError> {
        self.function
            .invoke(self.event(token, step).to_string())
            .await
    }

    /// All four steps, up to the first that fails.
    ///
    /// # Errors
    /// That step's.
    pub async fn steps(&self, token: &str) -> Result<(), FunctionError> {
        for step in STEPS {
            self.step(token, step).await?;
        }
        Ok(())
    }

    /// What RotateSecret does first. Returns the version that it announces.
    pub fn begin(&self) -> String {
        self.aws.announce(&self.arn)
    }

    /// Begins a rotation, and goes as far as `last`.
    ///
    /// # Panics
    /// If one of the steps fails.
    pub async fn until(&self, last: &str) -> String {
        let token = self.begin();
        for step in STEPS {
            if let Err(error) = self.step(&token, step).await {
                panic!(
                    "{step}: {}: {}\n{}",
                    error.error_type,
                    error.message,
                    self.function.log()
                );
            }
            if step == last {
                break;
            }
        }
        token
    }

    /// One field of the version under `label`.
    ///
    /// # Panics
    /// If it is not there.
    pub fn field(&self, label: &str, key: &str) -> String {
        let value = self.aws.value(&self.arn, label).expect(label);
        let json: Value = serde_json::from_str(&value).expect("JSON");
        json[key]
            .as_str()
            .unwrap_or_else(|| panic!("no {key}"))
            .to_owned()
    }

    /// Whether the server takes the version under `label`.
    pub async fn accepts(&self, label: &str) -> bool {
        let (user, password) = (self.field(label, "username"), self.field(label, "password"));
        self.server.takes(&user, &password).await
    }

    /// Everything that a refused step must leave alone: labels, values, and what the server has for both users.
    pub async fn state(&self) -> State {
        let values = self.aws.values(&self.arn);
        let clone = self.verifier(&self.clone_name()).await;
        State {
            labels: self.aws.labels(&self.arn),
            values,
            users: [self.verifier(&self.user).await, clone],
        }
    }

    /// Calls a step that must be refused: with an error of this type that has these words, and nothing changed.
    ///
    /// # Panics
    /// If it is not.
    pub async fn refused(&self, token: &str, step: &str, error_type: &str, words: &str) {
        let before = self.state().await;
        let error = match self.step(token, step).await {
            Ok(()) => panic!("{step} was not refused: {words}\n{}", self.function.log()),
            Err(error) => error,
        };
        assert!(
            error.message.contains(words),
            "{step}: expected {words:?}: {}",
            error.message
        );
        assert_eq!(error.error_type, error_type, "{step}: {}", error.message);
        assert_eq!(
            self.state().await,
            before,
            "{step} changed something: {}",
            error.message
        );
    }

    /// Puts another value under AWSCURRENT, on the version that has it.
    ///
    /// # Panics
    /// If there is none.
    pub fn edit_current(&self, change: impl FnOnce(&str) -> String) {
        let value = self.aws.value(&self.arn, "AWSCURRENT").expect("a value");
        let id = self.aws.holder(&self.arn, "AWSCURRENT").expect("a version");
        self.aws.plant(&self.arn, &id, Some(&change(&value)), &[]);
    }

    /// The name of the second user.
    pub fn clone_name(&self) -> String {
        format!("{}_clone", self.user)
    }

    /// The administrator's name.
    ///
    /// # Panics
    /// If there is none.
    pub fn administrator(&self) -> &str {
        &self.admin.as_ref().expect("two users").user
    }

    /// What a statement of the user in AWSCURRENT is answered.
    ///
    /// # Errors
    /// The server's, in words.
    pub async fn answer(&self, statement: &str) -> Result<Vec<String>, String> {
        let label = "AWSCURRENT";
        let (user, password) = (self.field(label, "username"), self.field(label, "password"));
        self.server.answer(&user, &password, statement).await
    }

    /// What the server has for a user: it changes if the password does.
    pub async fn verifier(&self, user: &str) -> String {
        self.server.verifier(user).await
    }
}

impl Administrator {
    async fn new(server: &impl Target, aws: &LocalAws) -> Self {
        let (user, password) = server.administrator().await;
        let arn = aws.create("admin", &server.secret_json(&user, &password));
        Self { user, arn }
    }
}

/// The secret's JSON with a key more, in front.
pub fn with_admin(value: &str, admin: Option<&str>) -> String {
    match admin {
        Some(arn) => value.replacen('{', &format!("{{\"masterarn\": \"{arn}\", "), 1),
        None => value.to_owned(),
    }
}

/// A secret's JSON without a key.
///
/// # Panics
/// If it is no object.
pub fn without(value: &str, key: &str) -> String {
    let mut json: Value = serde_json::from_str(value).expect("JSON");
    json.as_object_mut().expect("an object").remove(key);
    json.to_string()
}

/// A secret's JSON with a key that says something else.
pub fn with(value: &str, key: &str, says: impl Into<Value>) -> String {
    let mut json: Value = serde_json::from_str(value).expect("JSON");
    json[key] = says.into();
    json.to_string()
}
