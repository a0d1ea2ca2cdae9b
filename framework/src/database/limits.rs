//! How long a server may take.

use std::time::Duration;

/// The time that TLS and the login may take, once the server has taken the connection.
pub const LOGIN: Duration = Duration::from_secs(5);
/// The longest time that a statement may take.
pub const STATEMENT: Duration = Duration::from_secs(20);
/// The longest wait for a lock that somebody else's transaction holds.
pub const LOCK: Duration = Duration::from_secs(5);
/// The time that the server has to let go of a connection. Two of them fit into the second that the engine waits.
pub const CLOSE: Duration = Duration::from_millis(400);
