//! The gates that the steps share: each passes, or says what comes first.

use std::convert::Infallible;

use super::labels::Labels;
use super::seen::Reading;
use super::view::{View, Who};
use super::words::{Next, Why};
use crate::version::Standing;

/// This comes next, whatever else is known.
pub(super) type Stop = Vec<Next>;

/// A step deliberates until something stops it.
pub(super) type Decision = Result<Infallible, Stop>;

pub(super) fn next<T>(next: Next) -> Result<T, Stop> {
    Err(vec![next])
}

pub(super) fn refuse<T>(why: Why) -> Result<T, Stop> {
    next(Next::Refuse(why))
}

pub(super) fn ensure(known: bool, otherwise: Next) -> Result<(), Stop> {
    if known { Ok(()) } else { next(otherwise) }
}

/// Whether the version may take part at all.
pub(super) fn my_turn(labels: &Labels) -> Result<(), Stop> {
    match labels.standing {
        Standing::Current => next(Next::Done),
        Standing::Unstaged => refuse(Why::Unstaged),
        // AWSCURRENT was here, and a person moved it on.
        Standing::Pending if labels.left => refuse(Why::CurrentMoved),
        Standing::Pending => Ok(()),
    }
}

/// Passes if my value was read. If it was not there, the labels say why.
pub(super) fn pending_value(view: &View) -> Result<(), Stop> {
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
pub(super) fn shown_marked(view: &View, labels: &Labels) -> Result<(), Stop> {
    if labels.marked {
        Ok(())
    } else {
        patience(view)
    }
}

pub(super) fn patience<T>(view: &View) -> Result<T, Stop> {
    if view.impatient {
        refuse(Why::Stale)
    } else {
        next(Next::Patience)
    }
}

/// Passes if all of it is known. Otherwise, the unknown parts are asked side by side.
pub(super) fn ask<const N: usize>(asked: [(bool, Next); N]) -> Result<(), Stop> {
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
pub(super) fn labels(view: &View) -> Result<&Labels, Stop> {
    view.labels.as_ref().ok_or_else(|| vec![Next::Describe])
}

/// Passes if there is a value. Otherwise, it says why there is none.
pub(super) fn readable(reading: Reading, missing: Why, who: Who) -> Result<(), Stop> {
    match reading {
        Reading::Seen(seen) if seen.value.is_some() => Ok(()),
        Reading::Seen(_) => refuse(Why::Unusable(who)),
        Reading::Missing | Reading::Unread => refuse(missing),
    }
}
