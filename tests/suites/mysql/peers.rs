//! Servers that are none: whatever a peer sends, the function says in words what is wrong.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fastrand::Rng;
use rotation::config::Strategy;
use rotation::event::Step;
use rotation::testing::World;
use rotation::testing::world::Subject;
use rotation_tests::mysql::{MysqlServer, Product};
use rotation_tests::setting::seeds;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::Users;

/// Each that a server of MySQL or MariaDB can ask for, and one that nobody knows.
const PLUGINS: [&str; 14] = [
    "client_ed25519",
    "parsec",
    "sha256_password",
    "mysql_clear_password",
    "mysql_old_password",
    "dialog",
    "auth_gssapi_client",
    "authentication_webauthn_client",
    "authentication_ldap_sasl_client",
    "authentication_kerberos_client",
    "authentication_oci_client",
    "authentication_openid_connect_client",
    "AWSAuthenticationPlugin",
    "nobody_knows",
];

fn packet(seq: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len())
        .expect("a short packet")
        .to_le_bytes();
    [&length[..3], &[seq], body].concat()
}

/// The first packet of a server, protocol 10.
fn greeting(plugin: &str) -> Vec<u8> {
    let mut body = b"\x0a8.0.36\0\x01\0\0\0abcdefgh\0".to_vec();
    // All that a client of today wants: 4.1, secure connection, plug-ins, transactions.
    body.extend(0xa20f_u16.to_le_bytes());
    body.extend([45, 2, 0]);
    body.extend(0x0008_u16.to_le_bytes());
    body.extend([21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    body.extend(b"ijklmnopqrst\0");
    body.extend(plugin.as_bytes());
    body.push(0);
    packet(0, &body)
}

const PATIENCE: Duration = Duration::from_millis(20);
const OK: &[u8] = &[0, 0, 0, 2, 0, 0, 0];

async fn received(stream: &mut TcpStream) -> Option<u8> {
    let mut head = [0; 4];
    stream.read_exact(&mut head).await.ok()?;
    let length = u32::from_le_bytes([head[0], head[1], head[2], 0]);
    let mut body = vec![0; usize::try_from(length).ok()?];
    stream.read_exact(&mut body).await.ok()?;
    Some(head[3])
}

/// Greets, and asks for this plug-in.
async fn ask_for(mut stream: TcpStream, plugin: &str) -> Option<()> {
    stream
        .write_all(&greeting("mysql_native_password"))
        .await
        .ok()?;
    let seq = received(&mut stream).await?;
    let nonce: &[u8] = match plugin {
        "parsec" => b"abcdefghijklmnopqrstuvwxyz012345",
        _ => b"abcdefghijklmnopqrst\0",
    };
    let switch = [b"\xfe", plugin.as_bytes(), b"\0", nonce].concat();
    stream.write_all(&packet(seq + 1, &switch)).await.ok()?;
    let mut seq = received(&mut stream).await?;
    if plugin == "parsec" {
        let salt = [&b"P\0"[..], b"abcdefghijklmnopqr"].concat();
        stream.write_all(&packet(seq + 1, &salt)).await.ok()?;
        seq = received(&mut stream).await?;
    }
    stream.write_all(&packet(seq + 1, OK)).await.ok()
}

/// A conversation by a seed: a greeting, an answer to the login, and answers to questions; each may be anything.
async fn babble(mut stream: TcpStream, seed: u64) -> Option<()> {
    let mut rng = Rng::with_seed(seed);
    let plugin = match rng.u8(..4) {
        0 => PLUGINS[rng.usize(..PLUGINS.len())],
        1 => "caching_sha2_password",
        _ => "mysql_native_password",
    };
    say(&mut stream, &mut rng, &greeting(plugin)).await?;
    for _ in 0..40 {
        // A client that waits for more of the last answer hears the end of the connection.
        let asked = tokio::time::timeout(PATIENCE, received(&mut stream)).await;
        let seq = asked.ok()??;
        let answer = answer(&mut rng, seq.wrapping_add(1));
        say(&mut stream, &mut rng, &answer).await?;
    }
    None
}

/// Whole, with a byte changed, or up to any byte and no further.
async fn say(stream: &mut TcpStream, rng: &mut Rng, bytes: &[u8]) -> Option<()> {
    let mut bytes = bytes.to_vec();
    let at = rng.usize(..bytes.len());
    let cut = match rng.u8(..16) {
        0 => {
            bytes.truncate(at);
            true
        }
        1 => {
            bytes[at] = rng.u8(..);
            false
        }
        _ => false,
    };
    stream.write_all(&bytes).await.ok()?;
    (!cut).then_some(())
}

fn answer(rng: &mut Rng, seq: u8) -> Vec<u8> {
    match rng.u8(..10) {
        0 => packet(
            seq,
            &(0..rng.usize(1..40))
                .map(|_| rng.u8(..))
                .collect::<Vec<_>>(),
        ),
        1 => {
            let code = [1045, 1698, 1064, 1292, 3118, 65535][rng.usize(..6)];
            let text = [b"\xff", &u16::to_le_bytes(code)[..], b"#HY000no"].concat();
            packet(seq, &text)
        }
        2 => {
            let plugin = PLUGINS[rng.usize(..PLUGINS.len())];
            let switch = [b"\xfe", plugin.as_bytes(), b"\0abcdefghijklmnopqrst\0"].concat();
            packet(seq, &switch)
        }
        3 => packet(seq, &[1, [2, 3, 4, 5][rng.usize(..4)]]),
        4 | 5 => rows(rng, seq),
        _ => packet(seq, OK),
    }
}

/// Rows of any number of columns, of any type, with any value.
fn rows(rng: &mut Rng, seq: u8) -> Vec<u8> {
    let columns = rng.u8(1..4);
    let mut seq = seq;
    let mut next = || {
        seq = seq.wrapping_add(1);
        seq.wrapping_sub(1)
    };
    let mut bytes = packet(next(), &[columns]);
    for _ in 0..columns {
        let mut body = b"\x03def\0\0\0\x01c\0\x0c".to_vec();
        body.extend([rng.u8(..), 0, 0xff, 0, 0, 0, rng.u8(..), 0, 0, 0, 0, 0]);
        bytes.extend(packet(next(), &body));
    }
    let end = [0xfe, 0, 0, 2, 0];
    bytes.extend(packet(next(), &end));
    for _ in 0..rng.u8(..3) {
        let mut row = Vec::new();
        for _ in 0..columns {
            let texts: [&[u8]; 6] = [
                b"\xfb",
                b"\x011",
                b"\x05app@%",
                b"\x02\xff\xfe",
                b"\x00",
                b"\x049999",
            ];
            row.extend(texts[rng.usize(..texts.len())]);
        }
        bytes.extend(packet(next(), &row));
    }
    bytes.extend(packet(next(), &end));
    bytes
}

/// A secret for this address, without TLS.
fn secret(address: SocketAddr) -> Subject {
    let port = address.port();
    let secret = format!(
        "{{\"engine\": \"mysql\", \"host\": \"localhost\", \"port\": {port}, \"username\": \"app\", \"password\": \"a-password\", \"ssl\": false}}"
    );
    Subject {
        secret,
        admin: None,
    }
}

#[tokio::test]
async fn every_plugin_has_its_sentence() {
    let product = Product::Mariadb;
    if !product.installed() {
        return;
    }
    let users = Users::new(MysqlServer::shared(product).await, Strategy::SingleUser);
    for plugin in PLUGINS {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("a port");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                ask_for(stream, plugin).await;
            }
        });
        let mut world = World::with(&users, &secret(address));
        let version = world.begin();
        let ended = world.step(&version, Step::TestSecret).await;
        let error = ended.expect_err(plugin);
        let text = error.to_string();
        assert!(
            matches!(
                error.error_type(),
                "Rotation.TargetRefused" | "Rotation.NoneAccepted"
            ),
            "{plugin}: {} {text}",
            error.error_type()
        );
        let name = plugin.trim_start_matches("client_");
        assert!(text.contains(name), "{plugin}: {text}");
    }
}

/// By seed: ROTATION_SEED=0..100000 has many.
#[tokio::test]
async fn whatever_a_server_says_is_no_panic() {
    let product = Product::Mariadb;
    if !product.installed() {
        return;
    }
    let users = Users::new(MysqlServer::shared(product).await, Strategy::SingleUser);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("a port");
    let seed = Arc::new(AtomicU64::new(0));
    let spoken = seed.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(babble(stream, spoken.load(Ordering::SeqCst)));
        }
    });
    for number in seeds(0..2_000) {
        seed.store(number, Ordering::SeqCst);
        let mut world = World::with(&users, &secret(address));
        let version = world.begin();
        let ended = world.step(&version, Step::TestSecret).await;
        let error = ended.expect_err("no such server");
        assert_ne!(
            error.error_type(),
            "Rotation.Panic",
            "seed {number}: {error}"
        );
    }
}
