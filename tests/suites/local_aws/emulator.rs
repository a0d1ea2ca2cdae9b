//! Programs under AWS's Lambda emulator that do not do what a function should.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use rotation_kit::aws::{LocalAws, Outcome};
use rotation_kit::lambda::Function;
use rotation_tests::setting::emulator;

/// As Lambda calls what goes wrong.
#[tokio::test]
async fn a_function_that_never_answers() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (script, error_type) in [
        ("#!/bin/sh\nexit 3\n", "Runtime.ExitError"),
        ("#!/bin/sh\nexec sleep 60\n", "Sandbox.Timedout"),
    ] {
        let program = folder.path().join("a-function-with-a-long-name");
        std::fs::write(&program, script).expect("a file of ours");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&program, mode).expect("a file of ours");
        let aws = LocalAws::start().await;
        aws.set(|settings| settings.tries = 1);
        let short = [("AWS_LAMBDA_FUNCTION_TIMEOUT", "1")];
        let function = Function::new(&program, &emulator(), &aws, &short);
        let function = Arc::new(function.expect("scripts/install"));
        aws.add_function(&function.arn(), function.clone());
        let arn = aws.create("db", "old");
        aws.attach(&arn, &function.arn());
        let (_, ended) = aws.rotate(&arn).await;
        assert_eq!(ended.outcome, Outcome::RotationFailed);
        let error = ended.steps[0].answer.as_ref().expect_err(error_type);
        assert_eq!(error.error_type, error_type, "{}", error.message);
        assert!(function.log().contains("a-function-with-a-long-name"));
    }
}

#[tokio::test]
async fn a_program_that_is_not_there() {
    let aws = LocalAws::start().await;
    let (there, missing) = (Path::new("/bin/sh"), Path::new("not/there"));
    for (program, emulator) in [(there, missing), (missing, there)] {
        let function = Function::new(program, emulator, &aws, &[]);
        let error = function.err().expect("one of them is missing").to_string();
        assert!(error.starts_with("not/there: "), "{error}");
    }
}
