//! Connections to the hosts that secrets name: which addresses are allowed, and how long a connection may take.

mod forbidden;

use std::error::Error;
use std::fmt;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

#[doc(no_inline)]
pub use tokio::net::TcpStream;

use crate::error::{HookError, chain};
use crate::secret::printable;
use forbidden::{ends_in_number, forbidden};

/// The time limit for resolving a name, and for connecting to each of its addresses.
const TRY: Duration = Duration::from_secs(5);

/// Opens connections to the hosts that ALLOWED_HOSTS lets through.
#[derive(Clone, Debug, Default)]
pub struct Network {
    allowed_hosts: Vec<String>,
}

/// Why a host could not be reached. For each variant, an operator must look at something else.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NetworkError {
    /// The name is not in DNS.
    Dns,
    /// The address is one that no target should have.
    ForbiddenAddress,
    /// The function's settings do not allow this host.
    HostNotAllowed,
    /// Nobody listens.
    Refused,
    /// Nobody answered in time.
    TimedOut,
    /// The connection broke.
    Lost(String),
}

impl Network {
    /// A network with the hosts in ALLOWED_HOSTS: names, or suffixes that begin with a dot. If there are none, every host is
    /// allowed.
    pub fn new(allowed_hosts: &[String]) -> Self {
        Self {
            allowed_hosts: allowed_hosts.to_vec(),
        }
    }

    /// The addresses of a host. An address that is loopback, link-local, unspecified or multicast is an error, unless
    /// ALLOWED_HOSTS has the whole name of `host`. The name is resolved only once, so that the address that was checked is the
    /// one that is connected to.
    ///
    /// # Errors
    /// Why the host cannot be reached. Nothing was sent to it.
    pub async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, NetworkError> {
        let exact = self.allows(host)?;
        let found = within(tokio::net::lookup_host((host, port))).await?;
        let addresses: Vec<SocketAddr> = found.map_err(|_| NetworkError::Dns)?.collect();
        if !exact && addresses.iter().any(|address| forbidden(address.ip())) {
            return Err(NetworkError::ForbiddenAddress);
        }
        Ok(addresses)
    }

    /// Opens a TCP connection.
    ///
    /// # Errors
    /// Why the host cannot be reached. Nothing was sent to it.
    pub async fn open(&self, host: &str, port: u16) -> Result<TcpStream, NetworkError> {
        let addresses = self.resolve(host, port).await?;
        let mut failure = NetworkError::Dns;
        for address in addresses {
            failure = match within(TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // Small messages back and forth: waiting to fill packets would only slow them.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Ok(Err(error)) => NetworkError::of(&error),
                Err(late) => late,
            };
        }
        Err(failure)
    }

    /// Checks `host` against ALLOWED_HOSTS, for a host that somebody else resolves and connects to. A name may have any address
    /// there. A text that is an address is judged as in [`resolve`](Self::resolve).
    ///
    /// # Errors
    /// Why the host must not be reached.
    pub fn names(&self, host: &str) -> Result<(), NetworkError> {
        let exact = self.allows(host)?;
        let wrong = match host.parse() {
            Ok(address) => forbidden(address),
            Err(_) => ends_in_number(host),
        };
        if wrong && !exact {
            return Err(NetworkError::ForbiddenAddress);
        }
        Ok(())
    }

    /// Returns true if ALLOWED_HOSTS has the whole name of `host`. It is an error if `host` is not allowed.
    fn allows(&self, host: &str) -> Result<bool, NetworkError> {
        let host = host.to_ascii_lowercase();
        let exact = self.allowed_hosts.contains(&host);
        let suffix =
            |allowed: &String| allowed.starts_with('.') && host.ends_with(allowed.as_str());
        if exact || self.allowed_hosts.is_empty() || self.allowed_hosts.iter().any(suffix) {
            return Ok(exact);
        }
        Err(NetworkError::HostNotAllowed)
    }
}

impl NetworkError {
    /// The reason that the error of a connection gives, or one of the error's causes.
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause {
            match error
                .downcast_ref::<std::io::Error>()
                .map(std::io::Error::kind)
            {
                Some(ErrorKind::ConnectionRefused) => return Self::Refused,
                Some(ErrorKind::TimedOut) => return Self::TimedOut,
                _ => {}
            }
            cause = error.source();
        }
        Self::Lost(printable(&chain(error), 200))
    }

    /// The error for `server`. `server` is host and port, as in `db.example:5432`.
    pub fn at(&self, server: &str) -> HookError {
        let text = format!("{server} {self}");
        if self.passes() {
            HookError::failed(text)
        } else {
            HookError::refused(text)
        }
    }

    /// Returns true if another try may succeed though nobody changes anything.
    pub fn passes(&self) -> bool {
        !matches!(self, Self::ForbiddenAddress | Self::HostNotAllowed)
    }
}

/// The text about the host. It follows the host's name.
impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => {
                "cannot be reached: its name is not in DNS. Check the key host, and the function's VPC"
            }
            Self::ForbiddenAddress => {
                "resolves to a forbidden address (loopback, link-local or unspecified). Name the host in ALLOWED_HOSTS if that is meant"
            }
            Self::HostNotAllowed => {
                "is not named in ALLOWED_HOSTS: correct the key host, or add it there"
            }
            Self::Refused => {
                "cannot be reached: nobody listens there. Check host, port and security groups"
            }
            Self::TimedOut => {
                "cannot be reached: no answer in time. Check VPC, subnets and security groups"
            }
            Self::Lost(said) => return write!(f, "broke the connection: {said}"),
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a try of its own within the hook's time, which the engine bounds"
)]
pub(crate) async fn within<T>(call: impl Future<Output = T>) -> Result<T, NetworkError> {
    tokio::time::timeout(TRY, call)
        .await
        .map_err(|_| NetworkError::TimedOut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allowed_hosts() {
        let network = |hosts: &[&str]| {
            let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
            Network::new(&hosts)
        };
        assert_eq!(network(&[]).allows("any.example"), Ok(false));
        assert_eq!(network(&["localhost"]).allows("LOCALHOST"), Ok(true));
        assert_eq!(network(&[".example"]).allows("db.example"), Ok(false));
        assert!(network(&[".example"]).allows("example.org").is_err());
        assert_eq!(network(&[]).names("any.example"), Ok(()));
        let forbidden = Err(NetworkError::ForbiddenAddress);
        assert_eq!(network(&[]).names("169.254.169.254"), forbidden);
        assert_eq!(network(&["127.0.0.1"]).names("127.0.0.1"), Ok(()));
        for old in [
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "127.1",
            "127.0.0.1.",
            "0X7F000001",
        ] {
            assert_eq!(network(&[]).names(old), forbidden, "{old}");
        }
        assert_eq!(network(&[]).names("10.example"), Ok(()));
        assert_eq!(network(&["127.1"]).names("127.1"), Ok(()));
        let other = Err(NetworkError::HostNotAllowed);
        assert_eq!(network(&[".example"]).names("10.0.0.1"), other);
    }
}
