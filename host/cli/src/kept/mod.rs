//! A private server that stays between runs, so that a plugin starts without waiting for one.
//!
//! A process of its own, the [keeper](keeper), owns the server. A run connects to its unix socket
//! and gets a new database. The connection is the lease: when it closes, for any reason, the keeper
//! drops the database. Some time after the last lease it stops the server and ends.

pub(crate) mod keeper;
mod lease;
mod place;

use std::env;
use std::fs;
use std::io::{IsTerminal, stderr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use wasmysql_private_server::ServerChoice;

pub(crate) use self::lease::Lease;
use self::place::Place;

/// The variable with the time, in seconds, for which a server is kept. With 0, none is kept.
const VARIABLE: &str = "WASMYSQL_KEEP_SERVER";
/// The time on a terminal. In scripts and tests no process must outlive the run.
const ON_A_TERMINAL: Duration = Duration::from_secs(600);
/// The time in which the keeper starts a server. The first start of a version takes minutes.
const START_TIMEOUT: Duration = Duration::from_secs(180);
const POLL: Duration = Duration::from_millis(5);
/// Closes the descriptors that a shell can name, and starts a program. A lock of `flock` or a pipe
/// of `make` would otherwise stay open for as long as the server is kept.
const WITHOUT_DESCRIPTORS: &str = r#"exec "$0" "$@" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-"#;

/// Returns a database on the server that is kept for `project`, and starts it if there is none.
///
/// Returns `None` if no server is kept, or if it can't be used. A private server of the run then
/// takes its place, and reports why a server can't be started.
pub(crate) fn lease(choice: &ServerChoice, project: &Path) -> Option<Lease> {
    let idle = idle_time().filter(|idle| !idle.is_zero())?;
    match leased(choice, project, idle) {
        Ok(lease) => Some(lease),
        Err(problem) => {
            tracing::debug!("no private server is kept: {problem}");
            None
        }
    }
}

fn idle_time() -> Option<Duration> {
    match env::var(VARIABLE) {
        Ok(seconds) if !seconds.is_empty() => match seconds.parse::<u32>() {
            Ok(seconds) => Some(Duration::from_secs(seconds.into())),
            Err(_) => {
                tracing::warn!("{VARIABLE} is not a number of seconds, so no private server is kept");
                None
            }
        },
        _ => stderr().is_terminal().then_some(ON_A_TERMINAL),
    }
}

fn leased(choice: &ServerChoice, project: &Path, idle: Duration) -> Result<Lease, String> {
    let place = Place::of(choice, project)?;
    // One run at a time looks for the keeper, so that only one is started. A keeper that ends takes
    // the same lock.
    let _lock = place.lock(START_TIMEOUT)?;
    if let Ok(lease) = Lease::take(&place.socket()) {
        return Ok(lease);
    }
    // The previous keeper can have been killed, or it does not answer.
    let _ = fs::remove_file(place.socket());
    let mut keeper = start(&place, choice, idle)?;
    let deadline = Instant::now() + START_TIMEOUT;
    loop {
        match Lease::take(&place.socket()) {
            Ok(lease) => return Ok(lease),
            Err(problem) if Instant::now() > deadline => {
                // The only possible error is that it has ended.
                let _ = keeper.kill();
                return Err(problem);
            }
            Err(_) => {}
        }
        if let Ok(Some(status)) = keeper.try_wait() {
            return Err(format!("its process ended ({status})"));
        }
        thread::sleep(POLL);
    }
}

/// Starts the keeper in a process group of its own, which Ctrl-C at the terminal does not reach.
fn start(place: &Place, choice: &ServerChoice, idle: Duration) -> Result<Child, String> {
    use std::os::unix::process::CommandExt;

    let program = env::current_exe().map_err(|error| format!("the path of this program: {error}"))?;
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", WITHOUT_DESCRIPTORS])
        .arg(program)
        .arg(keeper::COMMAND)
        .arg(place.directory())
        .arg(idle.as_secs().to_string());
    command.env("WASMYSQL_SERVER", place::text(choice));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.spawn().map_err(|error| format!("its process can't be started: {error}"))
}
