//! What the staging labels say of a rotation that Secrets Manager does. It tells nobody in another way how a rotation goes.

use std::collections::BTreeMap;

use crate::version::{Stage, Stages, VersionId};

/// A rotation that is watched.
pub(super) struct Watch {
    version: VersionId,
    /// The version under AWSCURRENT when the rotation began.
    before: Option<VersionId>,
    labels: BTreeMap<String, VersionId>,
    /// Whether AWSPENDING was seen on the version.
    seen: bool,
    doubt: Option<Broken>,
}

/// What one look at the labels shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// The rotation goes on, or has not begun.
    GoesOn,
    /// AWSCURRENT is on the new version.
    Done,
    /// The rotation will not come to its end.
    Broken(Broken),
}

/// Why the rotation will not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// AWSPENDING is on no version, or on AWSCURRENT's.
    TakenAway,
    /// AWSPENDING is on the version of another rotation.
    Replaced(VersionId),
    /// AWSCURRENT is on a version that this rotation did not make.
    MovedElsewhere(VersionId),
}

impl Watch {
    /// Watches the rotation that makes `version`. The labels are those from before it.
    pub(super) fn new(version: VersionId, stages: &Stages) -> Self {
        Self {
            before: stages.holder(&Stage::Current).cloned(),
            labels: labels(stages, &version),
            version,
            seen: false,
            doubt: None,
        }
    }

    /// The labels that are on another version than at the last look.
    pub(super) fn changes(&mut self, stages: &Stages) -> Vec<String> {
        let now = labels(stages, &self.version);
        let before = std::mem::replace(&mut self.labels, now);
        let moved = self.labels.iter();
        let moved = moved.filter(|(label, version)| before.get(*label) != Some(version));
        let moved = moved.map(|(label, version)| format!("{label} is on version {version}"));
        let gone = before
            .keys()
            .filter(|label| !self.labels.contains_key(*label));
        let gone = gone.map(|label| format!("{label} is on no version"));
        moved.chain(gone).collect()
    }

    /// What these labels say. An answer may be older than the one before it, so bad news counts when it comes twice in a row.
    pub(super) fn look(&mut self, stages: &Stages) -> Look {
        let current = stages.holder(&Stage::Current);
        if current == Some(&self.version) {
            return Look::Done;
        }
        let pending = stages.holder(&Stage::Pending);
        let other = pending.filter(|pending| Some(*pending) != current);
        self.seen |= pending == Some(&self.version);
        let broken = match (current, other) {
            (Some(current), _) if self.before.as_ref() != Some(current) => {
                Some(Broken::MovedElsewhere(current.clone()))
            }
            (_, Some(other)) if *other != self.version => Some(Broken::Replaced(other.clone())),
            (_, None) if self.seen => Some(Broken::TakenAway),
            _ => None,
        };
        let before = std::mem::replace(&mut self.doubt, broken.clone());
        match broken {
            Some(broken) if before.as_ref() == Some(&broken) => Look::Broken(broken),
            _ => Look::GoesOn,
        }
    }
}

/// Which version has which label. Of our marks, only the one of `version` is there.
fn labels(stages: &Stages, version: &VersionId) -> BTreeMap<String, VersionId> {
    let all = stages.versions();
    let all = all.flat_map(|(holder, labels)| labels.iter().map(move |label| (label, holder)));
    let shown = all.filter_map(|(label, holder)| match label {
        Stage::Mark(of) => (of == version).then(|| ("Its mark".to_owned(), holder.clone())),
        label => Some((label.to_string(), holder.clone())),
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(c: char) -> VersionId {
        VersionId::parse(&c.to_string().repeat(32)).expect("32 characters")
    }

    fn stages(current: char, pending: Option<char>) -> Stages {
        let mut found = BTreeMap::from([(version(current), vec![Stage::Current])]);
        if let Some(pending) = pending {
            let labels = found.entry(version(pending)).or_default();
            labels.push(Stage::Pending);
        }
        Stages::new(found)
    }

    /// What the looks at these labels say, after a rotation from `a` to `b` was begun.
    fn ends(looks: &[(char, Option<char>)]) -> Look {
        let mut watch = Watch::new(version('b'), &stages('a', None));
        let looks = looks
            .iter()
            .map(|(current, pending)| stages(*current, *pending));
        looks.map(|stages| watch.look(&stages)).last().expect("one")
    }

    #[test]
    fn what_labels_say() {
        let begun = ('a', Some('b'));
        let cut = ('a', None);
        assert_eq!(ends(&[begun, ('b', Some('b'))]), Look::Done);
        assert_eq!(ends(&[('b', None)]), Look::Done);
        assert_eq!(ends(&[cut, cut, cut, begun]), Look::GoesOn);
        assert_eq!(ends(&[begun, cut]), Look::GoesOn);
        assert_eq!(ends(&[begun, cut, begun, cut]), Look::GoesOn);
        assert_eq!(ends(&[begun, cut, cut]), Look::Broken(Broken::TakenAway));
        let on_current = ('a', Some('a'));
        let broken = ends(&[begun, on_current, on_current]);
        assert_eq!(broken, Look::Broken(Broken::TakenAway));
        let other = ('a', Some('c'));
        let broken = ends(&[other, other]);
        assert_eq!(broken, Look::Broken(Broken::Replaced(version('c'))));
        let moved = ('c', Some('b'));
        let broken = ends(&[begun, moved, moved]);
        assert_eq!(broken, Look::Broken(Broken::MovedElsewhere(version('c'))));
    }

    #[test]
    fn each_change_once() {
        let mut watch = Watch::new(version('b'), &stages('a', None));
        assert!(watch.changes(&stages('a', None)).is_empty());
        let begun = watch.changes(&stages('a', Some('b')));
        assert_eq!(
            begun,
            [format!("AWSPENDING is on version {}", version('b'))]
        );
        assert!(watch.changes(&stages('a', Some('b'))).is_empty());
        let ended = watch.changes(&stages('b', None));
        let words = [
            format!("AWSCURRENT is on version {}", version('b')),
            "AWSPENDING is on no version".to_owned(),
        ];
        assert_eq!(ended, words);
    }
}
