#![doc = include_str!("../README.md")]

mod local;

use rotation::Tool;
use rotator_mysql::Mysql;
use rotator_postgres::Postgres;
use rotator_ssh::SshKeys;
use rotator_token::ApiToken;

/// The command line, with the rotators of this repository.
pub fn tool() -> Tool {
    rotation::tool()
        .rotator(Postgres::build)
        .rotator(Mysql::build)
        .rotator(SshKeys::build)
        .rotator(ApiToken::build)
        .command("local", local::run)
}
