//! setSecret's way to a session that may write: find a credential that works, lock, and look again.

use super::decision::{Decision, ask, ensure, labels, my_turn, next, refuse, shown_marked};
use super::view::{Age, Answer, Labels, View, Who};
use super::words::{Next, Why};

/// The credential that opened the session: AWSCURRENT first, since on the normal path no login may fail; then
/// AWSPENDING; then what abandoned rotations left. Never AWSPREVIOUS: whoever holds an old value must not steer.
pub(super) fn open(view: &View, alternate: bool) -> Decision<Who> {
    for who in [Who::Current, Who::Pending] {
        match view.answer(who) {
            None => return next(Next::Open(who)),
            Some(Answer::Accepted) => return Ok(who),
            // Two users: the other one's turn can only be prepared by who proves to be the holder now.
            Some(Answer::Rejected) if alternate => return refuse(Why::NoneAccepted),
            Some(Answer::Rejected) => {}
        }
    }
    let Some(orphans) = &view.orphans else {
        let labels = labels(view)?;
        my_turn(&labels)?;
        ensure(labels.orphans > 0, Next::Refuse(Why::NoneAccepted))?;
        return next(Next::ReadOrphans);
    };
    for (n, orphan) in orphans.iter().enumerate().filter(|(_, o)| o.usable) {
        match orphan.answer {
            None => return next(Next::Open(Who::Orphan(n))),
            Some(Answer::Accepted) => return Ok(Who::Orphan(n)),
            Some(Answer::Rejected) => {}
        }
    }
    refuse(Why::NoneAccepted)
}

/// Passes under the lock, when everything that was read before it still holds, and nothing of an earlier rotation can
/// still be running.
pub(super) fn fence(view: &View) -> Decision<()> {
    ensure(view.locked, Next::Lock)?;
    ask([
        (view.labels.is_some(), Next::Describe),
        (view.looked.is_some(), Next::Look),
    ])?;
    let labels = labels(view)?;
    my_turn(&labels)?;
    shown_marked(view, &labels)?;
    ensure(labels.current_read, Next::Refuse(Why::CurrentMoved))?;
    ensure(
        view.looked == Some(Answer::Accepted),
        Next::Refuse(Why::SessionRejected),
    )?;
    old_enough(view, &labels)
}

fn old_enough(view: &View, labels: &Labels) -> Decision<()> {
    match view.age {
        _ if labels.orphans == 0 => Ok(()),
        Age::OldEnough => Ok(()),
        Age::Fits => next(Next::Wait),
        Age::TooYoung => refuse(Why::EarlierRotation),
    }
}
