//! The rotator of Sample, as a Lambda function.

fn main() -> std::process::ExitCode {
    rotation::main(rotator_sample::Sample::build)
}
