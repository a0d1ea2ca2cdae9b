//! Where a rotator's binary begins.

use std::process::ExitCode;

use tracing::level_filters::LevelFilter;

use crate::config::Config;
use crate::process::{block_on, engine, silence_panics};
use crate::rotator::Rotator;
use crate::{cli, lambda};

/// Does everything that a rotator's `main` must do. Inside Lambda, it serves events. Elsewhere, it is a command line. `build`
/// makes the rotator, and is called at most once. An error of `build` is reported like a configuration error.
pub fn main<R: Rotator>(build: impl FnOnce(&Config) -> Result<R, String>) -> ExitCode {
    if inside_lambda() {
        serve(build)
    } else {
        cli::run(build)
    }
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
    let served = block_on(async {
        let engine = match config {
            Ok(config) => engine(build, config).await,
            Err(error) => Err(error),
        };
        lambda::serve(engine).await
    });
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
