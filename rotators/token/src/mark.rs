//! What a credential is called at its service, so that one whose creation nobody heard of is found again.

use std::time::{Duration, SystemTime};

use rotation::version::SecretId;
use sha2::{Digest, Sha256};

/// Whose it is, of which version, and since when: `rotation-0123456789ab-<version id>-<seconds since 1970>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) version: String,
    pub(crate) made: SystemTime,
}

impl Mark {
    /// The name of what is made now.
    pub(crate) fn name(secret: &SecretId, version: &str, now: SystemTime) -> String {
        let seconds = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        format!("{}{version}-{}", prefix(secret), seconds.as_secs())
    }

    /// Read back. None, unless this secret's rotation gave the name.
    pub(crate) fn parse(secret: &SecretId, name: &str) -> Option<Self> {
        // Some services put a word of their own before a name: `robot$`.
        let (_, rest) = name.split_once(&prefix(secret))?;
        let (version, seconds) = rest.rsplit_once('-')?;
        let seconds = Duration::from_secs(seconds.parse().ok()?);
        Some(Self {
            version: version.to_owned(),
            made: SystemTime::UNIX_EPOCH.checked_add(seconds)?,
        })
    }
}

/// Another secret's rotation must not take its credentials for orphans: the ARN is in it, in 48 bits, since services
/// have rules for the length and the characters of names.
fn prefix(secret: &SecretId) -> String {
    let hash = Sha256::digest(secret.as_str());
    let digits: String = hash
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("rotation-{digits}-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(name: &str) -> SecretId {
        let arn = format!("arn:aws:secretsmanager:us-east-1:012345678912:secret:{name}-AbCdEf");
        SecretId::parse(&arn).expect("an ARN")
    }

    #[test]
    fn a_name_is_read_back_by_its_own_secret_alone() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let version = "00000001-0000-4000-8000-000000009e37";
        let name = Mark::name(&secret("a"), version, now);
        let mark = Mark {
            version: version.to_owned(),
            made: now,
        };
        assert_eq!(Mark::parse(&secret("a"), &name), Some(mark));
        let robot = Mark::parse(&secret("a"), &format!("robot${name}"));
        assert_eq!(robot.map(|mark| mark.version), Some(version.to_owned()));
        for (other, name) in [
            ("b", name.as_str()),
            ("a", "rotation-"),
            ("a", "by hand"),
            ("a", ""),
        ] {
            assert_eq!(Mark::parse(&secret(other), name), None, "{name}");
        }
        assert_eq!(
            Mark::parse(&secret("a"), &format!("{name}0000000000000")),
            None
        );
    }
}
