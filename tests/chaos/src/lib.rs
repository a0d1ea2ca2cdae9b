//! Real functions and real servers, while things go wrong: whether anybody is locked out.

pub mod client;
pub mod engine;
pub mod record;
pub mod site;
pub mod soak;
