//! The hosts of a fleet. A list in the secret today; whatever else finds hosts need only make such a list.

use std::fmt;

use serde::Deserialize;

/// Where no port is named.
pub(crate) const PORT: u16 = 22;

/// A name or an address, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) port: u16,
}

/// As a secret spells them: a list, or a text with commas.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Spelled {
    List(Vec<String>),
    Text(String),
}

impl Spelled {
    /// Each host once; `port` is for those that name none.
    pub(crate) fn hosts(&self, port: u16) -> Result<Vec<Host>, String> {
        let spelled: Vec<&str> = match self {
            Self::List(list) => list.iter().map(String::as_str).collect(),
            Self::Text(text) => text.split(',').collect(),
        };
        let mut hosts: Vec<Host> = Vec::new();
        for (n, text) in spelled.into_iter().enumerate() {
            let host = Host::parse(text.trim(), port)
                .ok_or_else(|| format!("number {} is no host, host:port or [v6]:port", n + 1))?;
            if hosts.contains(&host) {
                return Err(format!("{host} is named twice"));
            }
            hosts.push(host);
        }
        Ok(hosts)
    }
}

impl Host {
    /// `name`, `name:port`, an address, or `[address]:port`.
    pub(crate) fn parse(text: &str, port: u16) -> Option<Self> {
        let whole = |name: &str, port| {
            plain(name).then(|| Self {
                name: name.to_ascii_lowercase(),
                port,
            })
        };
        let number = |text: &str| text.parse().ok().filter(|port| *port != 0);
        if let Some(rest) = text.strip_prefix('[') {
            let (name, rest) = rest.split_once(']')?;
            let port = match rest.strip_prefix(':') {
                Some(text) => number(text)?,
                None => port,
            };
            return whole(name, port);
        }
        if text.parse::<std::net::Ipv6Addr>().is_ok() {
            return whole(text, port);
        }
        match text.split_once(':') {
            Some((name, text)) => whole(name, number(text)?),
            None => whole(text, port),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.contains(':') {
            return write!(f, "[{}]:{}", self.name, self.port);
        }
        write!(f, "{}:{}", self.name, self.port)
    }
}

fn plain(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    let address = name.parse::<std::net::IpAddr>().is_ok();
    address || (!name.is_empty() && name.len() <= 253 && name.bytes().all(fits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        for (text, shown) in [
            ("a.example", "a.example:22"),
            ("A.example:2222", "a.example:2222"),
            ("10.0.0.1:23", "10.0.0.1:23"),
            ("fd00::1", "[fd00::1]:22"),
            ("[fd00::1]:24", "[fd00::1]:24"),
            ("[a.example]", "a.example:22"),
        ] {
            let host = Host::parse(text, 22).map(|host| host.to_string());
            assert_eq!(host.as_deref(), Some(shown), "{text}");
        }
        for text in [
            "", "a:0", "a:x", "a b", "ssh://a", "a/b", "[fd00::1", "a:22:23",
        ] {
            assert_eq!(Host::parse(text, 22), None, "{text}");
        }
        let twice = Spelled::Text("a, b,a:22".into()).hosts(22);
        assert_eq!(twice, Err("a:22 is named twice".into()));
    }
}
