//! Rotates real PostgreSQL passwords with the real Lambda binary, and shows it.
#![expect(clippy::print_stdout, reason = "a demonstration speaks to a person")]

use std::process::ExitCode;

use rotation_tests::aws::{Ended, Outcome};
use rotation_tests::lab::Lab;

#[tokio::main]
async fn main() -> ExitCode {
    let one = one_user().await;
    let two = two_users().await;
    if one && two {
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

/// One user, who changes the own password: the old one ends as the new one is set.
async fn one_user() -> bool {
    heading("One user");
    let lab = Lab::one_user(&[]).await;
    println!(
        "target    PostgreSQL on localhost:{}, user {}",
        lab.server.port(),
        lab.user
    );
    println!("secret    {}", lab.arn);
    println!("function  {}", lab.function.arn());
    println!("          the release binary, under AWS's Lambda Runtime Interface Emulator");
    let mut good = true;
    for _ in 0..2 {
        good &= rotation(&lab).await;
        good &= !lab.accepts("AWSPREVIOUS").await;
    }
    good
}

/// Two users, who take turns: whoever still has the old password is not cut off.
async fn two_users() -> bool {
    heading("Two users who take turns");
    let lab = Lab::two_users(&[]).await;
    println!("secret    {}", lab.arn);
    println!("          its masterarn names the secret of an administrator, who may create roles");
    let good = rotation(&lab).await;
    good && lab.accepts("AWSPREVIOUS").await
}

async fn rotation(lab: &Lab) -> bool {
    println!("\nBefore");
    show(lab).await;
    let (_, ended) = lab.aws.rotate(&lab.arn).await;
    println!(
        "\naws secretsmanager rotate-secret --secret-id {}",
        name(&lab.arn)
    );
    story(&ended);
    println!("\nAfter");
    show(lab).await;
    ended.outcome == Outcome::RotationSucceeded && lab.accepts("AWSCURRENT").await
}

/// Each labelled version, and what the server says to it.
async fn show(lab: &Lab) {
    println!("  {:<9} {:<24} {:<12} login", "version", "labels", "user");
    // AWSPREVIOUS first: the older one.
    let mut versions: Vec<_> = lab.aws.labels(&lab.arn).into_iter().collect();
    versions.sort_by(|a, b| b.1.cmp(&a.1));
    for (id, labels) in versions {
        let ours = labels.iter().filter(|label| label.starts_with("AWS"));
        let ours: Vec<&str> = ours.map(String::as_str).collect();
        let Some(label) = ours.first() else {
            continue;
        };
        let login = if lab.accepts(label).await {
            "accepted"
        } else {
            "refused"
        };
        let (labels, user) = (ours.join(", "), lab.field(label, "username"));
        println!("  {:<9} {labels:<24} {user:<12} {login}", &id[..8]);
    }
}

fn story(ended: &Ended) {
    for called in &ended.steps {
        let said = match &called.answer {
            Ok(()) => "done".to_owned(),
            Err(error) => format!("{}: {}", error.error_type, error.message),
        };
        println!(
            "  {:<13} {:>5} ms  {said}",
            called.step,
            called.took.as_millis()
        );
    }
    println!("  {:?}", ended.outcome);
}

fn name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

fn heading(text: &str) {
    println!("\n== {text}\n");
}
