//! A little of what `scripts/chaos` does, on PostgreSQL and MariaDB; and that it is not blind.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join, join_all};
use rotation_chaos::client::{Pace, Plain, work};
use rotation_chaos::engine::{Engine, Verdict};
use rotation_chaos::lane;
use rotation_chaos::record::{Record, check};
use rotation_chaos::report::Report;
use rotation_chaos::site::Site;
use rotation_tests::mysql::Product;
use rotation_tests::postgres::Release;
use tokio::sync::watch;

/// Engines, and seeds in which nothing has to wait for a horizon.
const SEEDS: [(&str, u64); 4] = [
    ("postgres/single-user", 306),
    ("postgres/alternating-users", 307),
    ("mariadb/single-user", 305),
    ("mariadb/dual-password", 302),
];

/// Few log in here, so often.
const QUICK: Pace = Pace {
    usual: Duration::from_millis(20),
    refused: Duration::from_millis(20),
};

/// The engine of this name. None, if it is not installed: the test is then counted as skipped.
fn engine(name: &str) -> Option<Engine> {
    let there = match name.starts_with("postgres") {
        true => Release::Debian.installed(),
        false => Product::Mariadb.installed(),
    };
    there.then(|| *Engine::named(name).first().expect("an engine"))
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_locked_out_while_functions_are_killed_and_frozen() {
    let seeds = SEEDS.into_iter();
    let lanes = seeds.filter_map(|(name, seed)| Some((engine(name)?, seed)));
    let lanes = lanes.map(async |(engine, seed)| {
        let target = engine.start().await.expect("a server");
        lane::run(engine, Arc::from(target), seed, 2, QUICK).await
    });
    let mut all = Report::default();
    for report in join_all(lanes).await {
        let story = report.story.join("\n");
        assert!(report.is_good(), "{}\n{story}", report.engine);
        assert!(report.logins > 10, "{}\n{story}", report.engine);
        all.add(&report);
    }
    let installed = all.seeds == SEEDS.len();
    assert!(!installed || all.kills + all.stalls > 2, "{all:?}");
}

/// The credential under AWSCURRENT ends behind everybody's back.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_refusal_is_found() {
    for name in ["postgres/alternating-users", "mariadb/dual-password"] {
        let Some(engine) = engine(name) else { continue };
        let target = engine.start().await.expect("a server");
        let site = Site::new(engine, Arc::from(target)).await;
        let (record, mut cache) = (Record::default(), Plain::new(&site));
        let (end, ended) = watch::channel(false);
        let client = work(&site, &mut cache, (0, &record), QUICK, ended);
        let wrong = || check(&record.attempts(), engine.succession);
        let by_hand = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let before = wrong();
            assert!(before.logins > 0 && before.wrong.is_empty(), "{before:?}");
            let value = site.aws.value(&site.arn, "AWSCURRENT");
            site.target.end(&value.expect("a value")).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
            end.send_replace(true);
        };
        join(client, by_hand).await;
        assert!(!wrong().wrong.is_empty(), "{name}: {:?}", wrong());
    }
}

/// What was set is still there afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn servers_start_again_where_they_were() {
    for name in ["postgres/single-user", "mariadb/single-user"] {
        let Some(engine) = engine(name) else { continue };
        let target = engine.start().await.expect("a server");
        let subject = target.subject(target.port()).await;
        let secret = subject.secret.to_string();
        for _ in 0..2 {
            let login = async || target.login(&secret).await;
            assert_eq!(login().await, Verdict::Accepted, "{name}");
            let restart = target.restart();
            let down = async {
                let mut seen = Verdict::Accepted;
                while seen == Verdict::Accepted {
                    seen = login().await;
                }
                seen
            };
            let ((), seen) = join(restart, down).await;
            assert_eq!(seen, Verdict::NoAnswer, "{name}");
            assert_eq!(login().await, Verdict::Accepted, "{name}");
        }
        target.end(&secret).await;
        assert_eq!(target.login(&secret).await, Verdict::Refused, "{name}");
    }
}

/// The version that the server accepts loses its labels.
#[tokio::test(flavor = "multi_thread")]
async fn a_credential_without_a_label_is_found() {
    for name in ["postgres/alternating-users", "mariadb/dual-password"] {
        let Some(engine) = engine(name) else { continue };
        let target = engine.start().await.expect("a server");
        let site = Site::new(engine, Arc::from(target)).await;
        let strays = async || {
            let (labelled, others) = site.values();
            site.target.strays(&labelled, &others).await.len()
        };
        assert_eq!(strays().await, 0, "{name}");
        let other = "00000000-0000-4000-8000-000000000001";
        let labels = &["AWSCURRENT"];
        site.aws.plant(&site.arn, other, Some("{}"), labels);
        site.aws.detach(&site.arn, "AWSPREVIOUS");
        assert_eq!(strays().await, 1, "{name}");
    }
}
