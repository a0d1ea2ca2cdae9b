//! What all databases share: AWS's standard secret, the administrator's secret, the connection to the server, and the ways in
//! which a server fails.

mod admin;
mod connect;
mod error;
mod login;
mod rds;
mod replica;
mod stream;
mod tls;
pub mod turns;

pub use admin::Admin;
pub use connect::Connector;
pub use error::{DatabaseError, wrong_password};
pub use login::{Database, Login};
pub use replica::replicated;
pub use stream::Stream;
