//! template.yaml and what is shipped beside it: what CloudFormation is given, and what its policies allow.
//! No account is called: what AWS itself says of them is not tested here.

mod alarms;
mod alike;
mod check;
mod contents;
mod elsewhere;
mod examples;
mod limits;
mod policies;
mod rights;
mod scripts;
mod sharing;
mod teams;
mod template;
mod variables;

use rotation_tests::deploy::Stack;
use rotation_tests::deploy::policy::Request;
use rotation_tests::rotators;
use serde_json::Value;

const SECRET: &str = "arn:aws:secretsmanager:eu-central-1:111122223333:secret";
const ADMIN: &str = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:admin-AbCdEf";
const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/one";
const ADMINS_KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/two";
const REPLICAS_KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/three";
const FUNCTION: &str = "arn:aws:lambda:eu-central-1:111122223333:function:rotation-postgres";
/// The condition key that says which function a secret names.
const LINKED: &str = "secretsmanager:resource/AllowRotationLambdaArn";

/// All that can be asked for, beside the functions.
const ALL: &[(&str, &str)] = &[
    ("vpcSubnetIds", "subnet-1,subnet-2"),
    ("vpcSecurityGroupIds", "sg-1"),
    ("endpointVpcId", "vpc-1"),
    ("endpointSecurityGroupIds", "sg-2"),
    ("kmsKeyArn", KEY),
    ("replicaKmsKeyArns", REPLICAS_KEY),
    ("superuserSecretArn", ADMIN),
    ("superuserSecretKmsKeyArn", ADMINS_KEY),
    ("rdsLookups", "all"),
    ("iamUserArns", "arn:aws:iam::111122223333:user/ci"),
    ("passwordSource", "secrets-manager"),
    ("tracing", "Active"),
];

/// The functions alone.
const LEAST: &[(&str, &str)] = &[];

/// `template.yaml` with each of these parameters, and with all functions that they do not leave out.
fn stacks<const N: usize>(parameters: [&[(&str, &str)]; N]) -> Option<[Stack; N]> {
    let rotators = rotators::all();
    let on = rotators.iter().map(|rotator| (rotator.as_str(), "true"));
    let on: Vec<(&str, &str)> = on.collect();
    let parameters = parameters.map(|parameters| [parameters, &on].concat());
    let jobs = parameters
        .each_ref()
        .map(|parameters| ("template.yaml", parameters.as_slice()));
    let stacks = rotation_tests::deploy::stacks(&jobs)?;
    Some(stacks.try_into().ok().expect("as many as asked for"))
}

/// As in `PostgresRole`.
fn logical(rotator: &str, what: &str) -> String {
    let (first, rest) = rotator.split_at(1);
    first.to_uppercase() + rest + what
}

/// The variables of a function of `template.yaml`.
fn variables(stack: &Stack, rotator: &str) -> Vec<(String, String)> {
    let function = stack.resource(&logical(rotator, "Function"));
    let variables = &function["Properties"]["Environment"]["Variables"];
    let variables = variables.as_object().expect("variables").iter();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    variables
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

/// On a key, for a secret, through a service.
fn with_key(action: &str, key: &str, secret: &str, service: &str) -> Request {
    let service = format!("{service}.eu-central-1.amazonaws.com");
    Request::new(&format!("kms:{action}"), key)
        .with("kms:ViaService", &service)
        .with("kms:EncryptionContext:SecretARN", secret)
}

/// All values of a member of this name, wherever it stands.
fn members<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| members(one, name, found)),
        Value::Object(map) => {
            for (key, one) in map {
                if key == name {
                    found.push(one);
                }
                members(one, name, found);
            }
        }
        _ => {}
    }
}
