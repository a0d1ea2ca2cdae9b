//! The PostgreSQL rotator on real servers, with Secrets Manager in memory.

mod conformance;
mod harness;
