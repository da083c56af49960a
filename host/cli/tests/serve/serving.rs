//! A running `wasmysql serve`.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use wasmysql_tests::until;

use crate::client::{Client, Reply, get};

/// The time in which the server starts and reacts. Compiling the plugin takes seconds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A server with the lines that it has printed to stderr.
pub(crate) struct Serving {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    pub(crate) address: SocketAddr,
}

impl Serving {
    /// Starts a server on a free port.
    pub(crate) async fn start(plugin: &str, arguments: &[&str]) -> Self {
        Self::start_with(plugin, arguments, &[]).await
    }

    /// Starts a server with environment variables.
    pub(crate) async fn start_with(plugin: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wasmysql"));
        command.args(["serve", plugin, "--addr", "127.0.0.1:0"]).args(arguments);
        command.env_remove("RUST_LOG").envs(variables.iter().copied()).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let printed = Arc::clone(&lines);
        thread::spawn(move || {
            stderr.lines().map_while(Result::ok).for_each(|line| printed.lock().unwrap().push(line));
        });
        let mut serving = Self { child, lines, address: ([0, 0, 0, 0], 0).into() };
        let line = serving.printed(&["serving ", " at http://127.0.0.1:"]).await;
        let address = line.rsplit_once("at http://").unwrap().1;
        serving.address =
            address.trim_end_matches(|c: char| !c.is_ascii_digit()).split('"').next().unwrap().parse().unwrap();
        serving
    }

    /// Connects, sends a GET request and returns the response.
    pub(crate) async fn get(&self, target: &str) -> Reply {
        self.client().await.send(get(target)).await
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    /// Returns all lines that the server has printed.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// Waits until the server has printed a line with all these words, and returns the line.
    pub(crate) async fn printed(&mut self, words: &[&str]) -> String {
        let find = |lines: &[String]| lines.iter().find(|line| words.iter().all(|word| line.contains(word))).cloned();
        let mut found = None;
        until("the server prints a line", PATIENCE, async || {
            let ended = self.child.try_wait().unwrap();
            found = find(&self.lines());
            assert!(found.is_some() || ended.is_none(), "the server ended: {:?}", self.lines());
            found.is_some()
        })
        .await;
        found.unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the end of the server, and returns its exit code.
    pub(crate) async fn ended(&mut self) -> Option<i32> {
        until("the server ends", PATIENCE, async || self.child.try_wait().unwrap().is_some()).await;
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
