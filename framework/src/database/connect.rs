//! The way to a server: its network, its certificates, and what RDS knows of it.

use std::borrow::Cow;
use std::sync::Arc;

use rustls::ClientConfig;

use crate::config::Config;
use crate::error::HookError;
use crate::network::Network;

use super::login::{Engine, Login};
use super::rds::{Rds, Writer};
use super::tls::Tls;

/// Opens connections. One for the life of the process.
pub struct Connector {
    network: Network,
    tls: Tls,
    rds: Rds,
}

impl Connector {
    /// With the roots in DATABASE_CA_BUNDLE, and the hosts in ALLOWED_HOSTS: names, or suffixes that begin with a dot.
    ///
    /// # Errors
    /// In words, if the bundle cannot be used.
    pub fn new(config: &Config) -> Result<Self, String> {
        Ok(Self {
            network: Network::new(&config.allowed_hosts),
            tls: Tls::new(config.database_ca_bundle.as_deref())?,
            rds: Rds::new(config),
        })
    }

    /// `login` at the database itself, where its secret names an RDS Proxy: that takes no password but the one that
    /// Secrets Manager has under AWSCURRENT, so a new one could not be tested there.
    ///
    /// # Errors
    /// If the RDS API does not tell which database that is.
    pub async fn direct<'a, E: Engine>(
        &self,
        login: &'a Login<E>,
    ) -> Result<Cow<'a, Login<E>>, HookError> {
        let behind = self.rds.behind_proxy(&login.host).await?;
        Ok(behind.map_or(Cow::Borrowed(login), |writer| {
            Cow::Owned(login.at(&writer.host, writer.port))
        }))
    }

    /// The server behind `host` that takes writes, if `host` is one of RDS's.
    pub(super) async fn writer(&self, host: &str) -> Result<Option<Writer>, HookError> {
        self.rds.writer(host).await
    }

    /// The way to hosts.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// What the certificate of a server of this name is verified by.
    pub fn tls(&self, server_name: &str) -> Arc<ClientConfig> {
        self.tls.config(server_name)
    }

    /// The same, for a driver that sets TLS up by itself: certificates in PEM or DER, beside the public roots.
    pub fn roots(&self, server_name: &str) -> Vec<Cow<'static, [u8]>> {
        self.tls.roots(server_name)
    }
}
