//! What the role of a function may do, asked request by request.

use rotation_tests::deploy::policy::{Decision, Request, decide};

use super::{
    ADMIN, ADMINS_KEY, ALL, FUNCTION, KEY, LINKED, REPLICAS_KEY, SECRET, stacks, with_key,
};

const OTHERS: &str = "arn:aws:lambda:eu-central-1:111122223333:function:rotation-mysql";

/// On the secret of an application, which names this function.
fn secret(action: &str, function: Option<&str>) -> Request {
    let secret = format!("{SECRET}:app-AbCdEf");
    let request = Request::new(&format!("secretsmanager:{action}"), &secret);
    match function {
        Some(function) => request.with(LINKED, function),
        None => request,
    }
}

fn admin(action: &str) -> Request {
    Request::new(&format!("secretsmanager:{action}"), ADMIN)
}

/// On the key of a replica, through a service of that Region.
fn with_replicas_key(action: &str, service: &str) -> Request {
    let service = format!("{service}.eu-west-1.amazonaws.com");
    Request::new(&format!("kms:{action}"), REPLICAS_KEY).with("kms:ViaService", &service)
}

fn decisions(requests: Vec<Request>) -> Option<Vec<(Request, Decision)>> {
    let [stack] = stacks([ALL])?;
    let statements = stack.statements("PostgresRole");
    let decided = requests.into_iter().map(|request| {
        let decision = decide(&statements, &request);
        (request, decision)
    });
    Some(decided.collect())
}

#[test]
fn what_a_rotation_needs_is_allowed() {
    let own = Some(FUNCTION);
    let app = format!("{SECRET}:app-AbCdEf");
    let requests = vec![
        secret("DescribeSecret", own),
        secret("GetSecretValue", own),
        secret("PutSecretValue", own),
        secret("UpdateSecretVersionStage", own),
        admin("GetSecretValue"),
        with_key("Decrypt", KEY, &app, "secretsmanager"),
        with_key("GenerateDataKey", KEY, &app, "secretsmanager"),
        with_key("Decrypt", ADMINS_KEY, ADMIN, "secretsmanager"),
        with_replicas_key("Encrypt", "secretsmanager"),
        with_replicas_key("GenerateDataKey", "secretsmanager"),
        Request::new("secretsmanager:GetRandomPassword", "*"),
        Request::new(
            "rds:DescribeDBInstances",
            "arn:aws:rds:eu-central-1:111122223333:db:db",
        ),
        Request::new(
            "rds:DescribeDBProxyTargets",
            "arn:aws:rds:eu-central-1:111122223333:db-proxy:p",
        ),
        // Lambda itself, for the function.
        Request::new(
            "ec2:CreateNetworkInterface",
            "arn:aws:ec2:eu-central-1:111122223333:subnet/subnet-1",
        ),
    ];
    let Some(decisions) = decisions(requests) else {
        return;
    };
    for (request, decision) in decisions {
        assert_eq!(decision, Decision::Allowed, "{request:?}");
    }
}

#[test]
fn nothing_else_is() {
    let own = Some(FUNCTION);
    let app = format!("{SECRET}:app-AbCdEf");
    let elsewhere = "arn:aws:secretsmanager:eu-central-1:999999999999:secret:app-AbCdEf";
    let requests = vec![
        // A secret that names nobody, and one that names another function.
        secret("GetSecretValue", None),
        secret("GetSecretValue", Some(OTHERS)),
        secret("PutSecretValue", Some(OTHERS)),
        // More than a rotation.
        secret("DeleteSecret", own),
        secret("RotateSecret", own),
        secret("PutResourcePolicy", own),
        // The administrator's secret is to be read.
        admin("PutSecretValue"),
        admin("UpdateSecretVersionStage"),
        Request::new(
            "secretsmanager:GetSecretValue",
            &format!("{SECRET}:other-admin-AbCdEf"),
        ),
        // A key outside Secrets Manager, for a secret of another account, and to encrypt for the administrator.
        Request::new("kms:Decrypt", KEY),
        with_key("Decrypt", KEY, &app, "s3"),
        with_key("Decrypt", KEY, elsewhere, "secretsmanager"),
        with_key("GenerateDataKey", ADMINS_KEY, ADMIN, "secretsmanager"),
        // A replica's key is there to encrypt for it, and for nothing else.
        with_replicas_key("Decrypt", "secretsmanager"),
        with_replicas_key("Encrypt", "s3"),
        Request::new("kms:Encrypt", REPLICAS_KEY),
        with_key("Encrypt", KEY, &app, "secretsmanager"),
        // Access keys are the token function's.
        Request::new("iam:CreateAccessKey", "arn:aws:iam::111122223333:user/ci"),
    ];
    let Some(decisions) = decisions(requests) else {
        return;
    };
    for (request, decision) in decisions {
        assert_eq!(decision, Decision::NotAllowed, "{request:?}");
    }
}

/// The code of a function that was taken over makes no network interfaces, though Lambda does for it.
#[test]
fn network_interfaces_are_lambdas_to_make() {
    let subnet = "arn:aws:ec2:eu-central-1:111122223333:subnet/subnet-1";
    let request = Request::new("ec2:CreateNetworkInterface", subnet);
    let request = request.with("lambda:SourceFunctionArn", FUNCTION);
    let Some(decisions) = decisions(vec![request]) else {
        return;
    };
    assert_eq!(decisions[0].1, Decision::Denied);
}
