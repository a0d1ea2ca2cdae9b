//! What to do next, from what is known: [`decide`]. Pure, so that a model checker can run the very same function.
//!
// The links of PROTOCOL.md, for this page: what is defined first wins.
//! [decide]: decide
//!
#![doc = include_str!("../PROTOCOL.md")]

mod decision;
mod fence;
mod progress;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub use view::{Age, Answer, Labels, Orphan, Reading, View, Who};
pub use words::{Next, Plan, RetirePolicy, Why};

use decision::{Decision, ask, ensure, labels, my_turn, next, patience, pending_value, readable};
use decision::{refuse, shown_marked};

use crate::event::Step;
use crate::rotator::Succession;
use crate::store::{Put, Swap};
use crate::version::Standing;

/// What `step` does next.
pub fn decide(step: Step, plan: Plan, view: &View) -> Vec<Next> {
    let decided = match step {
        Step::CreateSecret => create(plan, view),
        Step::SetSecret => set(plan, view),
        Step::TestSecret => test(view),
        Step::FinishSecret => finish(plan, view),
    };
    decided.unwrap_or_else(|stop| stop)
}

fn create(plan: Plan, view: &View) -> Decision {
    ask([
        (view.labels.is_some(), Next::Describe),
        (view.current.done(), Next::ReadCurrent),
    ])?;
    let labels = labels(view)?;
    my_turn(&labels)?;
    if !labels.marked {
        readable(view.current, Why::NoCurrent, Who::Current)?;
        ensure(labels.current_read, Next::Refuse(Why::CurrentMoved))?;
        new(view, &labels)?;
        empty_the_place(plan, view, &labels)?;
        store(plan, view, &labels)?;
    }
    ensure(
        !labels.previous_marked || view.freed,
        Next::Free(Who::Previous),
    )?;
    if labels.orphans > 0 && !view.waited {
        // It can take minutes, in which nobody else should find the target locked.
        ensure(!view.locked, Next::LetGo)?;
        return next(Next::Wait);
    }
    next(Next::Done)
}

/// A version that no label shows has no value yet. What an old one holds may be dead, and is never marked.
fn new(view: &View, labels: &Labels) -> Decision<()> {
    if labels.shown {
        return Ok(());
    }
    ensure(view.pending.done(), Next::ReadPending)?;
    let empty = view.pending == Reading::Missing;
    ensure(empty, Next::Refuse(Why::Unstaged))
}

/// A provider that allows two credentials must have given up one before a third is made.
fn empty_the_place(plan: Plan, view: &View, labels: &Labels) -> Decision<()> {
    let coexist = view.succession == Some(Succession::Coexist);
    if !coexist || plan.retire == RetirePolicy::Never || !labels.previous || view.retired {
        return Ok(());
    }
    match view.answer(Who::Current) {
        None => next(Next::Open(Who::Current)),
        // Without a credential that works nothing is ended; setSecret looks for one.
        Some(Answer::Rejected) => Ok(()),
        Some(Answer::Accepted) if !view.locked => next(Next::Lock),
        Some(Answer::Accepted) => next(Next::Retire(Who::Previous)),
    }
}

fn store(plan: Plan, view: &View, labels: &Labels) -> Decision<()> {
    if plan.issues && view.pending == Reading::Unread {
        return next(Next::ReadPending);
    }
    let there = plan.issues
        && matches!(
            view.pending,
            Reading::Value { .. } | Reading::Unusable { .. }
        );
    match view.put {
        None if there => next(Next::Mark),
        None if !view.generated => next(Next::Generate),
        None if labels.previous_marked && !view.freed => {
            Err(vec![Next::Put, Next::Free(Who::Previous)])
        }
        None => next(Next::Put),
        Some(Put::Stored) => Ok(()),
        Some(Put::Lost) if plan.issues && !view.discarded => next(Next::Discard),
        Some(Put::Lost) if !labels.shown => refuse(Why::Unstaged),
        Some(Put::Lost) => next(Next::Mark),
    }
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
    ensure(!view.misfit, Next::Refuse(Why::Misfit))?;

    let alternate = view.succession == Some(Succession::Alternate);
    if view.written {
        proven(view)?;
    } else if fence::open(view, alternate)? != Who::Pending {
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
    if view.succession == Some(Succession::Alternate) {
        ensure(view.current.done(), Next::ReadCurrent)?;
        readable(view.current, Why::NoCurrent, Who::Current)?;
        if view.copied {
            return configuration(view);
        }
        ensure(!view.misfit, Next::Refuse(Why::Misfit))?;
    }
    proven(view)?;
    next(Next::Done)
}

/// `RotateImmediately=false` sends testSecret alone, with a version that has no value, or (AWS does not say) a copy of
/// AWSCURRENT's.
fn test_alone(view: &View) -> Decision {
    let labels = labels(view)?;
    my_turn(&labels)?;
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
    may_promote(plan, view, &labels)?;
    pending_value(view)?;
    shown_marked(view, &labels)?;
    match view.answer(Who::Pending) {
        None => next(Next::Open(Who::Pending)),
        Some(Answer::Rejected) => refuse(Why::PendingRejected),
        Some(Answer::Accepted) => next(Next::Promote),
    }
}

/// finishSecret's part in setSecret, where the target has just taken my credential.
fn promote(plan: Plan, view: &View) -> Decision {
    let labels = labels(view)?;
    may_promote(plan, view, &labels)?;
    shown_marked(view, &labels)?;
    next(Next::Promote)
}

/// AWSCURRENT moves to me once, from where the labels showed it.
fn may_promote(plan: Plan, view: &View, labels: &Labels) -> Decision<()> {
    match (labels.standing, view.promotion) {
        (Standing::Current, _) | (_, Some(Swap::Moved)) => settle(plan, view, labels),
        (Standing::Unstaged, _) => refuse(Why::Unstaged),
        (Standing::Pending, Some(Swap::Elsewhere)) => refuse(Why::CurrentMoved),
        (Standing::Pending, None) => Ok(()),
    }
}

/// I am current: what earlier rotations left behind is ended, and their marks are freed.
fn settle<T>(plan: Plan, view: &View, labels: &Labels) -> Decision<T> {
    if labels.standing != Standing::Current {
        // Somebody moved it on before the lock was taken: what is left is no longer mine to end.
        return next(Next::Done);
    }
    let promoted = view.promotion == Some(Swap::Moved);
    if promoted && labels.orphans > 0 {
        let Some(orphans) = &view.orphans else {
            return next(Next::ReadOrphans);
        };
        let coexist = view.succession == Some(Succession::Coexist);
        for (n, orphan) in orphans.iter().enumerate() {
            if coexist && orphan.usable && !orphan.retired {
                return end(view, Who::Orphan(n));
            }
            ensure(orphan.freed, Next::Free(Who::Orphan(n)))?;
        }
    }
    if plan.retire != RetirePolicy::AfterFinish || view.retired {
        return next(Next::Done);
    }
    pending_value(view)?;
    match view.succession {
        Some(Succession::Coexist | Succession::Displace) if labels.previous => {
            end(view, Who::Previous)
        }
        _ => next(Next::Done),
    }
}

/// Under the lock, on a session that the credential of AWSCURRENT opened: mine, by now.
fn end<T>(view: &View, who: Who) -> Decision<T> {
    match view.answer(Who::Pending) {
        None => next(Next::Open(Who::Pending)),
        Some(Answer::Rejected) => refuse(Why::NoneAccepted),
        Some(Answer::Accepted) if !view.locked => next(Next::Lock),
        Some(Answer::Accepted) => next(Next::Retire(who)),
    }
}

fn proven(view: &View) -> Decision<()> {
    match view.proven {
        None => next(Next::Prove),
        Some(Answer::Rejected) => refuse(Why::PendingRejected),
        Some(Answer::Accepted) => Ok(()),
    }
}
