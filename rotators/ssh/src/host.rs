//! Names of hosts, with their ports.

use std::fmt;
use std::net::Ipv6Addr;

/// The port of SSH.
const PORT: u16 = 22;

/// One server: name or address in lower case, and port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) port: u16,
}

/// `name`, `name:port`, `[v6]`, `[v6]:port` or a bare address, as far as the text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    name: String,
    port: Option<u16>,
}

impl Address {
    /// `None` if the text is not of one of these forms.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let v6 = |text: &str| text.parse().ok().map(|v6: Ipv6Addr| v6.to_string());
        if let Some(name) = v6(text) {
            return Some(Self { name, port: None });
        }
        let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let (name, rest) = match bracketed {
            Some((address, rest)) => (v6(address)?, rest),
            None => {
                let (name, rest) = text.split_at(text.find(':').unwrap_or(text.len()));
                (named(name)?, rest)
            }
        };
        if rest.is_empty() {
            return Some(Self { name, port: None });
        }
        let port: u16 = rest.strip_prefix(':')?.parse().ok()?;
        let port = Some(port).filter(|port| *port != 0);
        port.map(|_| Self { name, port })
    }

    /// With the secret's port, where the text has none.
    pub(crate) fn or(self, port: Option<u16>) -> Host {
        Host {
            name: self.name,
            port: self.port.or(port).unwrap_or(PORT),
        }
    }
}

impl Host {
    /// How known_hosts has it.
    pub(crate) fn known_as(&self) -> String {
        if self.port == PORT {
            self.name.clone()
        } else {
            format!("[{}]:{}", self.name, self.port)
        }
    }

    /// The same server, though one of the two names ends with the root's dot.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let bare = |host: &Self| host.name.trim_end_matches('.').to_owned();
        self.port == other.port && bare(self) == bare(other)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.contains(':') {
            write!(f, "[{}]:{}", self.name, self.port)
        } else {
            write!(f, "{}:{}", self.name, self.port)
        }
    }
}

fn named(name: &str) -> Option<String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let named = !name.is_empty() && name.len() <= 253 && name.bytes().all(fits);
    named.then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form() {
        for (text, shown, known_as) in [
            ("db", "db:22", "db"),
            ("DB.example.com", "db.example.com:22", "db.example.com"),
            ("db:2222", "db:2222", "[db]:2222"),
            ("10.0.0.1", "10.0.0.1:22", "10.0.0.1"),
            ("10.0.0.1:23", "10.0.0.1:23", "[10.0.0.1]:23"),
            ("2001:DB8:0::1", "[2001:db8::1]:22", "2001:db8::1"),
            ("[::1]", "[::1]:22", "::1"),
            ("[::1]:23", "[::1]:23", "[::1]:23"),
        ] {
            let host = Address::parse(text).expect(text).or(None);
            assert_eq!(
                (host.to_string(), host.known_as()),
                (shown.into(), known_as.into())
            );
        }
        let other = |text| Address::parse(text).map(|address| address.or(Some(24)).port);
        assert_eq!((other("db"), other("db:25")), (Some(24), Some(25)));
    }

    #[test]
    fn what_is_no_host() {
        for text in [
            "",
            ":22",
            "db:",
            "db:0",
            "db:65536",
            "db:x",
            "a b",
            "ssh://db",
            "user@db",
            "[db]:22",
            "[::1",
            "[::1]22",
            "::1:x",
            "db/x",
            "d\u{f6}b",
            "*.example.com",
        ] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_roots_dot_makes_no_other_host() {
        let host = |text| Address::parse(text).expect(text).or(None);
        assert!(host("DB.example.com.").is(&host("db.example.com")));
        assert!(!host("db:23").is(&host("db")));
        assert!(!host("db1").is(&host("db")));
    }
}
