//! The judging alone, of answers as AWS's pages have them.

mod network;

use super::function::Seen;
use super::policy::{Invocation, OfKey, Policies, invocation, statements};
use super::role::{ADMINISTRATOR, KEY, LOG, NETWORK, RANDOM, Right, SECRET};
use super::*;
use crate::aws::around::role::Answered;
use crate::error::StoreErrorKind;

const FUNCTION: &str = "arn:aws:lambda:eu-central-1:123456789012:function:rotation-postgres";
const ROLE: &str = "arn:aws:iam::123456789012:role/service-role/rotates";
const ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-4fT1Wq";

fn subject() -> Subject<'static> {
    Subject {
        secret: ARN,
        function: FUNCTION,
        key: None,
        tags: &[],
        administrator: None,
        port: Some(5432),
    }
}

fn denied<T>(operation: &'static str) -> Result<T, StoreError> {
    Err(StoreError {
        operation,
        kind: StoreErrorKind::Denied,
        message: "not allowed".into(),
    })
}

fn answered(action: &str, decision: &str) -> Answered {
    Answered {
        action: action.into(),
        decision: decision.into(),
        ..Answered::default()
    }
}

/// What is said of the role if IAM answers so for the secret.
fn judged(answer: Answered, policies: &Policies) -> Around {
    let mut around = Around::default();
    let right = Right {
        actions: SECRET,
        resource: ARN.into(),
        stops: true,
        answer: Ok(vec![answer]),
    };
    around.rights(&subject(), ROLE, vec![right], policies);
    around
}

/// The rights that are asked for are those that template.yaml gives.
#[test]
fn the_rights_are_those_of_the_template() {
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml");
    let template = std::fs::read_to_string(template).expect("template.yaml");
    for action in [SECRET, KEY, ADMINISTRATOR, RANDOM, NETWORK, LOG].concat() {
        assert!(template.contains(action), "{action}");
    }
}

#[test]
fn who_may_invoke_a_function() {
    let policy = |condition: &str, effect: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Id": "default", "Statement": [{{"Sid": "s", "Effect": "{effect}", "Principal": {{"Service": "secretsmanager.amazonaws.com"}}, "Action": "lambda:InvokeFunction", "Resource": "{FUNCTION}", "Condition": {condition}}}]}}"#
        )
    };
    let other = r#"{"StringEquals": {"AWS:SourceAccount": "999999999999"}}"#;
    for (condition, expected) in [
        ("{}", Invocation::Allowed),
        (
            r#"{"StringEquals": {"AWS:SourceAccount": "123456789012"}}"#,
            Invocation::Allowed,
        ),
        (
            r#"{"ArnLike": {"aws:SourceArn": ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/*"]}}"#,
            Invocation::Allowed,
        ),
        (
            other,
            Invocation::Elsewhere("StringEquals AWS:SourceAccount 999999999999".into()),
        ),
        (
            r#"{"ArnLike": {"aws:SourceArn": "arn:aws:secretsmanager:*:*:secret:test/*"}}"#,
            Invocation::Elsewhere(
                "ArnLike aws:SourceArn arn:aws:secretsmanager:*:*:secret:test/*".into(),
            ),
        ),
        (
            r#"{"StringEquals": {"aws:SourceOrgID": "o-1"}}"#,
            Invocation::Unclear("StringEquals aws:SourceOrgID o-1".into()),
        ),
    ] {
        assert_eq!(invocation(&policy(condition, "Allow"), ARN), expected);
    }
    assert_eq!(invocation(&policy("{}", "Deny"), ARN), Invocation::Denied);
    assert_eq!(invocation(&policy(other, "Deny"), ARN), Invocation::Missing);
    assert_eq!(invocation("{}", ARN), Invocation::Missing);
}

#[test]
fn what_lambda_says_of_a_function_that_is_not_ready() {
    for (state, update, culprits, words) in [
        (
            "Failed",
            "Successful",
            1,
            "Lambda cannot run it (no subnet)",
        ),
        ("Pending", "InProgress", 1, "wait function-active-v2"),
        ("Inactive", "Successful", 1, "idle for so long"),
        ("Active", "Failed", 1, "its last change failed"),
        ("Active", "Successful", 0, ""),
    ] {
        let configuration = Configuration {
            runtime: "python3.12".into(),
            timeout: 30,
            state: state.into(),
            state_reason: "no subnet".into(),
            last_update_status: update.into(),
            ..Configuration::default()
        };
        let seen = Seen {
            configuration: Ok(Some(configuration)),
            policy: denied("GetPolicy"),
            reserved: denied("GetFunctionConcurrency"),
        };
        let mut around = Around::default();
        around.function(&subject(), seen, &[]);
        assert_eq!(
            around.faults.len(),
            culprits,
            "{state}: {:?}",
            around.faults
        );
        let all: Vec<String> = around.faults.iter().map(Fault::line).collect();
        assert!(all.concat().contains(words), "{all:?}");
        assert_eq!(around.unknown.len(), 2, "{:?}", around.unknown);
    }
}

#[test]
fn what_keeps_a_role_from_something() {
    let put = SECRET[2];
    let none = Policies::new(None, None);
    let plain = judged(answered(put, "implicitDeny"), &none);
    assert_eq!(plain.faults[0].culprit, ROLE);
    assert!(
        plain.faults[0]
            .fix
            .contains("put-role-policy --role-name rotates "),
        "{:?}",
        plain.faults
    );
    let by_boundary = Answered {
        by_boundary: true,
        ..answered(put, "implicitDeny")
    };
    assert!(
        judged(by_boundary, &none).faults[0]
            .says
            .contains("permissions boundary")
    );
    let by_organization = Answered {
        by_organization: true,
        ..answered(put, "explicitDeny")
    };
    assert!(
        judged(by_organization, &none).faults[0]
            .says
            .contains("organization")
    );
    let unclear = Answered {
        missing: vec!["aws:SourceVpc".into()],
        ..answered(put, "implicitDeny")
    };
    let unclear = judged(unclear, &none);
    assert!(
        unclear.faults.is_empty() && unclear.unknown[0].contains("aws:SourceVpc"),
        "{unclear:?}"
    );
    // In one account, it is enough that the secret's own policy names the role.
    let allow = format!(
        r#"{{"Statement": [{{"Effect": "Allow", "Principal": {{"AWS": "{ROLE}"}}, "Action": "secretsmanager:*", "Resource": "*"}}]}}"#
    );
    let allows = Policies::new(Some(allow.clone()), None);
    assert!(
        judged(answered(put, "implicitDeny"), &allows)
            .faults
            .is_empty()
    );
    assert_eq!(
        judged(answered(put, "explicitDeny"), &allows).faults.len(),
        1
    );
    let account = Policies::new(
        Some(allow.replace(ROLE, "arn:aws:iam::123456789012:root")),
        None,
    );
    assert_eq!(
        judged(answered(put, "implicitDeny"), &account).faults.len(),
        1
    );
}

#[test]
fn a_secret_that_denies_on_a_condition_is_not_judged() {
    let policy = |condition: &str, principal: &str| {
        let policy = format!(
            r#"{{"Statement": [{{"Effect": "Deny", "Principal": {principal}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {condition}}}]}}"#
        );
        let mut around = Around::default();
        around.denied(&subject(), ROLE, &Policies::new(Some(policy), None));
        (around.faults.len(), around.unknown)
    };
    assert_eq!(policy("{}", r#"{"AWS": "*"}"#).0, 1);
    assert_eq!(
        policy("{}", r#"{"AWS": "arn:aws:iam::123456789012:role/other"}"#),
        (0, Vec::new())
    );
    let (faults, unknown) = policy(
        r#"{"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}"#,
        "\"*\"",
    );
    assert!(
        faults == 0
            && unknown[0].contains("on the condition StringNotEquals aws:SourceVpce vpce-1"),
        "{unknown:?}"
    );
}

#[test]
fn a_key_whose_policy_denies_the_role() {
    let policy = format!(
        r#"{{"Statement": [{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::123456789012:root"}}, "Action": "kms:*", "Resource": "*"}}, {{"Effect": "Deny", "Principal": {{"AWS": ["{ROLE}"]}}, "Action": "kms:Decrypt", "Resource": "*"}}]}}"#
    );
    let key = OfKey {
        arn: "arn:aws:kms:eu-central-1:123456789012:key/1".into(),
        policy: Some(statements(&policy)),
    };
    let mut around = Around::default();
    around.rights(
        &subject(),
        ROLE,
        Vec::new(),
        &Policies::new(None, Some(key)),
    );
    assert_eq!(around.faults.len(), 1, "{:?}", around.faults);
    assert!(around.faults[0].says.ends_with(
        "denies the role arn:aws:iam::123456789012:role/service-role/rotates kms:Decrypt"
    ));
}

#[test]
fn ports_of_targets() {
    for (target, expected) in [
        ("db.example:5432", Some(5432)),
        ("db.example:5432/app", Some(5432)),
        ("https://api.example", None),
        ("[::1]:22", Some(22)),
        ("[::1]", None),
        ("db", None),
    ] {
        assert_eq!(port(target), expected, "{target}");
    }
}
