//! How the cost of a rotation grows: with the grants of a user, with hosts, with secrets at once, with the size of a secret.

mod subjects;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use futures_util::future::try_join_all;
use rotation_chaos::engine::{Engine, Subject};
use rotation_tests::mysql::Product;
use serde_json::json;

use crate::contender::{Contender, Templates};
use crate::measure::milliseconds;
use crate::site::{Site, Who};
use subjects::{Fleet, granted};

/// How many sandboxes the function may have at once, where many secrets are rotated at once: its reserved concurrency.
pub const CONCURRENCY: usize = 10;

const GRANTS: [usize; 4] = [1, 10, 100, 1000];
const HOSTS: [usize; 4] = [1, 5, 20, 50];
const SECRETS: [usize; 3] = [1, 10, 100];
const KIBIBYTES: [usize; 4] = [1, 4, 16, 64];
/// Of the largest size: a secret has 65,536 bytes at most, and the next password may be longer.
const ROOM: usize = 256;

/// A table: milliseconds, by size.
pub struct Growth {
    /// What was rotated.
    pub title: &'static str,
    /// What the sizes are.
    pub of: &'static str,
    /// One for each size.
    pub points: Vec<Point>,
}

/// The figures of one size.
pub struct Point {
    /// How many, or how much.
    pub size: usize,
    /// In the order of [`Contender::BOTH`], one for each run. None of a contender that was not measured.
    pub figures: [Vec<f64>; 2],
}

/// How much is measured, and beside what.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// Rotations of each size.
    pub runs: usize,
    /// AWS's templates.
    pub templates: Option<&'a Templates>,
}

impl Growth {
    /// Warm rotations by two users who take turns, when both are there, by grants of the first.
    ///
    /// # Errors
    /// That a rotation failed, or that MariaDB is not installed: in words.
    pub async fn grants(plan: Plan<'_>) -> Result<Self, String> {
        if !Product::Mariadb.is_there() {
            return Err("MariaDB is not installed: run scripts/install".to_owned());
        }
        let server = rotation_tests::mysql::MysqlServer::start(Product::Mariadb).await;
        let mut points = Vec::new();
        for size in GRANTS {
            let subject = async || granted(&server, size).await;
            points.push(
                Point::warm(size, ("mariadb/alternating-users", "mysql"), plan, subject).await?,
            );
        }
        Ok(Self {
            title: "A warm rotation of MariaDB's alternating users, by grants of the user",
            of: "grants",
            points,
        })
    }

    /// Warm rotations of an SSH key, by hosts.
    ///
    /// # Errors
    /// That a rotation failed, in words.
    pub async fn hosts(plan: Plan<'_>) -> Result<Self, String> {
        let fleet = Fleet::start(HOSTS.into_iter().max().unwrap_or_default()).await;
        let mut points = Vec::new();
        for size in HOSTS {
            let subject = async || fleet.subject(size);
            points.push(Point::warm(size, ("ssh", "ssh"), plan, subject).await?);
        }
        Ok(Self {
            title: "A warm rotation of an SSH key, by hosts",
            of: "hosts",
            points,
        })
    }

    /// Warm rotations of PostgreSQL's single user, by the size of the secret.
    ///
    /// # Errors
    /// That a rotation failed, or that PostgreSQL is not installed: in words.
    pub async fn sizes(plan: Plan<'_>) -> Result<Self, String> {
        let engine = postgres();
        let target = engine.start().await?;
        let mut points = Vec::new();
        for size in KIBIBYTES {
            let subject = async || {
                let mut subject = target.subject(target.port()).await;
                let there = subject.secret.to_string().len();
                subject.secret["note"] = json!("x".repeat(size * 1024 - there - ROOM));
                subject
            };
            points.push(Point::warm(size, (engine.name, engine.rotator), plan, subject).await?);
        }
        Ok(Self {
            title: "A warm rotation of PostgreSQL's single user, by the size of the secret",
            of: "KiB",
            points,
        })
    }

    /// Until so many secrets of PostgreSQL's single users are rotated, by sandboxes that start with the first event.
    ///
    /// # Errors
    /// That a rotation failed, or that PostgreSQL is not installed: in words.
    pub async fn secrets(plan: Plan<'_>) -> Result<Self, String> {
        let engine = postgres();
        let target = engine.start().await?;
        let mut points = Vec::new();
        for size in SECRETS {
            let mut point = Point::new(size);
            for contender in Contender::BOTH {
                let who = Who::of(contender, (engine.name, engine.rotator), plan.templates);
                let Some(who) = who else { continue };
                let site = Site::new(who, target.subject(target.port()).await).await;
                let mut arns = vec![site.arn.clone()];
                for n in 1..size {
                    let subject = target.subject(target.port()).await;
                    arns.push(site.store(subject, &format!("app-{n}")));
                }
                at_once(&site, &arns).await?;
                for _ in 0..plan.runs {
                    point.figures[contender as usize].push(at_once(&site, &arns).await?);
                }
            }
            points.push(point);
        }
        Ok(Self {
            title: "Until all are rotated, by secrets at once, with a reserved concurrency of 10",
            of: "secrets",
            points,
        })
    }
}

impl Point {
    fn new(size: usize) -> Self {
        Self {
            size,
            figures: [const { Vec::new() }; 2],
        }
    }

    /// In a sandbox that has rotated the secret twice before.
    async fn warm(
        size: usize,
        engine: (&str, &str),
        plan: Plan<'_>,
        subject: impl AsyncFn() -> Subject,
    ) -> Result<Self, String> {
        let mut point = Self::new(size);
        for contender in Contender::BOTH {
            let Some(who) = Who::of(contender, engine, plan.templates) else {
                continue;
            };
            let site = Site::new(who, subject().await).await;
            let mut sandbox = site.start().await?;
            for _ in 0..2 {
                site.rotate(&mut sandbox).await?;
            }
            for _ in 0..plan.runs {
                let took = site.rotate(&mut sandbox).await?.took;
                point.figures[contender as usize].push(milliseconds(took));
            }
            sandbox.end().await;
        }
        Ok(point)
    }
}

/// How many milliseconds it takes until all are rotated. A sandbox takes the next secret when it has rotated one.
async fn at_once(site: &Site, arns: &[String]) -> Result<f64, String> {
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    let sandboxes = (0..CONCURRENCY.min(arns.len())).map(|_| async {
        let mut sandbox = site.start().await?;
        while let Some(arn) = arns.get(next.fetch_add(1, Ordering::Relaxed)) {
            site.rotate_secret(&mut sandbox, arn).await?;
        }
        Ok::<_, String>(sandbox)
    });
    let sandboxes = try_join_all(sandboxes).await?;
    let took = milliseconds(began.elapsed());
    for sandbox in sandboxes {
        sandbox.end().await;
    }
    Ok(took)
}

fn postgres() -> Engine {
    Engine::named("postgres/single-user")[0]
}
