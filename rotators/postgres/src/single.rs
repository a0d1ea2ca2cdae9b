//! One user, who changes the own password.

use rotation::database::SingleUser;
use rotation::{Context, HookError};

use crate::connection::warn_of_trust;
use crate::{PostgresDatabase, PostgresLogin, PostgresSession, password};

impl SingleUser for PostgresDatabase {
    async fn set(
        cx: &Context,
        session: &mut PostgresSession,
        pending: &PostgresLogin,
    ) -> Result<(), HookError> {
        warn_of_trust(session.connector(), pending).await;
        session
            .own
            .commit(cx, &[password::statement(pending)?])
            .await
    }

    async fn rehearse(
        _cx: &Context,
        _session: &mut PostgresSession,
        _current: &PostgresLogin,
    ) -> Result<(), HookError> {
        Ok(())
    }
}
