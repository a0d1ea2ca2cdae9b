//! The gates that the steps share: each passes, or says what comes first.

use super::view::{Labels, Reading, View, Who};
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
        Standing::Pending => Ok(()),
    }
}

/// Passes if my value was read. If it was not there, the labels say why.
pub(super) fn pending_value(view: &View) -> Decision<()> {
    if view.pending != Reading::Missing {
        return readable(view.pending, Why::NoValue, Who::Pending);
    }
    let Some(labels) = view.labels else {
        return next(Next::Describe);
    };
    my_turn(&labels)?;
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

pub(super) fn read_all(readings: &[(Reading, Next)]) -> Decision<()> {
    let unread: Vec<Next> = readings
        .iter()
        .filter(|(reading, _)| *reading == Reading::Unread)
        .map(|(_, next)| *next)
        .collect();
    if unread.is_empty() {
        Ok(())
    } else {
        Err(unread)
    }
}

/// The labels, read side by side with what `reader` reads.
pub(super) fn labels_and(view: &View, reader: Next, reading: Reading) -> Decision<Labels> {
    let unread = (reading == Reading::Unread).then_some(reader);
    match view.labels {
        Some(labels) if unread.is_none() => Ok(labels),
        Some(_) => Err(unread.into_iter().collect()),
        None => Err([Next::Describe].into_iter().chain(unread).collect()),
    }
}

/// Passes if there is a value; else says why not.
pub(super) fn readable(reading: Reading, missing: Why, who: Who) -> Decision<()> {
    match reading {
        Reading::Value { .. } => Ok(()),
        Reading::Unusable { .. } => refuse(Why::Unusable(who)),
        Reading::Missing | Reading::Unread => refuse(missing),
    }
}
