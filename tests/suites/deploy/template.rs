//! What SAM makes of template.yaml.

use std::collections::{BTreeMap, BTreeSet};

use rotation_tests::deploy::policy::texts;
use rotation_tests::deploy::{ACCOUNT, Stack, lint, templates};
use rotation_tests::rotators;
use rotation_tests::setting::workspace;
use serde_json::json;

use super::{ALL, LEAST, logical, members, stacks};

const ON_THE_SECRET: [&str; 4] = [
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
];
const LOGS: [&str; 2] = ["logs:CreateLogStream", "logs:PutLogEvents"];
const NETWORK: [&str; 6] = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
];
const KEYS: [&str; 3] = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"];
const RDS: [&str; 6] = [
    "rds:DescribeDBClusterEndpoints",
    "rds:DescribeDBClusters",
    "rds:DescribeDBInstances",
    "rds:DescribeDBProxies",
    "rds:DescribeDBProxyEndpoints",
    "rds:DescribeDBProxyTargets",
];
const RANDOM: [&str; 1] = ["secretsmanager:GetRandomPassword"];
const TRACES: [&str; 2] = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"];
const ACCESS_KEYS: [&str; 4] = [
    "iam:CreateAccessKey",
    "iam:DeleteAccessKey",
    "iam:ListAccessKeys",
    "iam:UpdateAccessKey",
];

#[test]
fn no_linter_finds_anything() {
    let Some(said) = lint(&templates()) else {
        return;
    };
    assert_eq!(said.trim(), "");
}

fn actions(stack: &Stack, rotator: &str, effect: &str) -> BTreeSet<String> {
    let statements = stack.statements(&logical(rotator, "Role"));
    let statements = statements.iter().filter(|it| it["Effect"] == effect);
    let actions = statements.flat_map(|it| texts(&it["Action"]));
    actions.map(ToOwned::to_owned).collect()
}

pub(crate) fn set(groups: &[&[&str]]) -> BTreeSet<String> {
    let names = groups.iter().copied().flatten();
    names.map(|name| (*name).to_owned()).collect()
}

#[test]
fn each_role_has_exactly_what_it_needs() {
    let databases = &[("rdsLookups", "databases")];
    let Some([least, all, databases]) = stacks([LEAST, ALL, databases]) else {
        return;
    };
    for rotator in &rotators::all() {
        assert_eq!(
            actions(&least, rotator, "Allow"),
            set(&[&ON_THE_SECRET, &LOGS])
        );
        assert_eq!(actions(&least, rotator, "Deny"), set(&[]));
        assert_eq!(actions(&all, rotator, "Deny"), set(&[&NETWORK]));
        let settings = rotators::says(rotator, "settings");
        let own = |wanted: bool, actions| if wanted { actions } else { &[][..] };
        let expected = set(&[
            &ON_THE_SECRET,
            &LOGS,
            &NETWORK,
            &KEYS,
            &TRACES,
            own(settings.contains("passwords"), &RANDOM),
            own(settings.contains("databases"), &RDS),
            own(rotator == "token", &ACCESS_KEYS),
        ]);
        assert_eq!(actions(&all, rotator, "Allow"), expected, "{rotator}");
    }
    let two = ["rds:DescribeDBClusters", "rds:DescribeDBInstances"];
    let expected = set(&[&ON_THE_SECRET, &LOGS, &two]);
    assert_eq!(actions(&databases, "postgres", "Allow"), expected);
}

#[test]
fn what_stands_on_all_resources_is_named_here() {
    let Some([all]) = stacks([ALL]) else {
        return;
    };
    let allowed = set(&[&NETWORK, &RDS, &RANDOM, &TRACES]);
    let mut seen = BTreeSet::new();
    for resource in all.made().values() {
        let mut found = Vec::new();
        members(&resource["Properties"], "Statement", &mut found);
        for statement in found
            .into_iter()
            .flat_map(|list| list.as_array().expect("a list"))
        {
            let everywhere = texts(&statement["Resource"]).contains(&"*");
            if statement["Effect"] == "Allow" && everywhere {
                let actions = texts(&statement["Action"]);
                seen.extend(actions.into_iter().map(ToOwned::to_owned));
            }
            assert!(
                !statement["Action"].to_string().contains('*'),
                "{statement}"
            );
        }
    }
    assert_eq!(seen, allowed);
}

#[test]
fn secrets_manager_may_call_for_this_account_alone() {
    let elsewhere = &[("otherAccountId", "444455556666")];
    let Some([least, other]) = stacks([LEAST, elsewhere]) else {
        return;
    };
    let accounts = |stack: &Stack, count: usize| {
        let permissions = stack.of_type("AWS::Lambda::Permission");
        assert_eq!(permissions.len(), count);
        let mut accounts = BTreeMap::<String, BTreeSet<String>>::new();
        for permission in permissions.values() {
            let properties = &permission["Properties"];
            assert_eq!(properties["Principal"], "secretsmanager.amazonaws.com");
            assert_eq!(properties["Action"], "lambda:InvokeFunction");
            let account = properties["SourceAccount"].as_str().expect("an account");
            let function = properties["FunctionName"].as_str().expect("a function");
            accounts
                .entry(account.into())
                .or_default()
                .insert(function.into());
        }
        accounts
    };
    let functions = rotators::all().len();
    let own = accounts(&least, functions);
    assert_eq!(own.len(), 1);
    assert_eq!(own[ACCOUNT].len(), functions, "one for each function");
    let both = accounts(&other, 2 * functions);
    assert_eq!(both[ACCOUNT], both["444455556666"]);
    assert_eq!(both[ACCOUNT].len(), functions);
}

#[test]
fn functions_are_as_lambda_and_the_protocol_want_them() {
    let bounded = &[
        (
            "customPermissionBoundary",
            "arn:aws:iam::111122223333:policy/b",
        ),
        ("reservedConcurrency", "3"),
        ("ssh", "false"),
        ("logRetentionDays", "30"),
    ];
    let Some([least, all, bounded]) = stacks([LEAST, ALL, bounded]) else {
        return;
    };
    for rotator in &rotators::all() {
        let function = least.resource(&logical(rotator, "Function"));
        let made = &function["Properties"];
        assert_eq!(made["Runtime"], "provided.al2023");
        assert_eq!(
            (&made["Handler"], &made["MemorySize"]),
            (&json!("bootstrap"), &json!("128"))
        );
        assert_eq!(made["FunctionName"], format!("rotation-{rotator}"));
        assert_eq!(made["Architectures"], json!(["arm64"]));
        assert!(made["VpcConfig"].is_null() && made["ReservedConcurrentExecutions"].is_null());
        let binary = format!("rotator-{rotator}");
        assert_eq!(function["Metadata"]["BuildProperties"]["Binary"], binary);
        // Its log is made before it, and kept for as long as is said.
        let logs = least.resource(&logical(rotator, "Logs"));
        assert_eq!(
            made["LoggingConfig"]["LogGroup"],
            logs["Properties"]["LogGroupName"]
        );
        assert_eq!(logs["Properties"]["RetentionInDays"], "90");
        let invoke = least.resource(&logical(rotator, "FunctionEventInvokeConfig"));
        assert_eq!(invoke["Properties"]["MaximumRetryAttempts"], 0);
        let function = all.resource(&logical(rotator, "Function"));
        let network = &function["Properties"]["VpcConfig"];
        assert_eq!(network["SubnetIds"], json!(["subnet-1", "subnet-2"]));
    }
    let role = bounded.resource("PostgresRole");
    let boundary = "arn:aws:iam::111122223333:policy/b";
    assert_eq!(role["Properties"]["PermissionsBoundary"], boundary);
    let function = bounded.resource("PostgresFunction");
    assert_eq!(function["Properties"]["ReservedConcurrentExecutions"], "3");
    assert_eq!(
        bounded.resource("PostgresLogs")["Properties"]["RetentionInDays"],
        "30"
    );
    assert!(!bounded.made().contains_key("SshFunction"));
}

#[test]
fn no_time_out_that_the_framework_cannot_use() {
    let Some([stack]) = stacks([LEAST]) else {
        return;
    };
    let timeout = &stack.document()["Parameters"]["timeout"];
    let limits = (
        &timeout["MinValue"],
        &timeout["Default"],
        &timeout["MaxValue"],
    );
    assert_eq!(limits, (&json!(35), &json!(60), &json!(120)));
    let function = &stack.document()["Resources"]["SshFunction"]["Properties"];
    assert_eq!(function["Timeout"], json!({"Ref": "timeout"}));
}

#[test]
fn a_role_of_ones_own_is_used_and_nothing_is_added_to_it() {
    let own = [
        ALL,
        &[("rotationRoleArn", "arn:aws:iam::111122223333:role/own")],
    ]
    .concat();
    let Some([stack]) = stacks([&own]) else {
        return;
    };
    for kind in ["AWS::IAM::Role", "AWS::IAM::ManagedPolicy"] {
        assert!(stack.of_type(kind).is_empty(), "{kind}");
    }
    for rotator in &rotators::all() {
        let function = stack.resource(&logical(rotator, "Function"));
        let role = &function["Properties"]["Role"];
        assert_eq!(role, "arn:aws:iam::111122223333:role/own");
    }
    let endpoint = stack.resource("Endpoint")["Properties"].to_string();
    assert!(endpoint.contains(r#""aws:PrincipalArn":["arn:aws:iam::111122223333:role/own"]"#));
}

#[test]
fn every_parameter_is_used_and_shown() {
    let Some([stack]) = stacks([LEAST]) else {
        return;
    };
    let document = stack.document();
    let source = std::fs::read_to_string(workspace().join("template.yaml")).expect("it");
    let shown = document["Metadata"]["AWS::CloudFormation::Interface"].to_string();
    for (name, about) in document["Parameters"].as_object().expect("parameters") {
        let used = [format!("!Ref {name}"), format!("${{{name}}}")];
        assert!(used.iter().any(|used| source.contains(used)), "{name}");
        assert!(
            shown.contains(&format!("\"{name}\"")),
            "{name} is in no group"
        );
        assert!(about["Description"].is_string(), "{name} is not described");
    }
}
