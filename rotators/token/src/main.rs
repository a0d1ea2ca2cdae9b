//! The Lambda function, and the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    rotation::main(rotator_token::ApiToken::build)
}
