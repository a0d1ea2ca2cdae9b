#![doc = include_str!("../README.md")]

mod authorized_keys;
mod channel;
mod connection;
mod files;
mod fleet;
mod host_key;
mod hosts;
mod key;
mod login;
mod problem;

use rotation::config::Config;
use rotation::network::Network;
use rotation::{Context, HookError, Payload, Rejection, Rotator, Succession, Verdict};

use channel::Handle;
use connection::{Connection, Way};
use files::KeyFile;
use key::{KeyPair, KeyType};
use login::SshLogin;
use problem::Problem;

/// Rotates the key of one login at a fleet of hosts.
pub struct SshKeys {
    network: Network,
    /// What the next key is, if not of the present one's type.
    kind: Option<KeyType>,
    shell: bool,
}

/// Logins at all hosts, over the bastion's where there is one.
pub struct Session {
    hosts: Vec<Connection>,
    bastion: Option<Handle>,
}
