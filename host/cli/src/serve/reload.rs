//! Replaces the plugin by a new version of its file: when the file changes, and on SIGHUP.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
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

/// A number that changes with the content of a file, or of a file in a directory.
type Fingerprint = u64;

/// Requests a reload when the file or directory has changed, and did not change again for an
/// interval: a compiler can still be writing it.
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

/// Returns the fingerprint of a file or directory, or `None` if it can't be read.
async fn fingerprint(path: &Path) -> Option<Fingerprint> {
    let path = path.to_owned();
    let read = spawn_blocking(move || {
        let mut hasher = DefaultHasher::new();
        add(&path, &mut hasher).map(|()| hasher.finish())
    });
    read.await.ok()?.ok()
}

/// Adds the properties of a file, or of all files in a directory, that change with their content.
fn add(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_dir() {
        (path, metadata.ino(), metadata.size(), metadata.mtime(), metadata.mtime_nsec()).hash(hasher);
        return Ok(());
    }
    let mut entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.retain(|entry| is_source(entry));
    entries.sort();
    // A file can disappear meanwhile, and a link can lead nowhere.
    entries.iter().for_each(|entry| drop(add(entry, hasher)));
    Ok(())
}

/// Returns whether a path can be a file of a plugin: no hidden file, no cache of the interpreter,
/// and no virtual environment.
fn is_source(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let is_link = path.is_symlink() && path.is_dir();
    !(name.starts_with(b".") || name == b"__pycache__" || path.join("pyvenv.cfg").exists() || is_link)
}
