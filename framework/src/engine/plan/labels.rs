//! The labels as they would be after the moves so far.

use std::collections::BTreeMap;

use crate::version::{Stage, Stages, VersionId};

/// The moves that were not made, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Moves(Vec<(Stage, Option<VersionId>)>);

impl Moves {
    /// `stage` is on `to` from now on.
    pub(super) fn add(&mut self, stage: Stage, to: Option<&VersionId>) {
        self.0.push((stage, to.cloned()));
    }

    /// The labels of one version, whose real ones are `labels`.
    pub(super) fn of(&self, version: &VersionId, labels: Vec<Stage>) -> Vec<Stage> {
        self.0.iter().fold(labels, |mut labels, (stage, to)| {
            labels.retain(|label| label != stage);
            if to.as_ref() == Some(version) {
                labels.push(stage.clone());
            }
            labels
        })
    }

    /// The labels of all versions, whose real ones are `stages`.
    pub(super) fn applied(&self, stages: &Stages) -> Stages {
        let real = stages.versions();
        let mut versions: BTreeMap<VersionId, Vec<Stage>> = real
            .map(|(id, labels)| (id.clone(), labels.to_vec()))
            .collect();
        for id in self.0.iter().filter_map(|(_, to)| to.as_ref()) {
            versions.entry(id.clone()).or_default();
        }
        let moved = versions.into_iter().map(|(id, labels)| {
            let labels = self.of(&id, labels);
            (id, labels)
        });
        // A version without a label is not shown.
        Stages::new(moved.filter(|(_, labels)| !labels.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_on_one_version() {
        let version = |c: char| VersionId::parse(&c.to_string().repeat(32)).expect("an id");
        let (old, new) = (version('a'), version('b'));
        let real = Stages::new([(old.clone(), vec![Stage::Current, Stage::Mark(old.clone())])]);
        let mut moves = Moves::default();
        moves.add(Stage::Pending, Some(&new));
        moves.add(Stage::Current, Some(&new));
        moves.add(Stage::Mark(old.clone()), None);
        let then = moves.applied(&real);
        assert_eq!(then.holder(&Stage::Current), Some(&new));
        assert!(!then.contains(&old), "{then:?}");
        assert_eq!(moves.of(&old, vec![Stage::Current]), []);
    }
}
