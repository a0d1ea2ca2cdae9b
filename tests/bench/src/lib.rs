//! What a rotation costs: time, memory, calls and logins, beside AWS's templates where there is one.

pub mod contender;
pub mod counts;
pub mod crates;
pub mod figures;
pub mod gates;
pub mod growth;
pub mod measure;
pub mod package;
pub mod page;
mod paper;
mod picture;
pub mod share;
pub mod site;
mod statistics;
mod table;
