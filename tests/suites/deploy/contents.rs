//! The secrets that the examples make: read by the rotators' own code, as the function that gets them is set.

use rotation::config::Config;
use rotation::{Rotator, Succession};
use rotation_tests::deploy::Stack;
use serde_json::{Value, json};

use super::examples::{
    API_TOKEN, CROSS_ACCOUNT, FLEET, ONE_USER, REPLICATED, TWO_PASSWORDS, TWO_USERS, made,
};
use super::{SECRET, variables};

/// AWSCURRENT, once the stack is there.
/// What an attachment adds: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html>.
fn content(stack: &Stack, name: &str) -> Value {
    let made = stack.resource(name)["Properties"]["GenerateSecretString"].clone();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mut content: Value =
        serde_json::from_str(&text(&made["SecretStringTemplate"])).expect("JSON");
    content[text(&made["GenerateStringKey"])] = json!("0123456789abcdefghijklmnopqrstuv");
    let attachments = stack.of_type("AWS::SecretsManager::SecretTargetAttachment");
    let id = format!("{SECRET}:{name}-AbCdEf");
    let attached = attachments
        .values()
        .any(|it| it["Properties"]["SecretId"] == id);
    if attached {
        let database = stack.resource("Database")["Properties"].clone();
        content["engine"] = database["Engine"].clone();
        content["host"] = json!("db.abc.eu-central-1.rds.amazonaws.com");
        content["port"] = json!(if database["Engine"] == "mysql" {
            3306
        } else {
            5432
        });
        content["dbname"] = database["DBName"].clone();
        content["dbInstanceIdentifier"] = json!("db");
    }
    content
}

/// The settings of the function that the stack brings, or of a bare one.
fn config<R: Rotator>(stack: &Stack) -> Config {
    let mut pairs = Vec::new();
    for name in stack.of_type("AWS::CloudFormation::Stack").keys() {
        pairs.extend(variables(&stack.nested(name), R::NAME));
    }
    Config::from_vars(pairs, R::EXCLUDE_CHARACTERS, R::SETTINGS).expect("it is taken")
}

/// What becomes of the old credential of a secret that is read.
fn succession<R: Rotator>(
    example: &str,
    secret: &str,
    build: fn(&Config) -> Result<R, String>,
) -> Option<Succession> {
    let stack = made(example)?;
    let rotator = build(&config::<R>(&stack)).expect("it is built");
    let payload: R::Payload = serde_json::from_value(content(&stack, secret)).expect(example);
    let payload = rotator.complete(payload).expect(example);
    Some(rotator.succession(&payload))
}

#[test]
fn rotators_read_them_and_do_what_the_example_says() {
    let postgres = |example, secret| succession(example, secret, rotator_postgres::Postgres::build);
    let Some(one_user) = postgres(ONE_USER, "Secret") else {
        return;
    };
    assert_eq!(one_user, Succession::Replace);
    assert_eq!(postgres(TWO_USERS, "Secret"), Some(Succession::Alternate));
    assert_eq!(postgres(TWO_USERS, "Admin"), Some(Succession::Replace));
    assert_eq!(postgres(CROSS_ACCOUNT, "Secret"), Some(Succession::Replace));
    assert_eq!(postgres(REPLICATED, "Secret"), Some(Succession::Replace));
    let mysql = succession(TWO_PASSWORDS, "Secret", rotator_mysql::Mysql::build);
    assert_eq!(mysql, Some(Succession::Displace));
    let ssh = succession(FLEET, "Secret", rotator_ssh::SshKeys::build);
    assert_eq!(ssh, Some(Succession::Coexist));
    let token = succession(API_TOKEN, "Token", rotator_token::ApiToken::build);
    assert_eq!(token, Some(Succession::Coexist));
}

#[test]
fn an_administrators_secret_is_the_one_that_is_named_and_may_be_read() {
    for (example, secret) in [(TWO_USERS, "Secret"), (API_TOKEN, "Token")] {
        let Some(stack) = made(example) else {
            return;
        };
        let named = content(&stack, secret)["masterarn"].clone();
        let given = stack.resource("Rotation")["Properties"]["Parameters"].clone();
        assert_eq!(given["superuserSecretArn"], named, "{example}");
        assert!(
            named
                .as_str()
                .is_some_and(|arn| arn.ends_with(":Admin-AbCdEf"))
        );
    }
    let Some(stack) = made(API_TOKEN) else {
        return;
    };
    // What rotators/token/profiles/jupyterhub.toml wants of it, and the host that it may be sent to.
    let admin = content(&stack, "Admin");
    assert_eq!(admin["url"], content(&stack, "Token")["url"]);
    assert!(admin["token"].is_string());
}
