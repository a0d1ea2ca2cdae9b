//! The driver: what it is told, and what it answers.

use std::any::Any;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use mysql_async::prelude::{FromRow, Queryable};
use mysql_async::{Conn, DriverError, Error, Opts, OptsBuilder, Row, SslOpts, from_row_opt};
use rotation::database::Connector;

use crate::MysqlLogin;

/// All rows of an answer. What the server says decides their types; one that does not fit is an error.
pub(crate) async fn questioned<T: FromRow + Send + 'static>(
    conn: &mut Conn,
    question: &str,
) -> Result<Vec<T>, Error> {
    #[expect(clippy::disallowed_methods, reason = "any row is a Row")]
    let rows: Vec<Row> = guarded(conn.query(question)).await?;
    let rows = rows.into_iter().map(from_row_opt);
    let rows = rows.collect::<Result<_, _>>();
    rows.map_err(|_| unreadable("an answer of another form than was asked for"))
}

/// The driver panics on some of what a server may send. To an operator, that is a broken answer like any other.
pub(crate) async fn guarded<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let ended = AssertUnwindSafe(call).catch_unwind().await;
    ended.unwrap_or_else(|panic| Err(of_panic(panic.as_ref())))
}

/// Two ways for a user to prove itself are known to the driver by name alone: it panics when a server asks for one.
fn of_panic(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or_default().to_ascii_lowercase();
    match ["ed25519", "parsec"]
        .into_iter()
        .find(|name| text.contains(name))
    {
        Some(name) => DriverError::UnknownAuthPlugin { name: name.into() }.into(),
        None => unreadable("something that the driver cannot read"),
    }
}

fn unreadable(what: &str) -> Error {
    Error::Other(format!("the server sent {what}").into())
}

/// The server's name is checked, no socket is used, and the driver asks for nothing by itself.
pub(crate) fn opts(connector: &Connector, login: &MysqlLogin, addresses: &[SocketAddr]) -> Opts {
    let ips: Vec<_> = addresses.iter().map(SocketAddr::ip).collect();
    let name = login.server_name();
    let tls = login.tls().then(|| {
        let roots = connector
            .roots(name)
            .into_iter()
            .map(|root| root.into_owned().into());
        SslOpts::default()
            .with_root_certs(roots.collect())
            .with_danger_tls_hostname_override(Some(name.to_owned()))
    });
    OptsBuilder::default()
        .ip_or_hostname(&login.host)
        .resolved_ips(Some(ips))
        .tcp_port(login.port())
        .user(Some(&login.username))
        .pass(Some(login.password.expose()))
        .db_name(login.dbname())
        .ssl_opts(tls)
        // On loopback the driver would change to the server's socket, and leave TLS behind.
        .prefer_socket(false)
        .stmt_cache_size(0)
        // The server may have been told to begin each session with another one.
        .init(vec!["SET NAMES utf8mb4"])
        // What the driver would ask for after each login.
        .max_allowed_packet(Some(16 << 20))
        .wait_timeout(Some(60))
        .into()
}
