//! What the second user can do, on every release, with an administrator who has what the README says and no more.

mod likeness;
mod owner;
mod rights;
mod turns;

use rotation::version::Stage;
use rotation_tests::postgres::quoted;

use crate::case::Case;

/// As the README says: PostgreSQL 16 and newer want the right to pass the first user on.
async fn entrust(case: &Case<'_>) {
    let admin = quoted(&case.users.admin.0);
    if case
        .ask("SELECT current_setting('server_version_num')::int >= 160000")
        .await
        == ["t"]
    {
        case.sql(&format!("GRANT {{user}} TO {admin} WITH ADMIN OPTION"))
            .await;
    }
}

/// What an application does: its own tables, what it was granted, what it gets by default, in a schema of its own.
const RIGHTS: &str = "
    CREATE SCHEMA {user} AUTHORIZATION {user}; CREATE TABLE {user}.own (n int); ALTER TABLE {user}.own OWNER TO {user};
    CREATE TABLE public.{user} (n int); GRANT SELECT, INSERT (n) ON public.{user} TO {user};
    ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {user}; CREATE TABLE public.{clone} (n int);
    ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM {user}";

async fn may_all(case: &Case<'_>, stage: &Stage) {
    let (user, password) = case.login(stage);
    let (first, second) = (quoted(&case.user), quoted(&case.clone_name()));
    for statement in [
        format!("INSERT INTO {first}.own VALUES (1)"),
        format!("ALTER TABLE {first}.own ADD COLUMN IF NOT EXISTS more int"),
        format!("INSERT INTO public.{first} VALUES (1)"),
        format!("SELECT n FROM public.{first}"),
        format!("SELECT n FROM public.{second}"),
    ] {
        let done = case.users.server.ask_as(&user, &password, &statement).await;
        done.unwrap_or_else(|error| panic!("{user}: {statement}: {error:?}"));
    }
}
