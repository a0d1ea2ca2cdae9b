//! One channel of a session: a command, or SFTP.

use std::time::Duration;

use russh::ChannelMsg;
use russh_sftp::client::RawSftpSession;

use crate::error::HostError;
use crate::identity::Handle;

/// No answer of a command is longer.
const MOST: usize = 2 << 20;

/// How long a host may take for one answer.
pub(crate) const ANSWER: Duration = Duration::from_secs(10);

/// What `call` gives, or that the host did not answer in time, and what it was asked for.
pub(crate) async fn answered<T>(
    what: &str,
    call: impl Future<Output = Result<T, HostError>>,
) -> Result<T, HostError> {
    let late = |_| Err(HostError::silent().during(what));
    tokio::time::timeout(ANSWER, call)
        .await
        .unwrap_or_else(late)
}

/// Runs a command: its exit status, its output, and the first words that it said about errors.
pub(crate) async fn run(
    handle: &Handle,
    command: &str,
    input: &[u8],
) -> Result<(u32, Vec<u8>, String), HostError> {
    let mut channel = handle.channel_open_session().await?;
    channel.exec(true, command).await?;
    channel.data(input).await?;
    channel.eof().await?;
    let (mut status, mut output, mut said) = (None, Vec::new(), Vec::new());
    while let Some(message) = channel.wait().await {
        match message {
            ChannelMsg::Data { data } if output.len() + data.len() > MOST => {
                return Err(HostError::Passing("a command's answer does not end".into()));
            }
            ChannelMsg::Data { data } => output.extend(&data[..]),
            ChannelMsg::ExtendedData { data, .. } if said.len() < 200 => said.extend(&data[..]),
            ChannelMsg::ExitStatus { exit_status } => status = Some(exit_status),
            ChannelMsg::Failure => {
                return Err(HostError::Lasting(
                    "it runs no commands for this login".into(),
                ));
            }
            _ => {}
        }
    }
    let status = status.ok_or_else(|| HostError::Passing("a command was cut off".into()))?;
    Ok((
        status,
        output,
        rotation::secret::printable(&String::from_utf8_lossy(&said), 200),
    ))
}

/// The SFTP subsystem, not yet greeted.
pub(crate) async fn sftp(handle: &Handle) -> Result<RawSftpSession, HostError> {
    let mut channel = handle.channel_open_session().await?;
    channel.request_subsystem(true, "sftp").await?;
    while let Some(message) = channel.wait().await {
        match message {
            ChannelMsg::Success => return Ok(RawSftpSession::new(channel.into_stream())),
            ChannelMsg::Failure | ChannelMsg::Close => {
                return Err(HostError::Lasting(
                    "SFTP is not available for this login. If that is meant, set SSH_WITHOUT_SFTP=true"
                        .into(),
                ));
            }
            _ => {}
        }
    }
    Err(HostError::Passing(
        "it hung up when SFTP was asked for".into(),
    ))
}
