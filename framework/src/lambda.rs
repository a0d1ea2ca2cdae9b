//! The function inside Lambda: events in, results, logs and metrics out.

mod check;
mod invocation;
pub(crate) mod log;
mod metrics;

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use lambda_runtime::{Context, Diagnostic, LambdaEvent, Runtime, service_fn};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use tracing::Instrument;
use tracing::level_filters::LevelFilter;

use crate::clock::{Clock, SystemClock};
use crate::engine::{Engine, Limits, Report};
use crate::error::{RotationError, help};
use crate::event::{EventError, Request};
use crate::rotator::Rotator;
use crate::store::SecretStore;
use crate::version::unqualified;
use check::{Refused, Verdict};
use invocation::Invocation;
use log::Line;
use metrics::Metrics;

/// For this long after its end, what an invocation has started can still take effect.
const AFTERMATH: Duration = Duration::from_secs(15);
/// The function's time if its deadline is of no use. Some emulators send a deadline that is past.
const TIME_UNKNOWN: Duration = Duration::from_secs(60);

/// Answers events until Lambda ends the process. If the function could not be set up, it answers each event with the reason,
/// since Secrets Manager shows only the error of an invocation. `level` is that of the log.
pub(crate) async fn serve<R: Rotator, S: SecretStore>(
    engine: Result<Engine<R, S, SystemClock>, RotationError>,
    level: LevelFilter,
) -> Result<(), lambda_runtime::Error> {
    if let Err(error) = &engine {
        let error_type = error.error_type();
        tracing::error!(error_type, help = help(error_type), "{error}");
    }
    let function = Function {
        engine,
        level,
        refused: Refused::default(),
        warm: AtomicBool::new(false),
        warned: AtomicBool::new(false),
    };
    let function = &function;
    // Without the runtime's own tracing layer: the step's span has what it would add.
    let handler = service_fn(move |event| function.handle(event));
    Runtime::new(handler).run().await
}

/// The text of an event. `None` if it was not JSON. The text is kept as it came, since a parsed value has lost its duplicate
/// keys.
struct Raw(Option<Box<RawValue>>);

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Box::<RawValue>::deserialize(deserializer).ok()))
    }
}

impl Raw {
    /// The text. It is empty if the event was not JSON. An empty text is refused like any other bad event.
    fn text(&self) -> &str {
        self.0.as_deref().map_or("", RawValue::get)
    }
}

struct Function<R, S> {
    engine: Result<Engine<R, S, SystemClock>, RotationError>,
    level: LevelFilter,
    refused: Refused,
    warm: AtomicBool,
    warned: AtomicBool,
}

impl<R: Rotator, S: SecretStore> Function<R, S> {
    /// What Lambda gives the caller: nothing for a step, a verdict for a check.
    async fn handle(&self, invocation: LambdaEvent<Raw>) -> Result<Option<Verdict>, Diagnostic> {
        let (raw, context) = invocation.into_parts();
        let cold_start = !self.warm.swap(true, Ordering::Relaxed);
        let bare = Invocation::new(R::NAME, &context, cold_start);
        let asked = bare.span().in_scope(|| Request::parse(raw.text()));
        let invocation = match &asked {
            Ok(asked) => bare.about(asked),
            Err(_) => bare,
        };
        let span = invocation.span();
        self.answer(&invocation, &context, &asked)
            .instrument(span)
            .await
    }

    /// Does what is asked, and writes its lines and its figures.
    async fn answer(
        &self,
        invocation: &Invocation,
        context: &Context,
        asked: &Result<Request, EventError>,
    ) -> Result<Option<Verdict>, Diagnostic> {
        let now = SystemClock.now();
        let limits = limits(context, now);
        self.advise(&limits, now);
        let (report, ended) = match (&self.engine, asked) {
            (Err(error), _) => (None, Err(diagnostic(error))),
            (Ok(_), Err(error)) => (None, Err(diagnostic(&error.clone().into()))),
            (Ok(engine), Ok(asked)) => {
                // Boxed, or the types of a driver's deep futures would meet the compiler's limit in the rotator's crate.
                whole(Box::pin(self.run(engine, asked, &limits))).await
            }
        };
        let asked = asked.as_ref().ok().map(Request::name);
        let report = report.as_ref();
        let duration = SystemClock.now().duration_since(now).unwrap_or_default();
        Line {
            asked,
            report,
            error: ended.as_ref().err(),
            duration,
        }
        .write();
        Metrics {
            invocation,
            asked,
            report,
            succeeded: ended.is_ok(),
            duration,
            level: self.level,
            now: SystemClock.now(),
        }
        .write();
        ended
    }

    async fn run(
        &self,
        engine: &Engine<R, S, SystemClock>,
        asked: &Request,
        limits: &Limits,
    ) -> (Report, Result<Option<Verdict>, RotationError>) {
        match asked {
            Request::Step(event) => {
                let (report, ended) = engine.run(event, limits).await;
                (report, ended.map(|()| None))
            }
            Request::Check(secret) => {
                let (report, ended) = check::run(engine, secret, limits, &self.refused).await;
                (report, ended.map(Some))
            }
        }
    }

    /// Warns once if the function's time-out is too short or too long. A short one cuts steps off. With a long one, a new
    /// rotation waits long for an abandoned one.
    fn advise(&self, limits: &Limits, now: SystemTime) {
        let left = limits.deadline.duration_since(now).unwrap_or_default();
        let seconds = left.as_secs_f64().round();
        let odd = !(10.0..=300.0).contains(&seconds);
        if odd && !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(seconds, "the function's time-out should be 30-120 s");
        }
    }
}

/// The result of a run. A panic becomes an error. The panic's message is not logged, since it may hold a secret.
async fn whole<T>(
    run: impl Future<Output = (Report, Result<T, RotationError>)>,
) -> (Option<Report>, Result<T, Diagnostic>) {
    match AssertUnwindSafe(run).catch_unwind().await {
        Ok((report, ended)) => (Some(report), ended.map_err(|error| diagnostic(&error))),
        Err(_) => {
            let panic = Diagnostic {
                error_type: "Rotation.Panic".into(),
                error_message: "the rotator panicked. The log says where. Please report it".into(),
            };
            (None, Err(panic))
        }
    }
}

fn limits(context: &Context, now: SystemTime) -> Limits {
    let deadline = SystemTime::UNIX_EPOCH + Duration::from_millis(context.deadline);
    let left = deadline.duration_since(now).unwrap_or(TIME_UNKNOWN);
    Limits {
        deadline: now + left,
        horizon: left + AFTERMATH,
        function: Some(unqualified(&context.invoked_function_arn)),
        fresh: false,
    }
}

fn diagnostic(error: &RotationError) -> Diagnostic {
    Diagnostic {
        error_type: error.error_type().into(),
        error_message: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_as_it_came() {
        let read = |text: &str| {
            let mut json = serde_json::Deserializer::from_slice(text.as_bytes());
            let raw: Raw = serde_path_to_error::deserialize(&mut json).expect("never fails");
            raw.text().to_owned()
        };
        let twice = "{\"Step\": \"a\", \"Step\": \"b\"}";
        assert_eq!(read(twice), twice);
        assert_eq!(read("{\"Step\":"), "");
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        assert_eq!(read(&deep), deep);
    }

    #[test]
    fn limits_come_from_the_context() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
        let mut context = Context::default();
        context.deadline = 1_060_000;
        context.invoked_function_arn =
            "arn:aws:lambda:us-east-1:012345678912:function:f:live".into();
        let read = limits(&context, now);
        assert_eq!(read.horizon, Duration::from_secs(75));
        assert_eq!(
            read.function.as_deref(),
            Some("arn:aws:lambda:us-east-1:012345678912:function:f")
        );
        context.deadline = 600_000;
        let read = limits(&context, now);
        assert_eq!(read.deadline, now + TIME_UNKNOWN);
        assert_eq!(read.horizon, Duration::from_secs(75));
    }
}
