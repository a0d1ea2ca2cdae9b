//! Which searches there are.

use rotation::Succession;
use rotation::protocol::RetirePolicy::{AfterFinish, Never, NextRotation};

use crate::budget::Budget;
use crate::kind::{Case, Kind};

/// A search, and how many moments it may look at.
pub type Configuration = (Case, usize);

/// Every fault alone, beside a crash or a stall and a new rotation, for every kind and setting: for each change of the code.
pub fn sample() -> Vec<Configuration> {
    let base = Budget {
        crash: 1,
        stall: 1,
        anew: 1,
        ..Budget::of(8)
    };
    let calm = Budget { crash: 0, ..base };
    let budgets = [
        base,
        Budget { stale: 1, ..calm },
        Budget { vanish: 1, ..calm },
        Budget {
            lost_lock: 1,
            ..calm
        },
        Budget { again: 1, ..calm },
        Budget { refusal: 1, ..calm },
        Budget { edit: 1, ..calm },
        Budget {
            stranger: 1,
            ..calm
        },
        Budget { put: 1, ..calm },
        Budget { by_hand: 1, ..calm },
        Budget { restore: 1, ..calm },
    ];
    let each = budgets
        .into_iter()
        .flat_map(|budget| settings(&Kind::ALL, budget));
    each.map(|case| (case, 15_000)).collect()
}

/// Two faults together, at the kinds that differ, in an order in which most mutants are caught early.
pub fn for_mutants() -> Vec<Configuration> {
    let base = Budget {
        stall: 1,
        anew: 1,
        ..Budget::of(8)
    };
    let budgets = [
        Budget { crash: 1, ..base },
        Budget {
            crash: 1,
            vanish: 1,
            ..base
        },
        Budget { vanish: 1, ..base },
        Budget { stale: 1, ..base },
        Budget {
            lost_lock: 1,
            crash: 1,
            ..base
        },
        Budget { again: 1, ..base },
        Budget { stall: 2, ..base },
        Budget {
            edit: 1,
            crash: 1,
            ..base
        },
        Budget {
            edit: 2,
            anew: 2,
            stall: 0,
            ..base
        },
        Budget {
            stranger: 1,
            ..base
        },
        Budget { put: 1, ..base },
        Budget { refusal: 1, ..base },
        Budget {
            by_hand: 1,
            crash: 1,
            ..base
        },
        Budget { restore: 1, ..base },
    ];
    const MANY: usize = 60_000;
    let settings = |budget| {
        let case = |kind| Case::new(kind, budget);
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
    };
    let each = budgets.into_iter().flat_map(settings);
    let mut all: Vec<Configuration> = each.map(|case| (case, MANY)).collect();
    // A second login, labels before an eager move, and the look for a newer rotation are needed late.
    let late = Budget {
        lost_lock: 1,
        crash: 1,
        ..base
    };
    let deep = [
        Case::new(Kind::Single, late),
        Case::new(Kind::Dual, late).eager(),
        Case::new(Kind::Dual, Budget { vanish: 1, ..base }).eager(),
        Case::new(Kind::AlternatePg, Budget { again: 1, ..base }),
    ];
    all.extend(deep.map(|case| (case, 1_000_000)));
    all
}

/// All of it.
pub fn whole() -> Vec<Configuration> {
    const MANY: usize = 3_500_000;
    const SOME: usize = 300_000;
    let four = [
        Kind::Single,
        Kind::AlternatePg,
        Kind::AlternateMy,
        Kind::Dual,
    ];
    let base = Budget {
        crash: 1,
        stall: 1,
        anew: 1,
        ..Budget::of(8)
    };
    let paper = Budget {
        lost_lock: 1,
        stale: 1,
        vanish: 1,
        ..Budget {
            invocations: 12,
            ..base
        }
    };
    let mut all = Vec::new();
    let mut add =
        |cases: Vec<Case>, most: usize| all.extend(cases.into_iter().map(|case| (case, most)));
    // One of each.
    let firsts = Kind::ALL.map(|kind| Case::new(kind, paper).first());
    add(firsts.to_vec(), MANY);
    add(
        [Kind::AlternatePg, Kind::Dual]
            .map(|kind| Case::new(kind, Budget { stale: 0, ..paper }))
            .to_vec(),
        MANY,
    );
    // Two of some.
    let two = Budget {
        invocations: 14,
        crash: 2,
        stall: 2,
        stale: 2,
        vanish: 0,
        ..paper
    };
    add(
        Kind::ALL.map(|kind| Case::new(kind, two)).to_vec(),
        MANY / 2,
    );
    // Every fault beside a crash, a stall and a new rotation.
    for budget in [
        base,
        Budget {
            lost_lock: 1,
            ..base
        },
        Budget { stale: 1, ..base },
        Budget { vanish: 1, ..base },
        Budget {
            stale: 1,
            vanish: 1,
            ..base
        },
        Budget {
            anew: 2,
            vanish: 1,
            ..base
        },
        Budget { stall: 2, ..base },
        Budget { again: 1, ..base },
        Budget { refusal: 1, ..base },
        Budget { edit: 1, ..base },
        Budget {
            stranger: 1,
            ..base
        },
        Budget { put: 1, ..base },
        Budget { by_hand: 1, ..base },
        Budget { restore: 1, ..base },
    ] {
        add(settings(&Kind::ALL, budget), SOME);
    }
    // Three alive at once.
    let three = Budget {
        alive: 3,
        crash: 0,
        stall: 2,
        ..base
    };
    add(four.map(|kind| Case::new(kind, three)).to_vec(), MANY);
    add(
        [Kind::Single, Kind::Dual]
            .map(|kind| Case::new(kind, Budget { vanish: 1, ..three }))
            .to_vec(),
        MANY,
    );
    add(
        [Kind::Keys, Kind::Tokens]
            .map(|kind| Case::new(kind, three))
            .to_vec(),
        MANY,
    );
    // People, twice.
    let people = Budget {
        edit: 2,
        anew: 2,
        crash: 0,
        stall: 0,
        ..base
    };
    add(settings(&Kind::ALL, people), SOME);
    // A service that allows two tokens.
    for budget in [
        base,
        Budget { vanish: 1, ..base },
        Budget { edit: 1, ..base },
        Budget { put: 1, ..base },
    ] {
        let limited = [
            Case::new(Kind::Tokens, budget).limit(2),
            Case::new(Kind::Tokens, budget).limit(2).first(),
        ];
        add(limited.to_vec(), MANY / 4);
    }
    all
}

/// Every setting that makes a difference, after a rotation and at the very first.
fn settings(kinds: &[Kind], budget: Budget) -> Vec<Case> {
    let mut cases = Vec::new();
    for kind in kinds {
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
            let case = Case::new(*kind, budget).retire(*retire);
            cases.extend([case, case.first(), case.eager()]);
        }
    }
    cases
}
