//! The connection to a server: the network, the certificates, and what RDS knows of the server.

use std::borrow::Cow;
use std::sync::Arc;

use rustls::ClientConfig;

use crate::config::Config;
use crate::error::HookError;
use crate::network::Network;

use super::login::{Database, Login};
use super::rds::{Rds, Writer};
use super::tls::Tls;

/// Opens connections. Make one for the life of the process.
pub struct Connector {
    network: Network,
    tls: Tls,
    rds: Rds,
}

impl Connector {
    /// A connector that also trusts the roots in DATABASE_CA_BUNDLE, and that connects only to what ALLOWED_HOSTS allows.
    ///
    /// # Errors
    /// If the bundle cannot be used. The text says why.
    pub fn new(config: &Config) -> Result<Self, String> {
        Ok(Self {
            network: Network::new(&config.allowed_hosts),
            tls: Tls::new(config.database_ca_bundle.as_deref())?,
            rds: Rds::new(config),
        })
    }

    /// The login to use instead of `login`. If the secret names an RDS Proxy, this is the same login at the database behind the
    /// proxy. Otherwise, it is `login` itself. A proxy accepts only the password that Secrets Manager has under AWSCURRENT, so
    /// a new password could not be tested there.
    ///
    /// # Errors
    /// If the RDS API does not show which database is behind the proxy.
    pub async fn direct<'a, E: Database>(
        &self,
        login: &'a Login<E>,
    ) -> Result<Cow<'a, Login<E>>, HookError> {
        let behind = self.rds.behind_proxy(&login.host).await?;
        Ok(behind.map_or(Cow::Borrowed(login), |writer| {
            Cow::Owned(login.at(&writer.host, writer.port, None))
        }))
    }

    /// The server behind `host` that takes writes, if `host` is one of RDS's.
    pub(super) async fn writer(&self, host: &str) -> Result<Option<Writer>, HookError> {
        self.rds.writer(host).await
    }

    /// The network, which opens connections to hosts.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The configuration that verifies the certificate of a server with this name.
    pub fn tls(&self, server_name: &str) -> Arc<ClientConfig> {
        self.tls.config(server_name)
    }

    /// The certificates that [`tls`](Self::tls) trusts beside the public roots, in PEM or DER. They are for a driver that sets
    /// TLS up by itself.
    pub fn roots(&self, server_name: &str) -> Vec<Cow<'static, [u8]>> {
        self.tls.roots(server_name)
    }
}
