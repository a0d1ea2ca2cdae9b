//! The rotator of API tokens, as a Lambda function.

use std::process::ExitCode;

fn main() -> ExitCode {
    rotation::main(rotator_token::ApiToken::build)
}
