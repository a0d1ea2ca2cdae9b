//! The secret as it is written, and what must be there of it.

mod jump;

use rotation::{Secret, field};
use russh::keys::ssh_key::Fingerprint;
use serde::Deserialize;

use self::jump::RawBastion;
use super::field as ours;
use super::{Named, SshLogin};
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
    #[serde(default, rename = "Username", deserialize_with = "ours::username")]
    upper_username: Option<String>,
    #[serde(default, deserialize_with = "ours::username")]
    user: Option<String>,
    #[serde(default)]
    private_key: Option<Secret>,
    #[serde(default, rename = "PrivateKey")]
    upper_private_key: Option<Secret>,
    #[serde(default, rename = "privateKey")]
    camel_private_key: Option<Secret>,
    #[serde(default, rename = "ssh-privatekey")]
    ssh_privatekey: Option<Secret>,
    #[serde(default)]
    identity: Option<Secret>,
    #[serde(default, deserialize_with = "field::some_name")]
    public_key: Option<String>,
    #[serde(default, rename = "PublicKey", deserialize_with = "field::some_name")]
    upper_public_key: Option<String>,
    #[serde(default, rename = "publicKey", deserialize_with = "field::some_name")]
    camel_public_key: Option<String>,
    #[serde(
        default,
        rename = "identity.pub",
        deserialize_with = "field::some_name"
    )]
    identity_pub: Option<String>,
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
    jump: Option<RawBastion>,
}

fn authorized_keys() -> String {
    AUTHORIZED_KEYS.to_owned()
}

impl TryFrom<RawLogin> for SshLogin {
    type Error = String;

    fn try_from(raw: RawLogin) -> Result<Self, String> {
        let hosts = hosts(raw.host, raw.hosts, raw.port)?;
        let username = one_of([
            ("username", raw.username),
            ("Username", raw.upper_username),
            ("user", raw.user),
        ])?;
        let private_key = one_of([
            ("private_key", raw.private_key),
            ("PrivateKey", raw.upper_private_key),
            ("privateKey", raw.camel_private_key),
            ("ssh-privatekey", raw.ssh_privatekey),
            ("identity", raw.identity),
        ])?;
        let public_key = one_of([
            ("public_key", raw.public_key),
            ("PublicKey", raw.upper_public_key),
            ("publicKey", raw.camel_public_key),
            ("identity.pub", raw.identity_pub),
        ])?;
        let host_keys = HostKeys::new(raw.known_hosts, raw.fingerprints);
        let username = username.map(|named| named.value);
        let absent = missing(&[
            ("host (or hosts)", hosts.is_none()),
            ("username", username.is_none()),
            ("private_key", private_key.is_none()),
            (HOST_KEYS, host_keys.is_none()),
        ]);
        let (Some(hosts), Some(username), Some(private_key), Some(host_keys)) =
            (hosts, username, private_key, host_keys)
        else {
            return Err(absent);
        };
        let mut login = Self {
            hosts,
            username,
            private_key,
            public_key,
            passphrase: raw.passphrase,
            host_keys,
            authorized_keys_path: raw.authorized_keys_path,
            options: raw.options,
            jump: None,
        };
        let jump = raw.jump.map(|bastion| bastion.before(&login, raw.port));
        login.jump = jump.transpose()?;
        Ok(login)
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

/// The value of a key that has several names, with the name that it is under.
fn one_of<T, const N: usize>(
    values: [(&'static str, Option<T>); N],
) -> Result<Option<Named<T>>, String> {
    let there = |(name, value): (_, Option<T>)| value.map(|value| Named { name, value });
    let mut found = values.into_iter().filter_map(there);
    match (found.next(), found.next()) {
        (Some(one), Some(other)) => Err(format!(
            "must have {} or {}, not both",
            one.name, other.name
        )),
        (one, _) => Ok(one),
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
