//! The process that keeps a private server.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use wasmysql_private_server::PrivateServer;

use super::lease::{TIMEOUT, greeting};
use super::place::Place;
use crate::exit::Failure;
use crate::private;
use crate::schema::{Administrator, Login};

/// The name of the command, which is not for users.
pub(crate) const COMMAND: &str = "keep-private-server";
/// More databases than runs at the same time.
const MAX_SCHEMAS: u32 = 1_000;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Directory of the socket
    directory: PathBuf,
    /// Seconds without a lease after which the server stops
    idle: u32,
}

pub(crate) fn run(Arguments { directory, idle }: Arguments) -> Result<(), Failure> {
    let server = Arc::new(private::start(None, None, "")?);
    let runtime = Builder::new_current_thread().enable_all().build().map_err(Failure::host)?;
    let place = Place::at(directory);
    runtime.block_on(async {
        // Leases get databases of their own, the first of this name.
        Administrator::log_in(&Login::of(&server)).await?.remove(server.schema()).await;
        let listener = UnixListener::bind(place.socket()).map_err(Failure::host)?;
        keep(listener, &server, &place, Duration::from_secs(idle.into())).await
    })
}

/// Lends databases until none was lent for the time `idle`, or until the server can't be used.
async fn keep(
    listener: UnixListener,
    server: &Arc<PrivateServer>,
    place: &Place,
    idle: Duration,
) -> Result<(), Failure> {
    let bound = place.socket_inode();
    let mut leases = JoinSet::new();
    let mut used = Instant::now();
    let problem = loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => _ = leases.spawn(lend(stream, Arc::clone(server))),
                Err(error) => break Failure::host(error),
            },
            Some(ended) = leases.join_next() => match ended {
                Ok(Ok(())) => used = Instant::now(),
                Ok(Err(failure)) => break failure,
                Err(error) => break Failure::host(error),
            },
            () = sleep_until(used + idle), if leases.is_empty() => {
                // While this has the lock, no run is about to connect.
                let Some(_lock) = place.try_lock().map_err(Failure::Host)? else {
                    used = Instant::now();
                    continue;
                };
                // A run that got no answer from this keeper has started another.
                if place.socket_inode() == bound {
                    let _ = fs::remove_file(place.socket());
                }
                return Ok(());
            }
        }
    };
    // The next run can't connect, and starts another keeper. Other runs still use this server.
    drop(listener);
    while leases.join_next().await.is_some() {}
    Err(problem)
}

/// Creates a database, and drops it when the run closes the connection.
async fn lend(mut stream: UnixStream, server: Arc<PrivateServer>) -> Result<(), Failure> {
    let login = Login::of(&server);
    let created = tokio::time::timeout(TIMEOUT, async {
        let mut administrator = Administrator::log_in(&login).await?;
        let schema = create(&mut administrator, &server).await?;
        Ok((administrator, schema))
    });
    let (mut administrator, schema) =
        created.await.unwrap_or_else(|_| Err(Failure::Host("the server does not answer".to_owned())))?;
    let url = format!("mysql://{}:{}@127.0.0.1:{}/{schema}", server.user(), server.password(), server.port());
    // If the run has ended, reading returns at once.
    let _ = stream.write_all(greeting(&login, &schema, &url).as_bytes()).await;
    let _ = stream.read(&mut [0]).await;
    administrator.remove(&schema).await;
    Ok(())
}

/// Creates a database with the first free name: `main`, `main_2` and so on.
async fn create(administrator: &mut Administrator, server: &PrivateServer) -> Result<String, Failure> {
    for number in 1..MAX_SCHEMAS {
        let schema = match number {
            1 => server.schema().to_owned(),
            number => format!("{}_{number}", server.schema()),
        };
        if administrator.create(&schema, server.user()).await? {
            return Ok(schema);
        }
    }
    Err(Failure::Host("all names of databases are taken".to_owned()))
}
