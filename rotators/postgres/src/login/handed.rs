//! A stream on which the session has started, for a driver that would start it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Stream;

/// The driver reads what is unread first. Its first message, which starts a session, goes nowhere: the server has had one.
pub(super) struct Handed {
    stream: Box<dyn Stream>,
    unread: BytesMut,
    /// How much of the driver's first message is yet to come; `None`, before it began.
    swallowed: Option<usize>,
}

impl Handed {
    pub(super) fn new(stream: Box<dyn Stream>, unread: BytesMut) -> Self {
        Self {
            stream,
            unread,
            swallowed: None,
        }
    }
}

impl AsyncRead for Handed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.unread.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buffer);
        }
        let length = self.unread.len().min(buffer.remaining());
        buffer.put_slice(&self.unread.split_to(length));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Handed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let left = self.swallowed.unwrap_or_else(|| announced(bytes));
        if left == 0 {
            return Pin::new(&mut self.stream).poll_write(cx, bytes);
        }
        let taken = left.min(bytes.len());
        self.swallowed = Some(left - taken);
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The length of a first message, which it begins with.
fn announced(message: &[u8]) -> usize {
    let length = message.first_chunk().map(|four| u32::from_be_bytes(*four));
    let length = length.and_then(|length| usize::try_from(length).ok());
    length.unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn the_first_message_goes_nowhere_and_what_is_unread_comes_first() {
        for pieces in [&[9, 4][..], &[13], &[4, 4, 1, 1, 3], &[5, 8]] {
            let (mut server, ours) = duplex(64);
            let mut handed = Handed::new(Box::new(ours), BytesMut::from(&b"unread"[..]));
            let mut sent = &b"\0\0\0\x09startnext"[..];
            for piece in pieces {
                let (now, later) = sent.split_at(*piece);
                handed.write_all(now).await.expect("open");
                sent = later;
            }
            handed.flush().await.expect("open");
            server.write_all(b", then").await.expect("open");
            server.shutdown().await.expect("open");
            let (mut read, mut got) = (String::new(), [0; 4]);
            handed.read_to_string(&mut read).await.expect("text");
            server.read_exact(&mut got).await.expect("a message");
            assert_eq!(
                (read.as_str(), &got),
                ("unread, then", b"next"),
                "{pieces:?}"
            );
        }
    }
}
