//! The way to a host breaks at every single request over SFTP, while keys are added and while they are removed.

use crate::faulty::{
    LONG, arm, disarm, faulty, grow_old, held, leave_litter, lengthen, litter, requests, stride,
};
use crate::lab::Lab;

/// Every which request, where nobody asks for all.
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

/// When the old key is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Retired {
    /// In finishSecret.
    Now,
    /// In the next rotation's createSecret.
    Next,
}

struct Sweep {
    lab: Lab,
    fault: Fault,
    retired: Retired,
    /// Which request.
    n: usize,
    /// And which one after it.
    stride: usize,
}

impl Sweep {
    async fn new(fault: Fault, retired: Retired) -> Self {
        let policy = match retired {
            Retired::Now => "after-finish",
            Retired::Next => "next-rotation",
        };
        let variables = [("RETIRE_PREVIOUS", policy)];
        let lab = Lab::of(vec![faulty().await], &variables, |_| ()).await;
        lengthen(&lab.hosts[0], LONG);
        Self {
            lab,
            fault,
            retired,
            n: 1,
            stride: stride(SAMPLE),
        }
    }

    /// Whether a rotation has so many requests in one of its steps; the next one breaks at a later one.
    async fn rotation(&mut self) -> bool {
        let reached = match self.retired {
            Retired::Now => self.adds_and_removes().await,
            Retired::Next => self.removes_at_the_beginning().await,
        };
        self.n += self.stride;
        reached
    }

    /// The key is added where a dead rotation has left all that it can leave.
    async fn adds_and_removes(&self) -> bool {
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
        set || finish
    }

    /// The key before the last is still there, and as much litter.
    async fn removes_at_the_beginning(&self) -> bool {
        let lab = &self.lab;
        lab.rotates().await;
        let old = lab.field("AWSPREVIOUS", "public_key");
        leave_litter(&lab.hosts[0]);
        let (token, both) = (lab.begin(), lab.hosts[0].authorized_keys());
        let one = both.replace(&format!("{old}\n"), "");
        let removed = self.step(&token, "createSecret", &[&both, &one]).await;
        self.retry(&token, "createSecret", &one).await;
        if let Err(error) = lab.steps_from(&token, "setSecret").await {
            panic!("{:?} at request {}: {}", self.fault, self.n, error.message);
        }
        removed
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
        let current = lab.private("AWSCURRENT");
        assert!(host.lets_in(&current).await, "{when}: locked out");
        if self.fault == Fault::Deny && requests(host) > n + 5 {
            // It went on after that, so it could clean up, if only what it did before failed.
            assert!(litter(host).len() < 5, "{when}: {:?}", litter(host));
        }
        let count = requests(host);
        // Where nothing broke, it has done all that it should.
        assert!(
            count >= n || whole.last() == Some(&&*content),
            "{when}: ended after {count} requests: {}",
            lab.function.log()
        );
        count >= n
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
async fn at_every_request(fault: Fault, retired: Retired) {
    let mut sweep = Sweep::new(fault, retired).await;
    while sweep.rotation().await {}
    assert!(sweep.n > 30, "only {} requests: {fault:?}", sweep.n);
}

/// All faults side by side, for most of the time is waiting.
async fn every_fault(retired: Retired) {
    let faults = [Fault::Drop, Fault::Cut, Fault::Deny, Fault::Kill];
    let sweeps = faults.map(|fault| at_every_request(fault, retired));
    futures_util::future::join_all(sweeps).await;
}

#[tokio::test]
async fn a_key_is_added_and_the_old_one_removed() {
    every_fault(Retired::Now).await;
}

#[tokio::test]
async fn the_old_key_is_removed_at_the_beginning() {
    every_fault(Retired::Next).await;
}
