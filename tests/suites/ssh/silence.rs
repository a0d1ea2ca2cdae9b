//! Hosts that take the login, and then say nothing more.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rotation_tests::ssh::Sshd;
use russh::Channel;
use russh::keys::decode_secret_key;
use russh::server::{
    Auth, ChannelOpenHandle, Config, Handler, Msg, Session, VerifiedPublicKey, run_stream,
};
use tokio::net::TcpListener;

use crate::lab::Lab;

/// One answer is waited for, and a farewell.
const MOST: Duration = Duration::from_secs(20);

/// A session that hangs, as where a home is on a dead file server; and an SFTP server that does. Each is told by its host, in
/// the error and in a line of the log, while the others answer.
#[tokio::test]
async fn a_session_hangs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("sftp");
    std::fs::write(&program, "exec sleep 30\n").expect("room for a script");
    let program = format!("/bin/sh {} ", program.display());
    for (from, to, without_sftp, words) in [
        (
            "Port",
            "ForceCommand sleep 30\nPort",
            "true",
            "no answer within 10 s (during a shell command)",
        ),
        (
            "Port",
            "ForceCommand sleep 30\nPort",
            "false",
            "no answer within 10 s (during opening SFTP)",
        ),
        (
            "internal-sftp",
            program.as_str(),
            "false",
            "no answer within 10 s (during opening SFTP)",
        ),
    ] {
        let hosts = vec![
            Sshd::start().await,
            Sshd::start().await,
            Sshd::start().await,
        ];
        let paths = [("SSH_WITHOUT_SFTP", without_sftp)];
        let mut lab = Lab::of(hosts, &paths, |_| ()).await;
        let token = lab.until("createSecret").await;
        lab.hosts[1]
            .reconfigure(|config| config.replacen(from, to, 1))
            .await;
        let began = Instant::now();
        let told = format!("{}: {words}", lab.hosts[1].host());
        let said = lab.step(&token, "setSecret").await.expect_err("it hangs");
        assert!(began.elapsed() < MOST, "{:?}", began.elapsed());
        assert_eq!(said.error_type, "Rotation.Target", "{}", said.message);
        assert!(said.message.contains(&told), "{}", said.message);
        for host in [&lab.hosts[0], &lab.hosts[2]] {
            assert!(!said.message.contains(&host.host()), "{}", said.message);
        }
        let log = lab.function.log();
        let lines = log
            .lines()
            .filter(|line| line.contains("\"WARN\"") && line.contains(&lab.hosts[1].host()));
        assert_eq!(lines.count(), 1, "{log}");
        for host in &lab.hosts {
            assert!(host.lets_in(&lab.private("AWSCURRENT")).await, "{to}");
        }
    }
}

/// A server that lets everybody in, and then answers nothing: as where the session of PAM hangs.
struct Mute;

impl Handler for Mute {
    type Error = russh::Error;

    async fn auth_publickey(
        &mut self,
        _: &str,
        _: VerifiedPublicKey<'_>,
    ) -> Result<Auth, russh::Error> {
        Ok(Auth::Accept)
    }

    async fn channel_open_session(
        &mut self,
        _: Channel<Msg>,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        std::future::pending().await
    }
}

impl Mute {
    /// In the place of `host`, which was killed, and with its key.
    async fn replace(host: &Sshd) -> tokio::task::JoinHandle<()> {
        let key = std::fs::read_to_string(host.folder().join("host")).expect("a host key");
        let config = Arc::new(Config {
            keys: vec![decode_secret_key(&key, None).expect("a host key")],
            ..Config::default()
        });
        let listener = TcpListener::bind(("127.0.0.1", host.port())).await;
        let listener = listener.expect("the port of a server that was killed");
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let config = Arc::clone(&config);
                tokio::spawn(async move {
                    if let Ok(session) = run_stream(config, client, Self).await {
                        let _ = session.await;
                    }
                });
            }
        })
    }
}

#[tokio::test]
async fn no_channel_opens() {
    let hosts = vec![Sshd::start().await, Sshd::start().await];
    let lab = Lab::of(hosts, &[], |_| ()).await;
    let token = lab.until("createSecret").await;
    lab.hosts[1].kill();
    let mute = Mute::replace(&lab.hosts[1]).await;
    let began = Instant::now();
    let said = lab.step(&token, "setSecret").await.expect_err("it is mute");
    let words = format!(
        "{}: no answer within 10 s (during opening SFTP)",
        lab.hosts[1].host()
    );
    assert!(said.message.contains(&words), "{}", said.message);
    assert!(began.elapsed() < MOST, "{:?}", began.elapsed());
    mute.abort();
}

/// One cause is told once, with the number of the hosts.
#[tokio::test]
async fn one_cause_at_many_hosts() {
    let mut hosts = Vec::new();
    for _ in 0..8 {
        hosts.push(Sshd::start().await);
    }
    let lab = Lab::of(hosts, &[], |_| ()).await;
    let token = lab.until("createSecret").await;
    for host in &lab.hosts[1..] {
        host.kill();
    }
    let first = lab.hosts[1].host();
    let words = format!("7 of 8 ({first}, ");
    let said = lab
        .refused(&token, "setSecret", "Rotation.Target", &words)
        .await;
    assert!(
        said.contains(", …): cannot be reached: nobody listens there"),
        "{said}"
    );
}
