use serde_json::json;

use super::*;

fn says(statements: &Value, request: &Request) -> Decision {
    decide(statements.as_array().expect("a list"), request)
}

#[test]
fn patterns() {
    for (pattern, text, expected) in [
        ("*", "", true),
        ("a*c", "abbc", true),
        ("a*c", "abbcd", false),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("*b*b", "abab", true),
        ("abc", "abcd", false),
        ("", "a", false),
    ] {
        assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
    }
    assert!(arn_fits(
        "arn:aws:lambda:*:1:function:f",
        "arn:aws:lambda:r:1:function:f"
    ));
    assert!(!arn_fits(
        "arn:aws:*:function:f",
        "arn:aws:lambda:r:1:function:f"
    ));
}

#[test]
fn an_explicit_deny_wins_wherever_it_stands() {
    let allow = json!({"Effect": "Allow", "Action": "s:*", "Resource": "*"});
    let deny = json!({"Effect": "Deny", "Action": ["s:Put"], "Resource": "a*"});
    let request = Request::new("s:Put", "abc");
    for both in [json!([allow, deny]), json!([deny, allow])] {
        assert_eq!(says(&both, &request), Decision::Denied);
        assert_eq!(says(&both, &Request::new("s:Put", "b")), Decision::Allowed);
    }
    assert_eq!(says(&json!([]), &request), Decision::NotAllowed);
    assert_eq!(
        says(&json!([deny]), &Request::new("s:Get", "abc")),
        Decision::NotAllowed
    );
}

#[test]
fn actions_have_no_case_and_resources_have() {
    let allow = json!([{"Effect": "Allow", "Action": "s:getvalue", "Resource": "Abc"}]);
    assert_eq!(
        says(&allow, &Request::new("S:GetValue", "Abc")),
        Decision::Allowed
    );
    assert_eq!(
        says(&allow, &Request::new("s:GetValue", "abc")),
        Decision::NotAllowed
    );
}

#[test]
fn not_action_and_not_resource() {
    let deny = json!([{"Effect": "Deny", "NotAction": "s:Get", "NotResource": "a"}]);
    assert_eq!(says(&deny, &Request::new("s:Put", "b")), Decision::Denied);
    assert_eq!(
        says(&deny, &Request::new("s:Get", "b")),
        Decision::NotAllowed
    );
    assert_eq!(
        says(&deny, &Request::new("s:Put", "a")),
        Decision::NotAllowed
    );
}

/// Whether a statement with this condition allows a request with these keys.
fn allowed(condition: Value, keys: &[(&str, &[&str])]) -> bool {
    let allow =
        json!([{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}]);
    let request = keys
        .iter()
        .fold(Request::new("s:Get", "x"), |request, (key, values)| {
            request.with_all(key, values)
        });
    says(&allow, &request) == Decision::Allowed
}

#[test]
fn conditions_and_missing_keys() {
    let equals = || json!({"StringEquals": {"k": ["a", "b"]}});
    assert!(allowed(equals(), &[("K", &["b"])]));
    assert!(!allowed(equals(), &[("k", &["c"])]));
    assert!(!allowed(equals(), &[]));
    let both = || json!({"StringEquals": {"k": "a"}, "StringLike": {"l": "x*"}});
    assert!(allowed(both(), &[("k", &["a"]), ("l", &["xy"])]));
    assert!(!allowed(both(), &[("k", &["a"]), ("l", &["y"])]));
    let not = || json!({"StringNotEquals": {"k": ["a", "b"]}});
    assert!(allowed(not(), &[]), "a missing key is not equal");
    assert!(allowed(not(), &[("k", &["c"])]));
    assert!(!allowed(not(), &[("k", &["b"])]));
    let if_exists = || json!({"StringEqualsIfExists": {"k": "a"}});
    assert!(allowed(if_exists(), &[]));
    assert!(!allowed(if_exists(), &[("k", &["b"])]));
}

#[test]
fn null_any_value_and_variables() {
    let missing = || json!({"Null": {"k": "true"}});
    assert!(allowed(missing(), &[]));
    assert!(!allowed(missing(), &[("k", &["a"])]));
    let any = || json!({"ForAnyValue:StringEquals": {"k": "a"}});
    assert!(allowed(any(), &[("k", &["b", "a"])]));
    assert!(!allowed(any(), &[("k", &["b", "c"])]));
    assert!(!allowed(any(), &[]));
    let variable = || json!({"StringEquals": {"r": "${p}"}});
    assert!(allowed(variable(), &[("r", &["red"]), ("p", &["red"])]));
    assert!(!allowed(variable(), &[("r", &["red"]), ("p", &["blue"])]));
    assert!(
        !allowed(variable(), &[("r", &["red"])]),
        "no value fits nothing"
    );
    let any_case = || json!({"ForAnyValue:StringEqualsIgnoreCase": {"k": "Team"}});
    assert!(allowed(any_case(), &[("k", &["a", "TEAM"])]));
    assert!(!allowed(any_case(), &[("k", &["a", "Teams"])]));
}

#[test]
fn resources_hold_variables() {
    let allow = json!([{"Effect": "Allow", "Action": "*", "Resource": "s:${p}/*"}]);
    let by = |team: &str| says(&allow, &Request::new("s:Get", "s:red/x").with("p", team));
    assert_eq!(by("red"), Decision::Allowed);
    assert_eq!(by("blue"), Decision::NotAllowed);
    let nobody = Request::new("s:Get", "s:red/x");
    assert_eq!(says(&allow, &nobody), Decision::NotAllowed);
    let deny = json!([{"Effect": "Deny", "Action": "*", "NotResource": "s:${p}/*"}]);
    assert_eq!(says(&deny, &nobody), Decision::NotAllowed, "nor a deny");
    let blue = nobody.with("p", "blue");
    assert_eq!(says(&deny, &blue), Decision::Denied);
}

#[test]
fn principals() {
    let allow = json!([{"Effect": "Allow", "Action": "*", "Resource": "*",
        "Principal": {"AWS": ["arn:aws:iam::1:root", "arn:aws:iam::2:role/r"], "Service": "x.com"}}]);
    let by = |key: &str, who: &str| says(&allow, &Request::new("s:Get", "x").with(key, who));
    assert_eq!(
        by("aws:PrincipalArn", "arn:aws:iam::1:role/any"),
        Decision::Allowed
    );
    assert_eq!(
        by("aws:PrincipalArn", "arn:aws:iam::2:role/r"),
        Decision::Allowed
    );
    assert_eq!(
        by("aws:PrincipalArn", "arn:aws:iam::2:role/other"),
        Decision::NotAllowed
    );
    assert_eq!(by("aws:PrincipalService", "x.com"), Decision::Allowed);
    assert_eq!(
        says(&allow, &Request::new("s:Get", "x")),
        Decision::NotAllowed
    );
}

#[test]
#[should_panic(expected = "NumericEquals is not known here")]
fn an_unknown_operator_is_an_error_even_where_its_key_is_missing() {
    allowed(json!({"NumericEquals": {"k": "1"}}), &[]);
}

#[test]
#[should_panic(expected = "Actions is not known here")]
fn an_unknown_member_is_an_error() {
    says(
        &json!([{"Effect": "Allow", "Actions": "*"}]),
        &Request::new("s:Get", "x"),
    );
}
