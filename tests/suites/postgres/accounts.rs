//! Accounts of any kind: what CREATE ROLE and ALTER ROLE can say, by chance. Each rotates twice, or a lone testSecret refuses it.
//!
//! Each account has a seed. `ROTATION_SEED=17` runs that one alone, `ROTATION_SEED=0..300` three hundred.

use fastrand::Rng;
use rotation::event::Step;
use rotation_tests::postgres::{Postgres, Release, quoted};
use rotation_tests::setting::seeds;

use crate::case::Case;
use crate::harness::Users;

/// One of some rows.
const OPTIONS: &[&[&str]] = &[
    &["SUPERUSER"],
    &["CREATEDB"],
    &["CREATEROLE"],
    &["NOINHERIT"],
    &["NOLOGIN", "LOGIN"],
    &["REPLICATION"],
    &["BYPASSRLS"],
    &[
        "CONNECTION LIMIT 0",
        "CONNECTION LIMIT 1",
        "CONNECTION LIMIT 2",
        "CONNECTION LIMIT 9",
    ],
    &[
        "VALID UNTIL 'infinity'",
        "VALID UNTIL '2001-01-01'",
        "VALID UNTIL '2099-01-01 01:02+03'",
    ],
];
/// Some of these, after the account is there.
const SETTINGS: &[&str] = &[
    "ALTER ROLE {user} SET search_path TO '', public",
    "ALTER ROLE {user} SET statement_timeout TO 1",
    "ALTER ROLE {user} SET default_transaction_read_only TO on",
    "ALTER ROLE {user} SET default_transaction_isolation TO serializable",
    "ALTER ROLE {user} SET password_encryption TO md5",
    "ALTER ROLE {user} SET log_min_duration_statement TO 0",
    "ALTER ROLE {user} SET session_replication_role TO replica",
    "ALTER ROLE {user} SET client_encoding TO latin1",
    "ALTER ROLE {user} IN DATABASE postgres SET DateStyle TO 'SQL, DMY'",
    "ALTER ROLE {user} SET TimeZone TO 'Asia/Kathmandu'",
    "CREATE ROLE {group}; GRANT {group} TO {user}",
    "CREATE ROLE {group}; GRANT {group} TO {user}; ALTER ROLE {user} SET role TO {group}",
    "CREATE ROLE {group}; GRANT {user} TO {group}",
    "SET password_encryption = md5; ALTER ROLE {user} PASSWORD '{password}'; GRANT hashed TO {user}",
    "ALTER ROLE {user} PASSWORD NULL",
    "CREATE TABLE {group} (); ALTER TABLE {group} OWNER TO {user}",
    "GRANT pg_read_all_settings TO {user}",
];

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the figures of a long run")]
async fn each_rotates_twice_or_is_refused_beforehand() {
    let (mut rotated, mut refused) = (0, 0);
    for seed in seeds(0..12) {
        let mut rng = Rng::with_seed(seed);
        let release = rng.choice(Release::ALL).expect("a release");
        if !release.installed() {
            continue;
        }
        let server = Postgres::of(release).await;
        let users = match rng.u8(0..3) {
            0 => Users::one(server),
            1 => Users::two(server),
            _ => Users::two_by_administrator(server).await,
        };
        let mut case = Case::new(&users).await;
        let statements = account(&mut rng, &case);
        let told = format!(
            "seed {seed}, {release:?}, as {}: {statements}",
            users.admin.0
        );
        case.sql(&statements).await;
        match rehearsed(&mut case, &told).await {
            true => rotated += 1,
            false => refused += 1,
        }
    }
    println!("{rotated} accounts rotated twice, {refused} were refused by a lone testSecret");
}

/// Whether a lone testSecret lets it pass. Then it rotates twice.
async fn rehearsed(case: &mut Case<'_>, told: &str) -> bool {
    let alone = case.world.step(&case.version, Step::TestSecret).await;
    if let Err(error) = alone {
        let text = error.to_string();
        assert_ne!(error.error_type(), "Rotation.Panic", "{told}: {text}");
        assert!(text.split(' ').count() > 5, "{told}: {text}");
        return false;
    }
    for time in ["first", "second"] {
        let ended = case.world.steps(&case.version).await;
        if let Err(error) = ended {
            panic!("{told}: testSecret alone was ok, the {time} rotation was not: {error}");
        }
        assert!(case.world.current_accepted().await, "{told}: {time}");
        case.after(0).await;
    }
    true
}

fn account(rng: &mut Rng, case: &Case<'_>) -> String {
    let options = OPTIONS.iter().filter(|_| rng.u8(0..5) == 0);
    let options: Vec<&[&str]> = options.copied().collect();
    let options = options
        .iter()
        .filter_map(|row| rng.choice(row.iter().copied()));
    let options: Vec<&str> = options.collect();
    let mut statements = vec![format!("ALTER ROLE {{user}} {}", options.join(" "))];
    let admin = &case.users.admin.0;
    if admin != "postgres" {
        let admin = quoted(admin);
        statements.push(format!("GRANT {{user}} TO {admin} WITH ADMIN OPTION"));
    }
    for (at, setting) in SETTINGS.iter().enumerate() {
        if rng.u8(0..8) == 0 {
            let group = quoted(&format!("{}_group{at}", case.user));
            let setting = setting.replace("{group}", &group);
            statements.push(setting.replace("{password}", &case.password));
        }
    }
    statements.join("; ")
}
