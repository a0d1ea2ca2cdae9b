//! The rotator's own settings.

use rotation::settings::Setting;

use crate::key::{Format, KeyType};

pub(crate) const KEY_TYPE: &str = "SSH_KEY_TYPE";
pub(crate) const KEY_FORMAT: &str = "SSH_KEY_FORMAT";
pub(crate) const WITHOUT_SFTP: &str = "SSH_WITHOUT_SFTP";

/// All of them.
pub(crate) const ALL: &[Setting] = &[
    Setting::by_tag(
        KEY_TYPE,
        "ed25519, ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072 or rsa-4096 [default: as now]",
    ),
    Setting::by_tag(KEY_FORMAT, "openssh, pkcs8 or pem [default: as now]"),
    Setting::of_function(WITHOUT_SFTP, "true: by a shell, at hosts without SFTP"),
];

/// The type of new keys, if it is set.
pub(crate) fn key_type(name: Option<&str>) -> Result<Option<KeyType>, String> {
    chosen(KEY_TYPE, name, &KeyType::NAMES)
}

/// The format of new keys, if it is set.
pub(crate) fn key_format(name: Option<&str>) -> Result<Option<Format>, String> {
    chosen(KEY_FORMAT, name, &Format::NAMES)
}

/// Whether files are edited by shell commands.
pub(crate) fn without_sftp(name: Option<&str>) -> Result<bool, String> {
    match name {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(format!("{WITHOUT_SFTP} must be true or false")),
    }
}

fn chosen<T: Copy>(
    setting: &str,
    name: Option<&str>,
    all: &[(&str, T)],
) -> Result<Option<T>, String> {
    let Some(name) = name else {
        return Ok(None);
    };
    match all.iter().find(|(known, _)| *known == name) {
        Some((_, value)) => Ok(Some(*value)),
        None => {
            let names: Vec<&str> = all.iter().map(|(known, _)| *known).collect();
            Err(format!("{setting} must be one of {}", names.join(", ")))
        }
    }
}
