//! The MySQL and MariaDB rotator, as a Lambda function.

use rotator_mysql::Mysql;

fn main() -> std::process::ExitCode {
    rotation::main(Mysql::build)
}
