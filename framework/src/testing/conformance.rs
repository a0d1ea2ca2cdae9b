//! The checks that every rotator must pass. [`all`] runs each of them against a [`Harness`].
//!
//! Each check makes its own account on the target, and panics if the rotator does not pass. The text says what the target did, and
//! which promise of the rotator that breaks.

mod answers;
mod faults;
mod locks;
mod orders;
mod plans;
mod repairs;
mod rotations;

use super::world::Harness;

pub use answers::{
    leaks_nothing, tells_busy_from_reject, tells_principals_apart, tells_reject_from_error,
};
pub use faults::{survives_faults, survives_some_faults};
pub use locks::keeps_others_out;
pub use orders::{any_order, heals, overlaps, repeats};
pub use plans::plans;
pub use repairs::can_be_repaired;
pub use rotations::{keeps_unknown_fields, rotates, survives_edits, with_other_settings};

/// Runs every check, one after another.
pub async fn all<H: Harness>(harness: &H) {
    sample(harness, 1).await;
}

/// Like [`all`], for a target where every fault would take too long. `stride` is that of [`survives_some_faults`].
pub async fn sample<H: Harness>(harness: &H, stride: usize) {
    rotates(harness).await;
    with_other_settings(harness).await;
    plans(harness).await;
    repeats(harness).await;
    keeps_unknown_fields(harness).await;
    survives_edits(harness).await;
    tells_reject_from_error(harness).await;
    tells_busy_from_reject(harness).await;
    tells_principals_apart(harness).await;
    keeps_others_out(harness).await;
    heals(harness).await;
    any_order(harness).await;
    overlaps(harness).await;
    leaks_nothing(harness).await;
    survives_some_faults(harness, stride).await;
}
