//! Real functions and real servers, while things go wrong: whether anybody is locked out.

pub mod board;
pub mod client;
pub mod engine;
pub mod lane;
pub mod nemesis;
pub mod published;
pub mod record;
pub mod report;
pub mod site;
pub mod soak;
