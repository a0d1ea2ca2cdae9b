//! One user, who changes the own password. The administrator does it only if the server does not let the user.

use rotation::database::{Connection, DatabaseError, SingleUser};
use rotation::{Context, HookError};

use crate::failure;
use crate::password::{self, Hashing};
use crate::{PostgresDatabase, PostgresLogin, PostgresSession};

impl SingleUser for PostgresDatabase {
    async fn set(
        cx: &Context,
        session: &mut PostgresSession,
        pending: &PostgresLogin,
    ) -> Result<(), HookError> {
        change(cx, session, pending).await?;
        session.writer().commit().await
    }

    /// The transaction of [`set`](Self::set), which is not committed.
    async fn rehearse(
        cx: &Context,
        session: &mut PostgresSession,
        current: &PostgresLogin,
    ) -> Result<(), HookError> {
        let pending = current.with_user(&current.username, cx.password()?);
        change(cx, session, &pending).await
    }
}

/// Changes the password in the transaction of the writer.
async fn change(
    cx: &Context,
    session: &mut PostgresSession,
    pending: &PostgresLogin,
) -> Result<(), HookError> {
    let hashing = Hashing::of(&session.own, session.own.asked(), &pending.username);
    let statements = [password::statement(&mut session.own, pending, hashing)?];
    failure::tell(cx, &statements);
    let own = session.own.attempt(cx, &statements).await;
    // As with rds.restrict_password_commands. The server has just accepted this user's login.
    if let Err(DatabaseError::Denied(_)) = &own
        && let Some(admin) = session.enter_as_admin(cx, pending).await?
    {
        let changed = admin.attempt(cx, &statements).await;
        return changed.map_err(|why| why.at(admin.server()));
    }
    own.map_err(|why| why.at(session.own.server()))
}
