//! createSecret: a new credential, stored under AWSPENDING and my mark.

use super::decision::{Decision, Stop, ask, ensure, labels, my_turn, next, readable, refuse};
use super::fence::opened_by_older;
use super::labels::{Age, Labels};
use super::seen::Reading;
use super::view::{Answer, Orphan, View, Who};
use super::words::{Next, Plan, RetirePolicy, Storing, Why};
use crate::rotator::Succession;

pub(super) fn create(plan: Plan, view: &View) -> Decision {
    ask([
        (view.labels.is_some(), Next::Describe),
        (view.current.done(), Next::ReadCurrent),
    ])?;
    let labels = labels(view)?;
    my_turn(labels)?;
    if !labels.marked {
        readable(view.current, Why::NoCurrent, Who::Current)?;
        ensure(view.current_read(labels), Next::Refuse(Why::CurrentMoved))?;
        new(view, labels)?;
        make(plan, view, labels)?;
    }
    tidy(plan, view, labels)?;
    wait_for_orphans(view, labels)
}

/// A version that no label shows has no value yet. What an old one holds may be dead, and is never marked.
fn new(view: &View, labels: &Labels) -> Result<(), Stop> {
    if labels.shown {
        return Ok(());
    }
    ensure(view.pending.done(), Next::ReadPending)?;
    let empty = view.pending == Reading::Missing;
    ensure(empty || view.put.is_some(), Next::Refuse(Why::Unstaged))
}

fn make(plan: Plan, view: &View, labels: &Labels) -> Result<(), Stop> {
    if plan.issues {
        ensure(view.pending.done(), Next::ReadPending)?;
    }
    let there = plan.issues && view.pending.seen().is_some();
    match view.put {
        None if there => next(Next::Mark(Who::Pending)),
        None => {
            if !view.generated {
                if plan.issues {
                    holder(plan, view)?;
                }
                empty_the_place(plan, view, labels)?;
                return next(Next::Generate);
            }
            Err(store(plan, view, labels))
        }
        Some(Storing::Stored) => Ok(()),
        Some(Storing::Lost | Storing::Refused) if plan.issues && !view.discarded => {
            next(Next::Discard)
        }
        Some(Storing::Refused) => refuse(Why::PutRefused),
        Some(Storing::Lost) if !labels.shown => refuse(Why::Unstaged),
        Some(Storing::Lost) => next(Next::Mark(Who::Pending)),
    }
}

/// The new value. Beside it AWSPREVIOUS' mark is taken off, if that comes next. If the value is refused, nothing is lost with that.
fn store(plan: Plan, view: &View, labels: &Labels) -> Vec<Next> {
    let beside = tidy(plan, view, labels).err().unwrap_or_default();
    let freed = beside.contains(&Next::Free(Who::Previous));
    let free = freed.then_some(Next::Free(Who::Previous));
    [Next::Put].into_iter().chain(free).collect()
}

/// The administrator issues a credential only for whom somebody has just proven to be: by AWSCURRENT, or by what an earlier
/// rotation stored. A function that serves this secret alone may do without: its owner vouches for the secret.
fn holder(plan: Plan, view: &View) -> Result<(), Stop> {
    match view.answer(Who::Current) {
        None => return next(Next::Open(Who::Current)),
        Some(Answer::Accepted) => return Ok(()),
        Some(Answer::Rejected) => {}
    }
    let proven = opened_by_older(view)?.is_some();
    ensure(proven || plan.alone, Next::Refuse(Why::Unproven))
}

/// Whether old credentials live until they are ended, and are to be ended.
fn ends_old(plan: Plan, view: &View) -> bool {
    view.succession() == Some(Succession::Coexist) && plan.retire != RetirePolicy::Never
}

/// A provider that allows two credentials must have given up one before a third is made. Without AWSCURRENT's credential nothing
/// is ended.
fn empty_the_place(plan: Plan, view: &View, labels: &Labels) -> Result<(), Stop> {
    if !ends_old(plan, view) {
        return Ok(());
    }
    end_previous(view, labels)?;
    if plan.issues {
        end_orphans(view, labels)?;
    }
    Ok(())
}

/// Passes if AWSPREVIOUS' credential is dead, or cannot be ended.
fn end_previous(view: &View, labels: &Labels) -> Result<(), Stop> {
    let Some(previous) = labels.previous else {
        return Ok(());
    };
    if view.retired == Some(previous) || !accepted(view)? {
        return Ok(());
    }
    ensure(view.previous_read(previous), Next::ReadPrevious)?;
    if view.previous_kept(Who::Current).is_some() {
        return Ok(());
    }
    session(view)?;
    next(Next::Retire(Who::Previous))
}

/// Whether the target takes AWSCURRENT's credential.
fn accepted(view: &View) -> Result<bool, Stop> {
    match view.answer(Who::Current) {
        None => next(Next::Open(Who::Current)),
        Some(answer) => Ok(answer == Answer::Accepted),
    }
}

/// A credential that an earlier rotation left takes a place too. It is ended once nothing of that rotation can run. Until then, the
/// provider may say that there is no room, and the service tries again.
fn end_orphans(view: &View, labels: &Labels) -> Result<(), Stop> {
    if labels.orphans.is_empty() || labels.age != Age::OldEnough || !accepted(view)? {
        return Ok(());
    }
    ensure(view.orphans_read(labels), Next::ReadOrphans)?;
    let orphans = view.orphans.iter().flatten();
    let mut listed = orphans.filter(|orphan| labels.orphans.contains(&orphan.id));
    let alive =
        |orphan: &&Orphan| !orphan.retired && view.orphan_kept(orphan, Who::Current).is_none();
    let Some(orphan) = listed.find(alive) else {
        return Ok(());
    };
    session(view)?;
    next(Next::Retire(Who::Orphan(orphan.id)))
}

/// A session that AWSCURRENT's credential opened, under the lock.
fn session(view: &View) -> Result<(), Stop> {
    ensure(view.opened == Some(Who::Current), Next::Open(Who::Current))?;
    ensure(view.locked, Next::Lock)
}

/// Marks keep old credentials findable. If old credentials live until they are ended, AWSCURRENT's version must have a mark before its
/// successor is promoted. AWSPREVIOUS' mark is taken off only when its credential is dead, or when no function may end it.
fn tidy(plan: Plan, view: &View, labels: &Labels) -> Result<(), Stop> {
    if ends_old(plan, view) && labels.current.is_some() && !labels.current_marked {
        ensure(view.current_read(labels), Next::Refuse(Why::CurrentMoved))?;
        ensure(view.pending.done() || view.put.is_some(), Next::ReadPending)?;
        // What a person stored after my version stays without one: finishSecret knows it by that.
        let newer = view.current.seen().is_some_and(|seen| view.newer(seen));
        ensure(newer, Next::Mark(Who::Current))?;
    }
    if !labels.previous_marked || view.freed {
        return Ok(());
    }
    if ends_old(plan, view) && !may_forget_previous(view, labels)? {
        return Ok(());
    }
    next(Next::Free(Who::Previous))
}

/// Whether AWSPREVIOUS' credential is dead, or is none that is to be ended. Without AWSCURRENT, nobody knows.
fn may_forget_previous(view: &View, labels: &Labels) -> Result<bool, Stop> {
    if !view.current_read(labels) || view.current.value().is_none() {
        return Ok(false);
    }
    end_previous(view, labels)?;
    let dead = view.retired == labels.previous;
    Ok(dead || (accepted(view)? && view.previous_kept(Who::Current).is_some()))
}

fn wait_for_orphans(view: &View, labels: &Labels) -> Decision {
    if labels.orphans.is_empty() || view.waited || labels.age == Age::OldEnough {
        return next(Next::Done);
    }
    // It can take minutes, in which nobody else should find the target locked.
    ensure(!view.locked, Next::LetGo)?;
    ensure(view.pending.done() || view.put.is_some(), Next::ReadPending)?;
    next(Next::Wait)
}
