//! What makes two keys the same one: their numbers, not how they are written.

use russh::keys::PublicKey;
use russh::keys::ssh_encoding::base64::{Base64, Encoding};

/// The fields of a public key: its type, then its numbers without leading zeros.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Material(Vec<Vec<u8>>);

impl Material {
    /// Of a key at hand.
    pub(super) fn of(key: &PublicKey) -> Self {
        // Only a key of no known format has no bytes; it equals none that is read.
        let blob = key.to_bytes().unwrap_or_default();
        Self::decode(&blob).unwrap_or(Self(Vec::new()))
    }

    /// Reads type and base64 at the beginning of `text`.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let mut words = text
            .split(|byte| b" \t".contains(byte))
            .filter(|word| !word.is_empty());
        let (name, base64) = (words.next()?, words.next()?);
        // As sshd, which takes the line feed and what is before it for a part of the word.
        let base64: Vec<u8> = base64
            .iter()
            .copied()
            .filter(|byte| !b"\r\n\x0b\x0c".contains(byte))
            .collect();
        let blob = Base64::decode_vec(std::str::from_utf8(&base64).ok()?).ok()?;
        let material = Self::decode(&blob)?;
        material.0.first().filter(|kind| *kind == blob_type(name))?;
        Some(material)
    }

    fn decode(mut blob: &[u8]) -> Option<Self> {
        let mut fields = Vec::new();
        while !blob.is_empty() {
            let (length, rest) = blob.split_first_chunk()?;
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (field, rest) = rest.split_at_checked(length)?;
            fields.push(field.to_vec());
            blob = rest;
        }
        if fields.first().is_some_and(|kind| kind == b"ssh-rsa") {
            // sshd accepts more zeros than the format has.
            for number in &mut fields {
                let zeros = number.iter().take_while(|byte| **byte == 0).count();
                number.drain(..zeros);
            }
        }
        Some(Self(fields))
    }
}

/// An RSA key may be named after its signatures.
fn blob_type(name: &[u8]) -> &[u8] {
    match name {
        b"rsa-sha2-256" | b"rsa-sha2-512" => b"ssh-rsa",
        name => name,
    }
}
