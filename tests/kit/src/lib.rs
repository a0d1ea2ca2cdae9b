#![doc = include_str!("../README.md")]

pub mod aws;
pub mod lambda;
mod lock;
pub mod process;
pub mod tls;
