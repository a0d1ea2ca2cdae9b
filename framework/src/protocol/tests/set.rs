//! setSecret.

use super::*;

fn healed() -> View {
    let orphans = Labels {
        orphans: vec![ORPHAN],
        ..labels()
    };
    let refused = |who| Answered::Opened(who, Answer::Rejected);
    let healed = learned(
        read(),
        [
            refused(Who::Current),
            refused(Who::Pending),
            Answered::Labels(orphans.clone()),
            orphan(),
            Answered::Opened(Who::Orphan(ORPHAN), Answer::Accepted),
            Answered::Locked,
            Answered::Written,
            Answered::Proven(Answer::Accepted),
            Answered::Labels(orphans),
            Answered::Promoted(Swap::Moved),
            Answered::Previous(CURRENT, Some(seen(CURRENT))),
        ],
    );
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
    ]);
}
