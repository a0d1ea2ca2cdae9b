//! What the rotator reads of a secret.

use rotation::{Payload, Secret, field};
use serde::{Deserialize, Serialize};

/// A login. The engine keeps all other keys of the secret as they are.
#[derive(Deserialize, Serialize)]
pub struct Login {
    #[serde(deserialize_with = "field::host")]
    pub(crate) host: String,
    #[serde(default, deserialize_with = "field::port")]
    port: Option<u16>,
    #[serde(deserialize_with = "field::name")]
    pub(crate) username: String,
    pub(crate) password: Secret,
}

impl Login {
    /// The same user at the same server.
    pub(crate) fn with_password(&self, password: Secret) -> Self {
        Self {
            host: self.host.clone(),
            port: self.port,
            username: self.username.clone(),
            password,
        }
    }
}

impl Payload for Login {
    fn target(&self) -> String {
        format!("{}:{}", self.host, self.port.unwrap_or(4000))
    }

    fn principal(&self) -> &str {
        &self.username
    }

    fn credential(&self) -> &Secret {
        &self.password
    }
}
