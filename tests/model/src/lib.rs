//! A model of everything around `rotation::protocol`: Secrets Manager, a target, invocations that die or stall, and people.
//!
//! [`invocation`] is the path from the shipped code to the model: it asks [`decide`](rotation::protocol::decide) what to do, does
//! it in the [`world`], and hands the answer to [`View::learn`](rotation::protocol::View::learn). Nothing of these two is copied.
//! [`search`] walks through every order of calls and faults that a [`Budget`](budget::Budget) allows.

pub mod budget;
pub mod calls;
pub mod configurations;
pub mod events;
mod fingerprint;
mod hooks;
pub mod invocation;
pub mod kind;
pub mod properties;
pub mod recovery;
mod repair;
pub mod search;
pub mod secret;
pub mod target;
pub mod world;
