//! The same at every host, many at once. Which hosts these are, [`SshLogin::hosts`](crate::login::SshLogin::hosts) says, and
//! nobody else: where they are once found in another way than by the secret's list, that is the place.

use futures_util::StreamExt;
use futures_util::stream;
use rotation::HookError;
use tokio::time::{Instant, timeout_at};

use crate::error::HostError;

/// So many hosts at once.
const ABREAST: usize = 16;

/// What each host's call gives, in their order; or what went wrong, with the names of the hosts where it did. A call that has
/// not ended `until` then is one of those.
pub(crate) async fn each<'a, R, F>(
    calls: impl IntoIterator<Item = (&'a str, F)>,
    until: Instant,
) -> Result<Vec<R>, HookError>
where
    F: Future<Output = Result<R, HostError>>,
{
    let (hosts, calls): (Vec<&str>, Vec<F>) = calls.into_iter().unzip();
    let calls = calls.into_iter().map(|call| Box::pin(bounded(call, until)));
    let answers: Vec<_> = stream::iter(calls).buffered(ABREAST).collect().await;
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (host, answer) in hosts.iter().zip(answers) {
        match answer {
            Ok(answer) => good.push(answer),
            Err(problem) => bad.push((*host, problem)),
        }
    }
    if bad.is_empty() {
        Ok(good)
    } else {
        Err(failed(&bad, hosts.len()))
    }
}

/// The same for one alone.
pub(crate) async fn one<R>(
    host: &str,
    call: impl Future<Output = Result<R, HostError>>,
    until: Instant,
) -> Result<R, HookError> {
    let answer = Box::pin(bounded(call, until)).await;
    answer.map_err(|problem| failed(&[(host, problem)], 1))
}

/// The error; and for each host a line in the log, for an error has no room for fifty.
fn failed(bad: &[(&str, HostError)], total: usize) -> HookError {
    for (host, problem) in bad {
        tracing::warn!(host, reason = problem.text(), "a host fails");
    }
    HostError::of_all(bad, total)
}

async fn bounded<R>(
    call: impl Future<Output = Result<R, HostError>>,
    until: Instant,
) -> Result<R, HostError> {
    let late = |_| {
        Err(HostError::Passing(
            "the step's time was over before it answered".into(),
        ))
    };
    timeout_at(until, call).await.unwrap_or_else(late)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// More than are asked at once: those that were not asked in time are named too, and the others' answers are no reason to wait.
    #[test]
    fn hosts_that_never_answer_are_named_in_time() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let runtime = runtime.expect("a runtime");
        let names: Vec<String> = (0..40).map(|n| format!("host-{n}")).collect();
        let call = async |n: usize| match n {
            0..3 => Ok(()),
            _ => std::future::pending().await,
        };
        let calls = names.iter().enumerate();
        let calls = calls.map(|(n, name)| (name.as_str(), call(n)));
        let error = runtime.block_on(async {
            let until = Instant::now() + Duration::from_millis(50);
            each(calls, until).await.expect_err("they hang")
        });
        assert_eq!(
            error.text(),
            "37 of 40 (host-3, host-4, host-5, host-6, host-7, …): the step's time was over before it answered"
        );
    }
}
