//! An application: it keeps the credential for an hour, as AWS's caches do, and asks again when it is refused.

use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use crate::engine::Verdict;
use crate::record::{Attempt, Record};
use crate::site::Site;

/// How long a value is kept.
const HOUR: Duration = Duration::from_secs(3600);
/// The longest that a login is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// A version, and what it holds.
#[derive(Clone)]
pub struct Held {
    /// Its id.
    pub version: String,
    /// Its JSON.
    pub value: String,
}

/// What stands between an application and Secrets Manager.
pub trait Cache: Send {
    /// AWSCURRENT, as it was within the last hour. None, if Secrets Manager does not answer.
    fn held(&mut self) -> BoxFuture<'_, Option<Held>>;

    /// AWSCURRENT, asked for now.
    fn fresh(&mut self) -> BoxFuture<'_, Option<Held>>;
}

/// The plainest of caches.
pub struct Plain {
    client: aws_sdk_secretsmanager::Client,
    arn: String,
    kept: Option<(Held, Instant)>,
}

impl Plain {
    /// Of the secret of a site.
    pub fn new(site: &Site) -> Self {
        Self {
            client: site.aws.client(),
            arn: site.arn.clone(),
            kept: None,
        }
    }

    async fn ask(&mut self) -> Option<Held> {
        let asked = self.client.get_secret_value().secret_id(&self.arn);
        let answer = asked.send().await.ok()?;
        let held = Held {
            version: answer.version_id?,
            value: answer.secret_string?,
        };
        self.kept = Some((held.clone(), Instant::now()));
        Some(held)
    }
}

impl Cache for Plain {
    fn held(&mut self) -> BoxFuture<'_, Option<Held>> {
        Box::pin(async {
            match &self.kept {
                Some((held, since)) if since.elapsed() < HOUR => Some(held.clone()),
                _ => self.ask().await,
            }
        })
    }

    fn fresh(&mut self) -> BoxFuture<'_, Option<Held>> {
        Box::pin(self.ask())
    }
}

/// How long a client pauses between two logins.
#[derive(Clone, Copy)]
pub struct Pace {
    /// After a login.
    pub usual: Duration,
    /// After a refusal.
    pub refused: Duration,
}

/// Logs in all the time until `end` says so. `name` is the client's number in the record.
pub async fn work(
    site: &Site,
    cache: &mut dyn Cache,
    (name, record): (usize, &Record),
    pace: Pace,
    mut end: watch::Receiver<bool>,
) {
    while !*end.borrow() {
        let verdict = once(site, cache, (name, record)).await;
        let pause = match verdict {
            Some(Verdict::Refused) => pace.refused,
            _ => pace.usual,
        };
        tokio::select! {
            _ = end.wait_for(|end| *end) => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Logs in; if that is refused, once more, with AWSCURRENT as it is now.
async fn once(site: &Site, cache: &mut dyn Cache, who: (usize, &Record)) -> Option<Verdict> {
    let held = cache.held().await?;
    match login(site, &held, who).await {
        Verdict::Refused => Some(login(site, &cache.fresh().await?, who).await),
        other => Some(other),
    }
}

/// One attempt, which is put on record.
async fn login(site: &Site, held: &Held, (client, record): (usize, &Record)) -> Verdict {
    let (began, before) = (record.now(), site.moment());
    let answer = tokio::time::timeout(PATIENCE, site.target.login(&held.value)).await;
    let verdict = answer.unwrap_or(Verdict::NoAnswer);
    record.add(Attempt {
        client,
        began,
        ended: record.now(),
        version: held.version.clone(),
        before,
        after: site.moment(),
        verdict,
    });
    verdict
}
