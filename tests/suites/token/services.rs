//! The services themselves: what the other tests rely on, and that TLS is the way to them.

use std::sync::Arc;

use rotation_kit::tls::Ca;
use rotation_tests::services::{JupyterHub, OctoPrint, RabbitMq};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

#[tokio::test]
async fn jupyterhub_has_many_tokens_and_revokes_one() {
    let Some(hub) = JupyterHub::shared().await else {
        return;
    };
    let user = hub.user("app").await;
    let (old, first) = hub.issue(&user, "first").await;
    let (new, second) = hub.issue(&user, "second").await;
    assert!(hub.accepts(&first).await && hub.accepts(&second).await);
    let both = [(old.clone(), "first"), (new.clone(), "second")];
    let both = both.map(|(id, note)| (id, note.to_owned()));
    assert_eq!(hub.tokens(&user).await, both);

    hub.revoke(&user, &old).await;
    assert!(!hub.accepts(&first).await && hub.accepts(&second).await);
    assert_eq!(hub.tokens(&user).await, both[1..]);
    for (token, status) in [(&first, 403), (&second, 200)] {
        let header = format!("Authorization: token {token}");
        let answer = ask(hub.url(), "GET", "/hub/api/user", &header).await;
        assert_eq!(answer, status);
    }
    let header = format!("Authorization: token {}", hub.admin_token());
    let path = format!("/hub/api/users/{user}/tokens/{old}");
    assert_eq!(ask(hub.url(), "DELETE", &path, &header).await, 404);
}

#[tokio::test]
async fn octoprint_has_one_key_a_user() {
    let Some(printer) = OctoPrint::alone().await else {
        return;
    };
    let (user, first) = printer.user("app").await;
    assert!(printer.accepts(&first).await);
    let second = printer.new_key(&user, &first).await;
    assert!(!printer.accepts(&first).await && printer.accepts(&second).await);
    // An administrator makes one for another user too.
    let third = printer.new_key(&user, printer.admin_key()).await;
    assert!(!printer.accepts(&second).await && printer.accepts(&third).await);
    assert!(printer.accepts(printer.admin_key()).await);

    let path = format!("/api/access/users/{user}/apikey");
    // Who asks with a dead key is taken for a browser that lacks a header.
    for (key, status) in [(&second, 400), (&third, 200)] {
        let header = format!("X-Api-Key: {key}");
        let answer = ask(printer.url(), "POST", &path, &header).await;
        assert_eq!(answer, status);
    }
    assert!(!printer.accepts(&third).await);
    let (other, _) = printer.user("app").await;
    let (_, mine) = printer.user("app").await;
    let path = format!("/api/access/users/{other}/apikey");
    let header = format!("X-Api-Key: {mine}");
    let answer = ask(printer.url(), "POST", &path, &header).await;
    assert_eq!(answer, 403, "a user for another one");
}

#[tokio::test]
async fn rabbitmq_replaces_a_password() {
    let Some(broker) = RabbitMq::shared().await else {
        return;
    };
    let (user, first) = broker.user("app").await;
    let tags = broker.tags(&user).await;
    assert_eq!(tags, ["management", "policymaker"]);
    assert!(broker.accepts(&user, &first).await);
    // The tags must be sent with it: without them nothing is changed.
    let alone = json!({"password": "second"});
    assert_eq!(broker.put(&user, alone).await, 400);
    assert!(broker.accepts(&user, &first).await);
    let whole = json!({"password": "second", "tags": tags.join(",")});
    assert_eq!(broker.put(&user, whole).await, 204);
    assert!(!broker.accepts(&user, &first).await);
    assert!(broker.accepts(&user, "second").await);
    assert_eq!(broker.tags(&user).await, tags);

    // What is left out is taken away.
    let empty = json!({"tags": tags.join(",")});
    assert_eq!(broker.put(&user, empty).await, 204);
    assert!(!broker.accepts(&user, "second").await);
    assert_eq!(
        ask(broker.url(), "GET", "/api/whoami", "Accept: */*").await,
        401
    );
}

/// The status that a service answers with through TLS, its certificate being checked.
async fn ask(url: &str, method: &str, path: &str, header: &str) -> u16 {
    let host = url.strip_prefix("https://").expect("TLS");
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_file(Ca::shared().pem_path());
    let added = roots.add(authority.expect("a certificate"));
    added.expect("an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring offers TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(host).await.expect("the front");
    let name = ServerName::try_from("localhost").expect("a name");
    let connected = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let mut stream = connected.await.expect("TLS");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 0\r\n{header}\r\n\r\n"
    );
    let sent = stream.write_all(request.as_bytes()).await;
    sent.expect("a request sent");
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer).await;
    let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok());
    status.unwrap_or_else(|| panic!("{read:?}: {answer}"))
}
