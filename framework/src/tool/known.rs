//! A rotator that the tool knows, without its types.

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;

use crate::aws::AwsStore;
use crate::clock::SystemClock;
use crate::config::{Config, Strategy};
use crate::document::Document;
use crate::engine::{Checked, Engine, Limits, Report};
use crate::error::RotationError;
use crate::event::Event;
use crate::rotator::Rotator;
use crate::settings::{Setting, Shared};
use crate::version::{SecretId, Stage, VersionId};
use crate::{log, process};

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
    /// Whether a secret's value is one that this rotator reads.
    pub(super) reads: Box<dyn Fn(&Document) -> bool>,
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
}

impl Known {
    pub(super) fn new<R: Rotator>(build: impl Fn(&Config) -> Result<R, String> + 'static) -> Self {
        let build = Rc::new(build);
        let build_again = Rc::clone(&build);
        Self {
            about: About::of::<R>(),
            in_crate: log::crate_of::<R>(),
            reads: Box::new(move |value| reads(build.as_ref(), value).unwrap_or_default()),
            engine: Box::new(move |store| {
                let engine = process::engine(build_again.as_ref(), store, config::<R>()?)?;
                Ok(Box::new(engine))
            }),
        }
    }

    /// One that is there to be chosen.
    #[cfg(test)]
    pub(super) fn unbuilt(name: &'static str, reads: impl Fn(&Document) -> bool + 'static) -> Self {
        Self {
            about: About::unbuilt(name),
            in_crate: "",
            reads: Box::new(reads),
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

/// Whether the value fits, with what the settings add to it.
fn reads<R: Rotator>(
    build: &dyn Fn(&Config) -> Result<R, String>,
    value: &Document,
) -> Result<bool, RotationError> {
    let Ok(payload) = value.parse() else {
        return Ok(false);
    };
    let rotator = build(&config::<R>()?).map_err(RotationError::Config)?;
    Ok(rotator.complete(payload).is_ok())
}
