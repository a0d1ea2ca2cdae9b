//! A Secrets Manager on this machine, for whoever tries a rotation without an account of AWS.

mod calls;
mod function;
mod seed;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use rotation::Person;
use rotation_kit::aws::LocalAws;
use rotation_kit::lambda::arn;

use calls::{Lines, Told};
use function::{Programs, What};
use seed::Seed;

/// Run a Secrets Manager on this machine, with your own secrets and functions
///
/// It listens only on loopback, and keeps AWS's documented rules for versions and staging labels. RotateSecret calls a secret's function
/// for the four steps, tries again, and gives up, as AWS does. Nothing reaches AWS. Nothing is kept after the end of this command. If a
/// secret names a real server, the rotation there is real.
///
/// A function is a program of this framework, one of AWS's own templates, or a URL that answers as a function. Programs and templates run
/// under AWS's Lambda Runtime Interface Emulator (aws-lambda-rie). AWS's base images and its SAM CLI have the emulator.
///
/// Ctrl-C ends it, with exit code 0. It needs no rights in AWS, and it needs Linux.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Local {
    /// A JSON file with the first secrets and functions
    #[arg(long, value_name = "FILE")]
    seed: PathBuf,
    /// The port of the server [default: a free port]
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = 0,
        hide_default_value = true
    )]
    port: u16,
    /// A function: NAME=PROGRAM, NAME=FOLDER of one of AWS's templates, or NAME=URL. It replaces a function of this name in the seed file
    #[arg(long = "function", value_name = "NAME=WHAT", value_parser = named)]
    functions: Vec<(String, String)>,
    /// AWS's Lambda emulator, for programs and templates
    #[arg(long, value_name = "FILE")]
    emulator: Option<PathBuf>,
    /// The Python for templates: with awslambdaric, boto3 and the template's driver
    #[arg(long, value_name = "FILE", default_value = "python3")]
    python: PathBuf,
}

const EXAMPLES: &str = r#"A seed file:
  {
    "functions": {
      "rotation-postgres": {
        "runs": "target/debug/rotator-postgres",
        "variables": {"ALLOWED_HOSTS": "localhost", "DATABASE_CA_BUNDLE": "ca.pem"}
      }
    },
    "secrets": [
      {
        "name": "prod/db",
        "value": {"engine": "postgres", "host": "localhost", "username": "app", "password": "first"},
        "tags": {"team": "payments"},
        "function": "rotation-postgres"
      }
    ]
  }

Examples:
  rotation local --seed seed.json --emulator aws-lambda-rie --port 4599
  rotation local --seed seed.json --function rotation-postgres=http://127.0.0.1:9000/2015-03-31/functions/function/invocations
  rotation local --seed seed.json --emulator aws-lambda-rie --function aws=lambdas/SecretsManagerRDSMySQLRotationSingleUser

Then, in another shell, with the lines that it prints:
  rotation rotate prod/db"#;

/// Serves until the person ends it.
pub(crate) async fn run(arguments: Local, person: Person) -> Result<(), String> {
    let seed = Seed::read(&arguments.seed)?;
    let functions = seed.functions(&arguments.functions)?;
    let aws = LocalAws::listen(arguments.port).await;
    let aws = aws.map_err(|error| format!("--port {}: {error}", arguments.port))?;
    let aws = Arc::new(aws);
    let programs = Programs {
        emulator: arguments.emulator,
        python: arguments.python,
    };
    let lines = Lines::default();
    for (name, (runs, variables)) in functions {
        let what = What::of(&name, &runs)?;
        let function = what.function(&name, &programs, &aws, &variables).await?;
        let told = Told::new(function, &aws, &lines);
        aws.add_function(&arn(&name), Arc::new(told));
    }
    let secrets = seed.load(&aws)?;
    person.say(&welcome(aws.url(), &secrets));
    lines.until(person.ends(), |line| person.say(line)).await;
    person.say("Ended. Nothing of it is kept.");
    Ok(())
}

fn welcome(url: &str, secrets: &[String]) -> String {
    format!(
        "A Secrets Manager listens at {url}, with\n\n{}\n\n\
         In another shell:\n\n\
         export SECRETS_MANAGER_ENDPOINT={url}\n\
         export AWS_ENDPOINT_URL_SECRETS_MANAGER={url}\n\
         export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1\n\
         export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local\n\
         unset AWS_SESSION_TOKEN AWS_PROFILE\n\n\
         Each call of a function is a line here. Ctrl-C ends it all.",
        secrets.join("\n")
    )
}

fn named(text: &str) -> Result<(String, String), String> {
    let pair = text
        .split_once('=')
        .filter(|(name, what)| !name.is_empty() && !what.is_empty());
    let (name, what) = pair.ok_or("a function is NAME=WHAT")?;
    Ok((name.to_owned(), what.to_owned()))
}
