//! A server in a process of its own, with its CPU time.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use wasmtime::Result;
use wasmtime::error::Context;

use crate::system::cpu_time_of;

/// The time in which a server starts. `wasmysql serve` compiles its plugin first.
const START: Duration = Duration::from_secs(60);

/// The part of the line in which a server prints its address.
const AT: &str = " at http://";

/// A running server. It is killed when it is dropped.
pub(super) struct Process {
    child: Child,
    pub(super) address: String,
}

/// The stream to which a server prints its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prints {
    ToStdout,
    ToStderr,
}

impl Process {
    /// Starts a server, and waits for its address.
    pub(super) async fn start(mut command: Command, prints: Prints) -> Result<Process> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        if prints == Prints::ToStderr {
            command.stderr(Stdio::piped());
        }
        let mut child = command.spawn().with_context(|| format!("running {command:?}"))?;
        let address = match prints {
            Prints::ToStdout => address(child.stdout.take().context("stdout")?).await?,
            Prints::ToStderr => address(child.stderr.take().context("stderr")?).await?,
        };
        Ok(Process { child, address })
    }

    /// Returns the user and system time of the process.
    pub(super) fn cpu_time(&self) -> Result<Duration> {
        cpu_time_of(self.child.id().context("the server has ended")?)
    }

    /// Returns the body of the response to a GET request.
    pub(super) async fn get(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(&self.address).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).await?;
        let mut response = String::new();
        timeout(START, stream.read_to_string(&mut response)).await.context("waiting for a response")??;
        let (head, body) = response.split_once("\r\n\r\n").context("a response has a head")?;
        wasmtime::ensure!(head.starts_with("HTTP/1.1 200 "), "unexpected response: {response}");
        Ok(body.to_owned())
    }
}

/// Returns the address that a server prints, and discards its later lines.
async fn address(printed: impl AsyncRead + Unpin + Send + 'static) -> Result<String> {
    let mut lines = BufReader::new(printed).lines();
    let mut seen = Vec::new();
    let found = timeout(START, async {
        while let Some(line) = lines.next_line().await? {
            if let Some((_, address)) = line.split_once(AT) {
                return Ok(Some(address.trim().to_owned()));
            }
            seen.push(line);
        }
        std::io::Result::Ok(None)
    });
    let found = found.await.context("waiting for a server to start")??;
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    found.with_context(|| format!("a server did not start:\n{}", seen.join("\n")))
}
