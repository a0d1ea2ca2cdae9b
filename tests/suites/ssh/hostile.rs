//! Servers that do not do what an SSH server should. Each is told by its host, and the one beside it is left alone.

use rotation_tests::ssh::Sshd;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::lab::Lab;

const PASSES: &str = "Rotation.Target";
const EXCHANGE: &str = "(during the key exchange)";
const LASTS: &str = "Rotation.TargetRefused";

/// Two hosts, at a rotation that got as far as createSecret.
async fn begun() -> (Lab, String) {
    let hosts = vec![Sshd::start().await, Sshd::start().await];
    let lab = Lab::of(hosts, &[], |_| ()).await;
    let token = lab.until("createSecret").await;
    (lab, token)
}

impl Lab {
    /// setSecret must name the second host, and say this.
    async fn refuses_the_second(&self, token: &str, error_type: &str, words: &str) {
        let host = format!("{}: ", self.hosts[1].host());
        let said = self.refused(token, "setSecret", error_type, &host).await;
        assert!(said.contains(words), "{said}");
    }
}

/// What a server does in place of the protocol. It then holds the connection until the client lets go, or not.
#[derive(Clone, Copy, Debug)]
enum Manner {
    Silent,
    /// This many bytes, and not one line end.
    Talks(usize),
    Closes(&'static [u8]),
}

#[tokio::test]
async fn no_server_for_ssh() {
    for (manner, words) in [
        (Manner::Silent, "no login within ten seconds"),
        (Manner::Talks(1 << 20), EXCHANGE),
        (Manner::Closes(b""), EXCHANGE),
        (
            Manner::Closes(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
            EXCHANGE,
        ),
        (Manner::Closes(b"SSH-1.5-old\r\n"), EXCHANGE),
        (Manner::Closes(b"SSH-2.0-ends\r\n"), EXCHANGE),
    ] {
        let (mut lab, token) = begun().await;
        lab.hosts[1].kill();
        let served = serve(lab.hosts[1].port(), manner).await;
        lab.refuses_the_second(&token, PASSES, words).await;
        served.abort();
        let _ = served.await;
        lab.hosts[1].restart().await;
        lab.steps_from(&token, "setSecret").await.expect("the rest");
    }
}

async fn serve(port: u16, manner: Manner) -> tokio::task::JoinHandle<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let listener = listener.expect("the port of a server that was killed");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(behave(client, manner));
        }
    })
}

async fn behave(mut client: TcpStream, manner: Manner) {
    match manner {
        Manner::Closes(words) => {
            let _ = client.write_all(words).await;
        }
        Manner::Talks(size) => {
            let _ = client.write_all(&vec![b'x'; size]).await;
            hold(client).await;
        }
        Manner::Silent => hold(client).await,
    }
}

/// Until the client lets go.
async fn hold(mut client: TcpStream) {
    let _ = tokio::io::copy(&mut client, &mut tokio::io::sink()).await;
}

/// Servers that take no key, or not this one.
#[tokio::test]
async fn keys_are_not_taken() {
    for setting in [
        "PubkeyAuthentication no\nPasswordAuthentication yes\n",
        "AuthenticationMethods publickey,password\nPasswordAuthentication yes\n",
        "PubkeyAcceptedAlgorithms rsa-sha2-256\n",
    ] {
        let (mut lab, token) = begun().await;
        let with = |config: String| format!("{setting}{config}");
        lab.hosts[1].reconfigure(with).await;
        let words = "it does not accept this public key for user";
        let error_type = "Rotation.NoneAccepted";
        lab.refuses_the_second(&token, error_type, words).await;
        let without = |config: String| config.replace(setting, "");
        lab.hosts[1].reconfigure(without).await;
        lab.steps_from(&token, "setSecret").await.expect("the rest");
    }
}

/// No SFTP, a command in its place, and a shell that talks before it does.
#[tokio::test]
async fn no_sftp() {
    let noisy = "/bin/sh -c 'echo Welcome; exec /usr/lib/openssh/sftp-server' ";
    for (from, to, error_type, words) in [
        ("Subsystem", "#Subsystem", LASTS, "SFTP is not available"),
        (
            "Port",
            "ForceCommand echo hello\nPort",
            PASSES,
            "SFTP does not begin",
        ),
        ("internal-sftp", noisy, PASSES, "SFTP does not begin"),
    ] {
        let (mut lab, token) = begun().await;
        let change = |config: String| config.replacen(from, to, 1);
        lab.hosts[1].reconfigure(change).await;
        lab.refuses_the_second(&token, error_type, words).await;
        let back = |config: String| config.replacen(to, from, 1);
        lab.hosts[1].reconfigure(back).await;
        lab.steps_from(&token, "setSecret").await.expect("the rest");
    }
}
