//! A secret that names a read replica: what is changed at its source arrives there later.

use std::time::Duration;

use crate::error::HookError;

/// Until the replica is asked for the first time: an early question would be a failed login there.
const FIRST: Duration = Duration::from_millis(200);
/// How often it is asked, each time after twice as long.
const TIMES: u32 = 6;

/// After `Ok`, the server at `replica` accepts what was changed at its source. Asks nothing if they are the same.
///
/// # Errors
/// If that takes longer than 13 seconds, or the server cannot be asked.
#[expect(
    clippy::disallowed_methods,
    reason = "within the hook's time, which the engine bounds"
)]
pub async fn replicated<F>(
    source: &str,
    replica: &str,
    accepts: impl Fn() -> F,
) -> Result<(), HookError>
where
    F: Future<Output = Result<bool, HookError>>,
{
    if replica == source {
        return Ok(());
    }
    for time in 0..TIMES {
        tokio::time::sleep(FIRST * 2_u32.pow(time)).await;
        if accepts().await? {
            return Ok(());
        }
    }
    Err(HookError::failed(format!(
        "{source} has the new password, its replica {replica} not yet: the next try goes on from here"
    )))
}
