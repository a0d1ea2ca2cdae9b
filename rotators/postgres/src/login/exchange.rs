//! The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), with the channel binding `tls-server-end-point` (RFC 5929).
//!
//! The driver has one too. It makes the key of each proof anew, with twice the work, and it does not say what the server asked for.

use std::io;
use std::num::NonZeroU32;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postgres_protocol::authentication::sasl::{SCRAM_SHA_256, SCRAM_SHA_256_PLUS};
use rotation::Secret;

use crate::scram::Keys;

/// The most iterations that a server may ask for, as with the driver and with pgjdbc: each costs the client time.
const MOST_ITERATIONS: u32 = 100_000;

/// The client's part, before the server has answered.
pub(super) struct Client {
    /// The mechanism's name.
    pub(super) mechanism: &'static str,
    /// What the client says of channel binding.
    header: &'static str,
    /// The hash of the certificate, if the mechanism binds to it.
    bound: Vec<u8>,
    /// The first message behind the header.
    bare: String,
}

/// The client's proof, which the server has to answer with its own.
pub(super) struct Proof {
    /// What the client sends.
    pub(super) message: String,
    said: String,
    keys: Arc<Keys>,
}

impl Client {
    /// By what the server offers; `None`, if SCRAM-SHA-256 is not there. `end_point` is the hash of the server's certificate, if
    /// there is one.
    ///
    /// # Errors
    /// If the system's random generator fails.
    pub(super) fn new(offered: &[&str], end_point: Option<Vec<u8>>) -> io::Result<Option<Self>> {
        let has = |mechanism| offered.contains(&mechanism);
        let (mechanism, header, bound) = match end_point {
            Some(hash) if has(SCRAM_SHA_256_PLUS) => {
                (SCRAM_SHA_256_PLUS, "p=tls-server-end-point,,", hash)
            }
            // A server that could bind knows by this that somebody in between took its offer away.
            Some(_) if has(SCRAM_SHA_256) => (SCRAM_SHA_256, "y,,", Vec::new()),
            None if has(SCRAM_SHA_256) => (SCRAM_SHA_256, "n,,", Vec::new()),
            _ => return Ok(None),
        };
        let mut random = [0; 18];
        getrandom::fill(&mut random)
            .map_err(|_| io::Error::other("the system's random generator fails"))?;
        Ok(Some(Self {
            mechanism,
            header,
            bound,
            // The user's name stands in the start of the session.
            bare: format!("n=,r={}", STANDARD.encode(random)),
        }))
    }

    /// The first message.
    pub(super) fn first(&self) -> String {
        format!("{}{}", self.header, self.bare)
    }

    /// The proof for the server's first message.
    ///
    /// # Errors
    /// If that is no answer to the client's.
    pub(super) fn prove(&self, answer: &[u8], password: &Secret) -> io::Result<Proof> {
        let answer = str::from_utf8(answer).map_err(|_| invalid())?;
        let (nonce, salt, iterations) = read(answer).ok_or_else(invalid)?;
        let own = self.bare.split_once("r=").map_or("", |(_, own)| own);
        if !nonce.starts_with(own) || iterations.get() > MOST_ITERATIONS {
            return Err(invalid());
        }
        let keys = Keys::of(password, &salt, iterations);
        let bound = [self.header.as_bytes(), &self.bound].concat();
        let unproven = format!("c={},r={nonce}", STANDARD.encode(bound));
        let said = format!("{},{answer},{unproven}", self.bare);
        let proof = STANDARD.encode(keys.proof(&said));
        Ok(Proof {
            message: format!("{unproven},p={proof}"),
            said,
            keys,
        })
    }
}

impl Proof {
    /// The keys, after the server has proven itself by its last message.
    ///
    /// # Errors
    /// If it has not.
    pub(super) fn answered(self, last: &[u8]) -> io::Result<Arc<Keys>> {
        let last = str::from_utf8(last).map_err(|_| invalid())?;
        let signature = last.split(',').next().and_then(|v| v.strip_prefix("v="));
        let signature = signature.and_then(|text| STANDARD.decode(text).ok());
        match signature.filter(|signature| self.keys.is_servers(signature, &self.said)) {
            Some(_) => Ok(self.keys),
            None => Err(io::Error::other(
                "the server does not prove that it knows the password",
            )),
        }
    }
}

/// Nonce, salt and iterations.
fn read(answer: &str) -> Option<(&str, Vec<u8>, NonZeroU32)> {
    let mut parts = answer.split(',');
    let mut part = |name| parts.next()?.strip_prefix(name);
    let (nonce, salt, iterations) = (part("r=")?, part("s=")?, part("i=")?);
    Some((nonce, STANDARD.decode(salt).ok()?, iterations.parse().ok()?))
}

/// An answer is refused, or what was read of it is what the server would write.
#[cfg(any(test, fuzzing))]
pub(crate) fn is_read(answer: &str) {
    if let Some((nonce, salt, iterations)) = read(answer) {
        let again = format!("r={nonce},s={},i={iterations}", STANDARD.encode(&salt));
        assert_eq!(read(&again), Some((nonce, salt, iterations)), "{answer}");
    }
}

fn invalid() -> io::Error {
    io::Error::other("the server's answer in SCRAM is not valid")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7677, section 3.
    const FIRST: &str =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    const LAST: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    fn client() -> Client {
        Client {
            mechanism: SCRAM_SHA_256,
            header: "n,,",
            bound: Vec::new(),
            bare: "n=user,r=rOprNGfwEbeRWgbNEkqO".into(),
        }
    }

    fn prove(answer: &str) -> io::Result<Proof> {
        client().prove(answer.as_bytes(), &Secret::new("pencil"))
    }

    #[test]
    fn the_example_of_the_rfc() {
        is_read(FIRST);
        let proof = prove(FIRST).expect("valid");
        assert_eq!(
            proof.message,
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        assert!(proof.answered(LAST.as_bytes()).is_ok());
    }

    #[test]
    fn a_server_that_does_not_know_the_password() {
        for last in [
            "",
            "v=",
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=",
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95A==",
            "e=other-error",
            "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        ] {
            let proof = prove(FIRST).expect("valid");
            assert!(proof.answered(last.as_bytes()).is_err(), "{last}");
        }
    }

    #[test]
    fn an_answer_to_somebody_else_or_to_nobody() {
        for answer in [
            FIRST.replace("rOprNGfwEbe", "another"),
            FIRST.replace("i=4096", "i=0"),
            FIRST.replace("i=4096", "i=100001"),
            FIRST.replace("i=4096", "i=-1"),
            FIRST.replace("s=W22", "s=%22"),
            FIRST.replace(",i=4096", ""),
            format!("m=extension,{FIRST}"),
            String::new(),
        ] {
            assert!(prove(&answer).is_err(), "{answer}");
            is_read(&answer);
        }
        assert!(client().prove(b"r=\xff", &Secret::new("pencil")).is_err());
    }

    #[test]
    fn the_certificate_is_bound_where_the_server_can() {
        let new = |offered: &[&str], end_point: Option<&[u8]>| {
            let end_point = end_point.map(<[u8]>::to_vec);
            Client::new(offered, end_point).expect("random bytes")
        };
        let both = [SCRAM_SHA_256_PLUS, SCRAM_SHA_256];
        let first = |offered: &[&str], end_point| {
            let client = new(offered, end_point).expect("SCRAM");
            (client.mechanism, client.first())
        };
        let (mechanism, said) = first(&both, Some(b"hash"));
        assert_eq!(mechanism, SCRAM_SHA_256_PLUS);
        assert!(said.starts_with("p=tls-server-end-point,,n=,r="), "{said}");
        let (mechanism, said) = first(&both[1..], Some(b"hash"));
        assert_eq!((mechanism, &said[..8]), (SCRAM_SHA_256, "y,,n=,r="));
        let (mechanism, said) = first(&both, None);
        assert_eq!((mechanism, &said[..8]), (SCRAM_SHA_256, "n,,n=,r="));
        assert!(new(&["OAUTHBEARER"], None).is_none());
        assert_ne!(first(&both, None).1, said, "a nonce is used once");
        let client = new(&both, Some(b"hash")).expect("SCRAM");
        let nonce = client.bare.trim_start_matches("n=,r=");
        let answer = format!("r={nonce}x,s=AAAA,i=1");
        let proof = client.prove(answer.as_bytes(), &Secret::new("p"));
        let bound = STANDARD.encode("p=tls-server-end-point,,hash");
        assert!(
            proof
                .expect("valid")
                .message
                .starts_with(&format!("c={bound},"))
        );
    }
}
