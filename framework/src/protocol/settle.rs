//! The end of a rotation: AWSCURRENT moves, and what earlier rotations left behind is ended.

use super::decision::{Stop, ensure, next, pending_value, refuse};
use super::labels::Labels;
use super::view::{Answer, Orphan, View, Who};
use super::words::{Next, Plan, RetirePolicy, Why};
use crate::rotator::Succession;
use crate::version::Standing;

/// AWSCURRENT moves to me once, from where the labels showed it.
pub(super) fn may_promote(plan: Plan, view: &View, labels: &Labels) -> Result<(), Stop> {
    if view.unsettled() {
        // It left that version: this answer is older.
        ensure(view.impatient, Next::Patience)?;
        ensure(view.promoted(), Next::Refuse(Why::CurrentMoved))?;
        return next(Next::Done);
    }
    match labels.standing {
        Standing::Current => settle(plan, view, labels),
        // Somebody moved it on: what is left is no longer mine to end.
        _ if view.promoted() => next(Next::Done),
        Standing::Unstaged => refuse(Why::Unstaged),
        Standing::Pending if view.promotion.is_some() || labels.left => refuse(Why::CurrentMoved),
        Standing::Pending => Ok(()),
    }
}

/// I am current.
fn settle<T>(plan: Plan, view: &View, labels: &Labels) -> Result<T, Stop> {
    if view.promotion.is_some() && !labels.orphans.is_empty() {
        orphans(plan, view, labels)?;
    }
    let overlap = matches!(
        view.succession(),
        Some(Succession::Coexist | Succession::Displace)
    );
    if plan.retire != RetirePolicy::AfterFinish || !overlap {
        return next(Next::Done);
    }
    pending_value(view)?;
    previous(view, labels)?;
    next(Next::Done)
}

/// What earlier rotations left: its credential is ended, where it lives until then, and its mark is taken off. What a newer
/// rotation stored is not left over.
fn orphans(plan: Plan, view: &View, labels: &Labels) -> Result<(), Stop> {
    pending_value(view)?;
    let ends = view.succession() == Some(Succession::Coexist) && plan.retire != RetirePolicy::Never;
    ensure(view.orphans_read(labels), Next::ReadOrphans)?;
    if let Some(previous) = labels.previous.filter(|_| ends) {
        ensure(view.previous_read(previous), Next::ReadPrevious)?;
    }
    for orphan in view.orphans.iter().flatten() {
        let listed = labels.orphans.contains(&orphan.id);
        if !listed || orphan.freed || newer(view, orphan) {
            continue;
        }
        if ends && !orphan.retired && view.orphan_kept(orphan, Who::Pending).is_none() {
            return end(view, Who::Orphan(orphan.id));
        }
        return next(Next::Free(Who::Orphan(orphan.id)));
    }
    Ok(())
}

fn newer(view: &View, orphan: &Orphan) -> bool {
    orphan.read.seen().is_some_and(|seen| view.newer(seen))
}

fn previous(view: &View, labels: &Labels) -> Result<(), Stop> {
    let Some(previous) = labels.previous else {
        return Ok(());
    };
    if view.retired == Some(previous) {
        return Ok(());
    }
    ensure(view.previous_read(previous), Next::ReadPrevious)?;
    match view.previous_kept(Who::Pending) {
        Some(_) => Ok(()),
        None => end(view, Who::Previous),
    }
}

/// Under the lock, on a session that the credential of AWSCURRENT opened: mine, by now.
fn end<T>(view: &View, who: Who) -> Result<T, Stop> {
    match view.answer(Who::Pending) {
        Some(Answer::Rejected) => refuse(Why::NoneAccepted),
        Some(Answer::Accepted) if view.opened == Some(Who::Pending) => {
            ensure(view.locked, Next::Lock)?;
            next(Next::Retire(who))
        }
        _ => next(Next::Open(Who::Pending)),
    }
}
