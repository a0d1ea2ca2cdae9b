//! Single decisions that no run over a target in memory would come to.

mod create;
mod finish;
mod set;
mod test;

use std::time::{Duration, SystemTime};

use super::*;
use crate::store::Swap;
use crate::version::Standing;

const PLAN: Plan = Plan {
    retire: RetirePolicy::NextRotation,
    eager: false,
    issues: false,
    alone: false,
};
const AFTER_FINISH: Plan = Plan {
    retire: RetirePolicy::AfterFinish,
    ..PLAN
};
const EAGER: Plan = Plan {
    eager: true,
    ..AFTER_FINISH
};
const ISSUES: Plan = Plan {
    issues: true,
    ..PLAN
};
const OLD: Id = Id(1);
const CURRENT: Id = Id(2);
const ORPHAN: Id = Id(3);
/// Made after mine.
const NEWER: Id = Id(10);

fn labels() -> Labels {
    Labels {
        standing: Standing::Pending,
        shown: true,
        marked: true,
        left: false,
        current: Some(CURRENT),
        current_marked: true,
        previous: Some(OLD),
        previous_marked: false,
        orphans: Vec::new(),
        age: Age::OldEnough,
    }
}

fn seen(id: Id) -> Seen {
    let value = Value {
        target: 0,
        principal: 0,
        credential: id.0,
        succession: Succession::Coexist,
    };
    Seen {
        id,
        current: id == CURRENT,
        marked: true,
        // Mine is newer than those above, and not newer than a ninth.
        created: SystemTime::UNIX_EPOCH
            + Duration::from_secs(if id == Id::ME { 9 } else { id.0.into() }),
        value: Some(value),
    }
}

fn unusable(id: Id) -> Seen {
    Seen {
        value: None,
        ..seen(id)
    }
}

fn of_another_user(id: Id) -> Seen {
    let mine = seen(id);
    let value = mine.value.map(|value| Value {
        principal: 1,
        ..value
    });
    Seen { value, ..mine }
}

fn of_current(id: Id) -> Seen {
    Seen {
        value: seen(CURRENT).value,
        ..seen(id)
    }
}

/// What reading it showed that another rotation left.
fn orphan(id: Id) -> Answered {
    Answered::Orphans(vec![(id, Some(seen(id)))])
}

/// Everything that a step reads.
fn read() -> View {
    View {
        labels: Some(labels()),
        pending: Reading::Seen(seen(Id::ME)),
        current: Reading::Seen(seen(CURRENT)),
        previous: Some((OLD, Reading::Seen(seen(OLD)))),
        ..View::default()
    }
}

fn learned(mut view: View, answers: impl IntoIterator<Item = Answered>) -> View {
    for answer in answers {
        view.learn(answer);
    }
    view
}

/// What is so, the step, and what comes next.
struct Row(&'static str, Step, Plan, View, &'static [Next]);

fn check(rows: &[Row]) {
    for Row(what, step, plan, view, next) in rows {
        assert_eq!(decide(*step, *plan, view), *next, "{what}");
    }
}
