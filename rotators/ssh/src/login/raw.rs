//! The secret as it is written, and what must be there of it.

use rotation::{Secret, field};
use russh::keys::ssh_key::Fingerprint;
use serde::Deserialize;

use super::field as ours;
use super::{Jump, Named, SshLogin};
use crate::host::{Address, Host};
use crate::host_key::{HostKeys, Known};

/// As OpenSSH has it where nobody says otherwise.
const AUTHORIZED_KEYS: &str = ".ssh/authorized_keys";

#[derive(Deserialize)]
pub(super) struct RawLogin {
    #[serde(default, deserialize_with = "ours::host")]
    host: Option<Address>,
    #[serde(default, deserialize_with = "ours::hosts")]
    hosts: Vec<Address>,
    #[serde(default, deserialize_with = "field::port")]
    port: Option<u16>,
    #[serde(default, deserialize_with = "ours::username")]
    username: Option<String>,
    #[serde(default)]
    private_key: Option<Secret>,
    #[serde(default, rename = "PrivateKey")]
    aws_private_key: Option<Secret>,
    #[serde(default, deserialize_with = "field::some_name")]
    public_key: Option<String>,
    #[serde(default, rename = "PublicKey", deserialize_with = "field::some_name")]
    aws_public_key: Option<String>,
    #[serde(default, deserialize_with = "ours::passphrase")]
    passphrase: Option<Secret>,
    #[serde(default, deserialize_with = "ours::known_hosts")]
    known_hosts: Vec<Known>,
    #[serde(default, deserialize_with = "ours::fingerprints")]
    fingerprints: Vec<Fingerprint>,
    #[serde(default = "authorized_keys", deserialize_with = "ours::path")]
    authorized_keys_path: String,
    #[serde(default, deserialize_with = "ours::options")]
    options: Option<String>,
    #[serde(default)]
    jump: Option<Bastion>,
}

/// A bastion, and those behind it as far as its own keys say.
#[derive(Deserialize)]
#[serde(try_from = "RawJump")]
struct Bastion {
    jump: Jump,
    behind: Vec<Address>,
}

#[derive(Deserialize)]
pub(super) struct RawJump {
    #[serde(default, deserialize_with = "ours::host")]
    host: Option<Address>,
    #[serde(default, deserialize_with = "field::port")]
    port: Option<u16>,
    #[serde(default, deserialize_with = "ours::username")]
    username: Option<String>,
    #[serde(default)]
    private_key: Option<Secret>,
    #[serde(default, deserialize_with = "ours::passphrase")]
    passphrase: Option<Secret>,
    #[serde(default, deserialize_with = "ours::known_hosts")]
    known_hosts: Vec<Known>,
    #[serde(default, deserialize_with = "ours::fingerprints")]
    fingerprints: Vec<Fingerprint>,
    #[serde(default, deserialize_with = "ours::hosts")]
    hosts: Vec<Address>,
}

fn authorized_keys() -> String {
    AUTHORIZED_KEYS.to_owned()
}

impl TryFrom<RawLogin> for SshLogin {
    type Error = String;

    fn try_from(raw: RawLogin) -> Result<Self, String> {
        let hosts = hosts(raw.host, raw.hosts, raw.port)?;
        let known = hosts.as_deref().unwrap_or_default();
        let jump = raw.jump.map(|bastion| bastion.before(known, raw.port));
        let jump = jump.transpose()?;
        let private_key = either(
            "private_key",
            raw.private_key,
            "PrivateKey",
            raw.aws_private_key,
        )?;
        let public_key = either(
            "public_key",
            raw.public_key,
            "PublicKey",
            raw.aws_public_key,
        )?;
        let host_keys = HostKeys::new(raw.known_hosts, raw.fingerprints);
        match (hosts, raw.username, private_key, host_keys) {
            (Some(hosts), Some(username), Some(private_key), Some(host_keys)) => Ok(Self {
                hosts,
                username,
                private_key,
                public_key,
                passphrase: raw.passphrase,
                host_keys,
                authorized_keys_path: raw.authorized_keys_path,
                options: raw.options,
                jump,
            }),
            (hosts, username, key, known) => Err(missing(&[
                ("host (or hosts)", hosts.is_none()),
                ("username", username.is_none()),
                ("private_key", key.is_none()),
                (HOST_KEYS, known.is_none()),
            ])),
        }
    }
}

impl Bastion {
    /// Those behind it are written as in `hosts`, and are some of these.
    fn before(self, hosts: &[Host], port: Option<u16>) -> Result<Jump, String> {
        let mut jump = self.jump;
        for host in self.behind.into_iter().map(|address| address.or(port)) {
            if !hosts.is_empty() && !hosts.iter().any(|known| known.is(&host)) {
                return Err(format!(
                    "must have in jump.hosts only hosts that are in hosts too: {host} is not"
                ));
            }
            jump.behind.push(host);
        }
        Ok(jump)
    }
}

impl TryFrom<RawJump> for Bastion {
    type Error = String;

    fn try_from(raw: RawJump) -> Result<Self, String> {
        let host_keys = HostKeys::new(raw.known_hosts, raw.fingerprints);
        match (raw.host, raw.username, raw.private_key, host_keys) {
            (Some(host), Some(username), Some(private_key), Some(host_keys)) => Ok(Self {
                jump: Jump {
                    host: host.or(raw.port),
                    username,
                    private_key,
                    passphrase: raw.passphrase,
                    host_keys,
                    behind: Vec::new(),
                },
                behind: raw.hosts,
            }),
            (host, username, key, known) => Err(missing(&[
                ("host", host.is_none()),
                ("username", username.is_none()),
                ("private_key", key.is_none()),
                (HOST_KEYS, known.is_none()),
            ])),
        }
    }
}

/// Comes last, for what it says after itself.
const HOST_KEYS: &str = "known_hosts (or fingerprints): host key required (known_hosts lines or SHA256 fingerprints): nothing is trusted on first use";

/// Says which keys the secret lacks.
fn missing(keys: &[(&str, bool)]) -> String {
    let missing = keys.iter().filter(|(_, missing)| *missing);
    let names: Vec<&str> = missing.map(|(name, _)| *name).collect();
    format!("must also have {}", names.join(", "))
}

/// The value of a key that has two names, with the name that it is under.
fn either<T>(
    ours: &'static str,
    value: Option<T>,
    aws: &'static str,
    aws_value: Option<T>,
) -> Result<Option<Named<T>>, String> {
    match (value, aws_value) {
        (Some(_), Some(_)) => Err(format!("must have {ours} or {aws}, not both")),
        (Some(value), None) => Ok(Some(Named { name: ours, value })),
        (None, Some(value)) => Ok(Some(Named { name: aws, value })),
        (None, None) => Ok(None),
    }
}

fn hosts(
    host: Option<Address>,
    hosts: Vec<Address>,
    port: Option<u16>,
) -> Result<Option<Vec<Host>>, String> {
    if host.is_some() && !hosts.is_empty() {
        return Err("must have host or hosts, not both".to_owned());
    }
    let addresses = host.into_iter().chain(hosts);
    let hosts: Vec<Host> = addresses.map(|address| address.or(port)).collect();
    let again = |at: &usize| hosts[..*at].iter().any(|before| before.is(&hosts[*at]));
    if let Some(at) = (0..hosts.len()).find(again) {
        let number = at + 1;
        return Err(format!(
            "must name each host once: number {number} of hosts is there before"
        ));
    }
    Ok(Some(hosts).filter(|hosts| !hosts.is_empty()))
}
