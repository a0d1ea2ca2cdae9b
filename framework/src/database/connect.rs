//! The way to a server: which addresses are allowed, and how long it may take.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use tokio::net::TcpStream;

use crate::config::Config;
use crate::error::HookError;

use super::failure::Failure;
use super::login::{Engine, Login};
use super::rds::{Rds, Writer};
use super::tls::Tls;

/// Opens connections. One for the life of the process.
pub struct Connector {
    tls: Tls,
    allowed_hosts: Vec<String>,
    rds: Rds,
}

/// For a name, and for each address that it has.
const TRY: Duration = Duration::from_secs(5);

impl Connector {
    /// With the roots in DATABASE_CA_BUNDLE, and the hosts in ALLOWED_HOSTS: names, or suffixes that begin with a dot.
    ///
    /// # Errors
    /// In words, if the bundle cannot be used.
    pub fn new(config: &Config) -> Result<Self, String> {
        Ok(Self {
            tls: Tls::new(config.database_ca_bundle.as_deref())?,
            allowed_hosts: config.allowed_hosts.clone(),
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

    /// What the certificate of a server of this name is verified by.
    pub fn tls(&self, server_name: &str) -> Arc<ClientConfig> {
        self.tls.config(server_name)
    }

    /// The same, for a driver that sets TLS up by itself: certificates in PEM or DER, beside the public roots.
    pub fn roots(&self, server_name: &str) -> Vec<Cow<'static, [u8]>> {
        self.tls.roots(server_name)
    }

    /// The addresses of a host that a secret may name. Resolved once, so that an address that was looked at is the one
    /// connected to.
    ///
    /// # Errors
    /// What keeps from the host; nothing was sent to it.
    pub async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Failure> {
        let exact = self.allows(host)?;
        let found = within(tokio::net::lookup_host((host, port))).await?;
        let addresses: Vec<SocketAddr> = found.map_err(|_| Failure::Dns)?.collect();
        if !exact && addresses.iter().any(|address| forbidden(address.ip())) {
            return Err(Failure::ForbiddenAddress);
        }
        Ok(addresses)
    }

    /// A TCP connection.
    ///
    /// # Errors
    /// What keeps from the server; nothing was sent to it then.
    pub async fn open(&self, host: &str, port: u16) -> Result<TcpStream, Failure> {
        let addresses = self.resolve(host, port).await?;
        let mut failure = Failure::Dns;
        for address in addresses {
            failure = match within(TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // Small messages back and forth: waiting to fill packets would only slow them.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Ok(Err(error)) => Failure::of_connection(&error),
                Err(late) => late,
            };
        }
        Err(failure)
    }

    /// Whether ALLOWED_HOSTS names `host` itself.
    fn allows(&self, host: &str) -> Result<bool, Failure> {
        let host = host.to_ascii_lowercase();
        let exact = self.allowed_hosts.contains(&host);
        let suffix =
            |allowed: &String| allowed.starts_with('.') && host.ends_with(allowed.as_str());
        if exact || self.allowed_hosts.is_empty() || self.allowed_hosts.iter().any(suffix) {
            return Ok(exact);
        }
        Err(Failure::HostNotAllowed)
    }
}

/// Addresses by which a secret could make the function call itself, or the service that hands out its credentials.
fn forbidden(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || v4.is_multicast()
        }
        IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unicast_link_local()
                || v6.is_unspecified()
                || v6.is_multicast()
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a try of its own within the hook's time, which the engine bounds"
)]
async fn within<T>(call: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::time::timeout(TRY, call)
        .await
        .map_err(|_| Failure::TimedOut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_no_database_has() {
        for address in [
            "127.0.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "::1",
            "fe80::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(forbidden(address.parse().expect("an address")), "{address}");
        }
        for address in ["10.0.0.1", "172.31.0.1", "2600:1f18::1", "fd00::1"] {
            assert!(
                !forbidden(address.parse().expect("an address")),
                "{address}"
            );
        }
    }

    #[test]
    fn allowed_hosts() {
        let connector = |hosts: &[&str]| {
            let config = Config {
                allowed_hosts: hosts.iter().map(ToString::to_string).collect(),
                ..Config::default()
            };
            Connector::new(&config).expect("no bundle")
        };
        assert_eq!(connector(&[]).allows("any.example"), Ok(false));
        assert_eq!(connector(&["localhost"]).allows("LOCALHOST"), Ok(true));
        assert_eq!(connector(&[".example"]).allows("db.example"), Ok(false));
        assert!(connector(&[".example"]).allows("example.org").is_err());
    }
}
