//! Single decisions that no run over a target in memory would come to.

use std::time::{Duration, SystemTime};

use super::*;
use crate::store::Swap;
use crate::version::Standing;

const PLAN: Plan = Plan {
    retire: RetirePolicy::NextRotation,
    eager: false,
    issues: false,
    alone: false,
};
const AFTER_FINISH: Plan = Plan {
    retire: RetirePolicy::AfterFinish,
    ..PLAN
};
const EAGER: Plan = Plan {
    eager: true,
    ..AFTER_FINISH
};
const ISSUES: Plan = Plan {
    issues: true,
    ..PLAN
};
const OLD: Id = Id(1);
const CURRENT: Id = Id(2);
const ORPHAN: Id = Id(3);

fn labels() -> Labels {
    Labels {
        standing: Standing::Pending,
        shown: true,
        marked: true,
        left: false,
        current: Some(CURRENT),
        current_marked: true,
        previous: Some(OLD),
        previous_marked: false,
        orphans: Vec::new(),
        age: Age::OldEnough,
    }
}

fn seen(id: Id) -> Seen {
    let value = Value {
        target: 0,
        principal: 0,
        credential: id.0,
        succession: Succession::Coexist,
    };
    Seen {
        id,
        current: id == CURRENT,
        marked: true,
        // Mine is the newest.
        created: SystemTime::UNIX_EPOCH
            + Duration::from_secs(if id == Id::ME { 9 } else { id.0.into() }),
        value: Some(value),
    }
}

/// Everything that a step reads.
fn read() -> View {
    View {
        labels: Some(labels()),
        pending: Reading::Seen(seen(Id::ME)),
        current: Reading::Seen(seen(CURRENT)),
        previous: Some((OLD, Reading::Seen(seen(OLD)))),
        ..View::default()
    }
}

fn learned(mut view: View, answers: impl IntoIterator<Item = Answered>) -> View {
    for answer in answers {
        view.learn(answer);
    }
    view
}

/// createSecret of a version that no label shows, whose value somebody else has just stored.
fn lost() -> View {
    let labels = Labels {
        marked: false,
        shown: false,
        previous: None,
        ..labels()
    };
    View {
        labels: Some(labels),
        pending: Reading::Missing,
        generated: true,
        put: Some(Storing::Lost),
        ..read()
    }
}

/// createSecret, done but for the wait for an earlier rotation, after AWSPREVIOUS was retired.
fn stored(locked: bool) -> View {
    View {
        labels: Some(Labels {
            orphans: vec![ORPHAN],
            age: Age::TooYoung,
            ..labels()
        }),
        retired: Some(OLD),
        locked,
        ..read()
    }
}

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

/// createSecret of a target that issues, before anything was made.
fn issuing(current: Answer) -> View {
    let labels = Labels {
        marked: false,
        previous: None,
        ..labels()
    };
    let view = View {
        labels: Some(labels),
        pending: Reading::Missing,
        ..read()
    };
    learned(view, [Answered::Opened(Who::Current, current)])
}

struct Row(&'static str, Step, Plan, View, Next);

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
            Answered::Orphans(vec![(ORPHAN, Some(seen(ORPHAN)))]),
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

fn rows() -> Vec<Row> {
    vec![
        Row(
            "what refused my credential before it was set takes it now",
            Step::SetSecret,
            EAGER,
            healed(),
            Next::Open(Who::Pending),
        ),
        Row(
            "a value of a version that no label shows is not marked",
            Step::CreateSecret,
            PLAN,
            lost(),
            Next::Refuse(Why::Unstaged),
        ),
        Row(
            "what was issued for it is ended first",
            Step::CreateSecret,
            ISSUES,
            lost(),
            Next::Discard,
        ),
        Row(
            "nobody waits with the target's lock",
            Step::CreateSecret,
            PLAN,
            stored(true),
            Next::LetGo,
        ),
        Row(
            "and then the wait begins",
            Step::CreateSecret,
            PLAN,
            stored(false),
            Next::Wait,
        ),
        Row(
            "under the lock, I am current still",
            Step::FinishSecret,
            AFTER_FINISH,
            settling(Standing::Current, Id::ME, Vec::new()),
            Next::Retire(Who::Previous),
        ),
        Row(
            "under the lock, AWSCURRENT has left me",
            Step::FinishSecret,
            AFTER_FINISH,
            settling(Standing::Unstaged, ORPHAN, Vec::new()),
            Next::Done,
        ),
        Row(
            "an answer that shows AWSCURRENT where it was before it moved to me is older than that",
            Step::FinishSecret,
            AFTER_FINISH,
            settling(Standing::Pending, CURRENT, Vec::new()),
            Next::Patience,
        ),
        Row(
            "the administrator issues nothing for whom nobody has proven to be",
            Step::CreateSecret,
            ISSUES,
            issuing(Answer::Rejected),
            Next::Refuse(Why::Unproven),
        ),
        Row(
            "unless the function serves this secret alone",
            Step::CreateSecret,
            Plan {
                alone: true,
                ..ISSUES
            },
            issuing(Answer::Rejected),
            Next::Generate,
        ),
    ]
}

#[test]
fn each_view_has_its_next() {
    for Row(what, step, plan, view, expected) in rows() {
        assert_eq!(decide(step, plan, &view), [expected], "{what}");
    }
}
