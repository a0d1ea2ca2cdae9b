#![doc = include_str!("../DATABASES.md")]

mod admin;
mod connect;
mod driver;
mod error;
pub mod limits;
mod login;
mod rds;
mod replica;
mod rotate;
mod session;
mod stream;
mod tls;
pub mod turns;

pub use connect::Connector;
pub use driver::{AlternatingUsers, Connection, Driver, DualPassword, SingleUser};
pub use error::{DatabaseError, wrong_password};
pub use login::{Database, Login};
pub use rotate::Rotate;
pub use session::Session;
pub use stream::Stream;
