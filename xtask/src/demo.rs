//! Builds the demo plugins and `wasmysql`, runs the demo, and serves its page.

use std::ffi::{OsStr, OsString};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::cargo::{become_command, cargo, root, run, target_directory};
use crate::{SERVER, servers};

const TOOL: &str = "wasmysql-cli";
const PLUGIN: &str = "wasmysql-demo";
const PAGE: &str = "wasmysql-demo-page";
const DATA: &str = "tests/data/nycflights13";

/// The programs that this module has built.
struct Built {
    target: PathBuf,
    /// The directory of the plugins.
    plugins: PathBuf,
}

/// Loads the flights into a private server and prints reports.
pub(crate) fn run_demo(server: Option<OsString>) -> Result<()> {
    let built = build(&[PLUGIN])?;
    become_command(built.demo(server.as_deref(), None))
}

/// Loads the flights into a private server and serves the page.
///
/// The demo needs the grant `ddl`, and the page only `read`. So they are two processes, one after
/// the other, each with a private server on the same data directory. The second process replaces
/// this one, so that Ctrl-C ends the page and its server in order.
pub(crate) fn serve_demo(server: Option<OsString>, address: SocketAddr) -> Result<()> {
    let built = build(&[PLUGIN, PAGE])?;
    let data = built.data(server.as_deref())?;

    run(&mut built.demo(server.as_deref(), Some(&data)))?;

    eprintln!("\ndemo: open the address below in a browser; press Ctrl-C to stop the server");
    let mut page = built.wasmysql(server.as_deref());
    page.arg("serve").arg(built.plugin(PAGE)).arg("--data-dir").arg(&data);
    page.args(["--grant", "main=read", "--addr", &address.to_string()]);
    become_command(page)
}

/// Fails if the address can't be used. The build and the start of the servers take minutes.
pub(crate) fn check_address(address: SocketAddr) -> Result<()> {
    TcpListener::bind(address).map(drop).with_context(|| {
        format!("can't serve at {address}; choose another address with --addr, for example --addr 127.0.0.1:0")
    })
}

fn build(plugins: &[&str]) -> Result<Built> {
    let target = target_directory()?;
    // The same directory as for the programs of the tests. A build script compiles those while
    // cargo holds the lock of the target directory.
    let programs = target.join("programs");

    eprintln!("demo: building the plugin and the host; the first build takes several minutes");
    let packages = plugins.iter().flat_map(|plugin| ["--package", plugin]);
    let arguments = ["--target", "wasm32-wasip2", "--profile", "guest"];
    run(cargo(["build"].into_iter().chain(packages).chain(arguments)).env("CARGO_TARGET_DIR", &programs))?;
    run(&mut cargo(["build", "--package", TOOL]))?;
    Ok(Built { plugins: programs.join("wasm32-wasip2/guest"), target })
}

impl Built {
    fn plugin(&self, name: &str) -> PathBuf {
        self.plugins.join(name).with_extension("wasm")
    }

    fn wasmysql(&self, server: Option<&OsStr>) -> Command {
        let mut command = Command::new(self.target.join("debug/wasmysql"));
        command.envs(server.map(|server| (SERVER, server))).current_dir(root());
        command
    }

    fn demo(&self, server: Option<&OsStr>, data: Option<&Path>) -> Command {
        let mut command = self.wasmysql(server);
        command.arg("run").arg(self.plugin(PLUGIN)).args(["--dir", &format!("{DATA}::/data")]);
        command.args(data.iter().flat_map(|data| [OsStr::new("--data-dir"), data.as_os_str()]));
        command.args(["--", "/data"]);
        command
    }

    /// Returns the data directory of a server. Versions differ in their formats.
    fn data(&self, server: Option<&OsStr>) -> Result<PathBuf> {
        let installation = servers::installation(server)?;
        let name = format!("{}-{}", installation.flavor().name(), installation.version());
        Ok(self.target.join("demo").join(name))
    }
}
