//! Variables of the function.

use crate::row::Edit::{TimeOut, Variable};
use crate::row::Ours::{Refuses, Rotates};
use crate::row::{ALL, Row, Theirs};

pub(super) const ROWS: &[Row] = &[
    Row(
        ALL,
        &[
            &[Variable("EXCLUDE_CHARACTERS", "")],
            &[Variable("EXCLUDE_CHARACTERS", ":/@\"'\\$")],
            &[Variable("PASSWORD_LENGTH", "20")],
            &[Variable("PASSWORD_LENGTH", "60")],
            &[Variable("EXCLUDE_PUNCTUATION", "YES")],
            &[
                Variable("EXCLUDE_NUMBERS", "True"),
                Variable("EXCLUDE_UPPERCASE", "y"),
            ],
            &[
                Variable("EXCLUDE_LOWERCASE", "1"),
                Variable("EXCLUDE_NUMBERS", "no"),
            ],
            &[Variable("REQUIRE_EACH_INCLUDED_TYPE", "0")],
            &[Variable(
                "SECRETS_MANAGER_ENDPOINT",
                "https://secretsmanager.us-east-1.amazonaws.com",
            )],
        ],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        ALL,
        &[&[Variable("PASSWORD_LENGTH", "")]],
        Theirs::Fails,
        Rotates,
        "",
    ),
    Row(
        ALL,
        &[
            &[Variable("PASSWORD_LENGTH", "8")],
            &[Variable("PASSWORD_LENGTH", "9")],
            &[
                Variable("PASSWORD_LENGTH", "16"),
                Variable("EXCLUDE_PUNCTUATION", "true"),
                Variable("EXCLUDE_LOWERCASE", "true"),
                Variable("EXCLUDE_UPPERCASE", "true"),
            ],
        ],
        Theirs::Rotates,
        Refuses("below the floor of 64 bits"),
        "weak-passwords",
    ),
    Row(
        ALL,
        &[&[Variable("PASSWORD_LENGTH", " 32 ")]],
        Theirs::Rotates,
        Refuses("PASSWORD_LENGTH must be 1-4096"),
        "variables",
    ),
    Row(
        ALL,
        &[
            &[Variable("PASSWORD_LENGTH", "long")],
            &[Variable("PASSWORD_LENGTH", "0")],
            &[Variable("PASSWORD_LENGTH", "5000")],
        ],
        Theirs::Fails,
        Refuses("PASSWORD_LENGTH must be 1-4096"),
        "",
    ),
    Row(
        ALL,
        &[
            &[Variable("EXCLUDE_PUNCTUATION", "on")],
            &[Variable("EXCLUDE_PUNCTUATION", "off")],
            &[Variable("EXCLUDE_NUMBERS", "t")],
            &[Variable("EXCLUDE_NUMBERS", "null")],
            &[Variable("EXCLUDE_NUMBERS", " true")],
            &[Variable("REQUIRE_EACH_INCLUDED_TYPE", "on")],
        ],
        Theirs::Rotates,
        Refuses("must be true/1/y/yes or false/0/n/no"),
        "variables",
    ),
    Row(
        ALL,
        &[&[
            Variable("EXCLUDE_NUMBERS", "true"),
            Variable("EXCLUDE_PUNCTUATION", "true"),
            Variable("EXCLUDE_LOWERCASE", "true"),
            Variable("EXCLUDE_UPPERCASE", "true"),
        ]],
        Theirs::Fails,
        Refuses("no characters left"),
        "",
    ),
    Row(ALL, &[&[TimeOut(6)]], Theirs::Rotates, Rotates, ""),
    Row(
        ALL,
        &[&[TimeOut(3)]],
        Theirs::Rotates,
        Refuses("raise the function's time-out to 30 s or more"),
        "time-out",
    ),
];
