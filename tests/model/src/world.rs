//! All that there is at one moment.

use rotation::event::Step;

use crate::budget::{Budget, Fault};
use crate::invocation::Invocation;
use crate::kind::{Case, Way};
use crate::secret::{Held, Marks, Secret, Version};
use crate::target::Target;

/// One moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// Secrets Manager.
    pub secret: Secret,
    /// The target.
    pub target: Target,
    /// Who lives.
    pub invocations: Vec<Invocation>,
    /// Who calls the function.
    pub service: Service,
    /// What may still happen.
    pub budget: Budget,
    /// The number of the next credential that is drawn, or issued.
    pub next_credential: u8,
    /// Which version each credential is named after, where the target knows it by a name.
    pub named: Vec<Version>,
    /// The versions that are a rotation's, a bit for each.
    pub tokens: u16,
    /// What must never be done.
    pub wrong: Wrong,
    /// What happened that makes some properties void.
    pub happened: Happened,
}

/// The service: one token, step by step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Service {
    /// The rotation.
    pub token: Option<Version>,
    /// The step that comes next, 0 to 3; 4: the rotation is done.
    pub step: u8,
    /// An invocation is at work for it.
    pub running: bool,
}

/// What was done, and must never be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wrong {
    /// The administrator issued something for a user whom nobody had proven to be.
    pub unproven: bool,
    /// AWSCURRENT moved to a version that was made before the one that it left.
    pub backwards: bool,
    /// A credential was ended while a version in use held it.
    pub ended_in_use: bool,
    /// A credential of another user than the session's was to be ended.
    pub ended_others: bool,
    /// The protocol asked for what cannot be done: a hook without a session, a value that was not read.
    pub impossible: bool,
}

/// Faults that break some property by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Happened {
    /// The target is what it was.
    pub restored: bool,
    /// A person stored another user.
    pub stranger: bool,
    /// A person stored another user, whose credential is right.
    pub other: bool,
    /// A person moved AWSCURRENT back.
    pub rolled_back: bool,
    /// A person changed the credential.
    pub by_hand: bool,
}

impl World {
    /// At the start: one rotation announced.
    pub fn start(case: &Case) -> Self {
        let first = Held {
            user: 0,
            credential: 0,
        };
        let mut secret = Secret {
            versions: vec![Some(first)],
            made: vec![0],
            labels: Marks {
                current: Some(0),
                ..Marks::default()
            },
            past: Vec::new(),
            actor: u8::MAX,
            left: 0,
        };
        if case.steady {
            let alternate = case.kind.succession() == rotation::Succession::Alternate;
            secret.add(Some(Held {
                user: u8::from(alternate),
                credential: 1,
            }));
            secret.labels = Marks {
                current: Some(1),
                previous: Some(0),
                pending: None,
                marks: 0b11,
            };
        }
        let mut world = Self {
            secret,
            target: Target::new(case.kind, case.steady),
            invocations: Vec::new(),
            service: Service {
                token: None,
                step: 4,
                running: false,
            },
            budget: case.budget,
            next_credential: 2,
            named: vec![0, 1],
            tokens: 0,
            wrong: Wrong::default(),
            happened: Happened::default(),
        };
        world.announce(case);
        if case.way == Way::Template {
            world.template(case);
        }
        world
    }

    /// Whether answers may be older than they should be.
    pub fn keeps_past(&self) -> bool {
        self.budget.left(Fault::Stale) > 0
    }

    /// RotateSecret.
    pub fn announce(&mut self, case: &Case) {
        let fresh = case.way == Way::Fresh;
        let token = self.secret.announce(self.keeps_past(), fresh);
        self.tokens |= 1 << token;
        self.service = Service {
            token: Some(token),
            step: 0,
            running: false,
        };
    }

    /// AWS's template has stored a value, and was cut off.
    fn template(&mut self, case: &Case) {
        let alternate = case.kind.succession() == rotation::Succession::Alternate;
        let user = self.current().map_or(0, |held| held.user);
        let user = if alternate { 1 - user } else { user };
        let credential = self.draw();
        self.named.push(u8::MAX);
        let held = Held { user, credential };
        if case.kind.issues() {
            self.target.issue(case.kind, held);
        }
        if let Some(last) = self.secret.versions.last_mut() {
            *last = Some(held);
        }
        self.secret.past.clear();
    }

    /// A credential that nobody has.
    pub fn draw(&mut self) -> u8 {
        self.next_credential += 1;
        self.next_credential - 1
    }

    /// What AWSCURRENT holds.
    pub fn current(&self) -> Option<Held> {
        self.secret.held(self.secret.labels.current)
    }

    /// Whether the target takes AWSCURRENT's credential.
    pub fn current_accepted(&self) -> bool {
        self.current().is_some_and(|held| self.target.accepts(held))
    }

    /// An invocation for the service, or for nobody.
    pub fn begin(&mut self, token: Version, step: Step, attached: bool) {
        let during = self
            .invocations
            .iter()
            .fold(0, |all, other| all | other.during);
        let issued = (1_u32 << self.next_credential) - 1;
        let epoch = u8::try_from(self.secret.versions.len()).unwrap_or(u8::MAX);
        self.service.running |= attached;
        self.invocations.push(Invocation::new(
            token,
            step,
            attached,
            epoch,
            issued & !during,
        ));
        self.budget.invocations = self.budget.invocations.saturating_sub(1);
    }

    /// Forgets what no longer makes a difference.
    pub fn tidy(&mut self) {
        if !self.keeps_past() {
            self.secret.past.clear();
        }
        if self.budget.left(Fault::Again) == 0 {
            self.tokens = self.service.token.map_or(0, |token| 1 << token);
        }
    }
}
