//! What to do next, from what is known. Pure, so that the model in `tests/model` runs the very same function. Its items are for the
//! engine and the model, and may change in every version.
//!
// The links of PROTOCOL.md, for this page: what is defined first wins.
//! [decide]: ../../src/rotation/protocol.rs.html
//!
#![doc = include_str!("../PROTOCOL.md")]

mod create;
mod decision;
mod fence;
mod labels;
mod learn;
mod remedy;
mod seen;
mod settle;
#[cfg(test)]
mod tests;
mod view;
mod words;

#[doc(hidden)]
pub use labels::{Age, Labelled, Labels};
#[doc(hidden)]
pub use learn::Answered;
#[doc(hidden)]
pub use remedy::{Dates, Held, Label, Move, Remedy, Said, remedy};
#[doc(hidden)]
pub use seen::{Id, Kept, Misfit, Reading, Seen, Value};
#[doc(hidden)]
pub use view::{Answer, Orphan, View, Who};
#[doc(hidden)]
pub use words::{Next, Plan, RetirePolicy, Storing, Why};

use decision::{
    Decision, Stop, ask, ensure, labels, my_turn, next, patience, pending_value, readable, refuse,
    shown_marked,
};
use settle::may_promote;

use crate::event::Step;
use crate::rotator::Succession;

/// What `step` does next.
#[doc(hidden)]
pub fn decide(step: Step, plan: Plan, view: &View) -> Vec<Next> {
    let Err(stop) = match step {
        Step::CreateSecret => create::create(plan, view),
        Step::SetSecret => set(plan, view),
        Step::TestSecret => test(view),
        Step::FinishSecret => finish(plan, view),
    };
    stop
}

fn set(plan: Plan, view: &View) -> Decision {
    ask([
        (view.pending.done(), Next::ReadPending),
        (view.current.done(), Next::ReadCurrent),
    ])?;
    if view.is_current() {
        return next(Next::Done);
    }
    pending_value(view)?;
    readable(view.current, Why::NoCurrent, Who::Current)?;
    ensure(view.misfit().is_none(), Next::Refuse(Why::Misfit))?;

    if view.written {
        proven(view)?;
    } else if fence::open(view)? != Who::Pending {
        fence::fence(view)?;
        return next(Next::Write);
    }
    if plan.eager {
        promote(plan, view)
    } else {
        next(Next::Done)
    }
}

fn test(view: &View) -> Decision {
    ensure(view.pending.done(), Next::ReadPending)?;
    if view.is_current() {
        return next(Next::Done);
    }
    if view.pending == Reading::Missing {
        return test_alone(view);
    }
    pending_value(view)?;
    if view.succession() == Some(Succession::Alternate) {
        ensure(view.current.done(), Next::ReadCurrent)?;
        readable(view.current, Why::NoCurrent, Who::Current)?;
        if view.copied() {
            return configuration(view);
        }
        ensure(view.misfit().is_none(), Next::Refuse(Why::Misfit))?;
    }
    proven(view)?;
    next(Next::Done)
}

/// `RotateImmediately=false` sends testSecret alone, with a version that has no value, or (AWS does not say) a copy of
/// AWSCURRENT's.
fn test_alone(view: &View) -> Decision {
    let labels = labels(view)?;
    my_turn(labels)?;
    if labels.marked {
        // There is a value: this answer is older.
        return patience(view);
    }
    ensure(view.current.done(), Next::ReadCurrent)?;
    readable(view.current, Why::NoCurrent, Who::Current)?;
    configuration(view)
}

/// AWSCURRENT is accepted, and `set` will be allowed.
fn configuration(view: &View) -> Decision {
    match view.answer(Who::Current) {
        None => next(Next::Open(Who::Current)),
        Some(Answer::Rejected) => refuse(Why::NoneAccepted),
        Some(Answer::Accepted) if !view.checked => next(Next::Check),
        Some(Answer::Accepted) => next(Next::Done),
    }
}

fn finish(plan: Plan, view: &View) -> Decision {
    ask([
        (view.labels.is_some(), Next::Describe),
        (view.pending.done(), Next::ReadPending),
    ])?;
    let labels = labels(view)?;
    may_promote(plan, view, labels)?;
    pending_value(view)?;
    shown_marked(view, labels)?;
    // A version without a mark is no rotation's: somebody may have stored it after mine.
    let by_hand = !labels.current_marked && labels.current.is_some();
    ask([
        (!by_hand || view.current.done(), Next::ReadCurrent),
        (
            view.answer(Who::Pending).is_some(),
            Next::Open(Who::Pending),
        ),
    ])?;
    let newer = view.current.seen().is_some_and(|seen| view.newer(seen));
    ensure(!newer, Next::Refuse(Why::CurrentMoved))?;
    let accepted = view.answer(Who::Pending) == Some(Answer::Accepted);
    ensure(accepted, Next::Refuse(Why::PendingRejected))?;
    next(Next::Promote)
}

/// finishSecret's part in setSecret, where the target has just taken my credential.
fn promote(plan: Plan, view: &View) -> Decision {
    let labels = labels(view)?;
    may_promote(plan, view, labels)?;
    shown_marked(view, labels)?;
    ensure(view.current_read(labels), Next::Refuse(Why::CurrentMoved))?;
    next(Next::Promote)
}

fn proven(view: &View) -> Result<(), Stop> {
    match view.proven {
        None => next(Next::Prove),
        Some(Answer::Rejected) => refuse(Why::PendingRejected),
        Some(Answer::Accepted) => Ok(()),
    }
}
