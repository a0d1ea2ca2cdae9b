//! The MySQL and MariaDB rotator: a Lambda function, and a command line.

use rotator_mysql::Mysql;

fn main() -> std::process::ExitCode {
    rotation::main(Mysql::build)
}
