//! Secrets, versions and staging labels: what an answer of DescribeSecret says.

use std::collections::BTreeMap;
use std::fmt;

/// The full ARN of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretId {
    arn: String,
}

impl SecretId {
    /// The ARN of a secret, `arn:<partition>:secretsmanager:<region>:<account>:secret:<name>`.
    ///
    /// A bare name is refused, since Secrets Manager reads partial names ambiguously
    /// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html>).
    pub fn parse(arn: &str) -> Option<Self> {
        let parts: Vec<&str> = arn.splitn(7, ':').collect();
        let [prefix, partition, service, region, account, kind, name] = parts[..] else {
            return None;
        };
        let fits = prefix == "arn"
            && partition.starts_with("aws")
            && service == "secretsmanager"
            && kind == "secret"
            && !region.is_empty()
            && account.len() == 12
            && account.bytes().all(|b| b.is_ascii_digit())
            && !name.is_empty()
            && arn.len() <= 2048
            && arn.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self {
            arn: arn.to_owned(),
        })
    }

    /// The ARN, as it was given.
    pub fn as_str(&self) -> &str {
        &self.arn
    }

    /// Whether the service of this name made the secret. Names of such secrets begin with the service's, and users' names hold no `!`.
    /// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html>.
    pub(crate) fn is_made_by(&self, service: &str) -> bool {
        let name = self.arn.splitn(7, ':').nth(6).unwrap_or_default();
        name.strip_prefix(service)
            .is_some_and(|rest| rest.starts_with('!'))
    }

    /// Partition, Region and account. If these are equal, two ARNs belong to the same place.
    pub fn place(&self) -> Place<'_> {
        Place::of(&self.arn)
    }
}

impl fmt::Display for SecretId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn)
    }
}

/// The place that an ARN names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The partition: `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: &'a str,
    /// The Region, as in `eu-central-1`.
    pub region: &'a str,
    /// The number of the account, which has twelve digits.
    pub account: &'a str,
}

impl<'a> Place<'a> {
    /// The place of any ARN. Parts that the ARN does not have are empty.
    pub fn of(arn: &'a str) -> Self {
        let mut parts = arn.split(':').skip(1);
        let mut next = || parts.next().unwrap_or_default();
        let partition = next();
        let _service = next();
        Self {
            partition,
            region: next(),
            account: next(),
        }
    }
}

/// A function's ARN without version or alias.
pub(crate) fn unqualified(arn: &str) -> String {
    arn.split(':').take(7).collect::<Vec<_>>().join(":")
}

/// Names one version of a secret: the `ClientRequestToken` of the call that made it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionId(String);

impl VersionId {
    /// 32 to 64 printable ASCII characters without spaces.
    /// Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html>.
    pub fn parse(id: &str) -> Option<Self> {
        let fits = (32..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self(id.to_owned()))
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A staging label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// AWSCURRENT: what applications read.
    Current,
    /// AWSPENDING: what a rotation is about to make current.
    Pending,
    /// AWSPREVIOUS: what was current before.
    Previous,
    /// `ROTATION-<VersionId>`: our mark, on a version whose value may have reached the target.
    Mark(VersionId),
    /// A label that somebody else uses.
    Other(String),
}

impl Stage {
    const MARK: &str = "ROTATION-";

    /// The label that Secrets Manager knows by `name`.
    pub fn parse(name: &str) -> Self {
        match name {
            "AWSCURRENT" => Self::Current,
            "AWSPENDING" => Self::Pending,
            "AWSPREVIOUS" => Self::Previous,
            _ => match name.strip_prefix(Self::MARK).and_then(VersionId::parse) {
                Some(version) => Self::Mark(version),
                None => Self::Other(name.to_owned()),
            },
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => f.write_str("AWSCURRENT"),
            Self::Pending => f.write_str("AWSPENDING"),
            Self::Previous => f.write_str("AWSPREVIOUS"),
            Self::Mark(version) => write!(f, "{}{version}", Self::MARK),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// Where the version of a rotation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It has AWSCURRENT, with or without AWSPENDING.
    Current,
    /// It has AWSPENDING.
    Pending,
    /// It has neither.
    Unstaged,
}

/// The versions, each with its labels: the answer of one DescribeSecret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stages(BTreeMap<VersionId, Vec<Stage>>);

impl Stages {
    /// Makes it from versions and their labels.
    pub fn new(versions: impl IntoIterator<Item = (VersionId, Vec<Stage>)>) -> Self {
        Self(versions.into_iter().collect())
    }

    /// The versions that carry a label.
    pub fn versions(&self) -> impl Iterator<Item = (&VersionId, &[Stage])> {
        self.0
            .iter()
            .map(|(version, stages)| (version, stages.as_slice()))
    }

    /// The version that `stage` is on.
    pub fn holder(&self, stage: &Stage) -> Option<&VersionId> {
        self.0
            .iter()
            .find(|(_, stages)| stages.contains(stage))
            .map(|(version, _)| version)
    }

    /// Where `version` stands.
    pub fn standing(&self, version: &VersionId) -> Standing {
        if self.has(version, &Stage::Current) {
            Standing::Current
        } else if self.has(version, &Stage::Pending) {
            Standing::Pending
        } else {
            Standing::Unstaged
        }
    }

    /// Returns true if `version` carries any label.
    pub fn contains(&self, version: &VersionId) -> bool {
        self.0.contains_key(version)
    }

    /// Returns true if `version` carries its mark.
    pub fn marked(&self, version: &VersionId) -> bool {
        self.has(version, &Stage::Mark(version.clone()))
    }

    /// The versions that abandoned rotations left. Each has its mark, has none of AWSCURRENT, AWSPENDING and AWSPREVIOUS, and
    /// is not `me`.
    pub fn orphans(&self, me: &VersionId) -> Vec<VersionId> {
        let kept = [Stage::Current, Stage::Pending, Stage::Previous];
        let orphan = |version: &&VersionId| {
            *version != me
                && self.marked(version)
                && !kept.iter().any(|stage| self.has(version, stage))
        };
        self.0.keys().filter(orphan).cloned().collect()
    }

    /// How many labels the secret carries. Secrets Manager allows 20.
    pub fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    fn has(&self, version: &VersionId, stage: &Stage) -> bool {
        self.0
            .get(version)
            .is_some_and(|stages| stages.contains(stage))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(n: char) -> VersionId {
        VersionId::parse(&n.to_string().repeat(32)).expect("32 characters")
    }

    #[test]
    fn only_full_arns_of_secrets_are_ids() {
        let arn = "arn:aws:secretsmanager:us-east-1:012345678912:secret:db-AbCdEf";
        assert_eq!(
            SecretId::parse(arn).expect("an ARN").place().region,
            "us-east-1"
        );
        for wrong in [
            "",
            "db",
            "arn:aws:s3:::x",
            "arn:aws:secretsmanager:us-east-1:1:secret:x",
        ] {
            assert_eq!(SecretId::parse(wrong), None, "{wrong}");
        }
        assert_eq!(SecretId::parse(&format!("{arn}\n")), None);
    }

    #[test]
    fn labels_survive_a_round_trip() {
        for name in [
            "AWSCURRENT",
            "AWSPENDING",
            "AWSPREVIOUS",
            "mine",
            "ROTATION-x",
        ] {
            assert_eq!(Stage::parse(name).to_string(), name);
        }
        let mark = Stage::Mark(version('a'));
        assert_eq!(Stage::parse(&mark.to_string()), mark);
    }

    #[test]
    fn orphans_are_marked_versions_that_nothing_else_names() {
        let (a, b, c) = (version('a'), version('b'), version('c'));
        let stages = Stages::new([
            (a.clone(), vec![Stage::Mark(a.clone())]),
            (b.clone(), vec![Stage::Previous, Stage::Mark(b)]),
            (c.clone(), vec![Stage::Pending, Stage::Mark(c.clone())]),
        ]);
        assert_eq!(stages.orphans(&c), [a]);
        assert_eq!(stages.standing(&c), Standing::Pending);
    }
}
