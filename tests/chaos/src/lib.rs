//! Real functions and real servers, while things go wrong: whether anybody is locked out.

pub mod board;
pub mod client;
pub mod documents;
pub mod engine;
pub mod lane;
pub mod machine;
pub mod nemesis;
pub mod page;
pub mod published;
pub mod record;
pub mod report;
pub mod site;
pub mod soak;
pub mod svg;
pub mod words;
