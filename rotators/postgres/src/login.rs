//! A login, and how the server wants a user to prove itself.

mod end_point;
mod exchange;
mod handed;
mod start;

use std::io;
use std::sync::Arc;

use bytes::BytesMut;
use postgres_protocol::message::frontend;
use rotation::Secret;
use rotation::database::limits::LOGIN;
use rotation::database::{Connector, DatabaseError};
use rotation::network::NetworkError;
use rotation::tls;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::NoTls;
use tokio_postgres::{Client, Config, Error};

use crate::scram::Keys;
use crate::{PostgresLogin, failure};
use end_point::end_point;
#[cfg(fuzzing)]
pub(crate) use exchange::is_read;
use handed::Handed;
pub(crate) use start::Asked;
use start::{Started, start};

/// What keeps from a login.
pub(crate) enum Refusal {
    Way(DatabaseError),
    Server(Error),
}

impl Refusal {
    pub(crate) fn failure(&self) -> DatabaseError {
        match self {
            Self::Way(failure) => failure.clone(),
            Self::Server(error) => failure::of(error),
        }
    }
}

/// Of the connection, or of the TLS on it.
impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Way(DatabaseError::of_connection(&error))
    }
}

/// A login that the server took.
pub(crate) struct Entered {
    pub(crate) client: Client,
    pub(crate) driver: JoinHandle<()>,
    pub(crate) asked: Asked,
    pub(crate) keys: Option<Arc<Keys>>,
}

/// A connection with TLS or without it.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection before anybody has said who logs in.
struct Line {
    stream: Box<dyn Stream>,
    /// The hash of the server's certificate.
    end_point: Option<Vec<u8>>,
}

/// A login, or what keeps from it, in time.
pub(crate) async fn connect(
    connector: &Connector,
    login: &PostgresLogin,
) -> Result<Entered, Refusal> {
    in_time(connector, login, async |line| enter(line, login).await).await
}

/// What the server asks this user for, by a connection that proves nothing.
///
/// # Errors
/// If the server cannot be reached.
pub(crate) async fn asked(connector: &Connector, login: &PostgresLogin) -> Result<Asked, Refusal> {
    let ask = async |line| Ok(begin(line, login, None).await?.1.asked);
    in_time(connector, login, ask).await
}

async fn in_time<T>(
    connector: &Connector,
    login: &PostgresLogin,
    go_on: impl AsyncFnOnce(Line) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let stream = connector.network().open(&login.host, login.port()).await;
    let stream = stream.map_err(|why| Refusal::Way(why.into()))?;
    let all = async { go_on(secured(connector, login, stream).await?).await };
    tokio::time::timeout(LOGIN, all)
        .await
        .unwrap_or(Err(Refusal::Way(NetworkError::TimedOut.into())))
}

/// With TLS, unless the secret says otherwise.
async fn secured(
    connector: &Connector,
    login: &PostgresLogin,
    mut stream: tokio::net::TcpStream,
) -> Result<Line, Refusal> {
    if !login.tls() {
        return Ok(Line {
            stream: Box::new(stream),
            end_point: None,
        });
    }
    let mut request = BytesMut::new();
    frontend::ssl_request(&mut request);
    stream.write_all(&request).await?;
    if stream.read_u8().await? != b'S' {
        return Err(Refusal::Way(DatabaseError::Tls(
            "the server offers no TLS. Turn it on there, or say \"ssl\": false in the secret"
                .into(),
        )));
    }
    let name = login.server_name();
    let stream = tls::connect(connector.tls(name), name, stream).await?;
    let certificates = stream.get_ref().1.peer_certificates();
    let own = certificates.and_then(|certificates| certificates.first());
    Ok(Line {
        end_point: own.and_then(|certificate| end_point(certificate)),
        stream: Box::new(stream),
    })
}

async fn begin(
    line: Line,
    login: &PostgresLogin,
    password: Option<&Secret>,
) -> io::Result<(Box<dyn Stream>, Started)> {
    let Line {
        mut stream,
        end_point,
    } = line;
    let parameters = [
        ("client_encoding", "UTF8"),
        ("user", &login.username),
        ("database", login.dbname().unwrap_or("postgres")),
        ("application_name", "rotation"),
    ];
    let started = start(&mut *stream, &parameters, end_point, password).await?;
    Ok((stream, started))
}

async fn enter(line: Line, login: &PostgresLogin) -> Result<Entered, Refusal> {
    let (stream, started) = begin(line, login, Some(&login.password)).await?;
    let mut config = Config::new();
    // The driver must have a user. The session that it would start has started with its own.
    config.user(&login.username).ssl_mode(SslMode::Disable);
    if started.asked == Asked::Another {
        config.password(login.password.expose());
    }
    let stream = Handed::new(stream, started.unread);
    let entered = config.connect_raw(stream, NoTls).await;
    let (client, connection) = entered.map_err(Refusal::Server)?;
    let driver = tokio::spawn(async move {
        // Its errors reach whoever waits for an answer.
        let _ = connection.await;
    });
    Ok(Entered {
        client,
        driver,
        asked: started.asked,
        keys: started.keys,
    })
}
