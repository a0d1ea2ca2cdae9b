//! The JSON as a whole, and the other versions.

use crate::row::Edit::{Json, Pending, Previous, Text, TwoUsers, Whole, Without};
use crate::row::Ours::{Refuses, Rotates};
use crate::row::{ALL, Row, Theirs};

pub(super) const ROWS: &[Row] = &[
    // Other keys, their order and all between them: theirs writes the JSON anew.
    Row(
        ALL,
        &[
            &[
                Text("dbInstanceIdentifier", "db-1"),
                Text("dbClusterIdentifier", "c"),
            ],
            &[Json("owner", r#"{"team": ["a", {"b": 1.5}], "on": null}"#)],
            &[Text(
                "note",
                "\u{dc}n\u{ee}c\u{f6}d\u{e9} \u{1f511} \" \\ / \n",
            )],
            &[Json("password_changed_by", "null"), Json("", "7")],
        ],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        ALL,
        &[
            &[Whole(
                "{\"password\": \"{password}\", \"x\": {\"b\":1.50,\"a\":[\"\\u00e9\"]},\n\t\"port\" :\"{port}\", \"username\": \"{user}\", \"host\":\"{host}\",\r\n \"engine\":\"{engine}\"}\n",
            )],
            &[Whole(
                "{\"\\u0065ngine\":\"{engine}\",\"host\":\"\\u006cocalhost\",\"port\":{port},\"username\": \"{user}\", \"password\": \"{password}\"}",
            )],
        ],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    // The last one counts with theirs.
    Row(
        ALL,
        &[
            &[Whole(
                "{\"engine\":\"{engine}\",\"host\":\"{host}\",\"port\":{port},\"username\":\"{user}\",\"password\":\"old\",\"password\":\"{password}\"}",
            )],
            &[Whole(
                "{\"engine\":\"{engine}\",\"host\":\"{host}\",\"port\":{port},\"username\":\"{user}\",\"password\":\"{password}\",\"note\":1,\"note\":1}",
            )],
        ],
        Theirs::Rotates,
        Refuses("twice. Programs differ in which of the two"),
        "doubled-keys",
    ),
    // No JSON by the standard; Python's reader takes it.
    Row(
        ALL,
        &[&[Whole(
            "{\"engine\":\"{engine}\",\"host\":\"{host}\",\"port\":{port},\"username\":\"{user}\",\"password\":\"{password}\",\"ratio\":NaN}",
        )]],
        Theirs::Rotates,
        Refuses("is not valid JSON (line 1"),
        "nan",
    ),
    Row(
        ALL,
        &[
            &[Whole("{password}")],
            &[Whole("[]")],
            &[Whole("\"{\\\"engine\\\": \\\"postgres\\\"}\"")],
        ],
        Theirs::Fails,
        Refuses("is not a JSON object"),
        "",
    ),
    Row(
        ALL,
        &[
            &[Whole("{\"engine\": \"postgres\",}")],
            &[Whole("{'engine': 'postgres'}")],
        ],
        Theirs::Fails,
        Refuses("is not valid JSON (line 1"),
        "",
    ),
    Row(
        ALL,
        &[&[Whole("\u{feff}{\"engine\": \"postgres\"}")]],
        Theirs::Fails,
        Refuses("begins with a byte order mark"),
        "",
    ),
    Row(
        ALL,
        &[&[Without("username")]],
        Theirs::Fails,
        Refuses("lacks the key username"),
        "",
    ),
    Row(
        ALL,
        &[&[Without("password")]],
        Theirs::Fails,
        Refuses("lacks the key password"),
        "",
    ),
    // AWSPENDING, edited while the rotation runs.
    Row(
        ALL,
        &[
            &[Pending("username", "somebody")],
            &[Pending("host", "127.0.0.1")],
        ],
        Theirs::Fails,
        Refuses("AWSPENDING is for"),
        "",
    ),
    // AWSPREVIOUS
    Row(
        ALL,
        &[&[Previous("{\"username\": \"{user}\"}")]],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        ALL,
        &[&[Previous("old password")]],
        Theirs::Fails,
        Rotates,
        "",
    ),
    Row(
        ALL,
        &[&[
            Text("password", "mistyped"),
            Previous(
                "{\"engine\":\"{engine}\",\"host\":\"{host}\",\"port\":{port},\"username\":\"{user}\",\"password\":\"{password}\"}",
            ),
        ]],
        Theirs::Rotates,
        Rotates,
        "",
    ),
    Row(
        ALL,
        &[
            &[Text("password", "mistyped")],
            &[TwoUsers, Text("password", "mistyped")],
        ],
        Theirs::Fails,
        Refuses("refuses the password"),
        "",
    ),
];
