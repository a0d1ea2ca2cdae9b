//! What services hand out to who logs in: of each party its own, for as long as a hook runs.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rotation::Secret;
use serde_json::Value;

/// The administrator, or a credential.
#[derive(Clone)]
pub(crate) enum Who {
    Admin,
    Token(Secret),
}

/// The answers to logins.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<Vec<(Who, Value)>>);

impl Sessions {
    /// The answer to this one's login, if there was one.
    pub(crate) fn of(&self, who: &Who) -> Option<Value> {
        let held = self.held();
        let found = held.iter().find(|(known, _)| known.is(who));
        found.map(|(_, answer)| answer.clone())
    }

    pub(crate) fn keep(&self, who: Who, answer: Value) {
        self.held().push((who, answer));
    }

    /// All texts in them: whatever of it is secret must not be shown.
    pub(crate) fn texts(&self) -> Vec<Secret> {
        let mut texts = Vec::new();
        for (_, answer) in self.held().iter() {
            collect(answer, &mut texts);
        }
        texts
    }

    fn held(&self) -> MutexGuard<'_, Vec<(Who, Value)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Who {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Admin, Self::Admin) => true,
            (Self::Token(one), Self::Token(other)) => one.expose() == other.expose(),
            _ => false,
        }
    }
}

fn collect(value: &Value, texts: &mut Vec<Secret>) {
    /// No session is as short as a word: `bearer`, `read write`.
    const SHORTEST: usize = 16;
    match value {
        Value::String(text) if text.len() >= SHORTEST => texts.push(Secret::new(text)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(members) => members.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}
