//! How far a login got.

use std::io::Result;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// No banner is longer. What a client sends after its own is the key exchange, and it has read the host's then.
/// Source: <https://datatracker.ietf.org/doc/html/rfc4253#section-4.2>.
const BANNER: usize = 255;

/// What takes place between a host and us, one after another.
#[derive(Clone, Copy)]
pub(crate) enum Phase {
    Connection,
    Banner,
    KeyExchange,
    Login,
}

/// How far a login got, and what the host said when it hung up. Clones show the same.
#[derive(Clone, Default)]
pub(crate) struct Progress {
    phase: Arc<AtomicU8>,
    farewell: Arc<OnceLock<String>>,
}

impl Progress {
    pub(crate) fn reach(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// In words.
    pub(crate) fn phase(&self) -> &'static str {
        let at = self.phase.load(Ordering::Relaxed);
        let is = |phase: Phase| at == phase as u8;
        if is(Phase::Connection) {
            "the connection"
        } else if is(Phase::Banner) {
            "the banner exchange"
        } else if is(Phase::KeyExchange) {
            "the key exchange"
        } else {
            "the login"
        }
    }

    /// The host hangs up with these words.
    pub(crate) fn ends(&self, words: String) {
        let _ = self.farewell.set(words);
    }

    /// With which words it hung up, if it said any.
    pub(crate) fn farewell(&self) -> &str {
        self.farewell.get().map_or("", String::as_str)
    }

    /// A stream whose client tells by what it sends that the banners are exchanged.
    pub(crate) fn watch<S>(&self, stream: S) -> Watched<S> {
        self.reach(Phase::Banner);
        Watched {
            stream,
            sent: 0,
            progress: self.clone(),
        }
    }
}

/// A stream that is handed on as it is.
pub(crate) struct Watched<S> {
    stream: S,
    sent: usize,
    progress: Progress,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        if self.sent <= BANNER && self.sent + bytes.len() > BANNER {
            self.progress.reach(Phase::KeyExchange);
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if let Poll::Ready(Ok(length)) = written {
            self.sent += length;
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
