//! The access of a plugin to files, environment variables and output.

use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder};

use crate::databases::assignment;

#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Environment {
    /// Give the plugin read and write access to a directory of this machine
    #[arg(long, value_name = "HOST[::GUEST]", value_parser = directory)]
    dir: Vec<(String, String)>,

    /// Set an environment variable for the plugin; other variables are not passed
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    env: Vec<(String, String)>,
}

impl Environment {
    /// Returns a builder with the directories, the variables, and the output of this process.
    pub(crate) fn wasi(&self) -> Result<WasiCtxBuilder, String> {
        let mut wasi = WasiCtx::builder();
        wasi.inherit_stdout().inherit_stderr().envs(&self.env);
        for (host, guest) in &self.dir {
            wasi.preopened_dir(host, guest, FsPerms::ReadWrite).map_err(|error| format!("--dir {host}: {error:#}"))?;
        }
        Ok(wasi)
    }
}

/// Parses `HOST::GUEST`, or one path that is used for both.
fn directory(text: &str) -> Result<(String, String), String> {
    match text.split_once("::") {
        _ if text.is_empty() => Err("expected HOST::GUEST".to_owned()),
        Some(("", _) | (_, "")) => Err("expected HOST::GUEST".to_owned()),
        Some((host, guest)) => Ok((host.to_owned(), guest.to_owned())),
        None => Ok((text.to_owned(), text.to_owned())),
    }
}
