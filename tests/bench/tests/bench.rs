//! A sample of scripts/bench.

use rotation_bench::contender::Contender::Rotation;
use rotation_bench::contender::bootstrap;
use rotation_bench::figures::Row;
use rotation_bench::measure::{Shares, measure};
use rotation_chaos::engine::Engine;

#[tokio::test(flavor = "multi_thread")]
async fn a_function_is_clocked_and_what_it_asks_is_counted() {
    let engine = Engine::named("postgres/single-user")[0];
    let mut done = 0;
    let figures = measure(engine, None, (2, &Shares::none()), &mut |n| done = n).await;
    let figures = figures.unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(done, 2);
    let row = |row| figures.row(Rotation, row);
    for there in [
        Row::Init,
        Row::Cold,
        Row::Late,
        Row::Warm,
        Row::Cpu,
        Row::Memory,
    ] {
        let figures = row(there);
        assert!(
            figures.len() == 2 && figures.iter().all(|figure| *figure > 0.0),
            "{there:?}: {figures:?}"
        );
    }
    assert!(row(Row::Share(128)).is_empty());
    let counts = figures.counts(Rotation).expect("counts");
    // Whatever waits in a row waits for 5 ms each.
    let least = 5.0 * counts.in_a_row as f64;
    assert!(
        row(Row::Late).iter().all(|late| *late > least),
        "{figures:?}"
    );
    // framework/PROTOCOL.md has the calls.
    assert_eq!(counts.of("PutSecretValue"), 1, "{counts:?}");
    assert_eq!(counts.of("GetRandomPassword"), 0, "{counts:?}");
    assert!(
        counts.tls >= 1 && counts.in_a_row <= counts.all_calls(),
        "{counts:?}"
    );
    // One login in testSecret, and two in setSecret, at least; nobody is refused.
    let (taken, refused) = counts.logins.expect("a log of logins");
    assert!((3..=6).contains(&taken) && refused == 0, "{counts:?}");
    assert!(counts.connections >= taken, "{counts:?}");
}

/// It starts all the same: Secrets Manager shows only the error of an invocation.
#[tokio::test]
async fn a_function_that_is_set_up_wrongly_says_so_to_the_first_event() {
    let wrong = bootstrap("postgres", &[("PASSWORD_LENGTH", "many")]);
    let mut sandbox = wrong.start().await.expect("a sandbox");
    let told = sandbox.invoke("{}").await.expect_err("a reason");
    assert!(told.message.contains("PASSWORD_LENGTH"), "{told:?}");
    sandbox.end().await;
}
