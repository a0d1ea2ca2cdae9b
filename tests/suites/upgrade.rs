//! A rotation that an earlier version's function began is finished by this one's, and the other way round. OLD_BIN_DIR has the
//! earlier functions.

use std::path::PathBuf;
use std::time::Duration;

use rotation_kit::aws::{Invoke, STEPS};
use rotation_kit::lambda::Function;
use rotation_kit::tls::Ca;
use rotation_tests::lab::Lab;
use rotation_tests::setting::emulator;

/// Both functions at one secret, under one name.
struct Two {
    lab: Lab,
    old: Function,
}

impl Two {
    async fn new(two_users: bool) -> Self {
        // Short: a new rotation waits as long as it may for the end of one that was abandoned.
        let short = ("AWS_LAMBDA_FUNCTION_TIMEOUT", "10");
        let lab = Lab::start("app", two_users, &[short]).await;
        let bundle = Ca::shared().pem_path().display().to_string();
        let variables = [("DATABASE_CA_BUNDLE", bundle.as_str()), short];
        let folder =
            std::env::var_os("OLD_BIN_DIR").expect("OLD_BIN_DIR: see scripts/release-check");
        let program = PathBuf::from(folder).join("rotator-postgres");
        let old = Function::new(&program, &emulator(), &lab.aws, &variables);
        let old = old.expect("OLD_BIN_DIR has it");
        Self { lab, old }
    }

    async fn step(&self, ours: bool, token: &str, step: &str) {
        let event = self.lab.event(token, step).to_string();
        let function = if ours { &*self.lab.function } else { &self.old };
        if let Err(error) = function.invoke(event).await {
            panic!(
                "{step}, ours: {ours}: {}\n{}",
                error.message,
                function.log()
            );
        }
    }

    async fn steps(&self, ours: bool, token: &str) {
        for step in STEPS {
            self.step(ours, token, step).await;
        }
    }
}

/// One begins, and is cut off after so many steps; the other one finishes the same rotation, and each rotates once more.
#[tokio::test]
async fn the_same_rotation() {
    for two_users in [false, true] {
        for ours_first in [false, true] {
            for cut in 1..4 {
                let two = Two::new(two_users).await;
                two.steps(!ours_first, &two.lab.begin()).await;
                let token = two.lab.begin();
                for step in &STEPS[..cut] {
                    two.step(ours_first, &token, step).await;
                }
                two.steps(!ours_first, &token).await;
                for ours in [true, false] {
                    two.steps(ours, &two.lab.begin()).await;
                    assert!(
                        two.lab.accepts("AWSCURRENT").await,
                        "{two_users} {ours_first} {cut}"
                    );
                }
            }
        }
    }
}

/// One is cut off, and its AWSPENDING is taken away; the other one begins a new rotation, after a horizon.
#[tokio::test]
async fn a_new_rotation() {
    for ours_first in [false, true] {
        for cut in 1..4 {
            let two = Two::new(false).await;
            let lost = two.lab.begin();
            for step in &STEPS[..cut] {
                two.step(ours_first, &lost, step).await;
            }
            two.lab.aws.detach(&two.lab.arn, "AWSPENDING");
            let token = two.lab.begin();
            two.step(!ours_first, &token, "createSecret").await;
            // As if the horizon had passed by then.
            two.lab.aws.age(&two.lab.arn, Duration::from_secs(100));
            two.steps(!ours_first, &token).await;
            assert!(two.lab.accepts("AWSCURRENT").await, "{ours_first} {cut}");
        }
    }
}
