//! A database on the server of a keeper.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::schema::Login;

/// The time in which the keeper creates a database.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);
/// More than the longest greeting.
const MAX_GREETING: u64 = 4096;

/// A database. The keeper drops it after this value is dropped, or this process has ended.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(crate) login: Login,
    pub(crate) schema: String,
    pub(crate) url: String,
    _connection: UnixStream,
}

impl Lease {
    /// Asks the keeper for a database.
    pub(super) fn take(socket: &Path) -> Result<Self, String> {
        let failed = |error| format!("{}: {error}", socket.display());
        let connection = UnixStream::connect(socket).map_err(failed)?;
        connection.set_read_timeout(Some(TIMEOUT)).map_err(failed)?;
        let lines = BufReader::new((&connection).take(MAX_GREETING)).lines().take(4).collect::<Result<Vec<_>, _>>();
        match <[String; 4]>::try_from(lines.map_err(failed)?) {
            Ok([socket, user, schema, url]) => {
                let login = Login { socket: PathBuf::from(socket), user };
                Ok(Self { login, schema, url, _connection: connection })
            }
            Err(_) => Err("its server does not create a database".to_owned()),
        }
    }
}

/// Returns what the keeper sends: a line for each part of a lease.
pub(super) fn greeting(login: &Login, schema: &str, url: &str) -> String {
    format!("{}\n{}\n{schema}\n{url}\n", login.socket.display(), login.user)
}
