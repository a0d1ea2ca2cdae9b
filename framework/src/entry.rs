//! Where a rotator's function begins.

use std::process::ExitCode;

use tracing::level_filters::LevelFilter;

use crate::aws::AwsStore;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::engine::Engine;
use crate::error::RotationError;
use crate::lambda;
use crate::process::{block_on, engine, silence_panics};
use crate::rotator::Rotator;

/// Does everything that a function's `main` must do: it serves events until Lambda ends the process. `build` makes the rotator,
/// and is called once. An error of `build` is reported like a configuration error. Outside Lambda, it says what the program is, and
/// the exit code is 2.
pub fn main<R: Rotator>(build: impl FnOnce(&Config) -> Result<R, String>) -> ExitCode {
    if inside_lambda() {
        serve(build)
    } else {
        turn_away(R::NAME);
        ExitCode::from(2)
    }
}

#[expect(clippy::print_stderr, reason = "somebody started it by hand")]
fn turn_away(rotator: &str) {
    eprintln!(
        "This is the Lambda function that rotates secrets of AWS Secrets Manager ({rotator}). It runs in Lambda alone.\n\
         By hand, say: rotation rotate SECRET --local (the command line is a program of its own, package rotation-cli)"
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "decides where the process runs, before there is a configuration"
)]
fn inside_lambda() -> bool {
    std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some()
}

fn serve<R: Rotator>(build: impl FnOnce(&Config) -> Result<R, String>) -> ExitCode {
    let config = Config::from_env(R::EXCLUDE_CHARACTERS, R::SETTINGS);
    let level = config
        .as_ref()
        .map_or(LevelFilter::INFO, |config| config.log_level);
    lambda::log::install::<R>(level);
    silence_panics();
    let served = block_on(async { lambda::serve(set_up(build, config).await, level).await });
    match served {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            tracing::error!("the connection to Lambda is lost: {error}");
            ExitCode::FAILURE
        }
        Err(error) => {
            tracing::error!("the process has no event loop: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn set_up<R: Rotator>(
    build: impl FnOnce(&Config) -> Result<R, String>,
    config: Result<Config, RotationError>,
) -> Result<Engine<R, AwsStore, SystemClock>, RotationError> {
    let config = config?;
    let store = AwsStore::connect(&config).await?;
    engine(build, store, config)
}
