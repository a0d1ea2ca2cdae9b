//! finishSecret.

use super::*;

/// As [`read`], and AWSCURRENT just moved to me.
fn promoted() -> View {
    let opened = Answered::Opened(Who::Pending, Answer::Accepted);
    learned(read(), [opened, Answered::Promoted(Swap::Moved)])
}

/// As [`promoted`], and under the lock, the labels show this.
fn settling(standing: Standing, current: Id, orphans: Vec<Id>) -> View {
    let labels = Labels {
        standing,
        current: Some(current),
        orphans,
        ..labels()
    };
    learned(promoted(), [Answered::Locked, Answered::Labels(labels)])
}

#[test]
fn each_view_has_its_next() {
    check(&[
        Row(
            "under the lock, I am current still",
            Step::FinishSecret,
            AFTER_FINISH,
            settling(Standing::Current, Id::ME, Vec::new()),
            &[Next::Retire(Who::Previous)],
        ),
        Row(
            "under the lock, AWSCURRENT has left me",
            Step::FinishSecret,
            AFTER_FINISH,
            settling(Standing::Unstaged, ORPHAN, Vec::new()),
            &[Next::Done],
        ),
        Row(
            "an answer that shows AWSCURRENT where it was before it moved to me is older than that",
            Step::FinishSecret,
            AFTER_FINISH,
            settling(Standing::Pending, CURRENT, Vec::new()),
            &[Next::Patience],
        ),
        Row(
            "AWSCURRENT is not read where it has its mark",
            Step::FinishSecret,
            PLAN,
            View {
                current: Reading::Unread,
                ..read()
            },
            &[Next::Open(Who::Pending)],
        ),
        Row(
            "what a person stored has none, and may be newer",
            Step::FinishSecret,
            PLAN,
            View {
                labels: Some(Labels {
                    current_marked: false,
                    ..labels()
                }),
                current: Reading::Unread,
                ..read()
            },
            &[Next::ReadCurrent, Next::Open(Who::Pending)],
        ),
        Row(
            "what was there is not read again, after a pause",
            Step::FinishSecret,
            PLAN,
            learned(read(), [Answered::Patience(true)]),
            &[Next::Describe],
        ),
        Row(
            "who did not promote me leaves the orphans to who did",
            Step::FinishSecret,
            PLAN,
            View {
                promotion: None,
                ..settling(Standing::Current, Id::ME, vec![ORPHAN])
            },
            &[Next::Done],
        ),
        Row(
            "where nothing is ended, an orphan is only freed",
            Step::FinishSecret,
            Plan {
                retire: RetirePolicy::Never,
                ..PLAN
            },
            learned(
                settling(Standing::Current, Id::ME, vec![ORPHAN]),
                [orphan(ORPHAN)],
            ),
            &[Next::Free(Who::Orphan(ORPHAN))],
        ),
        Row(
            "what a newer rotation stored is not left over",
            Step::FinishSecret,
            PLAN,
            learned(
                settling(Standing::Current, Id::ME, vec![NEWER]),
                [orphan(NEWER)],
            ),
            &[Next::Done],
        ),
        Row(
            "nothing is ended on a session that is closed",
            Step::FinishSecret,
            AFTER_FINISH,
            learned(
                settling(Standing::Current, Id::ME, Vec::new()),
                [Answered::LetGo],
            ),
            &[Next::Open(Who::Pending)],
        ),
        Row(
            "nor without one",
            Step::FinishSecret,
            AFTER_FINISH,
            learned(
                settling(Standing::Current, Id::ME, Vec::new()),
                [Answered::Opened(Who::Pending, Answer::Rejected)],
            ),
            &[Next::Refuse(Why::NoneAccepted)],
        ),
    ]);
}
