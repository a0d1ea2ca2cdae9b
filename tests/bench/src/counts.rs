//! What one rotation asks of Secrets Manager and of the target.

use std::collections::BTreeMap;
use std::time::Duration;

use rotation_chaos::engine::Target;
use rotation_kit::aws::in_a_row;
use rotation_tests::proxy::Proxy;
use serde_json::Value;

use crate::site::{Site, Who};

/// A call takes so long while calls in a row are counted.
const OVERLAP: Duration = Duration::from_millis(10);

/// Of a whole rotation in a sandbox that has just started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls of Secrets Manager, by operation.
    pub calls: BTreeMap<String, usize>,
    /// How many of them waited for one another.
    pub in_a_row: usize,
    /// Connections to it.
    pub tls: usize,
    /// Connections to the target.
    pub connections: usize,
    /// Logins that the target took, and those that it refused. None, where it has no log of them.
    pub logins: Option<(usize, usize)>,
}

impl Counts {
    /// All calls.
    pub fn all_calls(&self) -> usize {
        self.calls.values().sum()
    }

    /// Those of one operation.
    pub fn of(&self, operation: &str) -> usize {
        self.calls.get(operation).copied().unwrap_or_default()
    }

    /// Of the second rotation of a new credential: the first may have a second user to make.
    ///
    /// # Errors
    /// That a rotation failed, in words.
    pub async fn taken(who: Who<'_>, target: &dyn Target) -> Result<Self, String> {
        let proxy = Proxy::before(target.port()).await;
        let subject = target.subject(proxy.port()).await;
        let users = users(&subject.secret, subject.admin.as_ref());
        let site = Site::new(who, subject).await;
        let mut first = site.start().await?;
        site.rotate(&mut first).await?;
        first.end().await;
        let mark = target.mark();
        let tls = site.encrypted.connections();
        // Without latency, calls that are sent side by side may be answered one after the other.
        site.aws.set(|settings| settings.latency = OVERLAP);
        site.aws.forget_calls();
        proxy.arm(None);
        let mut sandbox = site.start().await?;
        site.rotate(&mut sandbox).await?;
        let calls = site.aws.calls();
        let mut counts = Self {
            in_a_row: in_a_row(&calls),
            tls: site.encrypted.connections() - tls,
            connections: proxy.connections(),
            logins: mark.map(|mark| logins(target, mark, &users)),
            ..Self::default()
        };
        for call in calls {
            *counts.calls.entry(call.operation).or_default() += 1;
        }
        sandbox.end().await;
        Ok(counts)
    }
}

/// The user, the second one, and the administrator.
fn users(secret: &Value, admin: Option<&Value>) -> Vec<String> {
    let name = |value: &Value| value["username"].as_str().map(ToOwned::to_owned);
    let user = name(secret);
    let clone = user.as_ref().map(|user| format!("{user}_clone"));
    let admin = admin.and_then(name);
    [user, clone, admin].into_iter().flatten().collect()
}

fn logins(target: &dyn Target, mark: usize, users: &[String]) -> (usize, usize) {
    let each = users.iter().map(|user| target.logins(mark, user));
    each.fold((0, 0), |sum, (taken, refused)| {
        (sum.0 + taken, sum.1 + refused)
    })
}
