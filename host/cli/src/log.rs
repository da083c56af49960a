//! What is told on stderr, and in which form.

use std::fmt::Display;
use std::io;
use std::sync::OnceLock;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;

/// What is logged unless RUST_LOG says otherwise. Two processes that cache one plugin at once are no cause for a warning.
const LOGGED: &str = "warn,wasmtime_internal_cache=error";

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
        Format::Text => tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init(),
        Format::Json => {
            let filter = match format!("{TOLD}={}", LevelFilter::INFO).parse::<Directive>() {
                Ok(told) => filter.add_directive(told),
                Err(_) => filter,
            };
            tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(io::stderr).init();
        }
    }
}

/// Tells the user something that is not an error.
pub(crate) fn tell(message: &impl Display) {
    match FORMAT.get().copied().unwrap_or_default() {
        Format::Text => eprintln!("{message}"),
        Format::Json => tracing::info!(target: TOLD, "{message}"),
    }
}

/// Tells the user why it does not go on.
pub(crate) fn tell_error(message: &impl Display) {
    match FORMAT.get().copied().unwrap_or_default() {
        Format::Text => eprintln!("error: {message}"),
        Format::Json => tracing::error!(target: TOLD, "{message}"),
    }
}
