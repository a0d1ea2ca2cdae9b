//! What the tests stand on: a local AWS, real servers, and a target in memory.

pub mod setting;
pub mod toy;
