//! An invocation of setSecret is frozen at each piece that it sends, while others finish its rotation and make two more. When it
//! goes on, it knows what was so three rotations ago, and it has time left to change the target. In this schedule the stories of
//! `scripts/chaos --simulated` find that the fence of PROTOCOL.md is missing, if it is.

use std::sync::Arc;

use rotation_chaos::engine::{Engine, Target, Verdict};
use rotation_chaos::site::Site;
use rotation_kit::aws::{FunctionError, Invoke, STEPS};
use rotation_tests::mysql::Product;
use rotation_tests::postgres::Release;
use rotation_tests::proxy::{Proxy, Trap, Way};

/// Of the function, in seconds. It changes nothing with less than five left.
const TIMEOUT: u64 = 60;
/// Of the pieces that go to the server, one in so many. All of those to Secrets Manager are tried.
const EVERY: usize = 4;

async fn frozen(name: &str) {
    let mut engine = *Engine::named(name).first().expect("an engine");
    engine.timeout = TIMEOUT;
    let target = engine.start().await.expect("a server");
    let site = Site::new(engine, Arc::<dyn Target>::from(target)).await;
    // The first rotation has work of its own: it may make a user.
    rotation(&site).await;
    for (proxy, every) in [(&site.to_aws, 1), (&site.to_target, EVERY)] {
        let mut piece = 0;
        while frozen_at(&site, proxy, piece).await {
            piece += every;
        }
        assert!(piece > 1, "{name}: it sent only {piece} pieces");
    }
}

/// Whether setSecret sends this piece, counted from 0.
async fn frozen_at(site: &Site, proxy: &Proxy, piece: usize) -> bool {
    let what = format!("{}, piece {piece}", site.engine.name);
    let token = site.aws.announce(&site.arn);
    steps(site, &token, &STEPS[..1]).await.expect("a value");
    proxy.arm(Some(Trap {
        piece,
        delivered: true,
        way: Way::Held,
    }));
    let mut frozen = site.function.begin(site.event(&token, STEPS[1])).await;
    let there = tokio::select! {
        answer = frozen.answer() => { answer.map(|_| false).unwrap_or_else(|error| panic!("{what}: {}", error.message)) }
        () = proxy.met() => true,
    };
    if !there {
        proxy.open();
        steps(site, &token, &STEPS[2..]).await.expect("an end");
        return false;
    }
    frozen.stop();
    proxy.open();
    let mut token = token;
    let met = others(site, &mut token).await;
    frozen.resume();
    let _ = frozen.answer().await;
    if let Err(error) = met {
        // The frozen one held the lock.
        assert_eq!(
            error.error_type, "Rotation.Busy",
            "{what}: {}",
            error.message
        );
        steps(site, &token, &STEPS).await.expect("an end");
    }
    let value = site.aws.value(&site.arn, "AWSCURRENT").expect("a value");
    let verdict = site.target.login(&value).await;
    assert_eq!(verdict, Verdict::Accepted, "{what}: locked out");
    true
}

/// The rest of this rotation, and two whole ones: the last gives another password to the same user, also where two take turns.
/// `token` is then that of the last that began.
async fn others(site: &Site, token: &mut String) -> Result<(), FunctionError> {
    steps(site, token, &STEPS[1..]).await?;
    for _ in 0..2 {
        *token = site.aws.announce(&site.arn);
        steps(site, token, &STEPS).await?;
    }
    Ok(())
}

/// A whole one, which ends well.
async fn rotation(site: &Site) {
    let token = site.aws.announce(&site.arn);
    if let Err(error) = steps(site, &token, &STEPS).await {
        panic!("{}: {}", site.engine.name, error.message);
    }
}

async fn steps(site: &Site, token: &str, steps: &[&str]) -> Result<(), FunctionError> {
    for step in steps {
        site.function.invoke(site.event(token, step)).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres() {
    if Release::Debian.installed() {
        frozen("postgres/single-user").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_with_two_users() {
    if Release::Debian.installed() {
        frozen("postgres/alternating-users").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb() {
    if Product::Mariadb.installed() {
        frozen("mariadb/single-user").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_with_two_passwords() {
    if Product::Mariadb.installed() {
        frozen("mariadb/dual-password").await;
    }
}
