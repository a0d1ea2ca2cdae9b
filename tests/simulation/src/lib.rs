//! The engine and a target in memory, while all that can go wrong does: at each call, in each order.

mod choices;
mod counts;
mod gate;
mod guarantees;
mod invocation;
mod story;
pub mod sweep;
mod target;
pub mod toy;

pub use choices::Choices;
pub use counts::Counts;
pub use story::{Scope, tell};
pub use target::Target;
