//! deploy/examples: what they are given here, and that each is.

use std::collections::BTreeSet;

use rotation_tests::deploy::policy::{Decision, Request, decide};
use rotation_tests::deploy::{Stack, examples, stacks};
use serde_json::json;

use super::{REPLICAS_KEY, SECRET};

pub(crate) const ONE_USER: &str = "deploy/examples/rds-postgres.yaml";
pub(crate) const TWO_USERS: &str = "deploy/examples/rds-postgres-alternating.yaml";
pub(crate) const TWO_PASSWORDS: &str = "deploy/examples/rds-mysql-dual-password.yaml";
pub(crate) const FLEET: &str = "deploy/examples/ssh-fleet.yaml";
pub(crate) const API_TOKEN: &str = "deploy/examples/api-token.yaml";
pub(crate) const CROSS_ACCOUNT: &str = "deploy/examples/cross-account.yaml";
pub(crate) const REPLICATED: &str = "deploy/examples/replicated.yaml";
pub(crate) const TEAMS: &str = "deploy/examples/team-access.yaml";

pub(crate) const PARTNER: &str = "arn:aws:iam::444455556666:role/reader";
pub(crate) const THEIR_ROLE: &str = "arn:aws:iam::444455556666:role/rotation-postgres";
pub(crate) const THEIR_FUNCTION: &str =
    "arn:aws:lambda:eu-central-1:444455556666:function:rotation-postgres";

const IN_A_VPC: &[(&str, &str)] = &[
    ("vpcId", "vpc-1"),
    ("subnetIds", "subnet-1,subnet-2"),
    ("applicationSecurityGroupId", "sg-1"),
];

fn parameters(example: &str) -> &'static [(&'static str, &'static str)] {
    match example {
        ONE_USER | TWO_USERS | TWO_PASSWORDS => IN_A_VPC,
        FLEET => &[
            ("hosts", "web-1.example.com,web-2.example.com:2222"),
            ("username", "deploy"),
            (
                "fingerprints",
                "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
            ),
            ("partnerRoleArn", PARTNER),
            ("subnetIds", "subnet-1,subnet-2"),
            ("securityGroupIds", "sg-1"),
        ],
        API_TOKEN => &[("url", "https://hub.example.com"), ("user", "alice")],
        CROSS_ACCOUNT => &[
            ("functionArn", THEIR_FUNCTION),
            ("roleArn", THEIR_ROLE),
            ("host", "db.example.com"),
        ],
        REPLICATED => &[
            ("host", "db.example.com"),
            ("replicaRegion", "eu-west-1"),
            ("replicaKeyArn", REPLICAS_KEY),
            ("subnetIds", "subnet-1,subnet-2"),
            ("securityGroupIds", "sg-1"),
        ],
        TEAMS => &[],
        other => panic!("{other} is not known here"),
    }
}

/// What an example makes.
pub(crate) fn made(example: &str) -> Option<Stack> {
    stacks(&[(example, parameters(example))])?.pop()
}

#[test]
fn each_is_described_beside_them_and_is_short() {
    let root = rotation_tests::setting::workspace();
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect(path);
    let table = read("deploy/examples/README.md");
    let examples = examples();
    assert_eq!(examples.len(), 8);
    for example in examples {
        let text = read(&example);
        let name = example.rsplit('/').next().expect("a name");
        assert!(table.contains(&format!("({name})")), "{name}");
        assert!(text.lines().count() <= 120, "{name}");
        assert!(
            text.contains(&format!("sam deploy -t {example} --guided"))
                || text.contains(&format!("sam build -t {example}\n#   sam deploy --guided")),
            "{name}"
        );
        assert!(
            !text.contains("NoEcho"),
            "{name}: a password is no parameter"
        );
    }
}

/// Which function rotates which secret, as AWS would be told.
#[test]
fn each_secret_has_the_function_that_knows_it() {
    let own =
        |rotator| format!("arn:aws:lambda:eu-central-1:111122223333:function:stack-{rotator}");
    for (example, secrets, function) in [
        (ONE_USER, &["Secret"][..], own("postgres")),
        (TWO_USERS, &["Admin", "Secret"], own("postgres")),
        (TWO_PASSWORDS, &["Secret"], own("mysql")),
        (FLEET, &["stack/ssh"], own("ssh")),
        (API_TOKEN, &["Token"], own("token")),
        (REPLICATED, &["Secret"], own("postgres")),
        (CROSS_ACCOUNT, &["stack/db"], THEIR_FUNCTION.to_owned()),
    ] {
        let Some(stack) = made(example) else {
            return;
        };
        let schedules = stack.of_type("AWS::SecretsManager::RotationSchedule");
        let mut rotated = BTreeSet::new();
        for schedule in schedules.values() {
            let properties = &schedule["Properties"];
            assert_eq!(properties["RotationLambdaARN"], function, "{example}");
            rotated.insert(
                properties["SecretId"]
                    .as_str()
                    .expect("a secret")
                    .to_owned(),
            );
        }
        let expected = secrets.iter().map(|name| format!("{SECRET}:{name}-AbCdEf"));
        assert_eq!(rotated, expected.collect(), "{example}");
        for name in stack.of_type("AWS::CloudFormation::Stack").keys() {
            let functions = stack.nested(name).of_type("AWS::Lambda::Function");
            assert_eq!(functions.len(), 1, "{example}: none that is not needed");
        }
    }
}

/// The role of the function may use the key that the replica is under.
#[test]
fn a_replica_is_under_a_key_that_the_function_may_use() {
    let Some(stack) = made(REPLICATED) else {
        return;
    };
    let replicas = &stack.resource("Secret")["Properties"]["ReplicaRegions"];
    assert_eq!(
        *replicas,
        json!([{"Region": "eu-west-1", "KmsKeyId": REPLICAS_KEY}])
    );
    let statements = stack.nested("Rotation").statements("PostgresRole");
    for action in ["kms:Encrypt", "kms:GenerateDataKey"] {
        let request = Request::new(action, REPLICAS_KEY);
        let request = request.with("kms:ViaService", "secretsmanager.eu-west-1.amazonaws.com");
        assert_eq!(decide(&statements, &request), Decision::Allowed, "{action}");
    }
}

/// What an example gives to template.yaml is held against its parameters.
#[test]
#[should_panic(expected = "timeout cannot be 3000")]
fn a_number_that_template_yaml_does_not_take() {
    given("timeout", "3000", "timeout cannot be 3000");
}

#[test]
#[should_panic(expected = "kmsKeyArn cannot be")]
fn a_key_by_its_id_where_template_yaml_wants_an_arn() {
    given("kmsKeyArn", "Key", "kmsKeyArn cannot be");
}

fn given(parameter: &str, value: &str, expected: &str) {
    let Some(stack) = made(ONE_USER) else {
        panic!("{expected}: nothing is installed that would say so");
    };
    let at = format!("/Resources/Rotation/Properties/Parameters/{parameter}");
    let _ = stack.with(&at, json!(value)).nested("Rotation");
}
