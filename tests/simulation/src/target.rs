//! The kinds of targets, with the settings of the function.

use rotation::Succession;
use rotation::config::RetirePolicy;

use crate::toy::Toy;

/// What becomes of an old credential, and by which settings.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// What `--target` takes.
    pub name: &'static str,
    succession: Succession,
    /// Whether the target makes the credential itself.
    pub issues: bool,
    eager: bool,
    after_finish: bool,
}

const PLAIN: Target = Target {
    name: "replace",
    succession: Succession::Replace,
    issues: false,
    eager: false,
    after_finish: false,
};

impl Target {
    /// Every one.
    pub const ALL: [Self; 8] = [
        PLAIN,
        Self {
            name: "alternate",
            succession: Succession::Alternate,
            ..PLAIN
        },
        Self {
            name: "displace",
            succession: Succession::Displace,
            ..PLAIN
        },
        Self {
            name: "coexist",
            succession: Succession::Coexist,
            ..PLAIN
        },
        Self {
            name: "issued",
            succession: Succession::Coexist,
            issues: true,
            ..PLAIN
        },
        Self {
            name: "replace-eager",
            eager: true,
            ..PLAIN
        },
        Self {
            name: "coexist-after-finish",
            succession: Succession::Coexist,
            after_finish: true,
            ..PLAIN
        },
        Self {
            name: "displace-eager-after-finish",
            succession: Succession::Displace,
            eager: true,
            after_finish: true,
            ..PLAIN
        },
    ];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name == name)
    }

    /// One of its kind, which nobody has used.
    pub(crate) fn toy<const ISSUES: bool>(self) -> Toy<ISSUES> {
        let retire = match self.after_finish {
            true => RetirePolicy::AfterFinish,
            false => RetirePolicy::NextRotation,
        };
        let mut toy = Toy::of(self.succession);
        toy.config.eager_finish = self.eager;
        toy.config.retire = retire;
        toy
    }
}
