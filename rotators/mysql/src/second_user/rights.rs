//! What the account whose turn it is may do: rehearsed first, then brought in line.

use rotation::{Context, HookError};

use crate::account::{self, Account, Name};
use crate::connection::MysqlConnection;
use crate::failure::Rehearsed;
use crate::grants::{Change, Grants};
use crate::hash;

/// How often grants are brought in line: revoking a privilege may take others with it.
const ROUNDS: usize = 3;
/// For statements in a message, in bytes.
const ROOM: usize = 320;
/// MySQL's limit for a user's name.
const NAME: usize = 32;

/// What the user in use may do. After `Ok`, the server will let the administrator bring an account from `have` to that.
/// The server itself is asked, by the same statements for an account that does not exist: it says first whether they are
/// allowed, and only then that there is nobody. So nothing is changed.
pub(super) async fn rehearse(
    admin: &mut MysqlConnection,
    cx: &Context,
    have: &Grants,
    from: &Name,
) -> Result<Grants, HookError> {
    let mut model = Grants::read(admin, from).await?;
    for _ in 0..ROUNDS {
        if model == *have {
            break;
        }
        permitted(admin, cx, (have, &model), &from.0).await?;
        // After a statement that fails, MySQL reads its tables again, and goes by what they say.
        let now = Grants::read(admin, from).await?;
        if now == model {
            break;
        }
        model = now;
    }
    Ok(model)
}

async fn permitted(
    admin: &mut MysqlConnection,
    cx: &Context,
    (have, model): (&Grants, &Grants),
    user: &str,
) -> Result<(), HookError> {
    // No user of anybody's is called so, and nobody comes from that host.
    let name = hash::short(cx.version_id().as_str());
    let nobody = account::name(&(name.chars().take(NAME).collect(), "0.0.0.0".into()));
    let who = admin.account();
    let mut permits = Vec::new();
    for change in have.changes(model, &nobody, admin.dialect()) {
        match admin.rehearse(&change.statement).await? {
            Rehearsed::Allowed => {}
            Rehearsed::Denied => {
                let mut more = change.permits(&who);
                more.retain(|permit| !permits.contains(permit));
                permits.extend(more);
            }
            Rehearsed::Gone => return Err(gone(&change, user)),
        }
    }
    if permits.is_empty() {
        return Ok(());
    }
    Err(HookError::refused(format!(
        "nothing was changed: the admin {who} may not pass on all that {user} has: {}",
        shown(&permits)
    )))
}

/// One at least, whole, and as many as a message has room for.
fn shown(permits: &[String]) -> String {
    let mut shown = String::new();
    for (at, permit) in permits.iter().enumerate() {
        if at > 0 && shown.len() + permit.len() > ROOM {
            return format!("{shown}, and {} more", permits.len() - at);
        }
        let between = if at > 0 { "; " } else { "" };
        shown = format!("{shown}{between}{permit}");
    }
    shown
}

fn gone(change: &Change, user: &str) -> HookError {
    let what = change.what();
    HookError::refused(format!(
        "cannot copy grant: {what} is for something that is gone: REVOKE it from {user}, or make it again: nothing was changed"
    ))
}

/// After `Ok`, the account, which was `made` a moment ago or not, has TLS, limits and grants of the model.
pub(super) async fn complete(
    admin: &mut MysqlConnection,
    to: &Name,
    made: bool,
    (model, grants): (&Account, &Grants),
) -> Result<(), HookError> {
    let name = account::name(to);
    let statement = format!("ALTER USER {name} {}", model.clauses());
    match made {
        true => {
            admin
                .go_on(&statement, "The administrator needs CREATE USER")
                .await?
        }
        false => admin.run(&statement).await?,
    }
    align(admin, to, grants).await
}

/// After `Ok`, the account has these grants and no others.
async fn align(admin: &mut MysqlConnection, to: &Name, model: &Grants) -> Result<(), HookError> {
    let name = account::name(to);
    let who = admin.account();
    for _ in 0..ROUNDS {
        let have = Grants::read(admin, to).await?;
        if have == *model {
            return Ok(());
        }
        for change in have.changes(model, &name, admin.dialect()) {
            let hint = format!("{who} needs: {}", change.permits(&who).join("; "));
            admin.go_on(&change.statement, &hint).await?;
        }
    }
    let left = Grants::read(admin, to).await?.difference(model);
    left.map_or(Ok(()), |what| {
        Err(HookError::refused(format!(
            "cannot copy grant: user {} still {what}",
            to.0
        )))
    })
}
