//! How a service is brought to make the next credential.

use std::time::Duration;

use rotation::{HookError, Payload, Secret};
use serde_json::Value;

use crate::answer::text_at;
use crate::http::{Answer, Failure};
use crate::payload::{TokenSecret, sound_credential};
use crate::profile::{Call, Flow};
use crate::service::Service;
use crate::values::{Values, Wanted};

/// For the call that makes a credential.
const ISSUE: Duration = Duration::from_secs(8);
const UNKNOWN: &str = "A credential may have been made. Run the rotation again";

impl Service<'_> {
    /// The next credential, made by the service.
    ///
    /// # Errors
    /// If it is not known whether one was made, the words say so.
    pub(crate) async fn issue(
        &self,
        current: &TokenSecret,
        wanted: &Wanted,
    ) -> Result<TokenSecret, HookError> {
        let profile = self.profile;
        let (section, call) = match &profile.recover {
            Some(recover) if !self.is_alive(current).await? => ("recover", recover),
            _ => ("create", &profile.create),
        };
        let old = self.present(current).await?;
        let values = Values {
            new: Some(wanted),
            old: old.as_ref(),
            ..self.values(current)
        };
        self.time_to_issue()?;
        match self.call(section, call, values).await {
            Ok(answer) if answer.is_success() => self.taken_from(&answer, call, current),
            Ok(answer) => {
                let refusal = self.refusal(&answer, call, &call.url(&values)?);
                Err(match answer.status {
                    500.. => HookError::failed(format!("{}. {UNKNOWN}", refusal.text())),
                    _ => refusal,
                })
            }
            Err(Failure::NotSent(error) | Failure::NoLogin(_, error)) => Err(error),
            Err(Failure::NoAnswer(why)) => {
                Err(HookError::failed(format!("{call}: {why}. {UNKNOWN}")))
            }
        }
    }

    /// Puts a value that we drew in the place of the present one.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub(crate) async fn put(
        &self,
        current: &TokenSecret,
        wanted: &Wanted,
    ) -> Result<(), HookError> {
        let old = self.present(current).await?;
        let values = Values {
            new: Some(wanted),
            old: old.as_ref(),
            ..self.values(current)
        };
        self.ask("create", &self.profile.create, values)
            .await
            .map(drop)
    }

    /// An answer that comes too late to be stored is a credential that nobody knows.
    fn time_to_issue(&self) -> Result<(), HookError> {
        if self.left() >= ISSUE {
            return Ok(());
        }
        Err(HookError::failed(
            "too little time is left to have a credential made and to store it: raise the function's time-out to 60 s",
        ))
    }

    async fn is_alive(&self, current: &TokenSecret) -> Result<bool, HookError> {
        Ok(self.takes(current).await?.is_ok())
    }

    /// What the next credential copies of the present one. By its id, the administrator copies only of one that has just shown
    /// that the id is its own: an earlier version of the secret does not show that.
    async fn present(&self, current: &TokenSecret) -> Result<Option<Value>, HookError> {
        if self.profile.copies_by_id() && !self.shared.alone && !self.is_alive(current).await? {
            return Err(HookError::refused(
                "the present credential does not work, so its rights are not copied: store one that works as AWSCURRENT",
            ));
        }
        match &self.profile.copy {
            Some(copy) => self
                .read("copy", copy, self.values(current))
                .await
                .map(Some),
            None => Ok(None),
        }
    }

    fn taken_from(
        &self,
        answer: &Answer,
        call: &Call,
        current: &TokenSecret,
    ) -> Result<TokenSecret, HookError> {
        let unexpected = |why: &str| {
            HookError::failed(format!(
                "{call}: unexpected answer: {why}. {}",
                self.left_behind()
            ))
        };
        let content = answer
            .content(self.profile.answers)
            .map_err(|why| unexpected(&why))?;
        let needed =
            |key: &str| key == self.profile.credential || Some(key) == self.profile.id.as_deref();
        let mut taken = Vec::new();
        for (key, pointer) in &self.profile.store {
            let value = text_at(&content, pointer);
            if value.is_none() && needed(key) {
                return Err(unexpected(&format!(
                    "nothing at {pointer}, where {key} should be"
                )));
            }
            taken.push((key.as_str(), value.unwrap_or_else(|| Secret::new(""))));
        }
        let new = current.with(taken);
        if let Err(why) = sound_credential(new.fields(), &self.profile.credential) {
            return Err(unexpected(&format!("it {why}")));
        }
        if new.credential().expose() == current.credential().expose() {
            return Err(unexpected("the new credential is the old one"));
        }
        Ok(new)
    }

    fn left_behind(&self) -> &'static str {
        match (self.profile.flow, &self.profile.list) {
            (Flow::Create, Some(_)) => {
                "A credential that nobody knows may have been made: a later rotation finds it by its name and revokes it"
            }
            (Flow::Create, None) => {
                "A credential that nobody knows may have been made: look at the service"
            }
            _ => "The old credential may be dead: the next try has the admin make another",
        }
    }
}
