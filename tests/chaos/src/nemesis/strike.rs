//! The first try of a rotation, in which something goes wrong.

use std::time::Duration;

use futures_util::future::join;
use rotation_kit::aws::{FunctionError, STEPS};
use rotation_kit::lambda::Running;
use rotation_tests::proxy::{Proxy, Trap};

use super::{Fault, Pieces};
use crate::site::Site;

/// What became of a rotation's first try.
pub struct Struck<'a> {
    /// Whether the fault met its place.
    pub met: bool,
    /// How the last step ended, if it is known.
    pub ended: Option<Result<(), FunctionError>>,
    /// The frozen invocation.
    pub frozen: Option<(Running<'a>, Duration)>,
}

/// The four steps, up to the first that fails, while the fault waits for its place. Afterwards nothing is wrong any more,
/// but for an invocation that is frozen.
pub async fn strike<'a>(
    site: &'a Site,
    token: &str,
    fault: Fault,
    pieces: Pieces,
) -> (Struck<'a>, Pieces) {
    let proxy = arm(site, fault, pieces);
    let mut struck = Struck {
        met: false,
        ended: None,
        frozen: None,
    };
    for (n, step) in STEPS.into_iter().enumerate() {
        struck.met |= spoil(site, fault, n);
        let running = site.function.begin(site.event(token, step)).await;
        watch(site, running, fault, proxy, &mut struck).await;
        if !matches!(struck.ended, Some(Ok(()))) {
            break;
        }
    }
    let sent = Pieces {
        to_target: site.to_target.pieces(),
        to_aws: site.to_aws.pieces(),
    };
    heal(site, fault, &mut struck);
    (struck, sent)
}

fn arm(site: &Site, fault: Fault, pieces: Pieces) -> &Proxy {
    site.to_target.arm(None);
    site.to_aws.arm(None);
    let Some((point, way)) = fault.point() else {
        return &site.to_target;
    };
    let (proxy, pieces) = match point.to_aws {
        true => (&site.to_aws, pieces.to_aws),
        false => (&site.to_target, pieces.to_target),
    };
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few hundred pieces, and a part of them"
    )]
    let piece = (pieces as f64 * point.part) as usize;
    let delivered = point.delivered;
    proxy.arm(Some(Trap {
        piece,
        delivered,
        way,
    }));
    proxy
}

/// Calls of this step go wrong, if this is the one.
fn spoil(site: &Site, fault: Fault, n: usize) -> bool {
    let Fault::Calls(step, operation, wrong, times) = fault else {
        return false;
    };
    if step == n {
        for _ in 0..times {
            site.aws.fail(operation, wrong.refusal());
        }
    }
    step == n
}

/// Waits for the answer, and does what is to be done when the trap is met.
async fn watch<'a>(
    site: &'a Site,
    mut running: Running<'a>,
    fault: Fault,
    proxy: &Proxy,
    struck: &mut Struck<'a>,
) {
    tokio::select! {
        answer = running.answer() => {
            struck.ended = Some(answer.map(drop));
            return;
        }
        () = proxy.met(), if !struck.met => struck.met = true,
    }
    struck.ended = match fault {
        Fault::Kill(_) => {
            running.kill();
            None
        }
        Fault::Stall(_, time) => {
            running.stop();
            struck.frozen = Some((running, time));
            None
        }
        Fault::Restart(_) => {
            let restart = async {
                site.target.restart().await;
                proxy.open();
            };
            let ((), answer) = join(restart, running.answer()).await;
            Some(answer.map(drop))
        }
        Fault::None | Fault::Loss(..) | Fault::Calls(..) => Some(running.answer().await.map(drop)),
    };
}

/// What waits for a dead function is lost; what waits for a frozen one arrives.
fn heal(site: &Site, fault: Fault, struck: &mut Struck<'_>) {
    for proxy in [&site.to_target, &site.to_aws] {
        match fault {
            Fault::Kill(_) | Fault::Loss(..) => proxy.renew(),
            _ => proxy.open(),
        }
    }
    let (_, unmet) = site.aws.heal();
    if let Fault::Calls(_, _, _, times) = fault {
        struck.met &= unmet < times;
    }
}
