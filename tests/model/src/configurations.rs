//! Which searches there are.

use rotation::Succession;
use rotation::protocol::RetirePolicy::{AfterFinish, Never, NextRotation};

use crate::budget::Budget;
use crate::kind::{Case, Kind, Way};

/// A search, and how many moments it may look at.
pub type Configuration = (Case, usize);

/// Every fault beside a crash or a stall and a new rotation.
const ONE: [&str; 17] = [
    "crash stall anew",
    "stall vanish repair",
    "stall anew stale",
    "stall anew vanish",
    "stall anew lost-lock",
    "stall anew again",
    "stall anew refusal",
    "stall anew put",
    "stall anew edit",
    "stall anew stranger",
    "stall anew other",
    "stall anew by-hand",
    "stall anew rollback",
    "stall anew restore",
    // Nothing but deaths and sleeps; nothing but old answers; nothing but people.
    "crash crash stall",
    "anew stale",
    "anew anew edit edit",
];

/// More than one of them.
const MORE: [&str; 21] = [
    "stall anew repair repair",
    "crash stall anew vanish repair",
    "crash stall anew lost-lock",
    "crash stall anew stale",
    "crash stall anew vanish",
    "crash stall anew stale vanish",
    "crash stall anew anew vanish",
    "crash stall stall anew",
    "crash stall anew again",
    "crash stall anew refusal",
    "crash stall anew put",
    "crash stall anew edit",
    "crash stall anew stranger",
    "crash stall anew other",
    "crash stall anew by-hand",
    "crash stall anew rollback",
    "crash stall anew restore",
    "crash stall anew edit edit",
    "crash crash stall lost-lock stale",
    "anew stale stale",
    "anew anew edit edit",
];

/// In an order in which most mutants are caught early.
const MUTANTS: [&str; 19] = [
    "crash stall anew",
    "crash stall anew vanish",
    "stall anew vanish",
    "stall anew stale",
    "crash stall anew lost-lock",
    "stall anew again",
    "stall stall anew",
    "crash stall anew edit",
    "anew anew edit edit",
    "stall anew stranger",
    "stall anew put",
    "stall anew refusal",
    "crash stall anew by-hand",
    "stall anew restore",
    "stall anew other",
    "crash stall anew rollback",
    "anew stale",
    "crash stall lost-lock",
    "stall vanish repair",
];

/// As in the paper before the first version: one of each.
const PAPER: &str = "crash stall anew lost-lock stale vanish";

/// For each change of the code: every fault alone, for every kind and setting.
pub fn sample() -> Vec<Configuration> {
    let each = ONE
        .into_iter()
        .flat_map(|faults| settings(Budget::of(8, faults)));
    let ways = ways("crash stall anew");
    most(each.chain(ways), 5_000).collect()
}

/// Two faults together, at the kinds that differ.
pub fn for_mutants() -> Vec<Configuration> {
    let begun = [Kind::Single, Kind::Tokens]
        .map(|kind| case(kind, "crash stall").way(Way::Template))
        .into_iter();
    let each = begun.chain(MUTANTS.into_iter().flat_map(differing));
    // A second login, labels before an eager move, and the look for a newer rotation are needed late.
    let late = [
        case(Kind::Single, "crash stall anew lost-lock"),
        case(Kind::Dual, "crash stall anew lost-lock").eager(),
        case(Kind::Dual, "stall anew vanish").eager(),
        case(Kind::AlternatePg, "stall anew again"),
    ];
    most(each, 60_000).chain(most(late, 1_000_000)).collect()
}

/// All of it.
pub fn whole() -> Vec<Configuration> {
    let paper = Kind::ALL.map(|kind| Case::new(kind, Budget::of(12, PAPER)).first());
    let calm = [Kind::AlternatePg, Kind::Dual]
        .map(|kind| Case::new(kind, Budget::of(12, "crash stall anew lost-lock vanish")));
    let two = "crash crash stall stall anew lost-lock stale stale";
    let two = Kind::ALL.map(|kind| Case::new(kind, Budget::of(14, two)));
    let each = MORE
        .into_iter()
        .flat_map(|faults| settings(Budget::of(8, faults)));
    let stale = [Kind::Single, Kind::AlternatePg]
        .map(|kind| case(kind, "crash stall anew stale stale").eager());
    let again =
        [Kind::Single, Kind::AlternatePg, Kind::Dual].map(|kind| case(kind, "stall anew again"));
    let limited = [
        "crash stall anew",
        "crash stall anew vanish",
        "crash stall anew edit",
        "crash stall anew put",
    ]
    .into_iter()
    .flat_map(|faults| {
        let limited = case(Kind::Tokens, faults).limit(2);
        [limited, limited.first()]
    });
    most(paper, 5_000_000)
        .chain(most(calm, 5_000_000))
        .chain(most(two, 1_000_000))
        .chain(most(each, 200_000))
        .chain(most(ways("crash stall anew lost-lock"), 1_000_000))
        .chain(most(stale.into_iter().chain(again), 3_000_000))
        .chain(most(three_alive(), 3_000_000))
        .chain(most(limited, 1_000_000))
        .collect()
}

fn case(kind: Kind, faults: &str) -> Case {
    Case::new(kind, Budget::of(8, faults))
}

fn most(
    cases: impl IntoIterator<Item = Case>,
    moments: usize,
) -> impl Iterator<Item = Configuration> {
    cases.into_iter().map(move |case| (case, moments))
}

/// Three invocations at once.
fn three_alive() -> Vec<Case> {
    let three = |kind, faults| {
        let mut budget = Budget::of(8, faults);
        budget.alive = 3;
        Case::new(kind, budget)
    };
    let plain = Kind::ALL.map(|kind| three(kind, "stall stall anew"));
    let vanish = [Kind::Single, Kind::AlternatePg, Kind::Dual]
        .map(|kind| three(kind, "stall stall anew vanish"));
    plain.into_iter().chain(vanish).collect()
}

/// Everything but the usual way.
fn ways(faults: &'static str) -> Vec<Case> {
    let three = [Kind::Single, Kind::AlternatePg, Kind::Dual];
    let dated = three.map(|kind| case(kind, faults).way(Way::DatedByValue));
    let drops = three.map(|kind| case(kind, faults).way(Way::DropsPending));
    // A second rotation by hand is refused until the first is done, or given up.
    let once = faults.replace("anew", "");
    let fresh = three.map(|kind| case(kind, &once).way(Way::Fresh));
    // AWS has no template for tokens.
    let begun = [Kind::Single, Kind::AlternatePg, Kind::Keys, Kind::PutValue];
    let begun = begun.map(|kind| case(kind, faults).way(Way::Template));
    [&dated[..], &drops, &fresh, &begun].concat()
}

/// Those in which another decision is taken.
fn differing(faults: &str) -> Vec<Case> {
    let case = |kind| case(kind, faults);
    vec![
        case(Kind::Single),
        case(Kind::AlternatePg),
        case(Kind::AlternateMy).first(),
        case(Kind::Dual),
        case(Kind::Maria),
        case(Kind::Keys),
        case(Kind::Keys).first(),
        case(Kind::Tokens),
        case(Kind::Tokens).limit(2),
        case(Kind::Roll),
        case(Kind::Keys).retire(AfterFinish),
        case(Kind::Dual).retire(AfterFinish),
        case(Kind::Dual).eager().retire(AfterFinish),
        case(Kind::Single).eager(),
        case(Kind::Keys).retire(Never),
    ]
}

/// Every setting that makes a difference, after a rotation and at the very first.
fn settings(budget: Budget) -> Vec<Case> {
    let mut cases = Vec::new();
    for kind in Kind::ALL {
        let overlap = matches!(
            kind.succession(),
            Succession::Coexist | Succession::Displace
        );
        let policies = if overlap {
            &[NextRotation, AfterFinish, Never][..]
        } else {
            &[NextRotation]
        };
        for retire in policies {
            let case = Case::new(kind, budget).retire(*retire);
            cases.extend([case, case.first(), case.eager()]);
        }
    }
    cases
}
