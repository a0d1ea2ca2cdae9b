//! A server that answers each byte with itself, behind the proxy.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;

struct Echo {
    port: u16,
    heard: Arc<AtomicUsize>,
}

impl Echo {
    async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::<AtomicUsize>::default();
        let ears = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let ears = Arc::clone(&ears);
                tokio::spawn(async move {
                    while let Ok(byte) = client.read_u8().await {
                        ears.fetch_add(1, Ordering::SeqCst);
                        let _ = client.write_u8(byte).await;
                    }
                });
            }
        });
        Self { port, heard }
    }

    fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }
}

/// What becomes of a byte.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Answer,
    End,
    Nothing,
}

async fn say(stream: &mut TcpStream) -> Seen {
    let _ = stream.write_u8(7).await;
    hear(stream).await
}

async fn hear(stream: &mut TcpStream) -> Seen {
    let answer = tokio::time::timeout(Duration::from_millis(200), stream.read_u8()).await;
    match answer {
        Ok(Ok(_)) => Seen::Answer,
        Ok(Err(_)) => Seen::End,
        Err(_) => Seen::Nothing,
    }
}

/// Two bytes pass; the third meets the trap.
async fn at_the_third(delivered: bool, way: Way) -> (Echo, Proxy, TcpStream, Seen) {
    let echo = Echo::start().await;
    let proxy = Proxy::before(echo.port).await;
    proxy.arm(Some(Trap {
        piece: 2,
        delivered,
        way,
    }));
    let stream = TcpStream::connect(("127.0.0.1", proxy.port())).await;
    let mut stream = stream.expect("the proxy");
    for _ in 0..2 {
        assert_eq!(say(&mut stream).await, Seen::Answer);
    }
    let seen = say(&mut stream).await;
    tokio::time::timeout(Duration::from_secs(1), proxy.met())
        .await
        .expect("the trap is met");
    assert_eq!(proxy.pieces(), 3);
    // What was passed on arrives.
    tokio::time::sleep(Duration::from_millis(100)).await;
    (echo, proxy, stream, seen)
}

#[tokio::test]
async fn the_trap_delivers_or_not_and_then_the_way_is_another_one() {
    for (delivered, way, heard, seen) in [
        (false, Way::Held, 2, Seen::Nothing),
        (true, Way::Held, 3, Seen::Nothing),
        (true, Way::Unanswered, 3, Seen::Nothing),
        (false, Way::Silent, 2, Seen::Nothing),
        (true, Way::Silent, 3, Seen::Nothing),
        (false, Way::Cut, 2, Seen::End),
        (true, Way::Cut, 3, Seen::End),
    ] {
        let (echo, _proxy, _stream, found) = at_the_third(delivered, way).await;
        assert_eq!((echo.heard(), found), (heard, seen), "{way:?}, {delivered}");
    }
}

#[tokio::test]
async fn what_waits_arrives_when_the_way_is_open_and_is_lost_when_all_is_new() {
    for delivered in [false, true] {
        let (echo, proxy, mut stream, _) = at_the_third(delivered, Way::Held).await;
        proxy.open();
        assert_eq!(hear(&mut stream).await, Seen::Answer);
        assert_eq!(say(&mut stream).await, Seen::Answer);
        assert_eq!(echo.heard(), 4);
        let (echo, proxy, mut stream, _) = at_the_third(delivered, Way::Held).await;
        proxy.renew();
        assert_eq!(hear(&mut stream).await, Seen::End);
        assert_eq!(echo.heard(), 2 + usize::from(delivered));
        let again = TcpStream::connect(("127.0.0.1", proxy.port())).await;
        assert_eq!(say(&mut again.expect("the proxy")).await, Seen::Answer);
    }
}

/// What was lost has left a hole: no later byte may come through as if it were the next one.
#[tokio::test]
async fn a_connection_with_a_hole_ends_when_the_way_is_open() {
    for way in [Way::Unanswered, Way::Silent] {
        let (_echo, proxy, mut stream, _) = at_the_third(true, way).await;
        proxy.open();
        assert_eq!(hear(&mut stream).await, Seen::End, "{way:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_end() {
    let proxy = Proxy::before(rotation_kit::process::free_port()).await;
    let stream = TcpStream::connect(("127.0.0.1", proxy.port())).await;
    assert_eq!(say(&mut stream.expect("the proxy")).await, Seen::End);
}
