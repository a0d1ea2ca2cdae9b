//! createSecret.

use super::*;

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

/// As [`issuing`], after AWSCURRENT was accepted, beside what an earlier rotation left and, once that was read, after these answers.
fn beside(age: Age, answers: impl IntoIterator<Item = Answered>) -> View {
    let issuing = issuing(Answer::Accepted);
    let labels = issuing.labels.clone().map(|labels| Labels {
        orphans: vec![ORPHAN],
        age,
        ..labels
    });
    learned(View { labels, ..issuing }, answers)
}

/// As [`issuing`] for two users who take turns, after AWSCURRENT was refused, beside what was left for the other one.
fn beside_the_other_user() -> View {
    let current = seen(CURRENT);
    let value = current.value.map(|value| Value {
        succession: Succession::Alternate,
        ..value
    });
    let other = Answered::Orphans(vec![(ORPHAN, Some(of_another_user(ORPHAN)))]);
    View {
        current: Reading::Seen(Seen { value, ..current }),
        current_answer: Some(Answer::Rejected),
        ..beside(Age::OldEnough, [other])
    }
}

/// createSecret, done but for AWSPREVIOUS' mark.
fn tidying(labels: Labels) -> View {
    View {
        labels: Some(Labels {
            previous_marked: true,
            ..labels
        }),
        ..read()
    }
}

#[test]
fn each_view_has_its_next() {
    check(&[
        Row(
            "a value of a version that no label shows is not marked",
            Step::CreateSecret,
            PLAN,
            lost(),
            &[Next::Refuse(Why::Unstaged)],
        ),
        Row(
            "what was issued for it is ended first",
            Step::CreateSecret,
            ISSUES,
            lost(),
            &[Next::Discard],
        ),
        Row(
            "nobody waits with the target's lock",
            Step::CreateSecret,
            PLAN,
            stored(true),
            &[Next::LetGo],
        ),
        Row(
            "and then the wait begins",
            Step::CreateSecret,
            PLAN,
            stored(false),
            &[Next::Wait],
        ),
        Row(
            "the administrator issues nothing for whom nobody has proven to be",
            Step::CreateSecret,
            ISSUES,
            issuing(Answer::Rejected),
            &[Next::Refuse(Why::Unproven)],
        ),
        Row(
            "unless the function serves this secret alone",
            Step::CreateSecret,
            Plan {
                alone: true,
                ..ISSUES
            },
            issuing(Answer::Rejected),
            &[Next::Generate],
        ),
        Row(
            "one of two users vouches for both",
            Step::CreateSecret,
            ISSUES,
            beside_the_other_user(),
            &[Next::Open(Who::Orphan(ORPHAN))],
        ),
        Row(
            "what was issued and not marked is marked",
            Step::CreateSecret,
            ISSUES,
            View {
                pending: Reading::Seen(seen(Id::ME)),
                ..issuing(Answer::Accepted)
            },
            &[Next::Mark(Who::Pending)],
        ),
        Row(
            "an orphan is read before there is one credential more",
            Step::CreateSecret,
            ISSUES,
            beside(Age::OldEnough, []),
            &[Next::ReadOrphans],
        ),
        Row(
            "unless its rotation may still run",
            Step::CreateSecret,
            ISSUES,
            beside(Age::Fits, []),
            &[Next::Generate],
        ),
        Row(
            "it is ended under the lock",
            Step::CreateSecret,
            ISSUES,
            beside(Age::OldEnough, [orphan(ORPHAN)]),
            &[Next::Lock],
        ),
        Row(
            "and once",
            Step::CreateSecret,
            ISSUES,
            beside(
                Age::OldEnough,
                [orphan(ORPHAN), Answered::Retired(Who::Orphan(ORPHAN))],
            ),
            &[Next::Generate],
        ),
        Row(
            "AWSPREVIOUS is ended before its mark is taken off",
            Step::CreateSecret,
            PLAN,
            tidying(labels()),
            &[Next::Open(Who::Current)],
        ),
        Row(
            "its mark stays while AWSCURRENT is refused",
            Step::CreateSecret,
            PLAN,
            View {
                current_answer: Some(Answer::Rejected),
                ..tidying(labels())
            },
            &[Next::Done],
        ),
        Row(
            "also if AWSPREVIOUS holds the same credential",
            Step::CreateSecret,
            PLAN,
            View {
                current_answer: Some(Answer::Rejected),
                previous: Some((OLD, Reading::Seen(of_current(OLD)))),
                ..tidying(labels())
            },
            &[Next::Done],
        ),
        Row(
            "and where AWSCURRENT has moved",
            Step::CreateSecret,
            PLAN,
            tidying(Labels {
                current: Some(ORPHAN),
                ..labels()
            }),
            &[Next::Done],
        ),
        Row(
            "and where the rotator cannot use AWSCURRENT",
            Step::CreateSecret,
            PLAN,
            View {
                current: Reading::Seen(unusable(CURRENT)),
                ..tidying(labels())
            },
            &[Next::Done],
        ),
    ]);
}
