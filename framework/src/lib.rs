// The README's links, for this page: what is defined first wins.
//! [protocol]: protocol
//!
#![doc = include_str!("../README.md")]

#[cfg(feature = "aws")]
pub mod aws;
pub mod clock;
pub mod config;
pub mod context;
#[cfg(feature = "database")]
pub mod database;
pub mod document;
pub mod engine;
#[cfg(feature = "lambda")]
mod entry;
pub mod error;
pub mod event;
pub mod field;
#[cfg(feature = "lambda")]
mod lambda;
#[cfg(any(feature = "lambda", feature = "command-line"))]
mod log;
#[cfg(feature = "network")]
pub mod network;
pub mod password;
#[cfg(any(feature = "aws", feature = "tls"))]
mod pem;
#[cfg(any(feature = "lambda", feature = "command-line"))]
mod process;
pub mod protocol;
pub mod rotator;
pub mod secret;
pub mod settings;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tls")]
pub mod tls;
#[cfg(feature = "command-line")]
mod tool;
pub mod version;

// Types of these stand in signatures of `aws`, `database`, `tls` and `Tool`.
#[cfg(feature = "aws")]
pub use aws_sdk_secretsmanager;
#[cfg(feature = "command-line")]
pub use clap;
#[cfg(feature = "tls")]
pub use rustls;
#[cfg(feature = "tls")]
pub use rustls_pki_types;

pub use context::{Context, GenerateContext};
#[cfg(feature = "lambda")]
pub use entry::main;
pub use error::{HookError, RotationError};
pub use rotator::{Payload, Rejection, Rotator, Succession, TestsAsAdmin, Verdict};
pub use secret::Secret;
#[cfg(feature = "command-line")]
pub use tool::{About, Person, Tool, tool};
