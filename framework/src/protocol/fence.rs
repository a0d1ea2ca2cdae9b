//! setSecret's way to a session that may write: find a credential that works, lock, and look again.

use super::decision::{Stop, ask, ensure, labels, my_turn, next, refuse, shown_marked};
use super::labels::{Age, Labels};
use super::view::{Answer, View, Who};
use super::words::{Next, Why};
use crate::rotator::Succession;

/// The credential that opened the session. They are tried in this order:
///
/// 1. AWSCURRENT, since on the normal path no login may fail;
/// 2. AWSPENDING;
/// 3. the credentials that earlier rotations left;
/// 4. AWSPREVIOUS, for a target that was restored.
pub(super) fn open(view: &View) -> Result<Who, Stop> {
    let alternate = view.succession() == Some(Succession::Alternate);
    for who in [Who::Current, Who::Pending] {
        match view.answer(who) {
            None => return next(Next::Open(who)),
            Some(Answer::Accepted) => return Ok(who),
            // Two users: the other one's turn can only be prepared by who proves to be the holder now.
            Some(Answer::Rejected) if alternate => return refuse(Why::NoneAccepted),
            Some(Answer::Rejected) => {}
        }
    }
    match opened_by_older(view)? {
        Some(who) => Ok(who),
        None => refuse(Why::NoneAccepted),
    }
}

/// Whether a version that is neither AWSCURRENT nor AWSPENDING is accepted, of those for the same target and user.
pub(super) fn opened_by_older(view: &View) -> Result<Option<Who>, Stop> {
    let opened = [Who::Previous].into_iter().chain(
        view.orphans
            .iter()
            .flatten()
            .map(|orphan| Who::Orphan(orphan.id)),
    );
    if let Some(who) = opened
        .into_iter()
        .find(|who| view.answer(*who) == Some(Answer::Accepted))
    {
        return Ok(Some(who));
    }
    let labels = labels(view)?;
    my_turn(labels)?;
    ensure(view.orphans_read(labels), Next::ReadOrphans)?;
    nobody_newer(view)?;
    let mut untried = view
        .usable_orphans()
        .filter(|orphan| orphan.answer.is_none());
    if let Some(orphan) = untried.next() {
        return next(Next::Open(Who::Orphan(orphan.id)));
    }
    let Some(previous) = labels.previous else {
        return Ok(None);
    };
    ensure(view.previous_read(previous), Next::ReadPrevious)?;
    match view.answer(Who::Previous) {
        None if view.previous_usable() => next(Next::Open(Who::Previous)),
        _ => Ok(None),
    }
}

/// Passes under the lock, when everything that was read before it still holds, and nothing of an earlier rotation can
/// still be running.
pub(super) fn fence(view: &View) -> Result<(), Stop> {
    ensure(view.locked, Next::Lock)?;
    ask([
        (view.labels.is_some(), Next::Describe),
        (view.looked.is_some(), Next::Look),
    ])?;
    let labels = labels(view)?;
    my_turn(labels)?;
    shown_marked(view, labels)?;
    ensure(view.current_read(labels), Next::Refuse(Why::CurrentMoved))?;
    ensure(
        view.looked == Some(Answer::Accepted),
        Next::Refuse(Why::SessionRejected),
    )?;
    if labels.orphans.is_empty() {
        return Ok(());
    }
    ensure(view.orphans_read(labels), Next::ReadOrphans)?;
    nobody_newer(view)?;
    old_enough(labels)
}

/// A newer rotation has stored its value already: an older one, whose event comes late, must not write over it.
fn nobody_newer(view: &View) -> Result<(), Stop> {
    let orphans = view.orphans.iter().flatten();
    let newer = orphans
        .filter_map(|orphan| orphan.read.seen())
        .any(|seen| view.newer(seen));
    ensure(!newer, Next::Refuse(Why::NewerRotation))
}

fn old_enough(labels: &Labels) -> Result<(), Stop> {
    match labels.age {
        Age::OldEnough => Ok(()),
        Age::Fits => next(Next::Wait),
        Age::TooYoung => refuse(Why::EarlierRotation),
    }
}
