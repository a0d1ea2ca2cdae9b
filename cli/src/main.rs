//! The command line.

fn main() -> std::process::ExitCode {
    rotation_cli::tool().run()
}
