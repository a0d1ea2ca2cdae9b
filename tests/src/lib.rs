//! What the tests stand on beside `rotation-kit`: real servers, a target in memory, and what is asked of both.

pub mod api;
pub mod around;
pub mod availability;
pub mod deploy;
pub mod differences;
pub mod documented;
pub mod iam;
pub mod lab;
pub mod moto;
pub mod mysql;
pub mod peer;
pub mod person;
pub mod postgres;
mod process;
pub mod proxy;
pub mod rds;
pub mod rotators;
pub mod runtime;
pub mod services;
pub mod setting;
pub mod skip;
pub mod ssh;
pub mod stable;
pub mod strangers;
pub mod support;
pub mod turns;
pub mod wrong;
