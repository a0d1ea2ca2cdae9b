//! What the tests stand on: a local AWS, real servers, and a target in memory.

pub mod api;
pub mod availability;
pub mod aws;
pub mod deploy;
pub mod documented;
pub mod iam;
pub mod lab;
pub mod lambda;
pub mod moto;
pub mod mysql;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod rds;
pub mod rotators;
pub mod services;
pub mod setting;
pub mod skip;
pub mod ssh;
pub mod stable;
pub mod strangers;
pub mod tls;
pub mod toy;
pub mod turns;
pub mod wrong;
