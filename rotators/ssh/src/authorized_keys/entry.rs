//! One line of authorized_keys, read as OpenSSH reads it.

use russh::keys::ssh_encoding::base64::{Base64, Encoding};
use russh::keys::{Algorithm, PublicKey};

/// The key that a line is asked for.
pub(super) struct Sought {
    algorithm: Algorithm,
    blob: Vec<u8>,
}

impl Sought {
    pub(super) fn new(key: &PublicKey) -> Self {
        Self {
            algorithm: key.algorithm(),
            // Empty if the key is too long to be written: no line is such a key's.
            blob: key.to_bytes().unwrap_or_default(),
        }
    }

    /// The line's options, which may be none, if it lets this key in. One that lets in whom this key certifies does not.
    pub(super) fn options<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        let line = trim(content(line));
        if line.starts_with(b"#") {
            return None;
        }
        if self.begins(line) {
            return Some(b"");
        }
        let (options, rest) = line.split_at(unquoted(line, b" \t")?);
        (self.begins(trim(rest)) && !certifies(options)).then_some(options)
    }

    /// Whether the text begins with the key: its type, blanks, and the rest in Base64.
    fn begins(&self, text: &[u8]) -> bool {
        let (name, rest) = word(text);
        let (blob, _) = word(trim(rest));
        self.is_named(name) && decode(blob).is_some_and(|blob| self.is(&blob))
    }

    /// Whether `blob` is this key, in any of the ways to write it that OpenSSH takes.
    fn is(&self, blob: &[u8]) -> bool {
        if blob == self.blob {
            return true;
        }
        let (Some(theirs), Some(ours)) = (fields(blob), fields(&self.blob)) else {
            return false;
        };
        let ([name, theirs @ ..], [_, ours @ ..]) = (&theirs[..], &ours[..]) else {
            return false;
        };
        let numbers = matches!(self.algorithm, Algorithm::Rsa { .. });
        let same = |(a, b): (&&[u8], &&[u8])| a == b || (numbers && number(a) == number(b));
        self.is_named(name) && theirs.len() == ours.len() && theirs.iter().zip(ours).all(same)
    }

    /// Whether this is a name of the key's type. OpenSSH takes those of RSA's signatures, too, and took short ones.
    fn is_named(&self, name: &[u8]) -> bool {
        let short: &[u8] = match self.algorithm {
            Algorithm::Dsa => b"dsa",
            Algorithm::Ecdsa { .. } => b"ecdsa",
            Algorithm::Ed25519 => b"ed25519",
            Algorithm::Rsa { .. } => b"rsa",
            Algorithm::SkEcdsaSha2NistP256 => b"ecdsa-sk",
            Algorithm::SkEd25519 => b"ed25519-sk",
            _ => b"",
        };
        name == self.algorithm.as_str().as_bytes()
            || (!short.is_empty() && name.eq_ignore_ascii_case(short))
            || (short == b"rsa" && matches!(name, b"rsa-sha2-256" | b"rsa-sha2-512"))
    }
}

/// The line without its end, and without what follows a NUL, which ends it for OpenSSH.
fn content(line: &[u8]) -> &[u8] {
    let end = line.iter().position(|byte| matches!(byte, b'\n' | 0));
    &line[..end.unwrap_or(line.len())]
}

fn trim(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|byte| is_blank(**byte)).count();
    &text[blanks..]
}

/// The text up to the first blank, and the rest.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| is_blank(*byte));
    text.split_at(end.unwrap_or(text.len()))
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Where the first of `ends` is that stands outside quotes, or the end of the text; `None` if a quote stays open.
fn unquoted(text: &[u8], ends: &[u8]) -> Option<usize> {
    let mut quoted = false;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' if text.get(at + 1) == Some(&b'"') => at += 1,
            b'"' => quoted = !quoted,
            end if !quoted && ends.contains(end) => return Some(at),
            _ => {}
        }
        at += 1;
    }
    (!quoted).then_some(at)
}

/// Whether these are the options of an authority's line. known_hosts has its own word for it, which is at times copied.
fn certifies(mut options: &[u8]) -> bool {
    while !options.is_empty() {
        let (option, rest) = options.split_at(unquoted(options, b",").unwrap_or(options.len()));
        let name = option.strip_prefix(b"@").unwrap_or(option);
        if name.eq_ignore_ascii_case(b"cert-authority") {
            return true;
        }
        options = rest.strip_prefix(b",").unwrap_or(rest);
    }
    false
}

/// Base64, in which OpenSSH passes over all white space: so does a carriage return before the line's end no harm.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let is_space = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'\x0b';
    let text = text
        .iter()
        .copied()
        .filter(|byte| !is_space(byte))
        .collect();
    Base64::decode_vec(&String::from_utf8(text).ok()?).ok()
}

/// The fields of a key: each is a length in four bytes, then so many bytes. The first is the name of its type.
fn fields(mut blob: &[u8]) -> Option<Vec<&[u8]>> {
    let mut fields = Vec::new();
    while !blob.is_empty() {
        let (length, rest) = blob.split_first_chunk()?;
        let (field, rest) = rest.split_at_checked(u32::from_be_bytes(*length).try_into().ok()?)?;
        fields.push(field);
        blob = rest;
    }
    Some(fields)
}

/// A number's bytes without zeros before them.
fn number(field: &[u8]) -> &[u8] {
    let zeros = field.iter().take_while(|byte| **byte == 0).count();
    &field[zeros..]
}
