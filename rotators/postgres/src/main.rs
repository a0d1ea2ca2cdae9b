//! The PostgreSQL rotator: a Lambda function, and a command line.

use rotator_postgres::Postgres;

fn main() -> std::process::ExitCode {
    rotation::main(Postgres::build)
}
