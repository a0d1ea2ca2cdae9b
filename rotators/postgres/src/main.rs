//! The PostgreSQL rotator, as a Lambda function.

use rotator_postgres::Postgres;

fn main() -> std::process::ExitCode {
    rotation::main(Postgres::build)
}
