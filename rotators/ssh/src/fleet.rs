//! The same at every host, many at once. Which hosts these are, [`SshLogin::hosts`](crate::login::SshLogin::hosts) says, and
//! nobody else: where they are once found in another way than by the secret's list, that is the place.

use futures_util::StreamExt;
use futures_util::stream;
use rotation::HookError;

use crate::host::Host;
use crate::problem::Problem;

/// So many hosts at once.
const ABREAST: usize = 16;

/// What each host's call gives, in their order; or what went wrong, with the names of all hosts where it did.
pub(crate) async fn each<'a, R, F>(
    calls: impl IntoIterator<Item = (&'a Host, F)>,
) -> Result<Vec<R>, HookError>
where
    F: Future<Output = Result<R, Problem>>,
{
    let (hosts, calls): (Vec<&Host>, Vec<F>) = calls.into_iter().unzip();
    let answers: Vec<_> = stream::iter(calls).buffered(ABREAST).collect().await;
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (host, answer) in hosts.into_iter().zip(answers) {
        match answer {
            Ok(answer) => good.push(answer),
            Err(problem) => bad.push((host.to_string(), problem)),
        }
    }
    if bad.is_empty() {
        Ok(good)
    } else {
        Err(Problem::of_all(&bad))
    }
}
