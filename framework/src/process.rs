//! What lives as long as the process, inside Lambda and outside.

use crate::aws::AwsStore;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::engine::Engine;
use crate::error::RotationError;
use crate::rotator::Rotator;

/// The engine of one rotator, by the function's settings.
pub(crate) fn engine<R: Rotator>(
    build: impl FnOnce(&Config) -> Result<R, String>,
    store: AwsStore,
    config: Config,
) -> Result<Engine<R, AwsStore, SystemClock>, RotationError> {
    config.check_strategy(R::STRATEGIES)?;
    let rotator = build(&config).map_err(RotationError::Config)?;
    Ok(Engine::new(rotator, store, SystemClock, config))
}

/// Runs `future` on this thread. One thread is enough, and starts faster.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(future))
}

/// After this, a panic is logged with its place and without its message, since the message may hold a secret.
pub(crate) fn silence_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panicked");
    }));
}
