//! The server that a runtime asks.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use rotation_kit::aws::FunctionError;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

/// How long the function is told that it has.
const TIMEOUT: Duration = Duration::from_secs(60);

/// What the runtime has done, and when.
pub(super) enum News {
    Asked(Instant),
    Answered(String, Instant),
    Failed(FunctionError),
}

/// One for each sandbox; it ends with this value.
pub(super) struct Api {
    address: SocketAddr,
    events: mpsc::UnboundedSender<String>,
    news: mpsc::UnboundedReceiver<News>,
    server: JoinHandle<()>,
}

/// What the handlers share.
struct Shared {
    events: Mutex<mpsc::UnboundedReceiver<String>>,
    news: mpsc::UnboundedSender<News>,
}

/// The body of a report.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    error_type: String,
    error_message: String,
}

impl Api {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let (events, handed_out) = mpsc::unbounded_channel();
        let (told, news) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            events: Mutex::new(handed_out),
            news: told,
        });
        let router = router(shared);
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self {
            address,
            events,
            news,
            server,
        }
    }

    /// Host and port.
    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Answers the question for an event.
    pub(super) fn hand_out(&self, event: &str) {
        let _ = self.events.send(event.to_owned());
    }

    /// The next; waits for it.
    pub(super) async fn news(&mut self) -> News {
        self.news.recv().await.expect("a server that runs")
    }

    /// The next, if there is one.
    pub(super) fn news_so_far(&mut self) -> Option<News> {
        self.news.try_recv().ok()
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Its paths, of the version that every runtime asks for.
fn router(shared: Arc<Shared>) -> Router {
    let paths = Router::new()
        .route("/invocation/next", get(next))
        .route("/invocation/{id}/response", post(response))
        .route("/invocation/{id}/error", post(error))
        .route("/init/error", post(init_error));
    Router::new()
        .nest("/2018-06-01/runtime", paths)
        .with_state(shared)
}

async fn next(State(shared): State<Arc<Shared>>) -> Response<Body> {
    shared.tell(News::Asked(Instant::now()));
    let event = shared.events.lock().await.recv().await;
    let until = SystemTime::now() + TIMEOUT;
    let until = until.duration_since(SystemTime::UNIX_EPOCH);
    let until = until.map_or(0, |since| since.as_millis());
    let answer = Response::builder()
        .header("Content-Type", "application/json")
        .header("Lambda-Runtime-Aws-Request-Id", id())
        .header("Lambda-Runtime-Deadline-Ms", until.to_string())
        .header(
            "Lambda-Runtime-Invoked-Function-Arn",
            rotation_kit::lambda::arn("rotation"),
        )
        .header(
            "Lambda-Runtime-Trace-Id",
            "Root=1-00000000-000000000000000000000000",
        )
        .body(Body::from(event.unwrap_or_default()));
    answer.expect("an answer of ASCII")
}

async fn response(
    State(shared): State<Arc<Shared>>,
    Path(_): Path<String>,
    body: Bytes,
) -> StatusCode {
    let at = Instant::now();
    let body = String::from_utf8_lossy(&body).into_owned();
    shared.tell(News::Answered(body, at));
    StatusCode::ACCEPTED
}

async fn error(
    State(shared): State<Arc<Shared>>,
    Path(_): Path<String>,
    body: Bytes,
) -> StatusCode {
    shared.failed(&body)
}

async fn init_error(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    shared.failed(&body)
}

impl Shared {
    fn failed(&self, body: &[u8]) -> StatusCode {
        let told = serde_json::from_slice(body);
        let report = told.unwrap_or_else(|_| Report {
            error_type: "Runtime.Unknown".to_owned(),
            error_message: String::from_utf8_lossy(body).into_owned(),
        });
        self.tell(News::Failed(FunctionError {
            error_type: report.error_type,
            message: report.error_message,
        }));
        StatusCode::ACCEPTED
    }

    /// Nobody hears it, if the sandbox is gone.
    fn tell(&self, news: News) {
        let _ = self.news.send(news);
    }
}

fn id() -> String {
    uuid::Uuid::new_v4().to_string()
}
