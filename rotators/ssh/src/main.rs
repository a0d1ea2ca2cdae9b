//! The rotator of SSH keys, as a Lambda function.

use std::process::ExitCode;

fn main() -> ExitCode {
    rotation::main(rotator_ssh::SshKeys::build)
}
