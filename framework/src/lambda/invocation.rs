//! What every line of an invocation has: whose it is.

use std::collections::BTreeMap;

use lambda_runtime::Context;
use serde::Serialize;
use tracing::Span;

use crate::event::Request;

/// One invocation, by the names of its fields in the log.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Invocation {
    rotator: &'static str,
    pub(super) function: String,
    function_version: String,
    request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    xray_trace_id: Option<String>,
    cold_start: bool,
    #[serde(flatten)]
    event: BTreeMap<&'static str, String>,
}

impl Invocation {
    /// The invocation that `context` describes, before its event is read.
    pub(super) fn new(rotator: &'static str, context: &Context, cold_start: bool) -> Self {
        Self {
            rotator,
            function: context.env_config.function_name.clone(),
            function_version: context.env_config.version.clone(),
            request_id: context.request_id.clone(),
            xray_trace_id: context.xray_trace_id.clone(),
            cold_start,
            event: BTreeMap::new(),
        }
    }

    /// The same, with what the event asks.
    pub(super) fn about(mut self, asked: &Request) -> Self {
        self.event.insert("secret", asked.secret_id().to_string());
        self.event.insert("step", asked.name().to_owned());
        if let Request::Step(event) = asked {
            self.event.insert("version", event.version_id.to_string());
        }
        self
    }

    /// The span around everything that the invocation does. The log writes its fields into every line, also into those of the
    /// rotator's hooks. It is there at every log level.
    pub(super) fn span(&self) -> Span {
        let of_event = |name| self.event.get(name).map(String::as_str);
        tracing::error_span!(
            "invocation",
            rotator = self.rotator,
            function = self.function,
            function_version = self.function_version,
            request_id = self.request_id,
            xray_trace_id = self.xray_trace_id,
            cold_start = self.cold_start,
            secret = of_event("secret"),
            version = of_event("version"),
            step = of_event("step"),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use lambda_runtime::Config;

    use super::*;

    /// The fields of `invocation`, as the lines of figures have them.
    fn fields(invocation: &Invocation) -> String {
        serde_json::to_string(invocation).expect("JSON")
    }

    #[test]
    fn what_lambda_does_not_say_is_left_out() {
        let mut context = Context::default();
        context.request_id = "8476a536".into();
        context.env_config = Arc::new(Config {
            function_name: "rotation-postgres".into(),
            version: "7".into(),
            ..Config::default()
        });
        let nameless = "{\"rotator\":\"postgres\",\"function\":\"rotation-postgres\",\"function_version\":\"7\",\"request_id\":\"8476a536\",\"cold_start\":true}";
        let invocation = Invocation::new("postgres", &context, true);
        assert_eq!(fields(&invocation), nameless);
        context.xray_trace_id = Some("Root=1-5759e988".into());
        let traced = Invocation::new("postgres", &context, false);
        assert!(fields(&traced).contains("\"xray_trace_id\":\"Root=1-5759e988\""));
    }
}
