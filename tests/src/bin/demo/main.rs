//! Rotates real credentials with the real function, and shows it: `demo [ROTATOR] [--keep]`.
#![expect(clippy::print_stdout, reason = "a demonstration speaks to a person")]

mod databases;
mod hand;
mod show;
mod ssh;
mod token;

use std::process::ExitCode;

use show::heading;

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let keep = words.iter().any(|word| word == "--keep");
    let target = words.iter().find(|word| *word != "--keep");
    let shown = match target.map_or("postgres", String::as_str) {
        "postgres" => databases::postgres(keep).await,
        "mysql" => databases::mysql(keep).await,
        "ssh" => ssh::demo(keep).await,
        "token" => token::demo(keep).await,
        other => {
            println!("there is no demo of {other}");
            return ExitCode::from(2);
        }
    };
    if shown {
        heading("Done");
        println!("AWSCURRENT was accepted after every rotation.");
        println!("Everything that was started has ended; nothing is left behind.");
        ExitCode::SUCCESS
    } else {
        heading("This is not what should have happened");
        println!("Please report it, with the text above.");
        ExitCode::FAILURE
    }
}
