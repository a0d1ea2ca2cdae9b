//! API tokens: at a service of the tests' own, which misbehaves on demand, and at real ones.

mod authority;
mod conformance;
mod habits;
mod harness;
mod hostile;
mod iam;
mod killed;
mod lab;
mod lists;
mod lost;
mod plan;
mod real;
mod refusals;
mod services;
mod through;
mod verdicts;
