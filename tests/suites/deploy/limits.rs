//! What AWS, the protocol or a security review would not take, and linters let pass.

use rotation_tests::deploy::{Stack, examples, schedule};
use serde_json::{Value, json};

use super::examples::{ONE_USER, made};
use super::{ALL, LEAST, stacks};

/// What is wrong with what a stack makes, and with the stacks in it.
fn problems(stack: &Stack) -> Vec<String> {
    let mut found = Vec::new();
    for (name, resource) in stack.made() {
        let wrong = match resource["Type"].as_str().expect("a type") {
            "AWS::Lambda::Function" => function(&resource["Properties"]),
            "AWS::SecretsManager::RotationSchedule" => rotation(stack, &resource),
            "AWS::SecretsManager::Secret" => secret(&resource),
            "AWS::RDS::DBInstance" => database(stack, &resource),
            "AWS::EC2::SecurityGroup" => group(&resource["Properties"]),
            "AWS::KMS::Key" => key(&resource),
            "AWS::CloudFormation::Stack" => problems(&stack.nested(&name)),
            _ => continue,
        };
        found.extend(wrong.into_iter().map(|why| format!("{name}: {why}")));
    }
    found
}

/// The texts of the rules that do not hold.
fn broken(rules: &[(bool, &str)]) -> Vec<String> {
    let broken = rules.iter().filter(|(holds, _)| !holds);
    broken.map(|(_, rule)| (*rule).to_owned()).collect()
}

/// As a text or as a number.
fn number(value: &Value) -> u64 {
    let text = value.as_str().map(ToOwned::to_owned);
    let text = text.unwrap_or_else(|| value.to_string());
    text.parse().unwrap_or_default()
}

/// As Lambda wants it, and the framework: template.yaml says why not less than 35 s.
fn function(made: &Value) -> Vec<String> {
    let architectures = [json!(["arm64"]), json!(["x86_64"])];
    broken(&[
        (made["Runtime"] == "provided.al2023", "Runtime"),
        (made["Handler"] == "bootstrap", "Handler"),
        ((35..=120).contains(&number(&made["Timeout"])), "Timeout"),
        (
            (128..=10240).contains(&number(&made["MemorySize"])),
            "MemorySize",
        ),
        (
            architectures.contains(&made["Architectures"]),
            "Architectures",
        ),
    ])
}

fn rotation(stack: &Stack, resource: &Value) -> Vec<String> {
    let made = &resource["Properties"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rules = &made["RotationRules"];
    let expression = text(&rules["ScheduleExpression"]);
    let checked = schedule::check(&expression, &text(&rules["Duration"]));
    let attachments = stack.of_type("AWS::SecretsManager::SecretTargetAttachment");
    let mut attachments = attachments.iter();
    let attached = attachments.find(|(_, it)| it["Properties"]["SecretId"] == made["SecretId"]);
    let waits = attached.is_none_or(|(name, _)| resource["DependsOn"] == name.as_str());
    let at_once = &made["RotateImmediatelyOnUpdate"];
    let mut found = broken(&[
        (at_once == false, "RotateImmediatelyOnUpdate"),
        (
            rules["AutomaticallyAfterDays"].is_null(),
            "AutomaticallyAfterDays",
        ),
        (
            waits,
            "DependsOn its attachment: before, the secret has no host",
        ),
    ]);
    found.extend(checked.err());
    found
}

fn kept(resource: &Value, how: &str) -> bool {
    resource["DeletionPolicy"] == how && resource["UpdateReplacePolicy"] == how
}

fn secret(resource: &Value) -> Vec<String> {
    let made = &resource["Properties"];
    broken(&[
        (kept(resource, "Retain"), "kept when the stack goes"),
        (made["SecretString"].is_null(), "plaintext"),
        (
            made["GenerateSecretString"].is_object(),
            "GenerateSecretString",
        ),
    ])
}

fn database(stack: &Stack, resource: &Value) -> Vec<String> {
    let made = &resource["Properties"];
    let group = made["DBParameterGroupName"].as_str().unwrap_or_default();
    let parameters = stack.made().remove(group).unwrap_or_default();
    let parameters = &parameters["Properties"]["Parameters"];
    let tls = match made["Engine"].as_str() {
        Some("postgres") => "rds.force_ssl",
        _ => "require_secure_transport",
    };
    let password = made["MasterUserPassword"].as_str().unwrap_or_default();
    broken(&[
        (kept(resource, "Snapshot"), "a snapshot when the stack goes"),
        (made["PubliclyAccessible"] == false, "PubliclyAccessible"),
        (made["StorageEncrypted"] == true, "StorageEncrypted"),
        (made["DeletionProtection"] == true, "DeletionProtection"),
        (number(&made["BackupRetentionPeriod"]) > 0, "backups"),
        (parameters[tls] == "1", "TLS is not forced"),
        (
            password.starts_with("{{resolve:secretsmanager:"),
            "plaintext",
        ),
    ])
}

fn group(made: &Value) -> Vec<String> {
    let rules = made["SecurityGroupIngress"]
        .as_array()
        .into_iter()
        .flatten();
    let by_group = rules
        .into_iter()
        .all(|rule| !rule["SourceSecurityGroupId"].is_null());
    broken(&[(by_group, "open to addresses")])
}

fn key(resource: &Value) -> Vec<String> {
    let rotates = resource["Properties"]["EnableKeyRotation"] == true;
    broken(&[
        (kept(resource, "Retain"), "kept when the stack goes"),
        (rotates, "EnableKeyRotation"),
    ])
}

#[test]
fn no_template_has_any() {
    let Some(functions) = stacks([LEAST, ALL]) else {
        return;
    };
    let examples = examples();
    let examples = examples.iter().filter_map(|example| made(example));
    for stack in functions.into_iter().chain(examples) {
        assert_eq!(problems(&stack), Vec::<String>::new());
    }
}

/// Below Resources: where, what stands there, and what is then found.
const WRONG: [(&str, &str, &str); 24] = [
    (
        "Rotation/Template/Resources/PostgresFunction/Properties/Timeout",
        "3000",
        "Timeout",
    ),
    (
        "Rotation/Template/Resources/PostgresFunction/Properties/Runtime",
        r#""provided.al2022""#,
        "Runtime",
    ),
    (
        "Rotation/Template/Resources/PostgresFunction/Properties/MemorySize",
        "64",
        "MemorySize",
    ),
    (
        "Rotation/Template/Resources/PostgresFunction/Properties/Architectures",
        r#"["arm"]"#,
        "Architectures",
    ),
    (
        "Rotation/Template/Resources/PostgresFunction/Properties/Handler",
        r#""main""#,
        "Handler",
    ),
    (
        "Schedule/Properties/RotationRules/ScheduleExpression",
        r#""every 30 days""#,
        "every 30 days",
    ),
    (
        "Schedule/Properties/RotationRules/ScheduleExpression",
        r#""cron(0 2 1 * ? 2026)""#,
        "year",
    ),
    (
        "Schedule/Properties/RotationRules/ScheduleExpression",
        "null",
        "neither rate",
    ),
    (
        "Schedule/Properties/RotationRules/Duration",
        r#""23h""#,
        "next day",
    ),
    (
        "Schedule/Properties/RotationRules/Duration",
        "null",
        "not 1h",
    ),
    (
        "Schedule/Properties/RotationRules/AutomaticallyAfterDays",
        "30",
        "AutomaticallyAfterDays",
    ),
    (
        "Schedule/Properties/RotateImmediatelyOnUpdate",
        "true",
        "RotateImmediatelyOnUpdate",
    ),
    ("Schedule/DependsOn", r#""Database""#, "attachment"),
    ("Secret/DeletionPolicy", r#""Delete""#, "kept"),
    ("Secret/Properties/SecretString", r#""{}""#, "plaintext"),
    (
        "Secret/Properties/GenerateSecretString",
        "null",
        "GenerateSecretString",
    ),
    ("Database/DeletionPolicy", r#""Delete""#, "snapshot"),
    (
        "Database/Properties/PubliclyAccessible",
        "true",
        "PubliclyAccessible",
    ),
    (
        "Database/Properties/StorageEncrypted",
        "null",
        "StorageEncrypted",
    ),
    (
        "Database/Properties/DeletionProtection",
        "null",
        "DeletionProtection",
    ),
    ("Database/Properties/BackupRetentionPeriod", "0", "backups"),
    ("Database/Properties/DBParameterGroupName", "null", "TLS"),
    (
        "OnlyTls/Properties/Parameters/rds.force_ssl",
        r#""0""#,
        "TLS",
    ),
    (
        "Database/Properties/MasterUserPassword",
        r#""hunter2""#,
        "plaintext",
    ),
];

#[test]
fn each_is_found() {
    let Some(stack) = made(ONE_USER) else {
        return;
    };
    for (at, wrong, expected) in WRONG {
        let wrong = serde_json::from_str(wrong).expect("JSON");
        let found = problems(&stack.with(&format!("/Resources/{at}"), wrong));
        assert_eq!(found.len(), 1, "{at}: {found:?}");
        assert!(found[0].contains(expected), "{at}: {found:?}");
    }
    let open = json!([{"IpProtocol": "tcp", "CidrIp": "0.0.0.0/0"}]);
    let ingress = "/Resources/DatabaseGroup/Properties/SecurityGroupIngress";
    let found = problems(&stack.with(ingress, open));
    assert_eq!(found, ["DatabaseGroup: open to addresses"]);
}
