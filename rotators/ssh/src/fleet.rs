//! The same at every host, many at once.

use futures_util::StreamExt;
use futures_util::stream;
use rotation::HookError;

use crate::hosts::Host;
use crate::problem::Problem;

/// So many hosts at once.
const ABREAST: usize = 16;

/// What `call` gives at each host, in their order; or what went wrong, with the names of all hosts where it did.
pub(crate) async fn each<'a, T, R, F>(
    items: &'a [T],
    host: impl Fn(&T) -> &Host,
    call: impl Fn(&'a T) -> F,
) -> Result<Vec<R>, HookError>
where
    F: Future<Output = Result<R, Problem>>,
{
    let calls = items.iter().map(call);
    let answers: Vec<_> = stream::iter(calls).buffered(ABREAST).collect().await;
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (item, answer) in items.iter().zip(answers) {
        match answer {
            Ok(answer) => good.push(answer),
            Err(problem) => bad.push((host(item).to_string(), problem)),
        }
    }
    if bad.is_empty() {
        Ok(good)
    } else {
        Err(Problem::of_all(&bad))
    }
}
