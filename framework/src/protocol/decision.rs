//! The gates that the steps share: each passes, or says what comes first.

use super::labels::Labels;
use super::seen::Reading;
use super::view::{View, Who};
use super::words::{Next, Why};
use crate::version::Standing;

/// `Err` ends the deliberation: this comes next, whatever else is known.
pub(super) type Decision<T = Vec<Next>> = Result<T, Vec<Next>>;

pub(super) fn next<T>(next: Next) -> Decision<T> {
    Err(vec![next])
}

pub(super) fn refuse<T>(why: Why) -> Decision<T> {
    next(Next::Refuse(why))
}

pub(super) fn ensure(known: bool, otherwise: Next) -> Decision<()> {
    if known { Ok(()) } else { next(otherwise) }
}

/// Whether the version may take part at all.
pub(super) fn my_turn(labels: &Labels) -> Decision<()> {
    match labels.standing {
        Standing::Current => next(Next::Done),
        Standing::Unstaged => refuse(Why::Unstaged),
        // AWSCURRENT was here, and a person moved it on.
        Standing::Pending if labels.left => refuse(Why::CurrentMoved),
        Standing::Pending => Ok(()),
    }
}

/// Passes if my value was read. If it was not there, the labels say why.
pub(super) fn pending_value(view: &View) -> Decision<()> {
    if view.pending != Reading::Missing {
        return readable(view.pending, Why::NoValue, Who::Pending);
    }
    let labels = labels(view)?;
    my_turn(labels)?;
    if labels.marked {
        // It was stored before it was marked: this answer is older.
        return patience(view);
    }
    refuse(Why::NoValue)
}

/// A value whose mark is not shown yet: the answer is older than the value.
pub(super) fn shown_marked(view: &View, labels: &Labels) -> Decision<()> {
    if labels.marked {
        Ok(())
    } else {
        patience(view)
    }
}

pub(super) fn patience<T>(view: &View) -> Decision<T> {
    if view.impatient {
        refuse(Why::Stale)
    } else {
        next(Next::Patience)
    }
}

/// Passes if all of it is known; else what is not is asked side by side.
pub(super) fn ask<const N: usize>(asked: [(bool, Next); N]) -> Decision<()> {
    let unknown: Vec<Next> = asked
        .into_iter()
        .filter(|(known, _)| !known)
        .map(|(_, next)| next)
        .collect();
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(unknown)
    }
}

/// The labels, once they are known.
pub(super) fn labels(view: &View) -> Decision<&Labels> {
    view.labels.as_ref().ok_or_else(|| vec![Next::Describe])
}

/// Passes if there is a value; else says why not.
pub(super) fn readable(reading: Reading, missing: Why, who: Who) -> Decision<()> {
    match reading {
        Reading::Seen(seen) if seen.value.is_some() => Ok(()),
        Reading::Seen(_) => refuse(Why::Unusable(who)),
        Reading::Missing | Reading::Unread => refuse(missing),
    }
}
