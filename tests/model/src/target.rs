//! What accepts credentials, and how it changes them.

use crate::kind::Kind;
use crate::secret::{Credential, Held};

/// Users: two, a stranger whose credential nobody of this secret has, and another whose credential somebody has.
const USERS: usize = 4;

/// The stranger.
pub const STRANGER: u8 = 2;

const OTHERS: Credential = 31;

/// Another user's credential, which is right; nobody rotates it.
pub const OTHER: Held = Held {
    user: 3,
    credential: OTHERS,
};

/// The target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// What each user may log in with, a bit for each credential.
    pub live: [u32; USERS],
    /// MySQL: the password that `RETAIN` keeps.
    pub primary: Credential,
    /// Which users have all privileges.
    pub grants: [bool; USERS],
    /// Credentials that a person made: no rotation knows them.
    pub foreign: u32,
}

/// One statement of a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is another one.
    More,
    /// That was the last.
    Through,
}

fn bit(credential: Credential) -> u32 {
    1 << credential
}

impl Target {
    /// At the start: the first credential is AWSCURRENT's, or, after a rotation, the second.
    pub fn new(kind: Kind, steady: bool) -> Self {
        let (old, new) = (bit(0), bit(1));
        let mut live = [old, 0, 0, bit(OTHERS)];
        if steady {
            live[0] = match kind {
                Kind::Single | Kind::Roll | Kind::PutValue => new,
                Kind::AlternatePg | Kind::AlternateMy => old,
                _ => old | new,
            };
            live[1] = match kind {
                Kind::AlternatePg | Kind::AlternateMy => new,
                _ => 0,
            };
        }
        Self {
            live,
            primary: u8::from(steady),
            grants: [true, steady, true, true],
            foreign: 0,
        }
    }

    /// Whether it takes a credential.
    pub fn accepts(&self, held: Held) -> bool {
        self.live[usize::from(held.user)] & bit(held.credential) != 0
    }

    /// Whether the user may do all that the application needs.
    pub fn privileged(&self, held: Held) -> bool {
        self.grants[usize::from(held.user)]
    }

    /// The `n`-th statement of `set`.
    pub fn write(&mut self, kind: Kind, n: u8, current: Held, pending: Held) -> Progress {
        let user = usize::from(pending.user);
        let new = bit(pending.credential);
        match (kind, n) {
            (Kind::Single | Kind::PutValue, _) => self.live[user] = new,
            (Kind::AlternatePg, _) => {
                self.live[user] = new;
                self.grants[user] = true;
            }
            (Kind::AlternateMy, 0) => return Progress::More,
            (Kind::AlternateMy, 1) => {
                self.grants[user] = true;
                return Progress::More;
            }
            (Kind::AlternateMy, _) => self.live[user] = new,
            (Kind::Dual, 0) if self.live[user] & new == 0 => return Progress::More,
            (Kind::Dual, 0) => {}
            // The primary password becomes AWSCURRENT's: RETAIN keeps that one.
            (Kind::Dual, 1) => {
                self.live[user] &= !bit(self.primary);
                self.live[user] |= bit(current.credential);
                self.primary = current.credential;
                return Progress::More;
            }
            (Kind::Dual, _) => {
                self.live[user] = bit(self.primary) | new;
                self.primary = pending.credential;
            }
            (Kind::Maria, _) => self.live[user] = bit(current.credential) | new,
            (Kind::Keys | Kind::LockedKeys, _) => self.live[user] |= new,
            (Kind::Tokens | Kind::Roll, _) => {}
        }
        Progress::Through
    }

    /// The `n`-th statement of `retire`.
    pub fn retire(&mut self, kind: Kind, n: u8, keep: Held, retired: Held) -> Progress {
        let (user, old) = (usize::from(retired.user), bit(retired.credential));
        match (kind, n) {
            (Kind::Dual | Kind::Maria, 0) if self.live[user] & old == 0 => {}
            (Kind::Dual | Kind::Maria, 0) => return Progress::More,
            (Kind::Dual, _) => self.live[user] = bit(self.primary),
            (Kind::Maria, _) => self.live[user] = bit(keep.credential),
            _ => self.live[user] &= !old,
        }
        Progress::Through
    }

    /// The target issues a credential. Where it keeps one, the last one ends.
    pub fn issue(&mut self, kind: Kind, held: Held) {
        let user = usize::from(held.user);
        if kind == Kind::Roll {
            self.live[user] = 0;
        }
        self.live[user] |= bit(held.credential);
    }

    /// Ends a credential.
    pub fn end(&mut self, held: Held) {
        self.live[usize::from(held.user)] &= !bit(held.credential);
    }

    /// A person replaces the credential.
    pub fn by_hand(&mut self, kind: Kind, held: Held) {
        let user = usize::from(held.user);
        self.live[user] = match kind {
            Kind::Keys | Kind::LockedKeys | Kind::Tokens => self.live[user] | bit(held.credential),
            _ => bit(held.credential),
        };
        self.primary = held.credential;
    }

    /// How many credentials a user has.
    pub fn count(&self, user: u8) -> u32 {
        self.live[usize::from(user)].count_ones()
    }
}
