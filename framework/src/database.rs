//! [coexist]: crate::Succession::Coexist
//! [compare]: crate::TestsAsAdmin::ToCompare
//!
#![doc = include_str!("../DATABASES.md")]

mod admin;
mod connect;
mod driver;
mod error;
mod foreign;
pub mod limits;
mod login;
mod rds;
mod replica;
mod rotate;
mod session;
mod strategies;
mod stream;
mod tls;
pub mod turns;

pub use connect::Connector;
pub use driver::{Connection, Driver};
pub use error::{DatabaseError, wrong_password};
pub use login::{Database, Login};
pub use rotate::Rotate;
pub use session::Session;
pub use strategies::{AlternatingUsers, DualPassword, SingleUser};
pub use stream::Stream;
