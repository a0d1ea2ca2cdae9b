//! HTTP by hand, so that an answer can be anything: what is no HTTP, too much of it, or none.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rotation_kit::tls::Identity;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What a client has sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// As in `POST`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Behind the question mark.
    pub query: String,
    /// By their names in small letters.
    pub headers: BTreeMap<String, String>,
    /// The content.
    pub body: String,
}

/// What it gets.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A status and a JSON body.
    Json(u16, String),
    /// These bytes, and the end.
    Raw(Vec<u8>),
    /// These bytes, and then one more again and again, each after this time.
    Endless(Vec<u8>, Vec<u8>, Duration),
    /// The end of the connection.
    HangUp,
    /// Nothing at all.
    Silence,
}

/// Answers requests.
pub(crate) type Handler = Arc<dyn Fn(Request) -> Reply + Send + Sync>;

/// A port with TLS; it ends with this value.
pub(crate) struct Wire {
    url: String,
    server: JoinHandle<()>,
}

impl Wire {
    pub(crate) async fn start(identity: &Identity, handler: Handler) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(identity.server()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(acceptor.clone(), stream, Arc::clone(&handler)));
            }
        });
        Self {
            url: format!("https://localhost:{port}"),
            server,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// One request each: the client opens a connection for every call.
async fn serve(acceptor: TlsAcceptor, stream: TcpStream, handler: Handler) {
    let Ok(mut stream) = acceptor.accept(stream).await else {
        return;
    };
    let Some(request) = read(&mut stream).await else {
        return;
    };
    let reply = handler(request);
    let _ = send(&mut stream, reply).await;
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Request> {
    let mut text = Vec::new();
    let end = loop {
        if let Some(end) = text.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut text).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&text[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    let headers: BTreeMap<String, String> = headers.collect();
    let length = headers.get("content-length").and_then(|n| n.parse().ok());
    while text.len() < end + 4 + length.unwrap_or(0) {
        if stream.read_buf(&mut text).await.ok()? == 0 {
            return None;
        }
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Some(Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: String::from_utf8_lossy(&text[end + 4..]).into_owned(),
    })
}

async fn send(stream: &mut TlsStream<TcpStream>, reply: Reply) -> std::io::Result<()> {
    match reply {
        Reply::Json(status, body) => {
            let head = format!(
                "HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(body.as_bytes()).await
        }
        Reply::Raw(bytes) => stream.write_all(&bytes).await,
        Reply::Endless(first, more, pause) => {
            stream.write_all(&first).await?;
            loop {
                stream.write_all(&more).await?;
                stream.flush().await?;
                tokio::time::sleep(pause).await;
            }
        }
        Reply::HangUp => Ok(()),
        Reply::Silence => {
            // Until the client gives up.
            let _ = stream.read(&mut [0; 1]).await;
            Ok(())
        }
    }
}
