//! testSecret.

use super::*;

/// Two users who take turns, and this credential of AWSCURRENT's user under AWSPENDING.
fn of_the_same_user(credential: u16, marked: bool) -> View {
    let value = seen(CURRENT).value.map(|value| Value {
        credential,
        succession: Succession::Alternate,
        ..value
    });
    View {
        pending: Reading::Seen(Seen {
            value,
            marked,
            ..seen(Id::ME)
        }),
        ..read()
    }
}

#[test]
fn each_view_has_its_next() {
    check(&[
        Row(
            "a copy of AWSCURRENT, without a mark, tests the configuration",
            Step::TestSecret,
            PLAN,
            of_the_same_user(CURRENT.0, false),
            &[Next::Open(Who::Current)],
        ),
        Row(
            "a copy with a mark is a rotation's",
            Step::TestSecret,
            PLAN,
            of_the_same_user(CURRENT.0, true),
            &[Next::Refuse(Why::Misfit)],
        ),
        Row(
            "another credential is no copy",
            Step::TestSecret,
            PLAN,
            of_the_same_user(Id::ME.0, false),
            &[Next::Refuse(Why::Misfit)],
        ),
    ]);
}
