//! The command line, with the rotators of this repository.

use std::process::ExitCode;

use rotator_mysql::Mysql;
use rotator_postgres::Postgres;
use rotator_ssh::SshKeys;
use rotator_token::ApiToken;

fn main() -> ExitCode {
    rotation::tool()
        .rotator(Postgres::build)
        .rotator(Mysql::build)
        .rotator(SshKeys::build)
        .rotator(ApiToken::build)
        .run()
}
