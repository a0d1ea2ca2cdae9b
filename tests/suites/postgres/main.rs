//! The PostgreSQL rotator on real servers, with Secrets Manager in memory.

mod case;
mod conformance;
mod harness;
mod states;
mod values;
