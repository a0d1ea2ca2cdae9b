//! The way from a login to a server, for drivers that take an open stream.

use std::sync::Arc;

use rotation::config::Config;
use rotation::database::{Connector, Database, DatabaseError, Login, Stream};
use rotation_kit::tls::Ca;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

struct Any;

impl Database for Any {
    const NAMES: &'static [&'static str] = &["any"];
    const PORT: u16 = 7;
    const USER_BYTES: usize = 63;
}

/// A server that says twice what it hears, once. With a name, it has TLS and a certificate for that name.
async fn server(name: Option<&str>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let tls = name.map(|name| Ca::shared().identity(&[name]).server());
    let tls = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
    tokio::spawn(async move {
        let (plain, _) = listener.accept().await?;
        let mut stream: Box<dyn Stream> = match tls {
            Some(tls) => Box::new(tls.accept(plain).await?),
            None => Box::new(plain),
        };
        let mut heard = [0; 5];
        stream.read_exact(&mut heard).await?;
        stream.write_all(&[heard, heard].concat()).await?;
        stream.flush().await
    });
    port
}

/// What the stream to this port answers to `hello`, or why there is none.
async fn answer(port: u16, more: &str, allowed: &str) -> Result<String, DatabaseError> {
    let bundle = Ca::shared().pem_path();
    let mut config = Config::default();
    config.database_ca_bundle = Some(bundle);
    config.allowed_hosts = vec![allowed.to_owned()];
    let connector = Connector::new(&config).expect("a bundle");
    let json = format!(
        r#"{{"engine":"any","host":"localhost","port":{port},"username":"app","password":"p"{more}}}"#
    );
    let login: Login<Any> = serde_json::from_str(&json).expect("a login");
    let mut stream = connector.open(&login).await?;
    stream.write_all(b"hello").await.expect("it listens");
    stream.flush().await.expect("it listens");
    let mut said = [0; 10];
    stream.read_exact(&mut said).await.expect("an answer");
    Ok(String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test]
async fn plain_if_the_secret_says_so_and_verified_otherwise() {
    let plain = server(None).await;
    let said = answer(plain, r#","ssl":false"#, "localhost").await;
    assert_eq!(said, Ok("hellohello".to_owned()));
    let verified = server(Some("localhost")).await;
    let said = answer(verified, "", "localhost").await;
    assert_eq!(said, Ok("hellohello".to_owned()));
    let named = server(Some("db.example")).await;
    let said = answer(named, r#","servername":"db.example""#, "localhost").await;
    assert_eq!(said, Ok("hellohello".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_verified_is_refused() {
    let refused = async |name, more, allowed| {
        let failed = answer(server(name).await, more, allowed).await;
        let failed = failed.expect_err(more);
        failed.at("localhost").text().to_owned()
    };
    for (name, more, words) in [
        (
            Some("other.example"),
            "",
            "its certificate is for another name",
        ),
        // It hears no hello: what it then says, or that it hangs up, is no answer.
        (None, "", "localhost"),
        (
            Some("localhost"),
            r#","servername":" ""#,
            "no certificate can be for its name",
        ),
    ] {
        let said = refused(name, more, "localhost").await;
        assert!(said.contains(words), "{said}");
    }
    let said = refused(Some("localhost"), "", "elsewhere").await;
    assert!(said.contains("ALLOWED_HOSTS"), "{said}");
}
