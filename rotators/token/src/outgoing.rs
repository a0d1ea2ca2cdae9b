//! A call with its values, as it will be sent.

use std::time::SystemTime;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rotation::aws::sign::{AccessKey, Unsigned};
use rotation::{HookError, Secret};
use url::Url;

use crate::profile::{Auth, Aws, Call};
use crate::template::Template;
use crate::values::Values;

/// What is sent. The values of its headers, and its body, may be secret: it has no `Debug`.
pub(crate) struct Outgoing {
    pub(crate) method: String,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Outgoing {
    /// `call` to `url`, by whom `auth` says; not yet signed.
    ///
    /// # Errors
    /// If a value is missing.
    pub(crate) fn new(
        call: &Call,
        url: Url,
        values: &Values<'_>,
        auth: Option<&Auth>,
    ) -> Result<Self, HookError> {
        let mut out = Self {
            method: call.method().to_owned(),
            url,
            headers: Vec::new(),
            body: String::new(),
        };
        out.set("accept", "application/json, */*;q=0.5".to_owned());
        // Without it, a server may compress as it likes: RFC 9110, section 12.5.3.
        out.set("accept-encoding", "identity".to_owned());
        if let Some(content) = call.content(values)? {
            out.set("content-type", content.kind.to_owned());
            out.body = content.text;
        }
        let own = auth.iter().flat_map(|auth| &auth.headers);
        for (name, value) in own.chain(&call.headers) {
            out.set(name, value.plain(values)?);
        }
        let own = auth.and_then(|auth| auth.basic.as_ref());
        if let Some(login) = call.basic.as_ref().or(own) {
            out.set("authorization", basic(login, values)?);
        }
        Ok(out)
    }

    /// Adds what makes it a signed one.
    ///
    /// # Errors
    /// If a value is missing, or it is no request.
    pub(crate) fn sign(
        &mut self,
        aws: &Aws,
        key: &AccessKey,
        values: &Values<'_>,
        now: SystemTime,
    ) -> Result<(), HookError> {
        let unsigned = Unsigned {
            service: &aws.service.plain(values)?,
            region: &aws.region.plain(values)?,
            method: &self.method,
            url: self.url.as_str(),
            headers: &[],
            body: self.body.as_bytes(),
        };
        for (name, value) in unsigned.sign(key, now)? {
            self.set(name, value);
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: String) {
        let name = name.to_ascii_lowercase();
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value));
    }
}

impl Aws {
    /// The key that the profile names; else the function's own role signs.
    ///
    /// # Errors
    /// If a value is missing.
    pub(crate) fn named_key(&self, values: &Values<'_>) -> Result<Option<AccessKey>, HookError> {
        let Some([id, secret]) = &self.key else {
            return Ok(None);
        };
        let secret = Secret::new(secret.plain(values)?);
        Ok(Some(AccessKey::new(&id.plain(values)?, &secret)))
    }
}

fn basic([user, password]: &[Template; 2], values: &Values<'_>) -> Result<String, HookError> {
    let login = format!("{}:{}", user.plain(values)?, password.plain(values)?);
    let login = Secret::new(login);
    Ok(format!("Basic {}", BASE64_STANDARD.encode(login.expose())))
}
