//! The second user's password, which comes last, and the sign by which it is known as ours, which comes first.

use rotation::database::turns;
use rotation::{Context, HookError};

use crate::MysqlLogin;
use crate::account::{self, Account, Name};
use crate::connection::MysqlConnection;
use crate::dialect::Dialect;
use crate::hash;
use crate::methods::{self, Method};
use crate::quoting::literal;

const CACHING_SHA2: &str = "caching_sha2_password";
/// How an account of ours is known. MySQL keeps it as a comment. MariaDB has no place for one: there it is a second
/// password, which nobody has.
const SIGN: &str = "second user of a rotation: ";

/// Whether the second user's account says that it is the original's.
pub(super) async fn signed(
    admin: &mut MysqlConnection,
    clone: &Name,
    found: &Account,
    original: &str,
) -> Result<bool, HookError> {
    let sign = format!("{SIGN}{original}");
    Ok(match admin.dialect() {
        Dialect::Mysql => found.comment == sign,
        Dialect::Mariadb => {
            let sign = hash::sign(&sign);
            let methods = methods_of(admin, clone).await?;
            methods.iter().any(|method| method.holds(&sign))
        }
    })
}

/// The sign of `user` as somebody's second one, if it is among these.
pub(crate) fn sign_among(methods: &[Method], user: &str) -> Option<String> {
    let sign = hash::sign(&format!("{SIGN}{}", turns::other_user(user)));
    methods
        .iter()
        .any(|method| method.holds(&sign))
        .then_some(sign)
}

/// After `Ok`, the account proves itself by a password, which can be another one.
pub(super) async fn settable(
    admin: &mut MysqlConnection,
    account: &Name,
    found: &Account,
) -> Result<(), HookError> {
    // Of these the hash can be made here, so that the text is not sent.
    let (plugin, fitting): (String, &[&str]) = match admin.dialect() {
        Dialect::Mysql => (found.plugin.clone(), &[CACHING_SHA2, methods::NATIVE]),
        Dialect::Mariadb => {
            let methods = methods_of(admin, account).await?;
            let first = methods.first().map_or(methods::NATIVE, Method::plugin);
            (first.to_owned(), &[methods::NATIVE])
        }
    };
    if fitting.contains(&plugin.as_str()) {
        return Ok(());
    }
    Err(HookError::refused(format!(
        "user {} proves itself by {plugin} first: two users need {}",
        account.0,
        fitting.join(" or ")
    )))
}

/// Whether the account has the password that it is to get: then an earlier try of this rotation gave it.
pub(super) async fn is_set(
    admin: &mut MysqlConnection,
    account: &Name,
    there: &Account,
    pending: &MysqlLogin,
) -> Result<bool, HookError> {
    let password = pending.new_password()?.expose();
    match admin.dialect() {
        Dialect::Mysql if there.plugin == CACHING_SHA2 => {
            Ok(hash::is_caching_sha2(&there.hash, password) == Some(true))
        }
        Dialect::Mysql => Ok(there.hash == hash::hex(hash::native(password).as_bytes())),
        Dialect::Mariadb => {
            let hash = hash::native(password);
            let methods = methods_of(admin, account).await?;
            Ok(methods.iter().any(|method| method.holds(&hash)))
        }
    }
}

/// The statement by which a database's administrator says whose an account is, as the end of a sentence. MariaDB has none that
/// keeps the password.
pub(super) fn how_to_sign(dialect: Dialect, clone: &Name, original: &str) -> String {
    match dialect {
        Dialect::Mysql => format!(
            ": if it does, ALTER USER {} COMMENT {}",
            account::name(clone),
            literal(&format!("{SIGN}{original}"))
        ),
        Dialect::Mariadb => String::new(),
    }
}

/// After `Ok`, there is an account that says whose it is, into which nobody can log in.
pub(super) async fn create(
    admin: &mut MysqlConnection,
    cx: &Context,
    to: &Name,
    original: &str,
    model: &Account,
) -> Result<(), HookError> {
    let (name, sign) = (account::name(to), format!("{SIGN}{original}"));
    let statement = match admin.dialect() {
        Dialect::Mysql => format!(
            "CREATE USER {name} {} ACCOUNT LOCK COMMENT {}",
            identified(admin, &model.plugin, cx.password()?.expose()).await?,
            literal(&sign)
        ),
        Dialect::Mariadb => format!(
            "CREATE USER {name} IDENTIFIED VIA {} USING {} ACCOUNT LOCK",
            methods::NATIVE,
            literal(&hash::sign(&sign))
        ),
    };
    admin.run(&statement).await
}

/// After `Ok`, the account has the password, and may log in. A second user, of which the original is given, has its sign.
pub(super) async fn set(
    admin: &mut MysqlConnection,
    to: &Name,
    pending: &MysqlLogin,
    original: Option<&str>,
) -> Result<(), HookError> {
    let password = pending.new_password()?.expose();
    let (name, sign) = (
        account::name(to),
        original.map(|user| format!("{SIGN}{user}")),
    );
    let mut second = false;
    let statement = match admin.dialect() {
        Dialect::Mysql => {
            let found = Account::read(admin, to).await?;
            second = found.as_ref().is_some_and(|found| found.second);
            let plugin = found.map(|found| found.plugin).unwrap_or_default();
            let comment = sign.map(|sign| format!(" COMMENT {}", literal(&sign)));
            format!(
                "ALTER USER {name} {} ACCOUNT UNLOCK{}",
                identified(admin, &plugin, password).await?,
                comment.unwrap_or_default()
            )
        }
        Dialect::Mariadb => {
            let there = methods_of(admin, to).await?;
            let sign = sign.map(|sign| hash::sign(&sign));
            let hashes = [Some(hash::native(password)), sign];
            let statement = methods::identified_via(&name, hashes.into_iter().flatten(), there);
            format!("{statement} ACCOUNT UNLOCK")
        }
    };
    admin.go_on(&statement, MAY_ALTER).await?;
    // What another strategy left.
    match second {
        true => {
            let statement = format!("ALTER USER {name} DISCARD OLD PASSWORD");
            admin.go_on(&statement, MAY_ALTER).await
        }
        false => Ok(()),
    }
}

/// After `Ok`, the account has a password that was forgotten, and it still says whose it is.
pub(crate) async fn restore(
    admin: &mut MysqlConnection,
    account: &Name,
    forgotten: &MysqlLogin,
) -> Result<(), HookError> {
    let found = Account::read(admin, account).await?;
    let found = found.ok_or_else(|| {
        HookError::refused(format!(
            "user {} does not exist at {}",
            account.0, account.1
        ))
    })?;
    settable(admin, account, &found).await?;
    let original = match admin.dialect() {
        // A comment stays.
        Dialect::Mysql => None,
        Dialect::Mariadb => {
            let methods = methods_of(admin, account).await?;
            let original = turns::other_user(&account.0);
            sign_among(&methods, &account.0).map(|_| original)
        }
    };
    set(admin, account, forgotten, original.as_deref()).await
}

const MAY_ALTER: &str =
    "The administrator needs all rights of the account, also SYSTEM_USER if the account has it";

/// MySQL's words for a password, by its hash, as expensive as the server makes its own.
async fn identified(
    admin: &mut MysqlConnection,
    plugin: &str,
    password: &str,
) -> Result<String, HookError> {
    Ok(if plugin == methods::NATIVE {
        let hash = literal(&hash::native(password));
        format!("IDENTIFIED WITH {} AS {hash}", methods::NATIVE)
    } else {
        let question = "SHOW GLOBAL VARIABLES LIKE 'caching_sha2_password_digest_rounds'";
        let rounds: Option<(String, u32)> = admin.first(question).await?;
        let rounds = rounds.map_or(hash::ROUNDS, |(_, rounds)| rounds);
        let hash = hash::caching_sha2(password, rounds)?;
        format!("IDENTIFIED WITH {CACHING_SHA2} AS 0x{hash}")
    })
}

async fn methods_of(admin: &mut MysqlConnection, account: &Name) -> Result<Vec<Method>, HookError> {
    let question = format!("SHOW CREATE USER {}", account::name(account));
    methods::mariadb(&admin.ask(&question).await?)
}
