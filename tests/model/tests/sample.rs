//! A sample of what scripts/prove walks, for each change.

use rotation_model::configurations::sample;
use rotation_model::search::search;

#[test]
fn nothing_is_violated() {
    for (case, most) in sample() {
        let found = search(&case, most);
        if let Some(broken) = found.broken {
            panic!(
                "{}\n{:?} does not hold after {} events:\n{}",
                case.name(),
                broken.property,
                broken.depth,
                broken.trace
            );
        }
    }
}
