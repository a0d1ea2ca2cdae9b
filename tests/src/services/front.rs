//! TLS in front of a service that all tests of a process share.

use rotation_kit::aws::Encrypted;
use rotation_kit::tls::Ca;
use tokio::sync::oneshot;

/// In a thread of its own: the runtime of the test that starts it may end before the service does.
pub(super) struct Front {
    url: String,
    /// The thread waits for its end.
    _open: oneshot::Sender<()>,
}

impl Front {
    /// In front of a port of this machine, with a certificate of the tests' authority for localhost.
    pub(super) async fn before(port: u16) -> Self {
        let (tell, told) = oneshot::channel();
        let (open, closed) = oneshot::channel::<()>();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(async {
                let identity = Ca::shared().identity(&["localhost"]);
                let front = Encrypted::start(&format!("http://127.0.0.1:{port}"), &identity).await;
                let _ = tell.send(front.url().to_owned());
                let _ = closed.await;
            });
        });
        let url = told.await.expect("a front");
        Self { url, _open: open }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}
