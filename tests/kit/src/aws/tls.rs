//! The same server behind TLS.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::tls::Identity;

/// A port on which a server is reached through TLS; it ends with this value.
pub struct Encrypted {
    url: String,
    connections: Arc<AtomicUsize>,
    server: JoinHandle<()>,
}

impl Encrypted {
    /// In front of the server at `url`, with this certificate for localhost.
    ///
    /// # Panics
    /// If no port is free, or the certificate is none.
    pub async fn start(url: &str, identity: &Identity) -> Self {
        let behind = url.trim_start_matches("http://").to_owned();
        let acceptor = TlsAcceptor::from(Arc::new(identity.server()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let connections = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&connections);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, behind, count) =
                    (acceptor.clone(), behind.clone(), Arc::clone(&count));
                // A request in two pieces, as of Python's client, would otherwise wait for 40 ms.
                let _ = stream.set_nodelay(true);
                tokio::spawn(async move {
                    if let Ok(mut client) = acceptor.accept(stream).await {
                        count.fetch_add(1, Ordering::Relaxed);
                        let mut server = TcpStream::connect(behind).await.expect("the server");
                        let _ = server.set_nodelay(true);
                        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                    }
                });
            }
        });
        Self {
            url: format!("https://localhost:{port}"),
            connections,
            server,
        }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many clients have agreed on TLS with it.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        self.server.abort();
    }
}
