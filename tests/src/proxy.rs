//! A way to a server that can be interrupted, as networks are: now, or at a certain piece of what the client sends.

#[cfg(test)]
mod tests;

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes on what it gets, both ways, until it is told otherwise. What comes at once from the client is one piece.
pub struct Proxy {
    port: u16,
    lines: Arc<Lines>,
}

/// What becomes of what it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It is passed on.
    Open,
    /// It waits.
    Held,
    /// What the client sends is passed on; the answers are lost, and nobody is told.
    Unanswered,
    /// It is lost both ways, and nobody is told.
    Silent,
    /// Both sides see the connection end.
    Cut,
}

/// At which piece of the client's the way changes, counted from 0 since [`Proxy::arm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trap {
    /// Which one.
    pub piece: usize,
    /// Whether that one is still passed on. Its answer is not.
    pub delivered: bool,
    /// What the way is then.
    pub way: Way,
}

/// What all connections share.
struct Lines {
    now: watch::Sender<Now>,
    plan: Mutex<Plan>,
}

#[derive(Clone, Copy, Debug)]
struct Now {
    way: Way,
    /// Connections of an earlier one have ended.
    generation: usize,
    /// Whether the trap was met.
    met: bool,
}

#[derive(Default)]
struct Plan {
    pieces: usize,
    connections: usize,
    trap: Option<Trap>,
}

impl Proxy {
    /// In front of a port of this machine.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn before(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.expect("a free port");
        let front = listener.local_addr().expect("an address").port();
        let (now, _) = watch::channel(Now {
            way: Way::Open,
            generation: 0,
            met: false,
        });
        let lines = Arc::new(Lines {
            now,
            plan: Mutex::default(),
        });
        tokio::spawn(accept(listener, port, Arc::clone(&lines)));
        Self { port: front, lines }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on everything is lost, and nobody is told.
    pub fn silence(&self) {
        self.turn(Way::Silent);
    }

    /// Now both sides see their connections end.
    pub fn cut(&self) {
        self.turn(Way::Cut);
    }

    /// Counts from 0, and waits for a piece.
    pub fn arm(&self, trap: Option<Trap>) {
        *self.lines.plan() = Plan {
            trap,
            ..Plan::default()
        };
        self.lines.now.send_modify(|now| now.met = false);
    }

    /// How many pieces the client has sent since [`arm`](Self::arm).
    pub fn pieces(&self) -> usize {
        self.lines.plan().pieces
    }

    /// How many connections the client has opened since then.
    pub fn connections(&self) -> usize {
        self.lines.plan().connections
    }

    /// Returns when the trap is met, after the piece was passed on, if it is.
    pub async fn met(&self) {
        let mut now = self.lines.now.subscribe();
        if now.wait_for(|now| now.met).await.is_err() {
            pending::<()>().await;
        }
    }

    /// What waits is passed on, and all that comes.
    pub fn open(&self) {
        self.lines.plan().trap = None;
        self.turn(Way::Open);
    }

    /// What waits is lost, and all connections end. New ones are passed on.
    pub fn renew(&self) {
        self.lines.plan().trap = None;
        self.lines.now.send_modify(|now| {
            now.way = Way::Open;
            now.generation += 1;
        });
    }

    fn turn(&self, way: Way) {
        self.lines.now.send_modify(|now| now.way = way);
    }
}

impl Lines {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a piece of the client's: the trap, if this is the one.
    fn count(&self) -> Option<Trap> {
        let mut plan = self.plan();
        let piece = plan.pieces;
        plan.pieces += 1;
        plan.trap.take_if(|trap| trap.piece == piece)
    }
}

async fn accept(listener: TcpListener, port: u16, lines: Arc<Lines>) {
    while let Ok((client, _)) = listener.accept().await {
        lines.plan().connections += 1;
        // As the server does that is not there: the connection ends.
        let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else {
            continue;
        };
        // A piece is passed on when it comes. Otherwise, it would wait until the last one is acknowledged.
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let (client, server) = (client.into_split(), server.into_split());
        let line = |counted| Line {
            lines: Arc::clone(&lines),
            now: lines.now.subscribe(),
            generation: lines.now.borrow().generation,
            counted,
        };
        tokio::spawn(line(true).pass(client.0, server.1));
        tokio::spawn(line(false).pass(server.0, client.1));
    }
}

/// One direction of a connection.
struct Line {
    lines: Arc<Lines>,
    now: watch::Receiver<Now>,
    generation: usize,
    /// Whether it is the client's.
    counted: bool,
}

impl Line {
    async fn pass(mut self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let read = tokio::select! {
                biased;
                () = ended(self.now.clone(), self.generation) => return,
                read = from.read(&mut buffer) => read.unwrap_or_default(),
            };
            let trap = (self.counted && read > 0).then(|| self.lines.count());
            if !self.piece(&buffer[..read], &mut to, trap.flatten()).await {
                return;
            }
        }
    }

    /// Whether the connection goes on. An end is passed on, or lost, as a piece is.
    async fn piece(&mut self, piece: &[u8], to: &mut OwnedWriteHalf, trap: Option<Trap>) -> bool {
        if let Some(trap) = trap {
            // First of all: no answer may come through.
            self.lines.now.send_modify(|now| now.way = trap.way);
            let sent = !trap.delivered || to.write_all(piece).await.is_ok();
            self.lines.now.send_modify(|now| now.met = true);
            if trap.delivered {
                return sent;
            }
        }
        let (generation, counted) = (self.generation, self.counted);
        let lost = |way| way == Way::Silent || (way == Way::Unanswered && !counted);
        let gone = move |now: &Now| now.way == Way::Cut || now.generation != generation;
        let free = |now: &Now| now.way != Way::Held || gone(now);
        let Ok(now) = self.now.wait_for(free).await.map(|now| *now) else {
            return false;
        };
        if gone(&now) {
            return false;
        }
        if !lost(now.way) {
            return !piece.is_empty() && to.write_all(piece).await.is_ok();
        }
        // It has a hole now: nothing can come after that.
        let _ = self.now.wait_for(|now| gone(now) || !lost(now.way)).await;
        false
    }
}

/// Returns when the connection has ended.
async fn ended(mut now: watch::Receiver<Now>, generation: usize) {
    let over = |now: &Now| now.way == Way::Cut || now.generation != generation;
    let _ = now.wait_for(over).await;
}
