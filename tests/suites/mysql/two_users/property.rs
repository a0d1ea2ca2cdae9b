//! Any grants, to any names, on live servers: after each rotation the server's own tables say the same of both accounts.
//!
//! Each case has a seed, and so have the names that ten cases in a row share; a failure shows it, and all statements.
//! `ROTATION_SEED=17` runs that case alone, `ROTATION_SEED=1000..2000` a thousand others. A generator of our own, and not
//! proptest: to find a smaller case it would rotate some hundreds more, and a failure is one statement among twenty.
//!
//! In a part of the cases the administrator has next to nothing, and is then given what a refusal names, and no more.

mod grants;
mod place;
pub(crate) mod random;
mod rights;
mod statements;
mod trial;

use std::ops::Range;

use rotation_tests::mysql::{MysqlServer, Options, Product};
use rotation_tests::setting::seeds;

use place::Place;
use random::Random;
use statements::Count;
use trial::Trial;

/// On MariaDB; on MySQL it is as many, in two halves.
const CASES: u64 = 250;
/// Consecutive cases with the same place.
const SHARE: u64 = 10;

#[tokio::test]
async fn mariadb() {
    if Product::Mariadb.installed() {
        all(Product::Mariadb, Vec::new(), 0..CASES).await;
    }
}

#[tokio::test]
async fn mysql() {
    if Product::Mysql.installed() {
        all(Product::Mysql, Vec::new(), 0..CASES / 2).await;
    }
}

/// A pattern is then a name.
#[tokio::test]
async fn mysql_with_partial_revokes() {
    if Product::Mysql.installed() {
        let on = vec![("partial-revokes", "ON".to_owned())];
        all(Product::Mysql, on, CASES / 2..CASES).await;
    }
}

async fn all(product: Product, settings: Vec<(&'static str, String)>, usual: Range<u64>) {
    let options = Options {
        settings,
        ..Options::default()
    };
    let server = MysqlServer::start_with(product, options).await;
    server
        .admin(&format!(
            "CREATE USER {0} IDENTIFIED BY '{1}'; GRANT ALL ON *.* TO {0} WITH GRANT OPTION; \
             GRANT PROXY ON ''@'' TO {0} WITH GRANT OPTION",
            place::ADMIN,
            statements::PASSWORD
        ))
        .await;
    let mut root = server.superuser().await;
    let mut count = Count::default();
    let mut seeds = seeds(usual).peekable();
    while let Some(first) = seeds.peek().copied() {
        let share = first / SHARE;
        let place = Place::new(&mut Random::new(share), product);
        place.make(&mut root).await;
        while let Some(seed) = seeds.next_if(|seed| seed / SHARE == share) {
            let mut trial = Trial::new(&server, &place, seed);
            trial.run(&mut root).await;
            count.add(&trial.count);
        }
        place.clear(&mut root).await;
    }
    let _ = root.disconnect().await;
    count.check();
}
