//! The function: whether it is there, ready, and open to Secrets Manager.

use futures_util::future::join3;

use super::policy::{Invocation, invocation};
use super::{Around, Subject};
use crate::aws::around::Api;
use crate::aws::around::function::{Configuration, configuration, policy, reserved};
use crate::error::StoreError;
use crate::version::Place;

/// The shortest time-out of our functions, in seconds: deploy/ has the reason.
const OWN_TIMEOUT: u64 = 35;
/// The shortest time-out of others, in seconds: that of AWS's templates
/// (<https://github.com/aws-samples/aws-secrets-manager-rotation-lambdas>).
const TIMEOUT: u64 = 30;

/// What Lambda says.
pub(super) struct Seen {
    pub(super) configuration: Result<Option<Configuration>, StoreError>,
    pub(super) policy: Result<Option<String>, StoreError>,
    pub(super) reserved: Result<Option<u64>, StoreError>,
}

pub(super) async fn ask(api: &Api<'_>, arn: &str) -> Seen {
    if arn.is_empty() {
        return Seen {
            configuration: Ok(None),
            policy: Ok(None),
            reserved: Ok(None),
        };
    }
    let all = join3(
        configuration(api, arn),
        policy(api, arn),
        reserved(api, arn),
    );
    let (configuration, policy, reserved) = all.await;
    Seen {
        configuration,
        policy,
        reserved,
    }
}

impl Around {
    /// Judges the function. Returns how it is set up, as far as that is known.
    pub(super) fn function(
        &mut self,
        subject: &Subject<'_>,
        seen: Seen,
        settings: &[&str],
    ) -> Option<Configuration> {
        self.place(subject);
        let configuration = self.learn("how the function is set up", seen.configuration);
        if let Some(None) = configuration {
            self.gone(subject);
            return None;
        }
        let configuration = configuration.flatten();
        if let Some(configuration) = &configuration {
            self.set_up(configuration, settings);
            self.ready(subject, configuration);
            self.timeout(subject, configuration);
        }
        let reserved = self.learn("the function's reserved concurrency", seen.reserved);
        if reserved.flatten() == Some(0) {
            self.stop(
                subject.function,
                "its reserved concurrency is 0, so Lambda turns every step away",
                format!(
                    "Take the limit away: aws lambda delete-function-concurrency {}",
                    subject.of_function()
                ),
            );
        }
        if let Some(policy) = self.learn("who may invoke the function", seen.policy) {
            self.invocable(subject, policy.as_deref().unwrap_or("{}"));
        }
        configuration
    }

    /// Secrets Manager calls functions of its own Region alone
    /// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-lambda-function-customizing.html>).
    fn place(&mut self, subject: &Subject<'_>) {
        let (home, place) = (subject.home(), Place::of(subject.function));
        if place.region != home.region {
            self.stop(
                subject.function,
                format!(
                    "it is in {}, and the secret is in {}: Secrets Manager calls functions of the secret's Region alone",
                    place.region, home.region
                ),
                format!(
                    "Deploy the function in {}, and name that one: {}",
                    home.region,
                    name_another(subject)
                ),
            );
        }
        if place.account != home.account {
            self.fact("Account", format!("{} has the function", place.account));
        }
    }

    fn gone(&mut self, subject: &Subject<'_>) {
        self.stop(
            subject.function,
            "there is no such function, and the secret names it",
            format!(
                "Deploy it again, or name another: {}",
                name_another(subject)
            ),
        );
    }

    fn set_up(&mut self, configuration: &Configuration, settings: &[&str]) {
        let Configuration {
            role,
            runtime,
            architectures,
            timeout,
            memory_size,
            vpc_config,
            environment,
            ..
        } = configuration;
        let runtime = match runtime.as_str() {
            "" => "an image",
            runtime => runtime,
        };
        self.fact(
            "Runtime",
            format!(
                "{runtime}, {}, {memory_size} MB, time-out {timeout} s",
                architectures.join(", ")
            ),
        );
        self.fact("Role", role);
        let network = match vpc_config.subnet_ids[..] {
            [] => "not in a VPC of yours".to_owned(),
            ref subnets => format!(
                "{}: {}, {}",
                vpc_config.vpc_id,
                subnets.join(", "),
                vpc_config.security_group_ids.join(", ")
            ),
        };
        self.fact("Network", network);
        // Only the names: somebody may have put a secret into a variable.
        let set = environment.variables.iter();
        let set =
            set.filter(|(name, value)| settings.contains(&name.as_str()) && !value.is_empty());
        let set: Vec<&str> = set.map(|(name, _)| name.as_str()).collect();
        if !set.is_empty() {
            self.fact("Settings", set.join(", "));
        }
    }

    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html>.
    fn ready(&mut self, subject: &Subject<'_>, configuration: &Configuration) {
        let Configuration {
            state,
            state_reason,
            last_update_status,
            last_update_status_reason,
            ..
        } = configuration;
        let wait = format!(
            "Wait until it is: aws lambda wait function-active-v2 {}",
            subject.of_function()
        );
        match state.as_str() {
            "Failed" => self.stop(
                subject.function,
                format!("Lambda cannot run it ({state_reason})"),
                "Mend what the reason names, and deploy the function again",
            ),
            "Pending" => self.stop(subject.function, "it is not ready yet", wait),
            "Inactive" => self.risk(
                subject.function,
                "it was idle for so long that Lambda shut it down: the next step fails, and wakes it up",
                format!(
                    "Secrets Manager's next try succeeds. To do that now: aws secretsmanager rotate-secret --secret-id {}",
                    subject.secret
                ),
            ),
            _ => {}
        }
        if last_update_status == "Failed" {
            self.risk(
                subject.function,
                format!(
                    "its last change failed ({last_update_status_reason}), so it runs as it was before"
                ),
                "Mend what the reason names, and deploy the function again",
            );
        }
    }

    fn timeout(&mut self, subject: &Subject<'_>, configuration: &Configuration) {
        let least = match configuration.runtime.starts_with("provided") {
            true => OWN_TIMEOUT,
            false => TIMEOUT,
        };
        let timeout = configuration.timeout;
        if timeout < least {
            self.stop(
                subject.function,
                format!("its time-out of {timeout} s is too short: a step needs {least} s at least, and 60 s are usual"),
                format!(
                    "Raise it: aws lambda update-function-configuration --timeout 60 {}",
                    subject.of_function()
                ),
            );
        }
    }

    /// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html>.
    fn invocable(&mut self, subject: &Subject<'_>, policy: &str) {
        let account = subject.home().account;
        let allow = format!(
            "Let it: aws lambda add-permission --statement-id secretsmanager-{account} --principal secretsmanager.amazonaws.com --action lambda:InvokeFunction --source-account {account} {}",
            subject.of_function()
        );
        match invocation(policy, subject.secret) {
            Invocation::Allowed => self.fact("Invoked by", "Secrets Manager"),
            Invocation::Unclear(condition) => self.unknown.push(format!(
                "whether Secrets Manager may invoke the function: its policy has the condition {condition}"
            )),
            Invocation::Missing => self.stop(
                subject.function,
                "its policy does not let secretsmanager.amazonaws.com invoke it",
                allow,
            ),
            Invocation::Elsewhere(condition) => self.stop(
                subject.function,
                format!(
                    "its policy lets secretsmanager.amazonaws.com invoke it for others alone ({condition}), and not for this secret of account {account}"
                ),
                allow,
            ),
            Invocation::Denied => self.stop(
                subject.function,
                "its policy denies secretsmanager.amazonaws.com to invoke it",
                format!(
                    "Find the statement, and take it away: aws lambda get-policy {}",
                    subject.of_function()
                ),
            ),
        }
    }
}

fn name_another(subject: &Subject<'_>) -> String {
    format!(
        "aws secretsmanager rotate-secret --secret-id {} --no-rotate-immediately --rotation-lambda-arn ARN",
        subject.secret
    )
}
