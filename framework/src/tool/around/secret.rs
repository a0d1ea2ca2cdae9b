//! The secret's resource policy.

use super::policy::{Policies, Statement};
use super::role::SECRET;
use super::{Around, Subject};
use crate::version::Place;

impl Around {
    /// Whether the secret's policy keeps the role from what a rotation does. It is the last word, whatever the role's policies say.
    pub(super) fn denied(&mut self, subject: &Subject<'_>, role: &str, policies: &Policies) {
        let show = format!(
            "aws secretsmanager get-resource-policy --secret-id {}",
            subject.secret
        );
        for one in &policies.secret {
            let actions = actions(one);
            if !one.denies() || actions.is_empty() || !one.is_for(role) {
                continue;
            }
            let conditions = one.conditions();
            if conditions.is_empty() {
                self.stop(
                    subject.secret,
                    format!("its resource policy denies the role {role} {actions}"),
                    format!("Take the role out of that statement: {show}"),
                );
            } else {
                self.unknown.push(format!(
                    "whether the secret's resource policy spares the role: it denies {actions} on the condition {conditions}"
                ));
            }
        }
        let (home, account) = (subject.home(), Place::of(role).account);
        let lets_in =
            |one: &Statement| one.allows() && !actions(one).is_empty() && one.is_for(role);
        if account != home.account && !policies.secret.iter().any(lets_in) {
            self.unknown.push(format!(
                "whether the secret lets account {account} in: no statement of its resource policy that could be read names the role {role}"
            ));
        }
    }
}

/// What a rotation does, of all that the statement is about.
fn actions(statement: &Statement) -> String {
    let named = SECRET.iter().filter(|action| statement.is_about(action));
    let named: Vec<&str> = named.copied().collect();
    named.join(", ")
}
