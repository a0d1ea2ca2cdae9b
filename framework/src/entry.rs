//! Where a rotator's binary begins.

use std::process::ExitCode;

use tracing::level_filters::LevelFilter;

use crate::aws::AwsStore;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::engine::Engine;
use crate::error::RotationError;
use crate::rotator::Rotator;
use crate::{cli, lambda};

/// All that a rotator's `main` does: serves Lambda if it runs there, else it is a command line. `build` makes the
/// rotator, once; what it has against the settings is told with them.
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
    let config = Config::from_env(R::EXCLUDE_CHARACTERS);
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

/// Everything that lives as long as the process.
pub(crate) async fn engine<R: Rotator>(
    build: impl FnOnce(&Config) -> Result<R, String>,
    config: Config,
) -> Result<Engine<R, AwsStore, SystemClock>, RotationError> {
    let rotator = build(&config).map_err(RotationError::Config)?;
    let store = AwsStore::connect(&config).await?;
    Ok(Engine::new(rotator, store, SystemClock, config))
}

/// One thread is enough, and starts faster.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(future))
}

/// Says where a panic was, and not what it said, since that may hold a secret.
pub(crate) fn silence_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panicked");
    }));
}
