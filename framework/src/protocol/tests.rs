//! Single decisions that no run over a target in memory would come to.

use super::*;

const PLAN: Plan = Plan {
    retire: RetirePolicy::NextRotation,
    eager: false,
    issues: false,
};
const AFTER_FINISH: Plan = Plan {
    retire: RetirePolicy::AfterFinish,
    ..PLAN
};
const EAGER: Plan = Plan {
    eager: true,
    ..AFTER_FINISH
};
const LABELS: Labels = Labels {
    standing: Standing::Pending,
    shown: true,
    marked: true,
    current_read: true,
    previous: true,
    previous_marked: false,
    orphans: 0,
};

/// Everything that a step reads.
fn read() -> View {
    View {
        labels: Some(LABELS),
        pending: Reading::Value { mine: false },
        current: Reading::Value { mine: false },
        succession: Some(Succession::Coexist),
        ..View::default()
    }
}

/// createSecret of a version that no label shows, whose value somebody else has just stored.
fn lost() -> View {
    let labels = Labels {
        marked: false,
        shown: false,
        previous: false,
        ..LABELS
    };
    View {
        labels: Some(labels),
        pending: Reading::Missing,
        generated: true,
        put: Some(Put::Lost),
        ..read()
    }
}

/// createSecret, done but for the wait for an earlier rotation, after AWSPREVIOUS was retired.
fn stored(locked: bool) -> View {
    View {
        labels: Some(Labels {
            orphans: 1,
            ..LABELS
        }),
        retired: true,
        locked,
        ..read()
    }
}

/// As [`read`], and AWSCURRENT just moved to me.
fn promoted() -> View {
    let mut view = read();
    view.after_open(Who::Pending, Answer::Accepted);
    view.after_promote(Swap::Moved);
    view
}

/// As [`promoted`], and under the lock, the labels show me so.
fn settling(standing: Standing) -> View {
    let mut view = promoted();
    view.after_lock();
    view.labels = Some(Labels { standing, ..LABELS });
    view
}

struct Row(&'static str, Step, Plan, View, Next);

fn rows() -> Vec<Row> {
    let mut healed = read();
    healed.orphans = Some(vec![Orphan::default()]);
    healed.after_open(Who::Current, Answer::Rejected);
    healed.after_open(Who::Pending, Answer::Rejected);
    healed.after_open(Who::Orphan(0), Answer::Accepted);
    healed.after_lock();
    healed.after_write();
    healed.proven = Some(Answer::Accepted);
    healed.labels = Some(LABELS);
    healed.after_promote(Swap::Moved);
    vec![
        Row(
            "what refused my credential before it was set takes it now",
            Step::SetSecret,
            EAGER,
            healed,
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
            Plan {
                issues: true,
                ..PLAN
            },
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
            settling(Standing::Current),
            Next::Retire(Who::Previous),
        ),
        Row(
            "under the lock, AWSCURRENT has left me",
            Step::FinishSecret,
            AFTER_FINISH,
            settling(Standing::Unstaged),
            Next::Done,
        ),
    ]
}

#[test]
fn each_view_has_its_next() {
    for Row(what, step, plan, view, expected) in rows() {
        assert_eq!(decide(step, plan, &view), [expected], "{what}");
    }
}
