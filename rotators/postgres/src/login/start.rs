//! The start of a session: what the server asks for, and SCRAM if that is it. The driver does the rest.
//! Source: <https://www.postgresql.org/docs/current/protocol-flow.html>.

use std::io;
use std::sync::Arc;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::{AuthenticationSaslBody, Header, Message};
use postgres_protocol::message::frontend;
use rotation::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Stream;
use super::exchange::Client;
use crate::scram::Keys;

/// The longest message that a server may send before it knows who the user is.
const LONGEST: usize = 64 << 10;

/// What a server asks a user for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A proof by SCRAM-SHA-256.
    Scram,
    /// Another proof, as by an MD5 hash.
    Another,
    /// Nothing: whoever comes is let in.
    Nothing,
    /// The server refused the session before it asked.
    Unsaid,
}

/// A session that has started.
pub(super) struct Started {
    pub(super) asked: Asked,
    /// By which the user has proven itself. The server has proven itself by them too.
    pub(super) keys: Option<Arc<Keys>>,
    /// What the server has sent and the driver must read: either all of it or, after a proof by SCRAM, what came after that.
    pub(super) unread: BytesMut,
}

/// Starts a session. Without a `password`, it ends when the server has asked.
///
/// # Errors
/// If the connection breaks, or if the server does not keep to the protocol. An error in the server's words is no error here:
/// it is `unread`.
pub(super) async fn start(
    stream: &mut dyn Stream,
    parameters: &[(&str, &str)],
    end_point: Option<Vec<u8>>,
    password: Option<&Secret>,
) -> io::Result<Started> {
    let mut wire = Wire {
        stream,
        last: BytesMut::new(),
        rest: BytesMut::new(),
    };
    wire.send(|out| frontend::startup_message(parameters.iter().copied(), out))
        .await?;
    let client = match wire.next().await? {
        Message::AuthenticationSasl(body) => client(&body, end_point)?,
        Message::AuthenticationOk => return Ok(wire.unread(Asked::Nothing)),
        Message::ErrorResponse(_) => return Ok(wire.unread(Asked::Unsaid)),
        _ => None,
    };
    let Some(client) = client else {
        return Ok(wire.unread(Asked::Another));
    };
    let Some(password) = password else {
        return Ok(wire.unread(Asked::Scram));
    };
    let first = client.first();
    wire.send(|out| frontend::sasl_initial_response(client.mechanism, first.as_bytes(), out))
        .await?;
    let proof = match wire.next().await? {
        Message::AuthenticationSaslContinue(body) => client.prove(body.data(), password)?,
        other => return wire.refused(&other),
    };
    wire.send(|out| frontend::sasl_response(proof.message.as_bytes(), out))
        .await?;
    let keys = match wire.next().await? {
        Message::AuthenticationSaslFinal(body) => proof.answered(body.data())?,
        other => return wire.refused(&other),
    };
    Ok(Started {
        asked: Asked::Scram,
        keys: Some(keys),
        unread: wire.rest,
    })
}

fn client(body: &AuthenticationSaslBody, end_point: Option<Vec<u8>>) -> io::Result<Option<Client>> {
    let offered: Vec<&str> = body.mechanisms().collect()?;
    Client::new(&offered, end_point)
}

/// Messages in both directions.
struct Wire<'a> {
    stream: &'a mut dyn Stream,
    /// The last message, as it came.
    last: BytesMut,
    /// What came after it.
    rest: BytesMut,
}

impl Wire<'_> {
    async fn send(
        &mut self,
        message: impl FnOnce(&mut BytesMut) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut out = BytesMut::new();
        message(&mut out)?;
        self.stream.write_all(&out).await?;
        self.stream.flush().await
    }

    async fn next(&mut self) -> io::Result<Message> {
        loop {
            if let Some(header) = Header::parse(&self.rest)? {
                // The type, which has one byte, does not count.
                let length = usize::try_from(header.len()).map_or(LONGEST, |length| length + 1);
                if length > LONGEST {
                    return Err(unexpected());
                }
                if length <= self.rest.len() {
                    self.last = self.rest.split_to(length);
                    let message = Message::parse(&mut self.last.clone())?;
                    return message.ok_or_else(unexpected);
                }
            }
            if self.stream.read_buf(&mut self.rest).await? == 0 {
                let closed = io::ErrorKind::UnexpectedEof;
                return Err(io::Error::new(closed, "connection closed"));
            }
        }
    }

    /// Leaves the last message to the driver, and what came after it.
    fn unread(mut self, asked: Asked) -> Started {
        self.last.unsplit(self.rest);
        Started {
            asked,
            keys: None,
            unread: self.last,
        }
    }

    /// A message instead of the one that SCRAM has next. Only a refusal is left to the driver: with anything else the user would be let in
    /// by a server that has not proven itself.
    fn refused(self, message: &Message) -> io::Result<Started> {
        match message {
            Message::ErrorResponse(_) => Ok(self.unread(Asked::Scram)),
            _ => Err(unexpected()),
        }
    }
}

fn unexpected() -> io::Error {
    io::Error::other("unexpected message from server")
}
