//! Servers that are none: whatever a peer sends, the function says in words what is wrong.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fastrand::Rng;
use rotation::event::Step;
use rotation::testing::World;
use rotation::testing::world::Subject;
use rotation_tests::postgres::Postgres;
use rotation_tests::setting::seeds;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::{ADMIN, Users};

const PATIENCE: Duration = Duration::from_millis(20);

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("a short message");
    [&[kind], &length.to_be_bytes()[..], body].concat()
}

/// The kind of the next message; the very first has none.
async fn received(stream: &mut TcpStream, first: bool) -> Option<u8> {
    let kind = match first {
        true => b'S',
        false => stream.read_u8().await.ok()?,
    };
    let length = stream.read_u32().await.ok()?;
    let mut body = vec![0; usize::try_from(length.checked_sub(4)?).ok()?];
    stream.read_exact(&mut body).await.ok()?;
    Some(kind)
}

/// A conversation by a seed. What a client waits for may be anything, or the end.
async fn babble(mut stream: TcpStream, seed: u64) -> Option<()> {
    let mut rng = Rng::with_seed(seed);
    let mut first = true;
    loop {
        // A client that waits for more of the last answer hears the end of the connection.
        let asked = tokio::time::timeout(PATIENCE, received(&mut stream, first)).await;
        let kind = asked.ok()??;
        let answer = match kind {
            _ if first => login(&mut rng),
            b'Q' | b'S' | b'p' => answer(&mut rng),
            _ => continue,
        };
        first = false;
        say(&mut stream, &mut rng, &answer).await?;
    }
}

/// Whole, with a byte changed, or up to any byte and no further.
async fn say(stream: &mut TcpStream, rng: &mut Rng, bytes: &[u8]) -> Option<()> {
    let mut bytes = bytes.to_vec();
    let at = rng.usize(..bytes.len());
    let cut = rng.u8(..16) == 0;
    match rng.u8(..16) {
        _ if cut => bytes.truncate(at),
        0 => bytes[at] = rng.u8(..),
        _ => {}
    }
    stream.write_all(&bytes).await.ok()?;
    (!cut).then_some(())
}

fn ready() -> Vec<u8> {
    message(b'Z', b"I")
}

fn login(rng: &mut Rng) -> Vec<u8> {
    let asked: &[u8] = match rng.u8(..8) {
        0 => b"\0\0\0\x03",
        1 => b"\0\0\0\x05salt",
        2 => b"\0\0\0\x0aSCRAM-SHA-256\0\0",
        3 => b"\0\0\0\x07",
        _ => return [message(b'R', &[0; 4]), ready()].concat(),
    };
    message(b'R', asked)
}

fn answer(rng: &mut Rng) -> Vec<u8> {
    let done = message(b'C', b"BEGIN\0");
    match rng.u8(..8) {
        0 => message(
            rng.u8(..),
            &(0..rng.usize(..30)).map(|_| rng.u8(..)).collect::<Vec<_>>(),
        ),
        1 => {
            let codes = ["42501", "28P01", "08P01", "0A000", "XX000", "57014"];
            let code = codes[rng.usize(..codes.len())];
            let error = format!("SERROR\0VERROR\0C{code}\0Mno\0\0");
            [message(b'E', error.as_bytes()), ready()].concat()
        }
        2 => message(b'R', b"\0\0\0\x0br=x,s=y,i=1"),
        3 | 4 => [rows(rng), done, ready()].concat(),
        _ => [done, ready()].concat(),
    }
}

/// Rows of any number of columns, of any type, with any value; also as the answer to a question with parameters.
fn rows(rng: &mut Rng) -> Vec<u8> {
    let columns = rng.u16(1..14);
    let mut described = columns.to_be_bytes().to_vec();
    let mut row = described.clone();
    for _ in 0..columns {
        let types: [u32; 5] = [16, 20, 23, 25, 1700];
        described.extend(b"c\0\0\0\0\0\0\0");
        described.extend(types[rng.usize(..types.len())].to_be_bytes());
        described.extend(b"\xff\xff\xff\xff\xff\xff\0\x01");
        let values: [&[u8]; 4] = [
            b"\xff\xff\xff\xff",
            b"\0\0\0\x01t",
            b"\0\0\0\x02\xff\xfe",
            b"\0\0\0\x08\0\0\0\0\0\0\0\x01",
        ];
        row.extend(values[rng.usize(..values.len())]);
    }
    let extended = [message(b'1', b""), message(b'2', b"")].concat();
    let extended = if rng.bool() { extended } else { Vec::new() };
    [extended, message(b'T', &described), message(b'D', &row)].concat()
}

/// A secret of two users for this address, without TLS.
fn secret(address: SocketAddr) -> Subject {
    let port = address.port();
    let login = |user: &str| {
        format!(
            "{{\"engine\": \"postgres\", \"host\": \"localhost\", \"port\": {port}, \"username\": \"{user}\", \"password\": \"a-password\", \"ssl\": false}}"
        )
    };
    Subject {
        secret: login("app").replacen('{', &format!("{{\"masterarn\": \"{ADMIN}\", "), 1),
        admin: Some((ADMIN.to_owned(), login("boss"))),
    }
}

/// By seed: ROTATION_SEED=0..100000 has many.
#[tokio::test]
async fn whatever_a_server_says_is_no_panic() {
    let users = Users::two(Postgres::shared().await);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("a port");
    let seed = Arc::new(AtomicU64::new(0));
    let spoken = seed.clone();
    tokio::spawn(async move {
        let mut n = 0;
        while let Ok((stream, _)) = listener.accept().await {
            n += 1;
            tokio::spawn(babble(
                stream,
                spoken.load(Ordering::SeqCst).rotate_left(32) + n,
            ));
        }
    });
    for number in seeds(0..1_000) {
        seed.store(number, Ordering::SeqCst);
        let mut world = World::with(&users, &secret(address));
        let version = world.begin();
        if let Err(error) = world.step(&version, Step::TestSecret).await {
            assert_ne!(
                error.error_type(),
                "Rotation.Panic",
                "seed {number}: {error}"
            );
        }
    }
}
