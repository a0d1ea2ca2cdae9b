//! A rotator that the tool knows, without its types.

use std::rc::Rc;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;

use crate::aws::AwsStore;
use crate::clock::SystemClock;
use crate::config::{Config, Strategy};
use crate::document::Document;
use crate::engine::{Checked, Engine, Examined, Limits, Planned, Question, Report};
use crate::error::RotationError;
use crate::event::Event;
use crate::rotator::{Payload, Rotator, Succession};
use crate::settings::{Setting, Shared};
use crate::version::{SecretId, Stage, VersionId};
use crate::{log, process};

type Reads = dyn Fn(&Document) -> Option<Reading>;
type Build = dyn Fn(AwsStore) -> Result<Box<dyn Steps>, RotationError>;

/// What a rotator says of itself.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct About {
    /// [`Rotator::NAME`].
    pub name: &'static str,
    /// [`Rotator::SETTINGS`].
    pub settings: &'static [Setting],
    /// [`Rotator::SHARED_SETTINGS`].
    pub shared_settings: &'static [Shared],
    /// [`Rotator::STRATEGIES`].
    pub strategies: &'static [Strategy],
    /// [`Rotator::EXCLUDE_CHARACTERS`].
    pub exclude_characters: &'static str,
}

/// A rotator, and what the tool does with it.
pub(super) struct Known {
    pub(super) about: About,
    /// The crate, as in the targets of its log lines.
    pub(super) in_crate: &'static str,
    /// What this rotator reads in a secret's value. `None` if it does not fit.
    pub(super) reads: Box<Reads>,
    engine: Box<Build>,
}

impl About {
    fn of<R: Rotator>() -> Self {
        Self {
            name: R::NAME,
            settings: R::SETTINGS,
            shared_settings: R::SHARED_SETTINGS,
            strategies: R::STRATEGIES,
            exclude_characters: R::EXCLUDE_CHARACTERS,
        }
    }

    /// One that is there to be shown.
    #[cfg(test)]
    pub(super) fn unbuilt(name: &'static str) -> Self {
        Self {
            name,
            settings: &[],
            shared_settings: Shared::ALL,
            strategies: &[],
            exclude_characters: "",
        }
    }
}

/// What a secret's value says, without anything secret.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// [`Payload::target`].
    pub(super) target: String,
    /// [`Payload::principal`].
    pub(super) principal: String,
    /// [`Payload::admin_secret`].
    pub(super) administrator: Option<String>,
    /// [`Rotator::succession`].
    pub(super) succession: Succession,
}

/// An engine, whatever its rotator is.
pub(super) trait Steps {
    /// [`Engine::run`].
    fn run<'a>(
        &'a self,
        event: &'a Event,
        limits: &'a Limits,
    ) -> LocalBoxFuture<'a, (Report, Result<(), RotationError>)>;

    /// [`Engine::check`].
    fn check<'a>(
        &'a self,
        secret: &'a SecretId,
        version: &'a VersionId,
        label: &'a Stage,
        limits: &'a Limits,
    ) -> LocalBoxFuture<'a, Result<Checked, RotationError>>;

    /// [`Engine::examine`].
    fn examine<'a>(
        &'a self,
        question: Question<'a>,
        limits: &'a Limits,
    ) -> LocalBoxFuture<'a, Result<Examined, RotationError>>;

    /// [`Engine::restore`].
    fn restore<'a>(
        &'a self,
        secret: &'a SecretId,
        of: (&'a VersionId, &'a str),
        admin: &'a str,
        limits: &'a Limits,
    ) -> LocalBoxFuture<'a, Result<(), RotationError>>;

    /// [`Engine::plan`].
    fn plan<'a>(
        self: Box<Self>,
        secret: &'a SecretId,
        version: &'a VersionId,
        timeout: Duration,
        horizon: Duration,
    ) -> LocalBoxFuture<'a, Planned>;
}

impl<R: Rotator> Steps for Engine<R, AwsStore, SystemClock> {
    fn run<'a>(
        &'a self,
        event: &'a Event,
        limits: &'a Limits,
    ) -> LocalBoxFuture<'a, (Report, Result<(), RotationError>)> {
        Box::pin(Self::run(self, event, limits))
    }

    fn check<'a>(
        &'a self,
        secret: &'a SecretId,
        version: &'a VersionId,
        label: &'a Stage,
        limits: &'a Limits,
    ) -> LocalBoxFuture<'a, Result<Checked, RotationError>> {
        Box::pin(Self::check(self, secret, version, label, limits))
    }

    fn examine<'a>(
        &'a self,
        question: Question<'a>,
        limits: &'a Limits,
    ) -> LocalBoxFuture<'a, Result<Examined, RotationError>> {
        Box::pin(Self::examine(self, question, limits))
    }

    fn restore<'a>(
        &'a self,
        secret: &'a SecretId,
        of: (&'a VersionId, &'a str),
        admin: &'a str,
        limits: &'a Limits,
    ) -> LocalBoxFuture<'a, Result<(), RotationError>> {
        Box::pin(Self::restore(self, secret, of, admin, limits))
    }

    fn plan<'a>(
        self: Box<Self>,
        secret: &'a SecretId,
        version: &'a VersionId,
        timeout: Duration,
        horizon: Duration,
    ) -> LocalBoxFuture<'a, Planned> {
        Box::pin(Self::plan(*self, secret, version, timeout, horizon))
    }
}

impl Known {
    pub(super) fn new<R: Rotator>(build: impl Fn(&Config) -> Result<R, String> + 'static) -> Self {
        let build = Rc::new(build);
        let build_again = Rc::clone(&build);
        Self {
            about: About::of::<R>(),
            in_crate: log::crate_of::<R>(),
            reads: Box::new(move |value| read(build.as_ref(), value)),
            engine: Box::new(move |store| {
                let engine = process::engine(build_again.as_ref(), store, config::<R>()?)?;
                Ok(Box::new(engine))
            }),
        }
    }

    /// One that is there to be chosen.
    #[cfg(test)]
    pub(super) fn unbuilt(name: &'static str, reads: impl Fn(&Document) -> bool + 'static) -> Self {
        let reading = Reading {
            target: String::new(),
            principal: String::new(),
            administrator: None,
            succession: Succession::Replace,
        };
        Self {
            about: About::unbuilt(name),
            in_crate: "",
            reads: Box::new(move |value| reads(value).then(|| reading.clone())),
            engine: Box::new(|_| Err(RotationError::Config("not built".into()))),
        }
    }

    /// Its engine, by the settings in the environment.
    pub(super) fn engine(&self, store: AwsStore) -> Result<Box<dyn Steps>, RotationError> {
        (self.engine)(store)
    }
}

fn config<R: Rotator>() -> Result<Config, RotationError> {
    Config::from_env(R::EXCLUDE_CHARACTERS, R::SETTINGS)
}

/// What the value says, with what the settings add to it.
fn read<R: Rotator>(
    build: &dyn Fn(&Config) -> Result<R, String>,
    value: &Document,
) -> Option<Reading> {
    let payload: R::Payload = value.parse().ok()?;
    let rotator = build(&config::<R>().ok()?).ok()?;
    let payload = rotator.complete(payload).ok()?;
    Some(Reading {
        target: payload.target(),
        principal: payload.principal().to_owned(),
        administrator: payload.admin_secret().map(ToOwned::to_owned),
        succession: rotator.succession(&payload),
    })
}
