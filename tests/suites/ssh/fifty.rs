//! A large fleet.

use std::time::{Duration, Instant};

use rotation_kit::aws::STEPS;
use rotation_tests::ssh::Sshd;

use crate::lab::Lab;

const HOSTS: usize = 50;
const MOST: Duration = Duration::from_secs(10);

/// Two rotations, so that a key is retired too. What is printed is for whoever wants to know.
#[tokio::test]
#[expect(clippy::print_stderr, reason = "time and memory are told, not judged")]
async fn fifty_hosts() {
    let mut hosts = Vec::new();
    for _ in 0..HOSTS {
        hosts.push(Sshd::start().await);
    }
    let lab = Lab::of(hosts, &[], |_| ()).await;
    let first = lab.private("AWSCURRENT");
    for _ in 0..2 {
        let token = lab.begin();
        for step in STEPS {
            let began = Instant::now();
            lab.must(&token, step).await;
            let took = began.elapsed();
            eprintln!("{HOSTS} hosts: {step} took {took:?}");
            assert!(took < MOST, "{step} took {took:?}");
        }
    }
    lab.current_is_accepted("fifty hosts");
    eprintln!(
        "{HOSTS} hosts: {} KiB at the most",
        lab.function.peak_memory()
    );
    for host in &lab.hosts {
        assert!(!host.accepts(&first), "the retired key");
    }
}
