#![doc = include_str!("../README.md")]

pub mod clock;
pub mod context;
pub mod document;
pub mod engine;
pub mod error;
pub mod event;
pub mod password;
pub mod protocol;
pub mod rotator;
pub mod secret;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod version;

pub use context::Context;
pub use error::{HookError, RotationError};
pub use rotator::{Payload, Rejection, Rotator, Succession, Verdict};
pub use secret::Secret;
