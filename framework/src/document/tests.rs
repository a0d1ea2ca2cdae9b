//! What is read, what a patch changes, and what is said of a bad value.

use std::collections::HashMap;

use serde::Deserialize;

use super::*;

#[derive(Serialize, Deserialize)]
struct Login {
    username: String,
    password: Secret,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

fn login(password: &str) -> Login {
    Login {
        username: "app".into(),
        password: Secret::new(password),
        note: None,
    }
}

#[test]
fn everything_but_the_change_survives_byte_for_byte() {
    let text = "{ \"port\": \"3306\",\n\t\"password\" :\"old\", \"x\": {\"b\":1.50,\"a\":[\"\\u00e9\"]}, \"username\":\"app\"}";
    let patched = Document::new(text)
        .patch(&login("old"), &login("n\"ew"))
        .expect("fits");
    assert_eq!(patched.expose(), text.replace("\"old\"", "\"n\\\"ew\""));
}

#[test]
fn a_new_key_is_added_at_the_end() {
    let new = Login {
        note: Some("n".into()),
        ..login("old")
    };
    for (text, expected) in [
        ("{\"a\":1}", "{\"a\":1, \"note\": \"n\"}"),
        ("{\n  \"a\": 1\n}\n", "{\n  \"a\": 1, \"note\": \"n\"\n}\n"),
        ("{ }", "{\"note\": \"n\" }"),
    ] {
        let patched = Document::new(text).patch(&login("old"), &new);
        assert_eq!(patched.expect("fits").expose(), expected);
    }
}

#[test]
fn an_absent_key_stays_absent() {
    #[derive(Serialize)]
    struct Account {
        team: Option<&'static str>,
    }
    let team = |team| Account { team };
    for (text, expected) in [
        ("{\"a\": 1}", "{\"a\": 1}"),
        ("{\"team\": \"x\"}", "{\"team\": null}"),
    ] {
        let patched = Document::new(text).patch(&team(Some("x")), &team(None));
        assert_eq!(patched.expect("fits").expose(), expected);
    }
}

#[test]
fn only_a_document_has_the_secrets_of_a_payload() {
    #[derive(Serialize)]
    #[serde(tag = "kind")]
    enum Account<'a> {
        Way {
            #[serde(flatten)]
            login: Login,
            jump: HashMap<&'a str, Login>,
            all: (Secret, [Secret; 1]),
        },
    }
    let account = |password: &str| Account::Way {
        login: login(password),
        jump: HashMap::from([("bastion", login(password))]),
        all: (Secret::new(password), [Secret::new(password)]),
    };
    assert!(serde_json::to_string(&account("old")).is_err());
    let old = Document::of(&account("old")).expect("JSON");
    let new = old.patch(&account("old"), &account("new")).expect("fits");
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    assert_eq!(
        read(new.expose()),
        read(&old.expose().replace("old", "new"))
    );
    assert_eq!(new.expose().matches("new").count(), 4);
}

#[test]
fn what_no_secret_can_hold_is_refused() {
    let patched = |bytes| {
        let mut text = "{\"password\":\"old\"}".to_owned();
        text.extend(std::iter::repeat_n(' ', bytes - text.len()));
        let patched = Document::new(text).patch(&login("old"), &login("new"));
        patched.map(|document| document.expose().len())
    };
    assert_eq!(patched(65_536), Ok(65_536));
    assert_eq!(patched(65_537), Err(DocumentError::TooLong(65_537)));
}

#[test]
fn problems_name_the_key_and_never_the_value() {
    let problem = |text: &str| Document::new(text).parse::<Login>().err();
    assert_eq!(problem("hunter2"), Some(DocumentError::NotObject));
    assert_eq!(problem("[]"), Some(DocumentError::NotObject));
    assert_eq!(problem("\u{feff}{}"), Some(DocumentError::ByteOrderMark));
    assert_eq!(
        problem("{\"username\":\"a\"}"),
        Some(DocumentError::Missing("password".into()))
    );
    assert_eq!(
        problem("{\"username\":7,\"password\":\"p\"}"),
        Some(DocumentError::Type("username".into()))
    );
    assert_eq!(
        problem("{\"a\":1,\"a\":2}"),
        Some(DocumentError::Duplicate("a".into()))
    );
    let control = "{\"a\\n\u{7f}\":1,\"a\\n\u{7f}\":2}";
    assert_eq!(
        problem(control),
        Some(DocumentError::Duplicate("a\\n\\u{7f}".into()))
    );
    assert_eq!(
        problem("{\"a\":"),
        Some(DocumentError::Syntax { line: 1, column: 5 })
    );
}

/// Serde does not say where it is, and its message may hold the value.
#[test]
fn a_value_deep_in_an_enum_is_a_matter_of_the_shape() {
    #[derive(Debug, Deserialize)]
    #[serde(tag = "kind", rename_all = "lowercase")]
    enum Account {
        Door {
            #[serde(rename = "code")]
            _code: u16,
        },
    }
    let odd = Document::new("{\"kind\":\"door\",\"code\":\"hunter2\"}");
    let said = odd.parse::<Account>().expect_err("no number").to_string();
    assert_eq!(
        said,
        "cannot be used: it does not have the shape that the rotator needs"
    );
}

#[test]
fn a_rule_names_its_key_unless_it_is_for_the_whole() {
    #[derive(Deserialize)]
    #[serde(try_from = "Login")]
    struct Odd;

    impl TryFrom<Login> for Odd {
        type Error = String;

        fn try_from(_: Login) -> Result<Self, String> {
            Err("must have another password".to_owned())
        }
    }
    let whole = "{\"username\":\"a\",\"password\":\"p\"}";
    let rule = "must have another password".to_owned();
    assert_eq!(
        Document::new(whole).parse::<Odd>().err(),
        Some(DocumentError::Whole(rule.clone()))
    );
    let nested = Document::new(format!("{{\"login\":{whole}}}"));
    let key = "login".to_owned();
    assert_eq!(
        nested.parse::<HashMap<String, Odd>>().err(),
        Some(DocumentError::Rule { key, rule })
    );
}
