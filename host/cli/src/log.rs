//! What is told on stderr, and in which form.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::OnceLock;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;

use crate::text;

/// What is logged unless RUST_LOG says otherwise. Two processes that cache one plugin at once are no cause for a warning.
const LOGGED: &str = "warn,wasmtime_internal_cache=error";

/// stderr, which may be a file on a disk that is full, or a pipe that nobody reads: what can't be written there is lost, and nothing else.
struct Stderr;

/// The target of what is told whatever is logged.
const TOLD: &str = "wasmysql::told";

static FORMAT: OnceLock<Format> = OnceLock::new();

/// How stderr is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// A JSON object a line, for what collects logs
    Json,
}

/// Begins to log. What can't go on is told in this form, too.
pub(crate) fn begin(format: Format) {
    let _ = FORMAT.set(format);
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOGGED));
    match format {
        Format::Text => tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Stderr).init(),
        Format::Json => {
            let filter = match format!("{TOLD}={}", LevelFilter::INFO).parse::<Directive>() {
                Ok(told) => filter.add_directive(told),
                Err(_) => filter,
            };
            tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(|| Stderr).init();
        }
    }
}

/// Tells the user something that is not an error.
pub(crate) fn tell(message: &impl Display) {
    match FORMAT.get().copied().unwrap_or_default() {
        Format::Text => write(&format!("{message}\n")),
        Format::Json => tracing::info!(target: TOLD, "{message}"),
    }
}

/// Tells the user why it does not go on.
pub(crate) fn tell_error(message: &impl Display) {
    let message = text::without_passwords(&message.to_string());
    match FORMAT.get().copied().unwrap_or_default() {
        Format::Text => write(&format!("error: {message}\n")),
        Format::Json => tracing::error!(target: TOLD, "{message}"),
    }
}

fn write(text: &str) {
    // There is nowhere to tell of a failure.
    let _ = Stderr.write_all(text.as_bytes());
}

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = io::stderr().write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = io::stderr().flush();
        Ok(())
    }
}
