//! The PostgreSQL rotator on real servers, with Secrets Manager in memory.

mod case;
mod conformance;
mod harness;
mod locks;
mod readers;
mod second_user;
mod servers;
mod silence;
mod states;
mod transport;
mod values;
