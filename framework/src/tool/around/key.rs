//! The key: whether it can be used, and whom its policy lets.

use super::policy::{OfKey, statements};
use super::{Around, Subject};
use crate::aws::around::Api;
use crate::aws::around::key::{Key, describe, policy};
use crate::aws::connect::Access;
use crate::error::StoreError;
use crate::version::Place;

/// What KMS says. `None` if the secret has no key of its own.
pub(super) struct Seen {
    key: Result<Option<Key>, StoreError>,
    policy: Option<Result<String, StoreError>>,
}

pub(super) async fn ask(access: &Access, subject: &Subject<'_>) -> Option<Seen> {
    let id = subject.key?;
    // An id, or an alias, is one of the secret's Region.
    let place = if id.starts_with("arn:") {
        id
    } else {
        subject.secret
    };
    let api = Api::at(access, place);
    let key = describe(&api, id).await;
    let policy = match &key {
        Ok(Some(key)) if key.key_manager == "CUSTOMER" => Some(policy(&api, &key.arn).await),
        _ => None,
    };
    Some(Seen { key, policy })
}

impl Around {
    /// Judges the key. Returns it, if it is a customer's that is there.
    pub(super) fn key(&mut self, subject: &Subject<'_>, seen: Option<Seen>) -> Option<OfKey> {
        let Some(seen) = seen else {
            self.across(subject);
            return None;
        };
        let id = subject.key.unwrap_or_default();
        let Some(key) = self.learn("the state of the secret's key", seen.key)? else {
            self.stop(
                id,
                "there is no such key, and the secret is encrypted under it",
                format!("Give the secret another key: aws secretsmanager update-secret --secret-id {} --kms-key-id KEY", subject.secret),
            );
            return None;
        };
        self.fact("Key state", key.key_state.clone());
        self.usable(&key);
        if key.key_manager != "CUSTOMER" {
            self.across(subject);
            return None;
        }
        let policy = seen.policy?;
        let policy = self.learn("the policy of the secret's key", policy);
        Some(OfKey {
            arn: key.arn,
            policy: policy.map(|policy| statements(&policy)),
        })
    }

    /// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>.
    fn usable(&mut self, key: &Key) {
        let at = |command: &str| {
            let Key { arn, .. } = key;
            let region = Place::of(arn).region;
            format!("aws kms {command} --key-id {arn} --region {region}")
        };
        match key.key_state.as_str() {
            "Enabled" | "Creating" | "Updating" | "" => {}
            "Disabled" => self.stop(
                &key.arn,
                "this key of the secret is disabled, so nobody can read the secret or store a version",
                format!("Enable it: {}", at("enable-key")),
            ),
            "PendingDeletion" | "PendingReplicaDeletion" => self.stop(
                &key.arn,
                "this key of the secret is about to be deleted, and the secret's value with it: nobody can read it any more",
                format!(
                    "Keep the key: {}, then {}",
                    at("cancel-key-deletion"),
                    at("enable-key")
                ),
            ),
            other => self.stop(
                &key.arn,
                format!("this key of the secret cannot be used, since it is {other}"),
                format!("Look at it: {}", at("describe-key")),
            ),
        }
    }

    /// The key of AWS's own is for its account alone
    /// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html>).
    fn across(&mut self, subject: &Subject<'_>) {
        let (home, account) = (subject.home(), Place::of(subject.function).account);
        if !subject.function.is_empty() && account != home.account {
            self.stop(
                subject.secret,
                format!("it is encrypted under aws/secretsmanager, which its function in account {account} can never use"),
                format!(
                    "Give it a key of your own, whose policy lets the function's role use it: aws secretsmanager update-secret --secret-id {} --kms-key-id KEY",
                    subject.secret
                ),
            );
        }
    }
}
