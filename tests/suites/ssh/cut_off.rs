//! The way to a host breaks at every single request over SFTP, while keys are added and while they are removed.

use crate::faulty::{
    LONG, arm, disarm, faulty, grow_old, held, leave_litter, lengthen, litter, requests,
};
use crate::lab::Lab;

/// Every which request, where nobody asks for all by ROTATION_EVERY_REQUEST: that takes minutes.
const SAMPLE: usize = 7;

/// What happens at a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// The connection is gone before it is carried out.
    Drop,
    /// It is carried out, but the connection is gone before the answer.
    Cut,
    /// It fails, as all do on a full disk.
    Deny,
    /// It is carried out, and the function is killed before the answer.
    Kill,
}

struct Sweep {
    lab: Lab,
    fault: Fault,
    /// Which request.
    n: usize,
    /// And which one after it.
    stride: usize,
}

impl Sweep {
    async fn new(fault: Fault) -> Self {
        let lab = Lab::of(
            vec![faulty().await],
            &[("RETIRE_PREVIOUS", "after-finish")],
            |_| (),
        )
        .await;
        lengthen(&lab.hosts[0], LONG);
        let every = std::env::var_os("ROTATION_EVERY_REQUEST").is_some();
        let stride = if every { 1 } else { SAMPLE };
        Self {
            lab,
            fault,
            n: 1,
            stride,
        }
    }

    /// Whether a rotation has so many requests in one of its steps; the next one breaks at a later one. The key is added
    /// where a dead rotation has left all that it can leave.
    async fn rotation(&mut self) -> bool {
        let lab = &self.lab;
        let (token, old) = (lab.begin(), lab.field("AWSCURRENT", "public_key"));
        lab.must(&token, "createSecret").await;
        let new = lab.field("AWSPENDING", "public_key");
        leave_litter(&lab.hosts[0]);
        let before = lab.hosts[0].authorized_keys();
        let both = format!("{before}{new}\n");
        let set = self.step(&token, "setSecret", &[&before, &both]).await;
        self.retry(&token, "setSecret", &both).await;
        let one = both.replace(&format!("{old}\n"), "");
        let finish = self.step(&token, "finishSecret", &[&both, &one]).await;
        self.retry(&token, "finishSecret", &one).await;
        self.n += self.stride;
        set || finish
    }

    /// Whether the step has so many requests. The file is one of `whole` afterwards, and the host can be entered.
    async fn step(&self, token: &str, step: &str, whole: &[&str]) -> bool {
        let (lab, host) = (&self.lab, &self.lab.hosts[0]);
        let n = self.n;
        let word = match self.fault {
            Fault::Drop => "drop",
            Fault::Cut => "cut",
            Fault::Deny => "deny",
            Fault::Kill => "hold",
        };
        arm(host, &format!("{word} {n}"));
        let when = format!("{:?} at request {n} of {step}", self.fault);
        if self.fault == Fault::Kill {
            lab.function.kill(lab.event(token, step), held(host)).await;
        } else if let Err(error) = lab.step(token, step).await {
            assert!(
                error.message.contains(&host.host()),
                "{when}: {}",
                error.message
            );
        }
        disarm(host);
        let content = host.authorized_keys();
        assert!(whole.contains(&&*content), "{when}: torn");
        lab.current_is_accepted(&when);
        if self.fault == Fault::Deny && requests(host) > n + 5 {
            // It went on after that, so it could clean up, if only what it did before failed.
            assert!(litter(host).len() < 5, "{when}: {:?}", litter(host));
        }
        requests(host) >= n
    }

    /// Two minutes later: what was left is old.
    async fn retry(&self, token: &str, step: &str, content: &str) {
        let (lab, host) = (&self.lab, &self.lab.hosts[0]);
        let when = format!("{step} after {:?} at request {}", self.fault, self.n);
        grow_old(host);
        if let Err(error) = lab.step(token, step).await {
            panic!("{when}: {}", error.message);
        }
        assert!(host.authorized_keys() == content, "{when}: other content");
        assert_eq!(litter(host), Vec::<String>::new(), "{when}");
    }
}

/// There are as many requests as there should be.
async fn at_every_request(fault: Fault) {
    let mut sweep = Sweep::new(fault).await;
    while sweep.rotation().await {}
    assert!(sweep.n > 40, "only {} requests were seen", sweep.n);
}

#[tokio::test]
async fn the_connection_is_cut() {
    at_every_request(Fault::Drop).await;
    at_every_request(Fault::Cut).await;
}

#[tokio::test]
async fn a_request_fails() {
    at_every_request(Fault::Deny).await;
}

#[tokio::test]
async fn the_function_is_killed() {
    at_every_request(Fault::Kill).await;
}
