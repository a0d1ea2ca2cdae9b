//! The kinds of services, each with its profile.

/// How its credentials are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Many at once.
    Create,
    /// The same, where each call needs a session.
    Login,
    /// The same, where a new one takes a while to be known.
    Settles,
    /// The same, two at most.
    Limited,
    /// The same, where nothing tells a user's from others'.
    Everybodys,
    /// The same, without names.
    Nameless,
    /// One, made anew by the administrator.
    Roll,
    /// One, made anew by itself.
    OwnRotation,
    /// One, given by the administrator.
    Put,
}

impl Kind {
    /// The profile that describes it.
    pub fn profile(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Login => "login",
            Self::Settles => "settles",
            Self::Limited => "limited",
            Self::Everybodys => "everybodys",
            Self::Nameless => "nameless",
            Self::Roll => "roll",
            Self::OwnRotation => "own-rotation",
            Self::Put => "put",
        }
    }
}
