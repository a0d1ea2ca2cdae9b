//! The policies of the chapter on rights: each allows what its person does, and nothing that is another's.

use std::collections::BTreeSet;

use rotation_tests::deploy::policy::{Decision, Request, decide, texts};
use rotation_tests::deploy::statements;
use rotation_tests::setting::workspace;
use serde_json::Value;

use super::{ALL, FUNCTION, KEY, LEAST, LINKED, SECRET, stacks};

const LOGS: &str =
    "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/rotation-postgres:*";
const ROLE: &str = "arn:aws:iam::111122223333:role/rotation-PostgresRole-0";
const STRANGER: &str = "arn:aws:lambda:eu-central-1:111122223333:function:other";

/// The policy below this heading.
fn policy(heading: &str) -> Vec<Value> {
    let chapter = workspace().join("docs/book/src/rights.md");
    let chapter = std::fs::read_to_string(chapter).expect("the chapter");
    let (_, below) = chapter
        .split_once(&format!("\n## {heading}\n"))
        .expect(heading);
    let (_, json) = below.split_once("```json\n").expect(heading);
    let (json, _) = json.split_once("```").expect(heading);
    statements(&serde_json::from_str(json).expect(heading))
}

fn app(action: &str) -> Request {
    Request::new(
        &format!("secretsmanager:{action}"),
        &format!("{SECRET}:prod/app-AbCdEf"),
    )
}

fn holds(policy: &[Value], allowed: &[Request], not: &[Request]) {
    for request in allowed {
        assert_eq!(decide(policy, request), Decision::Allowed, "{request:?}");
    }
    for request in not {
        assert_ne!(decide(policy, request), Decision::Allowed, "{request:?}");
    }
}

/// The call that makes a resource of this type, and what it is made as.
fn made_by(kind: &str) -> Request {
    let (action, resource) = match kind {
        "AWS::Lambda::Function" => ("lambda:CreateFunction", FUNCTION),
        "AWS::Lambda::EventInvokeConfig" => ("lambda:PutFunctionEventInvokeConfig", FUNCTION),
        "AWS::Lambda::Permission" => ("lambda:AddPermission", FUNCTION),
        "AWS::Logs::LogGroup" => ("logs:CreateLogGroup", LOGS),
        "AWS::IAM::Role" => ("iam:CreateRole", ROLE),
        "AWS::IAM::ManagedPolicy" => {
            let policy = "arn:aws:iam::111122223333:policy/rotation-KeyPolicy-0";
            ("iam:CreatePolicy", policy)
        }
        "AWS::EC2::VPCEndpoint" => {
            let endpoint = "arn:aws:ec2:eu-central-1:111122223333:vpc-endpoint/vpce-0";
            ("ec2:CreateVpcEndpoint", endpoint)
        }
        other => panic!(
            "who deploys needs rights for {other}: write them into docs/book/src/rights.md, and their call here"
        ),
    };
    Request::new(action, resource)
}

#[test]
fn who_deploys_makes_each_resource_and_reads_no_secret() {
    let Some([all]) = stacks([ALL]) else {
        return;
    };
    let made = all.made();
    let kinds = made
        .values()
        .map(|one| one["Type"].as_str().expect("a type"));
    let kinds: BTreeSet<&str> = kinds.collect();
    let mut allowed: Vec<Request> = kinds.into_iter().map(made_by).collect();
    assert!(allowed.len() > 6, "{allowed:?}");
    let pass =
        |service: &str| Request::new("iam:PassRole", ROLE).with("iam:PassedToService", service);
    let stack = "arn:aws:cloudformation:eu-central-1:111122223333:stack/rotation/0";
    allowed.extend([
        pass("lambda.amazonaws.com"),
        Request::new("cloudformation:CreateChangeSet", stack),
        Request::new(
            "s3:PutObject",
            "arn:aws:s3:::aws-sam-cli-managed-default-samclisourcebucket-0/rotation/0",
        ),
        Request::new("lambda:GetFunctionConfiguration", FUNCTION),
    ]);
    let not = [
        pass("ec2.amazonaws.com"),
        app("GetSecretValue"),
        app("RotateSecret"),
        Request::new("lambda:UpdateFunctionCode", STRANGER),
        Request::new(
            "iam:AttachRolePolicy",
            "arn:aws:iam::111122223333:role/admin",
        ),
        Request::new("kms:Decrypt", KEY),
    ];
    holds(&policy("Rights to deploy"), &allowed, &not);
}

#[test]
fn who_attaches_rotates_and_reads_nothing() {
    let allowed = [
        app("RotateSecret"),
        app("DescribeSecret"),
        app("CancelRotateSecret"),
        Request::new("secretsmanager:ListSecrets", "*"),
        Request::new("lambda:InvokeFunction", FUNCTION),
        Request::new("logs:FilterLogEvents", LOGS),
    ];
    let not = [
        app("GetSecretValue"),
        app("PutSecretValue"),
        Request::new("lambda:InvokeFunction", STRANGER),
        Request::new("lambda:UpdateFunctionCode", FUNCTION),
    ];
    holds(&policy("Rights to attach"), &allowed, &not);
}

/// What cli/README.md says that the commands need.
#[test]
fn who_operates_has_what_the_tool_needs() {
    let mut allowed: Vec<Request> = [
        "DescribeSecret",
        "GetSecretValue",
        "ListSecretVersionIds",
        "GetResourcePolicy",
        "RotateSecret",
        "UpdateSecretVersionStage",
        "PutSecretValue",
    ]
    .map(app)
    .into();
    let others = [
        ("lambda:GetFunctionConfiguration", FUNCTION),
        ("lambda:GetPolicy", FUNCTION),
        ("lambda:GetFunctionConcurrency", FUNCTION),
        ("lambda:InvokeFunction", FUNCTION),
        ("iam:SimulatePrincipalPolicy", ROLE),
        ("kms:Decrypt", KEY),
        ("kms:DescribeKey", KEY),
        ("kms:GetKeyPolicy", KEY),
        ("ec2:DescribeVpcEndpoints", "*"),
        ("ec2:DescribeRouteTables", "*"),
        ("ec2:DescribeSecurityGroups", "*"),
        ("cloudwatch:DescribeAlarms", "*"),
        ("logs:FilterLogEvents", LOGS),
        ("secretsmanager:ListSecrets", "*"),
    ];
    allowed.extend(others.map(|(action, resource)| Request::new(action, resource)));
    let not = [
        app("DeleteSecret"),
        app("PutResourcePolicy"),
        Request::new("lambda:UpdateFunctionCode", FUNCTION),
        Request::new("lambda:InvokeFunction", STRANGER),
    ];
    holds(&policy("Rights to operate"), &allowed, &not);
}

/// The same actions as the role that template.yaml makes.
#[test]
fn who_runs_has_what_the_stack_gives() {
    let shown = policy("Rights of the function");
    let linked = |function: &str| app("PutSecretValue").with(LINKED, function);
    holds(
        &shown,
        &[linked(FUNCTION)],
        &[linked(STRANGER), app("PutSecretValue")],
    );
    let Some([least]) = stacks([LEAST]) else {
        return;
    };
    let actions = |statements: &[Value]| {
        let names = statements.iter().flat_map(|one| texts(&one["Action"]));
        names.map(ToOwned::to_owned).collect::<BTreeSet<String>>()
    };
    assert_eq!(actions(&shown), actions(&least.statements("PostgresRole")));
}

#[test]
fn who_reads_does_nothing_else() {
    let not = [
        app("PutSecretValue"),
        app("RotateSecret"),
        app("UpdateSecretVersionStage"),
    ];
    let allowed = [app("GetSecretValue"), app("DescribeSecret")];
    holds(&policy("Rights of an application"), &allowed, &not);
}
