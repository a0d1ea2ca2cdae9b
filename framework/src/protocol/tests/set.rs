//! setSecret.

use super::*;

/// What another rotation left is shown.
fn shown(orphan: Id) -> Answered {
    Answered::Labels(Labels {
        orphans: vec![orphan],
        ..labels()
    })
}

/// AWSCURRENT and AWSPENDING are refused, and then this comes.
fn refused(answers: impl IntoIterator<Item = Answered>) -> View {
    let refused = [Who::Current, Who::Pending].map(|who| Answered::Opened(who, Answer::Rejected));
    learned(read(), refused.into_iter().chain(answers))
}

/// AWSCURRENT is accepted, and under the lock again. The version that another rotation left was read.
fn fenced(orphan_there: Id) -> View {
    let accepted = Answer::Accepted;
    learned(
        read(),
        [
            Answered::Opened(Who::Current, accepted),
            Answered::Locked,
            shown(orphan_there),
            Answered::Looked(accepted),
            orphan(orphan_there),
        ],
    )
}

fn healed() -> View {
    let healed = refused([
        shown(ORPHAN),
        orphan(ORPHAN),
        Answered::Opened(Who::Orphan(ORPHAN), Answer::Accepted),
        Answered::Locked,
        Answered::Written,
        Answered::Proven(Answer::Accepted),
        shown(ORPHAN),
        Answered::Promoted(Swap::Moved),
        Answered::Previous(CURRENT, Some(seen(CURRENT))),
    ]);
    // Retired by its own succession, the orphan is not what is to be seen here.
    let freed = healed.orphans.iter().flatten().map(|orphan| Orphan {
        freed: true,
        ..*orphan
    });
    View {
        orphans: Some(freed.collect()),
        ..healed.clone()
    }
}

#[test]
fn each_view_has_its_next() {
    check(&[
        Row(
            "what refused my credential before it was set takes it now",
            Step::SetSecret,
            EAGER,
            healed(),
            &[Next::Open(Who::Pending)],
        ),
        Row(
            "a value that the rotator cannot use goes nowhere",
            Step::SetSecret,
            PLAN,
            View {
                pending: Reading::Seen(unusable(Id::ME)),
                ..read()
            },
            &[Next::Refuse(Why::Unusable(Who::Pending))],
        ),
        Row(
            "another user's credential opens nothing",
            Step::SetSecret,
            PLAN,
            View {
                previous: Some((OLD, Reading::Seen(of_another_user(OLD)))),
                ..refused([])
            },
            &[Next::Refuse(Why::NoneAccepted)],
        ),
        Row(
            "a newer rotation is not healed by an older one",
            Step::SetSecret,
            PLAN,
            refused([shown(NEWER), orphan(NEWER)]),
            &[Next::Refuse(Why::NewerRotation)],
        ),
        Row(
            "nor written over",
            Step::SetSecret,
            PLAN,
            fenced(NEWER),
            &[Next::Refuse(Why::NewerRotation)],
        ),
        Row(
            "an older one may be",
            Step::SetSecret,
            PLAN,
            fenced(ORPHAN),
            &[Next::Write],
        ),
        Row(
            "and one of the same moment",
            Step::SetSecret,
            PLAN,
            fenced(Id(9)),
            &[Next::Write],
        ),
        Row(
            "two versions of the same moment belong together",
            Step::SetSecret,
            PLAN,
            View {
                current: Reading::Seen(Seen {
                    created: seen(Id::ME).created,
                    ..seen(CURRENT)
                }),
                ..read()
            },
            &[Next::Open(Who::Current)],
        ),
        Row(
            "what was missing is read again, after a pause",
            Step::SetSecret,
            PLAN,
            learned(read(), [Answered::Pending(None), Answered::Patience(true)]),
            &[Next::ReadPending],
        ),
    ]);
}
