//! For tests of rotators: Secrets Manager in memory, time that jumps, calls that fail on demand, and the
//! [`conformance`] suite that every rotator should pass.

pub mod capture;
pub mod clock;
pub mod conformance;
pub mod faults;
pub mod memory;
pub mod world;

pub use clock::TestClock;
pub use faults::{Faults, When};
pub use memory::MemoryStore;
pub use world::World;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::clock::now;
use crate::context::Context;
use crate::document::Document;
use crate::password::PasswordPolicy;
use crate::version::{SecretId, VersionId};

/// A secret's ARN, for calling a hook directly.
///
/// # Panics
/// Never, since the ARN is right.
pub fn secret_id() -> SecretId {
    SecretId::parse("arn:aws:secretsmanager:us-east-1:012345678912:secret:test-AbCdEf")
        .expect("a full ARN")
}

/// An ARN that no other secret in this process has.
fn another_secret_id() -> SecretId {
    static SECRETS: AtomicUsize = AtomicUsize::new(0);
    let n = SECRETS.fetch_add(1, Ordering::Relaxed);
    SecretId::parse(&format!(
        "arn:aws:secretsmanager:us-east-1:012345678912:secret:test{n}-AbCdEf"
    ))
    .expect("a full ARN")
}

/// A version id that differs for each `n`.
///
/// # Panics
/// Never, since the id has 36 characters.
pub fn version_id(n: usize) -> VersionId {
    VersionId::parse(&format!(
        "{n:08x}-0000-4000-8000-{:012x}",
        n.wrapping_mul(0x9e37)
    ))
    .expect("36 characters")
}

/// A context for calling a hook directly. The hook has 60 seconds left.
pub fn context(secret_id: SecretId, version_id: VersionId, admin: Option<&str>) -> Context {
    Context {
        secret_id,
        version_id,
        policy: PasswordPolicy::default(),
        admin: admin.map(Document::new),
        claimed: false,
        time_left: Duration::from_secs(60),
        began: now(),
        now: now(),
        horizon: Duration::from_secs(75),
        told: None,
    }
}
