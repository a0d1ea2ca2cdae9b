//! A diagnosis in words.

use super::{Diagnosis, Row};
use crate::clock::rfc3339;
use crate::engine::{Advice, Examinee, LabelMove};
use crate::protocol::Said;
use crate::tool::screen::day;
use crate::version::{Stage, VersionId};

impl Diagnosis {
    /// What state that is, by a word for programs and in words for a person.
    pub(in crate::tool) fn state(&self) -> (&'static str, String) {
        match &self.examined.advice {
            Advice::Healthy => (
                "healthy",
                "The target accepts AWSCURRENT, and no label is out of its place.".into(),
            ),
            Advice::Move(shift) => self.out_of_place(shift),
            Advice::Wait(time) => (
                "under way",
                format!(
                    "A rotation is under way, or was cut off: AWSPENDING's version is too young to tell. Nothing of it can run after {} s more.",
                    time.as_secs() + 1
                ),
            ),
            Advice::Unclear => (
                "unclear",
                format!(
                    "Nobody knows whether the target accepts AWSCURRENT: {}.",
                    self.reason(&Stage::Current)
                ),
            ),
            Advice::Stuck if self.current_is_unusable() => (
                "unusable",
                format!(
                    "AWSCURRENT cannot be used: {}.",
                    self.reason(&Stage::Current)
                ),
            ),
            Advice::Stuck => ("locked out", self.stuck()),
        }
    }

    /// The command that comes next, or what a person must do.
    pub(in crate::tool) fn way_out(&self, program: &str) -> String {
        let id = &self.survey.id;
        match &self.examined.advice {
            Advice::Healthy => "Nothing needs to be done.".into(),
            Advice::Move(_) => format!("{program} repair {id}"),
            Advice::Wait(time) => {
                format!("in {} s: {program} doctor {id}", time.as_secs() + 1)
            }
            Advice::Unclear => again(program, id.as_str()),
            Advice::Stuck if self.current_is_unusable() => format!(
                "store a value that can be used: aws secretsmanager put-secret-value --secret-id {id} --secret-string file://value.json"
            ),
            Advice::Stuck => format!(
                "set AWSCURRENT's password at the target by hand, or let an administrator whose secret you name do it: {program} repair {id} --admin-secret ARN --user NAME"
            ),
        }
    }

    /// The versions that were looked at, the oldest first.
    pub(in crate::tool) fn rows(&self) -> Vec<Row> {
        let mut versions = Vec::from_iter(&self.examined.versions);
        versions.sort_by_key(|version| version.made);
        versions.into_iter().map(Row::of).collect()
    }

    fn out_of_place(&self, shift: &LabelMove) -> (&'static str, String) {
        let named =
            |id: &Option<VersionId>| id.as_ref().map_or_else(String::new, |id| self.named(id));
        let (from, to) = (named(&shift.from), named(&shift.to));
        match &shift.label {
            Stage::Current if self.said(&Stage::Current) == Some(Said::Accepted) => (
                "unfinished",
                format!(
                    "A rotation was cut off before its end. The target accepts AWSCURRENT, and {} too.",
                    to
                ),
            ),
            Stage::Current if shift.from.is_none() => (
                "no current version",
                format!("No version is AWSCURRENT. The target accepts {to}."),
            ),
            Stage::Current if self.current_is_unusable() => (
                "unusable",
                format!(
                    "AWSCURRENT cannot be used: {}. The target accepts {}.",
                    self.reason(&Stage::Current),
                    to
                ),
            ),
            Stage::Current => (
                "refused",
                format!(
                    "The target refuses AWSCURRENT ({}). It accepts {}.",
                    self.reason(&Stage::Current),
                    to
                ),
            ),
            Stage::Pending => (
                "abandoned",
                format!(
                    "A rotation was begun, and did not end: AWSPENDING is on {}. The target accepts AWSCURRENT. No other rotation begins until AWSPENDING is gone, or that rotation ends.",
                    from
                ),
            ),
            Stage::Previous => (
                "previous",
                format!(
                    "Two users take turns, and AWSPREVIOUS is on {}, of the same user as AWSCURRENT. The other user's is {}.",
                    from, to
                ),
            ),
            _ => (
                "left over",
                format!(
                    "An abandoned rotation left {}, which the target refuses. Each rotation waits for it until its mark is gone.",
                    from
                ),
            ),
        }
    }

    fn stuck(&self) -> String {
        let current = match self.holder(&Stage::Current) {
            Some(_) => "",
            None => "No version is AWSCURRENT. ",
        };
        let versions = self.examined.versions.iter();
        let refused = versions
            .clone()
            .filter(|version| version.said == Said::Refused);
        let refused = refused.map(|version| format!("{}: {}", called(version), reason(version)));
        let untried = versions.filter(|version| version.said == Said::Nothing);
        let untried: Vec<String> = untried.map(called).collect();
        let untried = match untried[..] {
            [] => String::new(),
            _ => format!(
                " Not tried, since it is for another target, or since refused logins may lock an account (--refusals): {}.",
                untried.join(", ")
            ),
        };
        format!(
            "{current}The target accepts no version that was tried ({}).{untried}",
            Vec::from_iter(refused).join("; ")
        )
    }

    /// A version with its user and its labels, as in `version 4e3a… (AWSPREVIOUS, user app at db:5432)`.
    pub(in crate::tool) fn named(&self, id: &VersionId) -> String {
        let version = self
            .examined
            .versions
            .iter()
            .find(|version| version.version == *id);
        version.map_or_else(|| format!("version {id}"), called)
    }

    fn reason(&self, label: &Stage) -> String {
        let holder = self.holder(label);
        holder.map_or_else(|| format!("no version is {label}"), reason)
    }
}

/// What comes next, if the cause itself says what to mend.
pub(in crate::tool) fn again(program: &str, secret: &str) -> String {
    format!("Mend that. Then: {program} doctor {secret}")
}

impl Row {
    fn of(version: &Examinee) -> Self {
        let credential = version.credential.clone();
        let (target, principal) = credential.unzip();
        Self {
            version: version.version.to_string(),
            made: version.made.map(rfc3339),
            labels: labels(version),
            target,
            principal,
            verdict: match version.said {
                Said::Accepted => "accepted",
                Said::Refused => "refused",
                Said::Unclear => "unclear",
                Said::Nothing => "not tried",
            },
            reason: version.reason.clone(),
        }
    }

    /// For the screen.
    pub(in crate::tool) fn line(&self) -> String {
        let Self {
            version, verdict, ..
        } = self;
        let made = self.made.as_deref().map_or_else(|| "?".into(), day);
        let reason = self
            .reason
            .as_ref()
            .map_or_else(String::new, |why| format!(": {why}"));
        let labels = self.labels.join(" ");
        format!("{made:<16}  {version}  {labels:<22}  {verdict}{reason}")
    }
}

/// Its labels. A mark is called so.
fn labels(version: &Examinee) -> Vec<String> {
    let labels = version.labels.iter().map(|label| match label {
        Stage::Mark(_) => "mark".to_owned(),
        label => label.to_string(),
    });
    labels.collect()
}

fn called(version: &Examinee) -> String {
    let labels = labels(version).join(" ");
    let labels = match labels.as_str() {
        "" => "no label",
        labels => labels,
    };
    let user = version.credential.as_ref();
    let user = user.map_or_else(String::new, |(target, user)| {
        format!(", user {user} at {target}")
    });
    format!("version {} ({labels}{user})", version.version)
}

fn reason(version: &Examinee) -> String {
    version.reason.clone().unwrap_or_else(|| "no answer".into())
}
