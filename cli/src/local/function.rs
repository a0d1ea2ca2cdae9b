//! What a function is, and how it is started.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use rotation_kit::aws::{Invoke, LocalAws};
use rotation_kit::lambda::{Function, Remote};
use tokio::process::Command;

/// What a function is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A program that asks Lambda's runtime API for events, as those of this framework do.
    Program(PathBuf),
    /// The folder of one of AWS's templates, which has `lambda_function.py`.
    Template(PathBuf),
    /// An address that takes events.
    Url(String),
}

/// What functions need on this machine.
pub(super) struct Programs {
    pub(super) emulator: Option<PathBuf>,
    pub(super) python: PathBuf,
}

/// Says where Python is, if it has what the template needs.
const PROBE: &str = "import sys, awslambdaric, lambda_function; print(sys.executable)";

impl What {
    /// What `text` names, for the function of this name.
    pub(super) fn of(name: &str, text: &str) -> Result<Self, String> {
        let path = PathBuf::from(text);
        if text.starts_with("http://") {
            return Ok(Self::Url(text.to_owned()));
        }
        if path.join("lambda_function.py").is_file() {
            return Ok(Self::Template(path));
        }
        if path.is_file() {
            return Ok(Self::Program(path));
        }
        Err(format!(
            "function {name}: {text} is no program, no folder with a lambda_function.py, and no address that begins with http://"
        ))
    }

    /// The function, which is called `name` and has these variables. Its sandboxes are started when they are needed.
    pub(super) async fn function(
        self,
        name: &str,
        programs: &Programs,
        aws: &LocalAws,
        variables: &[(String, String)],
    ) -> Result<Arc<dyn Invoke>, String> {
        let of_function = |problem: String| format!("function {name}: {problem}");
        let function = match self {
            Self::Url(url) => return Ok(Arc::new(Remote::new(&url))),
            Self::Program(program) => {
                started(programs, &program, aws, variables).map(|made| made.called(name, &[]))
            }
            Self::Template(folder) => template(name, programs, &folder, aws, variables).await,
        };
        Ok(Arc::new(function.map_err(of_function)?))
    }
}

/// One of AWS's templates, under AWS's runtime client for Python.
/// Source: <https://github.com/aws/aws-lambda-python-runtime-interface-client>.
async fn template(
    name: &str,
    programs: &Programs,
    folder: &Path,
    aws: &LocalAws,
    variables: &[(String, String)],
) -> Result<Function, String> {
    let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
    let python = python(&programs.python, &folder).await?;
    let own = [
        ("PYTHONPATH".to_owned(), folder.display().to_string()),
        ("AWS_DEFAULT_REGION".to_owned(), "us-east-1".to_owned()),
    ];
    let variables: Vec<_> = own.iter().chain(variables).cloned().collect();
    let function = started(programs, &python, aws, &variables)?;
    Ok(function.called(
        name,
        &["-m", "awslambdaric", "lambda_function.lambda_handler"],
    ))
}

fn started(
    programs: &Programs,
    program: &Path,
    aws: &LocalAws,
    variables: &[(String, String)],
) -> Result<Function, String> {
    let emulator = programs.emulator.as_deref();
    let emulator = emulator.ok_or(
        "AWS's Lambda emulator runs it: say --emulator FILE (aws-lambda-rie, from AWS's base images or its SAM CLI)",
    )?;
    let variables = variables.iter();
    let variables: Vec<_> = variables
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    Function::new(program, emulator, aws, &variables).map_err(|error| error.to_string())
}

/// The path of this Python, which must be able to run the template.
async fn python(python: &Path, folder: &Path) -> Result<PathBuf, String> {
    let mut command = Command::new(python);
    command
        .args(["-c", PROBE])
        .env("PYTHONPATH", folder)
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("SECRETS_MANAGER_ENDPOINT", "http://127.0.0.1")
        .stdin(Stdio::null());
    let done = command.output().await;
    let shown = python.display();
    let done = done.map_err(|error| format!("--python {shown}: {error}"))?;
    let said = String::from_utf8_lossy(&done.stdout);
    if done.status.success() {
        return Ok(PathBuf::from(said.trim()));
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let last = said
        .trim()
        .lines()
        .last()
        .unwrap_or("it ended without a word");
    Err(format!(
        "{shown} cannot run the template ({last}): install awslambdaric, boto3 and the template's driver for a Python, and say --python FILE"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_is() {
        let folder = env!("CARGO_MANIFEST_DIR");
        let url = "http://127.0.0.1:9000/2015-03-31/functions/function/invocations";
        assert_eq!(What::of("f", url), Ok(What::Url(url.to_owned())));
        let file = format!("{folder}/Cargo.toml");
        assert_eq!(
            What::of("f", &file),
            Ok(What::Program(PathBuf::from(&file)))
        );
        for nothing in [folder, "no-such-file", "https://example.com"] {
            let refused = What::of("f", nothing).expect_err("nothing that runs");
            assert!(refused.starts_with(&format!("function f: {nothing} is no program")));
        }
    }
}
