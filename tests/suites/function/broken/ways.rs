//! Ways to break a set-up.

use std::net::TcpListener;

use rotation_kit::aws::LocalAws;

use crate::service::answer;

/// For all of a command's calls, and all of the SDK's tries.
const ALWAYS: usize = 12;

pub(super) fn denied(aws: &LocalAws, operation: &'static str, message: &'static str) {
    for _ in 0..ALWAYS {
        aws.fail(operation, answer(400, "AccessDeniedException", message));
    }
}

/// A server that takes each connection, and says nothing.
pub(super) fn silent() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    Box::leak(Box::new(listener));
    port
}

/// Twenty labels, of which a rotation's own find no place.
pub(super) fn many_labels(aws: &LocalAws, arn: &str) {
    for n in 0..19 {
        let (id, label) = (format!("{n:032}"), format!("label-{n}"));
        aws.plant(arn, &id, Some("{}"), &[&label]);
    }
}

/// A value that has room for this password, and for none that is longer.
pub(super) fn full(value: &str) -> String {
    let rest = 65_536 - value.len();
    let note = "x".repeat(rest - "\"note\": \"\", ".len());
    value.replacen('{', &format!("{{\"note\": \"{note}\", "), 1)
}
