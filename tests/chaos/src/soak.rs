//! Many rotations without a fault, while clients log in all the time: whom that shuts out, and for how long.

pub mod documents;
mod figures;
mod picture;
mod table;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, join, join_all};
use rotation_kit::aws::Outcome;
use tokio::sync::watch;

use crate::client::{Cache, Held, Pace, Plain, work};
use crate::engine::Engine;
use crate::record::Record;
use crate::site::Site;

pub use figures::Figures;
pub use picture::picture;
pub use table::{beside, table};

/// The function's time-out, in seconds: that of template.yaml.
const TIMEOUT: u64 = 60;
const PACE: Pace = Pace {
    usual: Duration::from_millis(250),
    refused: Duration::from_millis(25),
};

/// How much there is to be.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Rotations of one secret, one after another.
    pub rotations: usize,
    /// Applications that log in meanwhile.
    pub clients: usize,
}

/// Rotates the credential of a new server so many times, with so many clients at work. `progress` is told of every rotation that is
/// done.
///
/// # Errors
/// That the server is not installed, or that a rotation failed: in words.
pub async fn soak(
    mut engine: Engine,
    plan: Plan,
    progress: &mut dyn FnMut(usize),
) -> Result<Figures, String> {
    engine.timeout = TIMEOUT;
    let target = engine.start().await?;
    let site = Site::new(engine, Arc::from(target)).await;
    let record = Record::default();
    let (end, ended) = watch::channel(false);
    let clients = (0..plan.clients).map(|client| {
        let (site, record, ended) = (&site, &record, ended.clone());
        async move {
            let mut cache = cache(client, site);
            work(site, cache.as_mut(), (client, record), PACE, ended).await;
        }
    });
    let rotating = async {
        let done = rotate(&site, plan.rotations, progress).await;
        // Whoever was refused last is let in again.
        tokio::time::sleep(PACE.usual * 2).await;
        end.send_replace(true);
        done
    };
    let (done, _) = join(rotating, join_all(clients)).await;
    done?;
    Ok(Figures::of(engine, plan, &record.attempts()))
}

/// By Secrets Manager's own RotateSecret.
async fn rotate(
    site: &Site,
    rotations: usize,
    progress: &mut dyn FnMut(usize),
) -> Result<(), String> {
    for n in 1..=rotations {
        let (_, ended) = site.aws.rotate(&site.arn).await;
        if ended.outcome != Outcome::RotationSucceeded {
            return Err(format!("rotation {n}: {ended:?}"));
        }
        site.aws.forget_calls();
        progress(n);
    }
    Ok(())
}

/// Every second client asks for AWSCURRENT before each login; the others keep it.
fn cache(client: usize, site: &Site) -> Box<dyn Cache> {
    let plain = Plain::new(site);
    match client % 2 {
        0 => Box::new(plain),
        _ => Box::new(Afresh(plain)),
    }
}

/// No cache.
struct Afresh(Plain);

impl Cache for Afresh {
    fn held(&mut self) -> BoxFuture<'_, Option<Held>> {
        self.0.fresh()
    }

    fn fresh(&mut self) -> BoxFuture<'_, Option<Held>> {
        self.0.fresh()
    }
}
