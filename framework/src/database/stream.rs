//! The way to a server, for drivers that take an open stream.

use tokio::io::{AsyncRead, AsyncWrite};

use super::connect::Connector;
use super::error::DatabaseError;
use super::login::{Database, Login};
use crate::network::within;
use crate::tls;

/// A stream of bytes to a server, with or without TLS.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Connector {
    /// Opens a stream to the login's server. It is TLS with a verified certificate, unless the secret says `"ssl": false`. Nothing
    /// of the login is sent yet. Some protocols begin TLS by themselves, after a message in plaintext (PostgreSQL, MySQL): their
    /// drivers need [`network`](Self::network) and [`tls`](Self::tls).
    ///
    /// # Errors
    /// Why the server cannot be used. There is no fallback to plaintext.
    pub async fn open<E: Database>(
        &self,
        login: &Login<E>,
    ) -> Result<Box<dyn Stream>, DatabaseError> {
        let stream = self.network().open(&login.host, login.port()).await?;
        if !login.tls() {
            return Ok(Box::new(stream));
        }
        let name = login.server_name();
        let encrypted = within(tls::connect(self.tls(name), name, stream)).await?;
        match encrypted {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => Err(DatabaseError::of_connection(&error)),
        }
    }
}
