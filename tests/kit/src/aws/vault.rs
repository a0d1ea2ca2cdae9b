//! All secrets of the account, and how they are named.

use std::time::SystemTime;

use super::kind::{Kind, Replication};
use super::protection::Protection;
use super::refusal::Refusal;
use super::secret::{Rotation, Secret};

/// The Region and the account that AWS's Lambda emulator says it is in, whatever the variables say.
pub(crate) const PLACE: &str = "us-east-1:012345678912";

/// The secrets, as they are and as they were before the last change.
#[derive(Debug, Default)]
pub(crate) struct Vault {
    secrets: Vec<Secret>,
    before: Vec<Secret>,
}

impl Vault {
    /// A new secret without a value.
    pub(crate) fn create(
        &mut self,
        name: &str,
        tags: Vec<(String, String)>,
    ) -> Result<String, Refusal> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"/_+=.@-".contains(&b);
        if name.is_empty() || name.len() > 512 || !name.bytes().all(fits) {
            return Err(Refusal::validation(
                "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
            ));
        }
        let arn = format!("arn:aws:secretsmanager:{PLACE}:secret:{name}-{}", suffix());
        self.secrets.push(Secret {
            arn: arn.clone(),
            name: name.to_owned(),
            created: SystemTime::now(),
            relabelled: SystemTime::now(),
            tags,
            versions: Vec::new(),
            rotation: Rotation::default(),
            deletion: None,
            kind: Kind::default(),
            replication: Replication::default(),
            protection: Protection::default(),
        });
        Ok(arn)
    }

    /// By ARN, by name, or by an ARN without its last seven characters that fits one secret alone.
    pub(crate) fn find(&self, id: &str) -> Result<&Secret, Refusal> {
        let at = position(&self.secrets, id)?;
        Ok(&self.secrets[at])
    }

    /// The same, to change it: what it was is remembered for stale answers.
    pub(crate) fn change(&mut self, id: &str) -> Result<&mut Secret, Refusal> {
        let at = position(&self.secrets, id)?;
        self.before = self.secrets.clone();
        Ok(&mut self.secrets[at])
    }

    /// As it was before the last change.
    pub(crate) fn stale(&self) -> Self {
        Self {
            secrets: self.before.clone(),
            before: Vec::new(),
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Secret> {
        self.secrets.iter()
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Secret> {
        self.secrets.iter().find(|secret| secret.name == name)
    }
}

fn position(secrets: &[Secret], id: &str) -> Result<usize, Refusal> {
    let exact = |secret: &Secret| secret.arn == id || secret.name == id;
    if let Some(at) = secrets.iter().position(exact) {
        return Ok(at);
    }
    let partly = |secret: &Secret| {
        secret
            .arn
            .strip_prefix(id)
            .is_some_and(|rest| rest.len() == 7)
    };
    let mut found = secrets.iter().enumerate().filter(|(_, s)| partly(s));
    match (found.next(), found.next()) {
        (Some((at, _)), None) => Ok(at),
        _ => Err(Refusal::not_found("secret")),
    }
}

/// Six letters and digits, as the service adds them to a name.
fn suffix() -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    id.chars().take(6).collect()
}
