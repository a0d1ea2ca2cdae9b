//! The forms that a private key is stored in, and what is wrong with one that cannot be read.

use rotation::Secret;
use russh::keys::{Error, PrivateKey, PublicKey, decode_secret_key};

use super::Format;

/// Why a text is no key that can be used. It never holds any of the text.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    /// Nothing that looks like one.
    #[error("is no private key: OpenSSH's format or PEM expected, from BEGIN to END")]
    NoKey,
    /// A public key in its place.
    #[error("is a public key: the private key expected")]
    Public,
    /// PuTTY's own format.
    #[error("is in PuTTY's format: export it in OpenSSH's")]
    Putty,
    /// A PEM that is encrypted in an old way.
    #[error("is encrypted in a way that is not supported: convert it with ssh-keygen -p")]
    Encryption,
    /// Encrypted, and the secret has no passphrase.
    #[error("is encrypted, and the secret has no passphrase")]
    Locked,
    /// Encrypted with another passphrase.
    #[error("is encrypted, and not with the passphrase of the secret")]
    Passphrase,
    /// DSA, which is not even read.
    #[error(transparent)]
    Unusable(#[from] super::Unusable),
    /// The public key is none.
    #[error("is no public key in OpenSSH's format, as in ssh-ed25519 AAAA…")]
    NoPublic,
    /// The public key belongs to another one.
    #[error("does not belong to the private key of the secret")]
    Mismatch,
}

/// A private key, and what it came in.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) key: PrivateKey,
    pub(crate) format: Format,
    /// Whether the text ends with a line feed.
    pub(crate) ended: bool,
}

/// Reads a private key in OpenSSH's format or as PEM (PKCS#8, PKCS#1, SEC1), with any line ends, or with
/// none but spaces, or `\n` as two characters, as forms and consoles leave them. What becomes of short or
/// odd ones, the caller decides.
pub(crate) fn read(stored: &str, passphrase: Option<&Secret>) -> Result<Read, Unreadable> {
    let whole = with_lines(stored);
    let text = whole.expose();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let Some(begin) = lines.iter().find_map(|line| kind(line)) else {
        return Err(nothing(stored));
    };
    if begin == "DSA " {
        return Err(super::Unusable::Dsa.into());
    }
    let method = lines.iter().find_map(|line| line.strip_prefix("DEK-Info:"));
    let old = method.map(|method| begin == "RSA " && method.trim().starts_with("AES-128-CBC,"));
    if old == Some(false) {
        return Err(Unreadable::Encryption);
    }
    // What is not encrypted must not be given a passphrase: it would be taken for encrypted.
    let pem = old.is_none() && !matches!(begin, "OPENSSH " | "ENCRYPTED ");
    let given = passphrase.filter(|_| !pem).map(Secret::expose);
    if given.is_none() && (begin == "ENCRYPTED " || old.is_some()) {
        return Err(Unreadable::Locked);
    }
    let joined = Secret::new(lines.join("\n"));
    let read = decode_secret_key(joined.expose(), given);
    Ok(Read {
        key: read.map_err(|error| explain(&error, given.is_some(), begin))?,
        format: match begin {
            _ if old.is_some() => Format::OldPem,
            "OPENSSH " => Format::OpenSsh,
            "" | "ENCRYPTED " => Format::Pkcs8,
            _ => Format::Pem,
        },
        ended: text.ends_with('\n'),
    })
}

/// The text with its line ends, if it lost them. Base64 has neither backslashes nor spaces, so what stands for them is plain.
fn with_lines(text: &str) -> Secret {
    let text = Secret::new(text.replace("\\r\\n", "\n").replace("\\n", "\n"));
    let inner = text.expose().trim();
    if inner.contains('\n') || !inner.starts_with("-----BEGIN ") {
        return text;
    }
    let words = |part: &str| part.split_whitespace().collect::<Vec<_>>().join("\n");
    let parts = inner.split("-----").enumerate();
    let lines = parts.map(|(n, part)| match n % 2 {
        0 => words(part),
        _ => format!("-----{part}-----"),
    });
    let lines = lines.filter(|line| !line.is_empty());
    Secret::new(lines.map(|line| line + "\n").collect::<String>())
}

/// After `Ok`, `public` is the text of the other half of `private`.
pub(crate) fn belongs(private: &PrivateKey, public: &str) -> Result<(), Unreadable> {
    let words: Vec<&str> = public.split_whitespace().collect();
    let public = PublicKey::from_openssh(&words.join(" ")).map_err(|_| Unreadable::NoPublic)?;
    if private.public_key().key_data() == public.key_data() {
        return Ok(());
    }
    Err(Unreadable::Mismatch)
}

/// What kind of private key begins in this line, as in `RSA `; empty for PKCS#8.
fn kind(line: &str) -> Option<&str> {
    let name = line.strip_prefix("-----BEGIN ")?;
    name.strip_suffix("PRIVATE KEY-----")
}

fn nothing(text: &str) -> Unreadable {
    let text = text.trim_start();
    if text.starts_with("PuTTY-User-Key-File-") {
        Unreadable::Putty
    } else if PublicKey::from_openssh(text.trim_end()).is_ok() || text.contains("BEGIN PUBLIC KEY")
    {
        Unreadable::Public
    } else {
        Unreadable::NoKey
    }
}

fn explain(error: &Error, passphrase: bool, begin: &str) -> Unreadable {
    use russh::keys::ssh_key::Error as Format;
    // 1.2.840.10040.4.1, as PKCS#8 names it.
    const DSA: &str = "1.2.840.10040.4.1";
    match error {
        Error::KeyIsEncrypted => Unreadable::Locked,
        Error::UnknownAlgorithm(oid) if oid.to_string() == DSA => super::Unusable::Dsa.into(),
        Error::UnknownAlgorithm(oid) => super::Unusable::Type(oid.to_string()).into(),
        // A wrong passphrase makes noise of the whole key; OpenSSH's format has a word to tell it by.
        Error::SshKey(Format::Crypto) => Unreadable::Passphrase,
        _ if passphrase && begin != "OPENSSH " => Unreadable::Passphrase,
        _ => Unreadable::NoKey,
    }
}
