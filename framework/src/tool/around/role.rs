//! The function's role: whether it may do what a rotation does.

use futures_util::future::join_all;

use super::policy::Policies;
use super::{Around, Subject};
use crate::aws::around::Api;
use crate::aws::around::function::{Configuration, name};
use crate::aws::around::role::{Answered, Asked, simulate};
use crate::aws::connect::Access;
use crate::aws::partition::Partition;
use crate::error::StoreError;
use crate::version::{Place, unqualified};

/// What a rotation does with the secret. A test holds these lists against template.yaml.
pub(super) const SECRET: &[&str] = &[
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
];
/// With a key of the customer's.
pub(super) const KEY: &[&str] = &["kms:Decrypt", "kms:GenerateDataKey"];
/// With the administrator's secret.
pub(super) const ADMINISTRATOR: &[&str] = &["secretsmanager:GetSecretValue"];
/// For passwords that Secrets Manager draws, as all of AWS's templates have them.
pub(super) const RANDOM: &[&str] = &["secretsmanager:GetRandomPassword"];
/// In a VPC (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>).
pub(super) const NETWORK: &[&str] = &[
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
];
/// For the log, without which nobody learns why a step failed.
pub(super) const LOG: &[&str] = &["logs:CreateLogStream", "logs:PutLogEvents"];

/// What the role needs on one resource, and what IAM says of it.
pub(super) struct Right {
    pub(super) actions: &'static [&'static str],
    pub(super) resource: String,
    /// Whether a rotation fails without it.
    pub(super) stops: bool,
    pub(super) answer: Result<Vec<Answered>, StoreError>,
}

/// Asks IAM for each resource.
pub(super) async fn ask(
    access: &Access,
    subject: &Subject<'_>,
    configuration: &Configuration,
    key: Option<&str>,
) -> Vec<Right> {
    let api = Api::at(access, subject.function);
    let context = context(subject);
    let asked = needed(subject, configuration, key).into_iter();
    let asked = asked.map(async |(actions, resource, stops)| {
        // The condition is of the secret and of what is done for it.
        let own = actions == SECRET || actions == KEY;
        let asked = Asked {
            actions,
            resource: &resource,
            context: if own { &context } else { &[] },
        };
        let answer = simulate(&api, &configuration.role, &asked).await;
        Right {
            actions,
            resource,
            stops,
            answer,
        }
    });
    join_all(asked).await
}

type Needed = (&'static [&'static str], String, bool);

fn needed(subject: &Subject<'_>, configuration: &Configuration, key: Option<&str>) -> Vec<Needed> {
    let mut needed: Vec<Needed> = vec![(SECRET, subject.secret.to_owned(), true)];
    if let Some(key) = key {
        needed.push((KEY, key.to_owned(), true));
    }
    if let Some(administrator) = subject.administrator {
        needed.push((ADMINISTRATOR, administrator.to_owned(), true));
    }
    let source = configuration.environment.variables.get("PASSWORD_SOURCE");
    let by_service = source.is_some_and(|source| source == "secrets-manager");
    if by_service || configuration.runtime.starts_with("python") {
        needed.push((RANDOM, "*".to_owned(), true));
    }
    if !configuration.vpc_config.subnet_ids.is_empty() {
        needed.push((NETWORK, "*".to_owned(), true));
    }
    let Place {
        partition,
        region,
        account,
    } = Place::of(subject.function);
    let group = match configuration.logging_config.log_group.as_str() {
        "" => format!("/aws/lambda/{}", name(subject.function)),
        group => group.to_owned(),
    };
    let log = format!("arn:{partition}:logs:{region}:{account}:log-group:{group}:log-stream:x");
    needed.push((LOG, log, false));
    needed
}

/// The keys of conditions that policies of roles have for secrets, as they are when the function calls.
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>.
fn context(subject: &Subject<'_>) -> Vec<(String, String)> {
    let home = subject.home();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let function = unqualified(subject.function);
    let mut context = vec![
        pair("secretsmanager:resource/AllowRotationLambdaArn", &function),
        pair("secretsmanager:SecretId", subject.secret),
        pair("aws:ResourceAccount", home.account),
        pair("aws:RequestedRegion", home.region),
        pair(
            "kms:ViaService",
            &Partition::host("secretsmanager", home.region),
        ),
        pair("kms:EncryptionContext:SecretARN", subject.secret),
    ];
    for (key, value) in subject.tags.iter().filter(|(_, value)| !value.is_empty()) {
        context.push((format!("aws:ResourceTag/{key}"), value.clone()));
        context.push((format!("secretsmanager:ResourceTag/{key}"), value.clone()));
    }
    context
}

impl Around {
    /// Judges the role. Its policies do not have the last word in its own account: what a policy of a resource allows it, it may.
    pub(super) fn rights(
        &mut self,
        subject: &Subject<'_>,
        role: &str,
        rights: Vec<Right>,
        policies: &Policies,
    ) {
        let same_account = Place::of(role).account == subject.home().account;
        let mut missed = Vec::new();
        for right in rights {
            let answered = match &right.answer {
                Ok(answered) => answered,
                Err(error) => {
                    missed.push(error.to_string());
                    continue;
                }
            };
            let refused = answered.iter().filter(|one| one.decision != "allowed");
            let by_policy = |one: &&Answered| {
                one.decision == "implicitDeny"
                    && same_account
                    && allowed(policies, role, &right, one)
            };
            let refused: Vec<&Answered> = refused.filter(|one| !by_policy(one)).collect();
            self.refused(role, &right, &refused);
        }
        missed.sort_unstable();
        missed.dedup();
        let missed = missed.into_iter();
        self.unknown
            .extend(missed.map(|error| format!("what the function's role may do: {error}")));
        self.key_of_role(role, policies);
    }

    fn refused(&mut self, role: &str, right: &Right, refused: &[&Answered]) {
        let resource = &right.resource;
        let (unclear, plain): (Vec<&Answered>, Vec<&Answered>) =
            refused.iter().partition(|one| !one.missing.is_empty());
        if let Some(first) = unclear.first() {
            self.unknown.push(format!(
                "whether the role {role} may {} on {resource}: its policies depend on {}",
                names(&unclear),
                first.missing.join(", ")
            ));
        }
        let Some(first) = plain.first() else { return };
        let actions = names(&plain);
        let role_name = role.rsplit('/').next().unwrap_or(role);
        let look = format!("aws iam list-attached-role-policies --role-name {role_name}");
        let (why, fix) = if first.by_organization {
            (
                ", since a policy of the organization forbids it",
                "Ask who keeps the organization's policies".to_owned(),
            )
        } else if first.by_boundary {
            (
                ", since its permissions boundary does not allow it",
                format!(
                    "Allow it there: aws iam get-role --role-name {role_name} --query Role.PermissionsBoundary"
                ),
            )
        } else if first.decision == "explicitDeny" {
            (
                ", since a policy of its own denies it",
                format!(
                    "Find the policy, and take the statement away: {look}, and aws iam list-role-policies --role-name {role_name}"
                ),
            )
        } else {
            let list: Vec<String> = plain
                .iter()
                .map(|one| format!("\"{}\"", one.action))
                .collect();
            (
                "",
                format!(
                    "Allow it: aws iam put-role-policy --role-name {role_name} --policy-name rotation-{} --policy-document '{{\"Version\": \"2012-10-17\", \"Statement\": [{{\"Effect\": \"Allow\", \"Action\": [{}], \"Resource\": \"{}\"}}]}}'",
                    service(right),
                    list.join(", "),
                    resource.replace(":log-stream:x", ":*")
                ),
            )
        };
        let says = format!("this role of the function may not {actions} on {resource}{why}");
        self.fault(right.stops, role, says, fix);
    }

    /// A key's policy has the first word: without it, no policy of the role counts.
    fn key_of_role(&mut self, role: &str, policies: &Policies) {
        let Some(key) = &policies.key else { return };
        let Some(policy) = &key.policy else { return };
        let about = |action: &str| {
            let action = action.to_owned();
            policy
                .iter()
                .filter(move |one| one.is_about(&action) && one.is_for(role))
        };
        let show = format!(
            "aws kms get-key-policy --key-id {} --policy-name default",
            key.arn
        );
        for action in KEY {
            if about(action).any(|one| one.denies() && one.conditions().is_empty()) {
                self.stop(
                    &key.arn,
                    format!("the policy of this key of the secret denies the role {role} {action}"),
                    format!("Take the role out of that statement: {show}"),
                );
            } else if !about(action).any(|one| one.allows()) {
                self.stop(
                    &key.arn,
                    format!("the policy of this key of the secret lets neither the role {role} nor its account use {action}, unless a grant does"),
                    format!("Add a statement for the role: {show}, then aws kms put-key-policy"),
                );
            }
        }
    }
}

/// Whether a policy of the resource itself lets the role do it.
fn allowed(policies: &Policies, role: &str, right: &Right, one: &Answered) -> bool {
    let key = policies.key.as_ref().and_then(|key| key.policy.as_ref());
    let statements = match right.actions {
        SECRET => &policies.secret,
        KEY => key.unwrap_or(&EMPTY),
        _ => &EMPTY,
    };
    let for_role = |statement: &&super::policy::Statement| {
        statement.is_for(role) && !statement.is_for_account(role)
    };
    let mut statements = statements.iter().filter(for_role);
    statements.any(|statement| statement.allows() && statement.is_about(&one.action))
}

static EMPTY: Vec<super::policy::Statement> = Vec::new();

fn names(answered: &[&Answered]) -> String {
    let names: Vec<&str> = answered.iter().map(|one| one.action.as_str()).collect();
    names.join(", ")
}

/// The service whose rights these are, for the name of a policy.
fn service(right: &Right) -> &'static str {
    let first = right.actions.first().copied().unwrap_or_default();
    first.split(':').next().unwrap_or_default()
}
