//! A way to a server that can be interrupted, as networks are.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes on what it gets, both ways, until it is told otherwise.
pub struct Proxy {
    port: u16,
    way: watch::Sender<Way>,
}

/// What becomes of what it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// It is passed on.
    Open,
    /// It is lost, and nobody is told.
    Silent,
    /// Both sides see the connection end.
    Cut,
}

impl Proxy {
    /// In front of a port of this machine.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn before(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.expect("a free port");
        let (way, _) = watch::channel(Way::Open);
        let front = listener.local_addr().expect("an address").port();
        tokio::spawn(accept(listener, port, way.clone()));
        Self { port: front, way }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on everything is lost, and nobody is told.
    pub fn silence(&self) {
        self.way.send_replace(Way::Silent);
    }

    /// Now both sides see their connections end.
    pub fn cut(&self) {
        self.way.send_replace(Way::Cut);
    }
}

async fn accept(listener: TcpListener, port: u16, way: watch::Sender<Way>) {
    while let Ok((client, _)) = listener.accept().await {
        let server = TcpStream::connect(("127.0.0.1", port)).await;
        let (client, server) = (
            client.into_split(),
            server.expect("the server").into_split(),
        );
        tokio::spawn(pass(client.0, server.1, way.subscribe()));
        tokio::spawn(pass(server.0, client.1, way.subscribe()));
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut way: watch::Receiver<Way>) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = tokio::select! {
            biased;
            _ = way.wait_for(|way| *way == Way::Cut) => return,
            read = from.read(&mut buffer) => read.unwrap_or_default(),
        };
        let now = *way.borrow();
        match (read, now) {
            // Its end is lost too.
            (0, Way::Silent) => {
                let _ = way.wait_for(|way| *way == Way::Cut).await;
                return;
            }
            (0, _) => return,
            (read, Way::Open) if to.write_all(&buffer[..read]).await.is_err() => return,
            _ => {}
        }
    }
}
