//! A rotation before a person's eyes.

use rotation_kit::aws::{Ended, LocalAws, Outcome};
use rotation_kit::lambda::Function;

/// A secret that is rotated, and what it opens.
pub(crate) trait Shown {
    /// What tells one credential from another, as in `user`.
    const WHAT: &'static str;

    /// Secrets Manager.
    fn aws(&self) -> &LocalAws;

    /// The rotator.
    fn function(&self) -> &Function;

    /// The secret.
    fn arn(&self) -> &str;

    /// What tells the credential under `label` from others.
    fn what(&self, label: &str) -> String;

    /// Whether the target takes the credential under `label`.
    async fn accepts(&self, label: &str) -> bool;
}

/// Where the old credential stays alive until the next rotation, or is dead at once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Old {
    Accepted,
    Refused,
}

/// Says what it is about.
pub(crate) fn introduce(shown: &impl Shown, target: &str) {
    println!("target    {target}");
    println!("secret    {}", shown.arn());
    println!("function  {}", shown.function().arn());
    println!("          under AWS's Lambda Runtime Interface Emulator");
}

/// Rotates, and shows labels and logins before and after. Whether all was as it should be.
pub(crate) async fn rotation(shown: &impl Shown, old: Old) -> bool {
    println!("\nBefore");
    versions(shown).await;
    let (_, ended) = shown.aws().rotate(shown.arn()).await;
    println!(
        "\naws secretsmanager rotate-secret --secret-id {}",
        name(shown.arn())
    );
    story(&ended);
    println!("\nAfter");
    versions(shown).await;
    ended.outcome == Outcome::RotationSucceeded
        && shown.accepts("AWSCURRENT").await
        && shown.accepts("AWSPREVIOUS").await == (old == Old::Accepted)
}

/// Each labelled version, and what the target says to it.
async fn versions<S: Shown>(shown: &S) {
    println!("  {:<9} {:<24} {:<14} login", "version", "labels", S::WHAT);
    // AWSPREVIOUS first: the older one.
    let mut versions: Vec<_> = shown.aws().labels(shown.arn()).into_iter().collect();
    versions.sort_by(|a, b| b.1.cmp(&a.1));
    for (id, labels) in versions {
        let ours = labels.iter().filter(|label| label.starts_with("AWS"));
        let ours: Vec<&str> = ours.map(String::as_str).collect();
        let Some(label) = ours.first() else {
            continue;
        };
        let login = if shown.accepts(label).await {
            "accepted"
        } else {
            "refused"
        };
        let (labels, what) = (ours.join(", "), shown.what(label));
        println!("  {:<9} {labels:<24} {what:<14} {login}", &id[..8]);
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

/// The secret's name: its ARN ends with that, a hyphen and six characters of Secrets Manager's.
pub(crate) fn name(arn: &str) -> &str {
    let named = arn.rsplit(':').next().unwrap_or(arn);
    named.rsplit_once('-').map_or(named, |(name, _)| name)
}

pub(crate) fn heading(text: &str) {
    println!("\n== {text}\n");
}
