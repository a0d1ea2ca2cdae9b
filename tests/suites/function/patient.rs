//! A secret, as `rotation doctor` sees it.

use std::time::Duration;

use rotation_kit::aws::STEPS;
use rotation_tests::lab::{Lab, Target};
use rotation_tests::person::{READS, without_other_services};

use crate::command_line::text;

/// Longer than a command line's steps may take, and all that comes after them.
pub(crate) const LONG: Duration = Duration::from_secs(1_900);

/// What the doctor says, and by its advice alone the secret is mended. Nothing secret is shown.
pub(crate) struct Patient<'a, T: 'static> {
    pub(crate) lab: &'a Lab<T>,
}

impl<T: Target> Patient<'_, T> {
    /// What a command says.
    pub(crate) async fn says(&self, arguments: &[&str], code: i32) -> String {
        self.says_with(arguments, &[], code).await
    }

    /// The same, with these settings.
    pub(crate) async fn says_with(
        &self,
        arguments: &[&str],
        settings: &[(&str, &str)],
        code: i32,
    ) -> String {
        let mut command = without_other_services(&self.lab.aws, arguments);
        command.envs(settings.iter().copied());
        let done = command.output().await.expect("the program runs");
        let said = text(&done.stdout) + &text(&done.stderr);
        assert_eq!(done.status.code(), Some(code), "{arguments:?}: {said}");
        for value in self.lab.aws.values(&self.lab.arn) {
            let json: serde_json::Value = serde_json::from_str(&value).unwrap_or_default();
            let password = json["password"].as_str().unwrap_or("no password");
            assert!(
                !said.contains(password),
                "{arguments:?} shows a password: {said}"
            );
        }
        said
    }

    /// The doctor changes nothing, and calls the state so.
    pub(crate) async fn is(&self, state: &str, code: i32) -> String {
        self.lab.aws.age(&self.lab.arn, LONG);
        let before = self.lab.state().await;
        self.lab.aws.forget_calls();
        let said = self.says(&["doctor", "app"], code).await;
        for call in self.lab.aws.calls() {
            assert!(READS.contains(&&*call.operation), "{call:?}");
        }
        assert_eq!(self.lab.state().await, before, "{said}");
        assert!(said.contains(&format!("State: {state}.")), "{said}");
        said
    }

    /// The doctor calls the state so. The command that it prints mends it: the target accepts AWSCURRENT, and a rotation ends well.
    pub(crate) async fn is_mended(&self, state: &str) {
        let code = match state {
            "refused" => 3,
            _ => 1,
        };
        let said = self.is(state, code).await;
        let next = said.trim_end().lines().last().unwrap_or_default();
        let next = next.strip_prefix("Next: rotation ");
        let next = next.unwrap_or_else(|| panic!("no command: {said}"));
        let words: Vec<&str> = next.split(' ').chain(["--yes"]).collect();
        // A mark is only taken off when nobody can be at work any more.
        for _ in 0..3 {
            self.lab.aws.age(&self.lab.arn, LONG);
            self.says(&words, 0).await;
        }
        assert!(self.lab.accepts("AWSCURRENT").await, "{said}");
        self.is("healthy", 0).await;
        // The mark of a credential that works makes a rotation wait.
        let token = self.lab.begin();
        for step in STEPS {
            let ended = self.lab.step(&token, step).await;
            let log = || self.lab.function.log();
            ended.unwrap_or_else(|error| panic!("{step}: {}\n{}", error.message, log()));
            self.lab.aws.age(&self.lab.arn, LONG);
        }
        assert!(self.lab.accepts("AWSCURRENT").await);
    }
}
