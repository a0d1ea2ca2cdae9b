//! How long a server may take.

use std::time::Duration;

/// For TLS and the login, once the server has taken the connection.
pub const LOGIN: Duration = Duration::from_secs(5);
/// For a statement, at most.
pub const STATEMENT: Duration = Duration::from_secs(20);
/// For a lock that somebody else's transaction holds.
pub const LOCK: Duration = Duration::from_secs(5);
/// For the server to let go: of two connections within the engine's second.
pub const CLOSE: Duration = Duration::from_millis(400);
