//! The example of the test kit's README, run: with the function of PostgreSQL in the place of the reader's.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use rotation_kit::aws::{LocalAws, Outcome};
use rotation_kit::lambda::Function;
use rotation_tests::lab::with;
use rotation_tests::postgres::Postgres;
use rotation_tests::setting::{binary, emulator, workspace};

#[tokio::test]
async fn the_example_rotates() {
    let server = Postgres::shared().await;
    let (user, password) = server.fresh_user("example").await;
    let value = server.secret_json(&user, &password);
    let value = with(&value, "ssl", false);
    let program = binary("rotator-postgres");
    let rotated = rotate(&program, &emulator(), &value).await;
    rotated.expect("scripts/install");
    assert!(!server.accepts(&user, &password).await, "a new password");
}

/// What the README shows is what runs here.
#[test]
fn the_example_is_the_readmes() {
    let readme = std::fs::read_to_string(workspace().join("tests/kit/README.md"));
    let source = include_str!("kit.rs");
    let run = &source[source.find("\nasync fn rotate(").expect("the example")..];
    assert!(readme.expect("a file").contains(run), "{run}");
}

async fn rotate(program: &Path, emulator: &Path, value: &str) -> Result<(), Box<dyn Error>> {
    let aws = LocalAws::start().await;
    let variables = [("PASSWORD_LENGTH", "40")];
    let function = Arc::new(Function::new(program, emulator, &aws, &variables)?);
    aws.add_function(&function.arn(), function.clone());

    let secret = aws.create("front-door", value);
    aws.attach(&secret, &function.arn());
    let (version, ended) = aws.rotate(&secret).await;

    let story = format!("{:?}\n{}", ended.steps, function.log());
    assert_eq!(ended.outcome, Outcome::RotationSucceeded, "{story}");
    assert_eq!(aws.holder(&secret, "AWSCURRENT"), Some(version));
    assert_eq!(aws.value(&secret, "AWSPREVIOUS").as_deref(), Some(value));
    assert_ne!(aws.value(&secret, "AWSCURRENT").as_deref(), Some(value));
    Ok(())
}
