//! The private server of a run: its own, or one that is kept between runs.

use std::env;
use std::path::{Path, PathBuf};

use wasmysql_private_server::{PrivateServer, ServerChoice, StartError};

use crate::exit::Failure;
use crate::kept::{self, Lease};
use crate::schema::Login;

/// A schema on a private server. It is available until this value is dropped.
#[derive(Debug)]
pub(crate) enum Private {
    Own(PrivateServer),
    Kept(Lease),
}

impl Private {
    /// Starts a server or uses the kept one of the project.
    pub(crate) fn open(
        server: Option<ServerChoice>,
        data_dir: Option<PathBuf>,
        fresh: bool,
        project: &Path,
    ) -> Result<Self, Failure> {
        let choice = server.clone().unwrap_or_else(ServerChoice::from_env);
        if data_dir.is_none()
            && !fresh
            && let Some(lease) = kept::lease(&choice, project)
        {
            return Ok(Self::Kept(lease));
        }
        start(server, data_dir, "; or use an existing server with --database main=mysql://...").map(Self::Own)
    }

    pub(crate) fn login(&self) -> Login {
        match self {
            Self::Own(server) => Login::of(server),
            Self::Kept(lease) => lease.login.clone(),
        }
    }

    pub(crate) fn schema(&self) -> &str {
        match self {
            Self::Own(server) => server.schema(),
            Self::Kept(lease) => &lease.schema,
        }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Own(server) => server.url(),
            Self::Kept(lease) => lease.url.clone(),
        }
    }
}

/// Returns the directory of a plugin's project: that of its migrations, or the current one.
pub(crate) fn project(migrations: Option<&Path>) -> PathBuf {
    let directory = migrations.and_then(|path| path.canonicalize().ok()?.parent().map(Path::to_owned));
    directory.or_else(|| env::current_dir().ok()).unwrap_or_default()
}

/// Starts a private server, which takes at most a few minutes.
///
/// If the server is not installed, the error message ends with `alternative`.
pub(crate) fn start(
    server: Option<ServerChoice>,
    data_dir: Option<PathBuf>,
    alternative: &str,
) -> Result<PrivateServer, Failure> {
    let builder = PrivateServer::builder().server(server.unwrap_or_else(ServerChoice::from_env));
    builder.data_dir(data_dir).start().map_err(|error| {
        let alternative = if let StartError::NotInstalled { .. } = error { alternative } else { "" };
        Failure::Host(format!("the private database server did not start: {error}{alternative}"))
    })
}
