//! Servers that do not do what an SSH server should. Each is told by its host, and the one beside it is left alone.

use rotation_tests::ssh::{Sshd, user};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::lab::Lab;

const PASSES: &str = "Rotation.Target";
/// A command of sshd that ends the process for its session.
const ENDS: &str = "kill -s KILL $PPID";
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

/// What a server does in place of the protocol.
#[derive(Clone, Copy, Debug)]
enum Manner {
    /// Says this, and no more.
    Stops(&'static [u8]),
    /// A megabyte, and not one line end.
    Talks,
    /// Says this, and lets go.
    Closes(&'static [u8]),
    /// Is OpenSSH, which asks this command for keys when somebody logs in.
    Asks(&'static str),
}

/// All at once, beside one that is as it should be: what is said of each names the moment.
#[tokio::test]
async fn no_server_for_ssh() {
    let (banner, exchange, login) = (
        "(during the banner exchange)",
        "(during the key exchange)",
        "(during the login)",
    );
    let rows = [
        (Manner::Stops(b""), true, banner),
        (Manner::Stops(b"SSH-2.0-stops\r\n"), true, exchange),
        (Manner::Asks("exec sleep 60"), true, login),
        (Manner::Talks, false, banner),
        (Manner::Closes(b""), false, banner),
        (
            Manner::Closes(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
            false,
            banner,
        ),
        (Manner::Closes(b"SSH-1.5-old\r\n"), false, banner),
        (Manner::Closes(b"SSH-2.0-ends\r\n"), false, exchange),
        (Manner::Asks(ENDS), false, login),
    ];
    let mut hosts = vec![Sshd::start().await];
    for _ in &rows {
        hosts.push(Sshd::start().await);
    }
    let mut lab = Lab::of(hosts, &[], |_| ()).await;
    let (token, mut served) = (lab.until("createSecret").await, Vec::new());
    for ((manner, ..), host) in rows.iter().zip(&mut lab.hosts[1..]) {
        served.extend(misbehave(host, *manner).await);
    }
    let first = lab.hosts[1].host();
    let said = lab.refused(&token, "setSecret", PASSES, &first).await;
    for ((manner, late, words), host) in rows.iter().zip(&lab.hosts[1..]) {
        // Alone, or with others of the same cause.
        let own = said.split("; ").find(|part| part.contains(&host.host()));
        let own = own.and_then(|part| part.split_once(": "));
        let own = own.map(|(_, cause)| cause).unwrap_or_default();
        assert!(
            own.ends_with(words),
            "{manner:?}: {own:?} in {said}: {}",
            host.log()
        );
        let waited = own.starts_with("no login within ten seconds");
        assert_eq!(waited, *late, "{manner:?}: {own}");
    }
    for task in served {
        task.abort();
        let _ = task.await;
    }
    for host in &mut lab.hosts[1..] {
        host.reconfigure(|config| {
            config.replace("AuthorizedKeysFile none\nAuthorizedKeysCommand", "#")
        })
        .await;
    }
    lab.steps_from(&token, "setSecret").await.expect("the rest");
}

/// Puts this in the place of a server.
async fn misbehave(host: &mut Sshd, manner: Manner) -> Option<tokio::task::JoinHandle<()>> {
    if let Manner::Asks(command) = manner {
        let settings = format!(
            "AuthorizedKeysFile none\nAuthorizedKeysCommand /bin/sh -c \"{command}\"\nAuthorizedKeysCommandUser {}\n",
            user()
        );
        host.reconfigure(|config| settings + &config).await;
        return None;
    }
    host.kill();
    let listener = TcpListener::bind(("127.0.0.1", host.port())).await;
    let listener = listener.expect("the port of a server that was killed");
    Some(tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(behave(client, manner));
        }
    }))
}

/// Holds the connection until the client lets go.
async fn behave(mut client: TcpStream, manner: Manner) {
    let _ = match manner {
        Manner::Talks => client.write_all(&vec![b'x'; 1 << 20]).await,
        Manner::Stops(words) => client.write_all(words).await,
        Manner::Closes(words) => {
            let _ = client.write_all(words).await;
            client.shutdown().await
        }
        Manner::Asks(_) => Ok(()),
    };
    let _ = tokio::io::copy(&mut client, &mut tokio::io::sink()).await;
}

/// Servers that take no key, or not this one.
#[tokio::test]
async fn keys_are_not_taken() {
    for setting in [
        "PubkeyAuthentication no\nPasswordAuthentication yes\n",
        "PubkeyAcceptedAlgorithms rsa-sha2-256\n",
        // It hangs up at once.
        "AuthorizedKeysFile none\nMaxAuthTries 1\n",
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

/// The key is taken, and is not enough: that is no refusal, and would not prove a retired key dead.
#[tokio::test]
async fn a_key_is_not_enough() {
    let (mut lab, token) = begun().await;
    let setting = "AuthenticationMethods publickey,password\nPasswordAuthentication yes\n";
    let with = |config: String| format!("{setting}{config}");
    lab.hosts[1].reconfigure(with).await;
    let words = "it takes the key, and wants more after it (password)";
    lab.refuses_the_second(&token, LASTS, words).await;
    let without = |config: String| config.replace(setting, "");
    lab.hosts[1].reconfigure(without).await;
    lab.steps_from(&token, "setSecret").await.expect("the rest");
}

/// A connection that breaks while the retired key is tried does not prove that the key is dead.
#[tokio::test]
async fn a_login_that_is_cut_proves_nothing() {
    let mut lab = Lab::one(&[]).await;
    lab.rotates().await;
    let (token, old) = (lab.begin(), lab.private("AWSPREVIOUS"));
    // It is asked for keys that are not in the file, as the retired one is by then.
    let asks = format!(
        "AuthorizedKeysCommand /bin/sh -c \"{ENDS}\"\nAuthorizedKeysCommandUser {}\n",
        user()
    );
    lab.hosts[0]
        .reconfigure(|config| asks.clone() + &config)
        .await;
    let error = lab
        .step(&token, "createSecret")
        .await
        .expect_err("no proof");
    assert_eq!(error.error_type, PASSES, "{}", error.message);
    let words = "it hung up without an answer";
    assert!(error.message.contains(words), "{}", error.message);
    lab.hosts[0]
        .reconfigure(|config| config.replace(&asks, ""))
        .await;
    lab.steps_from(&token, "createSecret")
        .await
        .expect("all of it");
    assert!(!lab.hosts[0].accepts(&old));
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
