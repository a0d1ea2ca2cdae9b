//! What another account may do with a secret and its key, by the policies of the secret and the key. Its own account has to
//! allow the same.

use std::collections::BTreeSet;

use rotation_tests::deploy::policy::{Decision, Request, decide, texts};
use rotation_tests::deploy::{Stack, statements};
use serde_json::Value;

use super::examples::{CROSS_ACCOUNT, FLEET, PARTNER, THEIR_ROLE, made};
use super::{FUNCTION, LINKED, SECRET, with_key};

const STRANGER: &str = "arn:aws:iam::444455556666:role/other";
const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/Key";

/// The statements that meet those of another account.
fn policies(stack: &Stack) -> Vec<Value> {
    let access = stack.resource("Access")["Properties"]["ResourcePolicy"].clone();
    let key = stack.resource("Key")["Properties"]["KeyPolicy"].clone();
    [statements(&access), statements(&key)].concat()
}

fn secret(action: &str) -> Request {
    Request::new(&format!("secretsmanager:{action}"), &format!("{SECRET}:x"))
}

fn read(labels: &[&str]) -> Request {
    secret("GetSecretValue").with_all("secretsmanager:VersionStage", labels)
}

/// On the key, for a secret of this name, through a service.
fn key(action: &str, secret: &str, service: &str) -> Request {
    let secret = format!("{SECRET}:{secret}-AbCdEf");
    with_key(action, KEY, &secret, service)
}

/// Each allowed for the role, no other action at all, and nothing for anybody else of its account.
fn check(stack: &Stack, role: &str, allowed: Vec<Request>, not: Vec<Request>) {
    let statements = policies(stack);
    let named = statements
        .iter()
        .filter(|it| it["Principal"]["AWS"] == role);
    let named: BTreeSet<&str> = named.flat_map(|it| texts(&it["Action"])).collect();
    assert_eq!(named, allowed.iter().map(Request::action).collect());
    let by = |role: &str, request: Request| {
        let request = request.with("aws:PrincipalArn", role);
        (decide(&statements, &request), request)
    };
    for request in allowed {
        let (decision, asked) = by(role, request.clone());
        assert_eq!(decision, Decision::Allowed, "{asked:?}");
        let (decision, asked) = by(STRANGER, request);
        assert_eq!(decision, Decision::NotAllowed, "{asked:?}");
    }
    for request in not {
        let (decision, asked) = by(role, request);
        assert_eq!(decision, Decision::NotAllowed, "{asked:?}");
    }
}

fn others(actions: &[&str]) -> Vec<Request> {
    actions.iter().map(|action| secret(action)).collect()
}

#[test]
fn a_partner_reads_what_is_current_and_nothing_else() {
    let Some(stack) = made(FLEET) else {
        return;
    };
    let name = "stack/ssh";
    let allowed = vec![
        read(&["AWSCURRENT"]),
        // While finishSecret moves labels.
        read(&["AWSCURRENT", "AWSPENDING"]),
        key("Decrypt", name, "secretsmanager"),
    ];
    let mut not = others(&[
        "DescribeSecret",
        "PutSecretValue",
        "UpdateSecretVersionStage",
        "RotateSecret",
        "DeleteSecret",
        "PutResourcePolicy",
        "GetResourcePolicy",
    ]);
    not.extend([
        read(&["AWSPREVIOUS"]),
        read(&["AWSPENDING"]),
        secret("GetSecretValue"),
        key("GenerateDataKey", name, "secretsmanager"),
        key("Decrypt", "stack/sshd", "secretsmanager"),
        key("Decrypt", "other", "secretsmanager"),
        key("Decrypt", name, "s3"),
        Request::new("kms:Decrypt", KEY),
        Request::new("kms:PutKeyPolicy", KEY),
        Request::new("kms:CreateGrant", KEY),
    ]);
    check(&stack, PARTNER, allowed, not);
}

#[test]
fn the_role_of_a_function_elsewhere_rotates_and_does_nothing_else() {
    let Some(stack) = made(CROSS_ACCOUNT) else {
        return;
    };
    let name = "stack/db";
    let mut allowed = others(&[
        "DescribeSecret",
        "GetSecretValue",
        "PutSecretValue",
        "UpdateSecretVersionStage",
    ]);
    allowed.extend([
        key("Decrypt", name, "secretsmanager"),
        key("GenerateDataKey", name, "secretsmanager"),
    ]);
    let mut not = others(&[
        "RotateSecret",
        "UpdateSecret",
        "DeleteSecret",
        "PutResourcePolicy",
        "TagResource",
    ]);
    not.extend([
        key("Encrypt", name, "secretsmanager"),
        key("Decrypt", "other", "secretsmanager"),
        key("Decrypt", name, "s3"),
        Request::new("kms:GenerateDataKey", KEY),
        Request::new("kms:PutKeyPolicy", KEY),
    ]);
    check(&stack, THEIR_ROLE, allowed, not);
}

/// What the function's own account allows, by template.yaml with the parameters that the example's head says.
#[test]
fn the_functions_own_account_allows_it_too() {
    let elsewhere = "arn:aws:kms:eu-central-1:444455556666:key";
    let parameters = [
        ("otherAccountId", "444455556666"),
        ("kmsKeyArn", &format!("{elsewhere}/*")),
    ];
    let Some([stack]) = super::stacks([&parameters]) else {
        return;
    };
    let theirs = "arn:aws:secretsmanager:eu-central-1:444455556666:secret:stack/db-AbCdEf";
    let statements = stack.statements("PostgresRole");
    for action in ["GetSecretValue", "PutSecretValue"] {
        let request = Request::new(&format!("secretsmanager:{action}"), theirs);
        let with = request.clone().with(LINKED, FUNCTION);
        assert_eq!(decide(&statements, &with), Decision::Allowed);
        assert_eq!(decide(&statements, &request), Decision::NotAllowed);
    }
    let key = format!("{elsewhere}/1234");
    let through = with_key("Decrypt", &key, theirs, "secretsmanager");
    let decrypt = Request::new("kms:Decrypt", &key);
    assert_eq!(decide(&statements, &through), Decision::Allowed);
    assert_eq!(decide(&statements, &decrypt), Decision::NotAllowed);
}
