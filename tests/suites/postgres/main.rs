//! The PostgreSQL rotator on real servers, with Secrets Manager in memory.

mod accounts;
mod availability;
mod case;
mod conformance;
mod harness;
mod hashing;
mod limits;
mod locks;
mod logins;
mod names;
mod peers;
mod poolers;
mod quoting;
mod readers;
mod releases;
mod second_user;
mod secrecy;
mod servers;
mod silence;
mod states;
mod stories;
mod strangers;
mod transport;
mod values;
