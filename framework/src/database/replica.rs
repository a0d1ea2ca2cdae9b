//! A secret that names a read replica. A change at its source arrives at the replica later.

use std::time::Duration;

use crate::error::HookError;

/// The wait before the replica is asked for the first time. If it was asked earlier, a login there would fail.
const FIRST: Duration = Duration::from_millis(200);
/// How often the replica is asked. Each wait is twice as long as the one before.
const TIMES: u32 = 6;

/// After `Ok`, the server at `replica` accepts what was changed at its source. If both are the same server, nothing is asked.
///
/// # Errors
/// If the replica does not accept it after 12.6 seconds of waiting, or if the replica cannot be asked.
#[expect(
    clippy::disallowed_methods,
    reason = "within the hook's time, which the engine bounds"
)]
pub(super) async fn replicated<F>(
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
