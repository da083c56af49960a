//! Replaces the plugin by a new version of its file: when the file changes, and on SIGHUP.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::requests::Server;
use crate::log;

/// The interval in which the file is checked. Polling works on all file systems, also on those that
/// send no notifications, such as network and overlay file systems.
const INTERVAL: Duration = Duration::from_millis(500);

/// The properties of a file that change with its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fingerprint {
    inode: u64,
    size: u64,
    seconds: i64,
    nanoseconds: i64,
}

/// Requests a reload when the file has changed, and did not change again for an interval: a
/// compiler can still be writing it.
pub(super) async fn watch(path: PathBuf, changed: Arc<Notify>) {
    let mut loaded = fingerprint(&path).await;
    let mut last = loaded;
    loop {
        sleep(INTERVAL).await;
        let current = fingerprint(&path).await;
        // A compiler can delete the file before it writes a new one.
        if current.is_some() && current == last && current != loaded {
            loaded = current;
            changed.notify_one();
        }
        last = current;
    }
}

/// Reloads the plugin each time that it is requested.
pub(super) async fn on_request(server: Arc<Server>, requested: Arc<Notify>) {
    loop {
        requested.notified().await;
        log::print(&format!("loading {}", server.site().file()));
        let loading = Arc::clone(&server);
        let reloaded = spawn_blocking(move || loading.site().reload()).await;
        let file = server.site().file();
        match reloaded.unwrap_or_else(|error| Err(error.to_string())) {
            Ok(()) => log::print(&format!("reloaded {file}")),
            Err(problem) => {
                log::print_error(&format!("{file}: {problem}; the previous version keeps serving"));
            }
        }
    }
}

/// Returns the fingerprint of a file, or `None` if the file can't be read.
async fn fingerprint(path: &Path) -> Option<Fingerprint> {
    let path = path.to_owned();
    let metadata = spawn_blocking(move || fs::metadata(path)).await.ok()?.ok()?;
    Some(Fingerprint {
        inode: metadata.ino(),
        size: metadata.size(),
        seconds: metadata.mtime(),
        nanoseconds: metadata.mtime_nsec(),
    })
}
