//! What is wrong in a row.

use rotation::testing::{World, version_id};
use rotation::version::Stage;
use rotation_simulation::toy::Toy;

pub(crate) fn previous(world: &mut World<'_, Toy>) {
    world
        .store
        .insert(version_id(1), Some("{}"), vec![Stage::Previous]);
}

pub(crate) fn previous_marked(world: &mut World<'_, Toy>) {
    let labels = vec![Stage::Previous, Stage::Mark(version_id(1))];
    world.store.insert(version_id(1), Some("{}"), labels);
}

pub(crate) fn left_over(world: &mut World<'_, Toy>) {
    world.store.abandon();
    let value = r#"{"host":"toy","username":"user0","password":"first-password"}"#;
    let labels = vec![Stage::Current, Stage::Pending];
    world.store.insert(version_id(0), Some(value), labels);
}

/// What createSecret would retire.
pub(crate) fn retirable(world: &mut World<'_, Toy>) {
    let value = r#"{"host":"toy","username":"user0","password":"older-password"}"#;
    world
        .store
        .insert(version_id(40), Some(value), vec![Stage::Previous]);
}

pub(crate) fn elsewhere(world: &mut World<'_, Toy>) {
    world.store.begin(&version_id(99));
}

pub(crate) fn another_function(world: &mut World<'_, Toy>) {
    world.function = Some("arn:aws:lambda:us-east-1:012345678912:function:ours".into());
    let other = "arn:aws:lambda:us-east-1:012345678912:function:theirs:live";
    world
        .store
        .describe_as(|d| d.rotation_function = Some(other.into()));
}

pub(crate) fn current(world: &mut World<'_, Toy>, value: &str) {
    world
        .store
        .insert(version_id(0), Some(value), vec![Stage::Current]);
}

pub(crate) fn pending(world: &mut World<'_, Toy>, value: &str) {
    let mark = Stage::Mark(version_id(1));
    world
        .store
        .insert(version_id(1), Some(value), vec![Stage::Pending, mark]);
}

pub(crate) fn created(world: &mut World<'_, Toy>) {
    pending(
        world,
        r#"{"host":"toy","username":"user0","password":"another-one"}"#,
    );
}

pub(crate) fn unmarked(world: &mut World<'_, Toy>) {
    let value = r#"{"host":"toy","username":"user0","password":"another-one"}"#;
    world
        .store
        .insert(version_id(1), Some(value), vec![Stage::Pending]);
}

pub(crate) fn too_long(world: &mut World<'_, Toy>) {
    let filler = "x".repeat(65_470);
    current(
        world,
        &format!(
            r#"{{"host":"toy","username":"user0","password":"first-password","x":"{filler}"}}"#
        ),
    );
}

pub(crate) fn labels_full(world: &mut World<'_, Toy>) {
    let labels = (0..19).map(|n| Stage::Other(format!("label{n}"))).collect();
    world.store.insert(version_id(50), Some("{}"), labels);
}

pub(crate) fn tag(world: &mut World<'_, Toy>) {
    let tag = ("rotation:password-lenght".into(), "40".into());
    world.store.describe_as(|d| d.tags.push(tag));
}
