//! A login, and how the server wants a user to prove itself.

use rotation::database::limits::{CLOSE, LOGIN};
use rotation::database::{Connector, DatabaseError};
use rotation::network::NetworkError;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_postgres::config::{ChannelBinding, SslMode};
use tokio_postgres::tls::{MakeTlsConnect, NoTls};
use tokio_postgres::{Client, Config, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{PostgresLogin, failure};

/// What a login offers.
#[derive(Clone, Copy)]
pub(crate) enum Proof {
    Password,
    Nothing,
    /// The driver ends the login before it misses a password, unless the server asks for SCRAM.
    NothingButScram,
}

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

/// Whether the server asks this user for SCRAM. pg_hba.conf may demand SCRAM, and then a user with an MD5 hash is locked out: whoever is
/// asked for SCRAM must keep a SCRAM verifier. Connections that offer no password find it out. If they cannot, the answer is yes, since
/// a SCRAM verifier fits every demand for a password.
///
/// If the server lets the user in without a password, a login proves nothing. The log says so, and the password is changed all the same.
pub(crate) async fn asks_for_scram(connector: &Connector, login: &PostgresLogin) -> bool {
    match connect(connector, login, Proof::NothingButScram).await {
        Err(Refusal::Server(error)) if failure::no_channel_binding(&error) => {}
        _ => return true,
    }
    if let Ok((client, driver)) = connect(connector, login, Proof::Nothing).await {
        drop(client);
        let _ = tokio::time::timeout(CLOSE, driver).await;
        tracing::warn!(
            user = login.username,
            "the server lets this user in without a password (trust in pg_hba.conf): a login proves nothing"
        );
    }
    false
}

/// A login, or what keeps from it, in time.
pub(crate) async fn connect(
    connector: &Connector,
    login: &PostgresLogin,
    proof: Proof,
) -> Result<(Client, JoinHandle<()>), Refusal> {
    let stream = connector.network().open(&login.host, login.port()).await;
    let stream = stream.map_err(|why| Refusal::Way(why.into()))?;
    let mut config = Config::new();
    config
        .user(&login.username)
        .dbname(login.dbname().unwrap_or("postgres"))
        .application_name("rotation");
    match proof {
        Proof::Password => config.password(login.password.expose()),
        Proof::Nothing => &mut config,
        Proof::NothingButScram => config.channel_binding(ChannelBinding::Require),
    };
    tokio::time::timeout(LOGIN, enter(connector, login, config, stream))
        .await
        .unwrap_or(Err(Refusal::Way(NetworkError::TimedOut.into())))
}

async fn enter(
    connector: &Connector,
    login: &PostgresLogin,
    mut config: Config,
    stream: TcpStream,
) -> Result<(Client, JoinHandle<()>), Refusal> {
    if !login.tls() {
        config.ssl_mode(SslMode::Disable);
        let (client, connection) = config
            .connect_raw(stream, NoTls)
            .await
            .map_err(Refusal::Server)?;
        return Ok((client, tokio::spawn(drive(connection))));
    }
    config.ssl_mode(SslMode::Require);
    let name = login.server_name();
    let mut tls = MakeRustlsConnect::new(connector.tls(name).as_ref().clone());
    let tls = MakeTlsConnect::<TcpStream>::make_tls_connect(&mut tls, name).map_err(|_| {
        Refusal::Way(DatabaseError::Tls(
            "the server's name is no name for a certificate".into(),
        ))
    })?;
    let (client, connection) = config
        .connect_raw(stream, tls)
        .await
        .map_err(Refusal::Server)?;
    Ok((client, tokio::spawn(drive(connection))))
}

/// Its errors reach whoever waits for an answer.
async fn drive<F: Future<Output = Result<(), Error>>>(connection: F) {
    let _ = connection.await;
}
