//! Logs and messages on stderr, as text or as JSON.

use std::env;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;

use crate::text;

/// The log filter without RUST_LOG. It omits the warning of two processes that write the same
/// plugin to the cache at once.
const DEFAULT_FILTER: &str = "warn,wasmtime_internal_cache=error";

/// A writer to stderr that ignores errors, for example a full disk or a closed pipe. Only the
/// output that can't be written is lost.
struct Stderr;

/// The log target of the access log of `wasmysql serve`.
pub(crate) const ACCESS: &str = "wasmysql::access";

/// The log target of the spans of requests, which are part of warnings about their statements.
pub(crate) const REQUEST: &str = "wasmysql::request";

/// The log target of the output of plugins that are served.
pub(crate) const PLUGIN: &str = "wasmysql::plugin";

/// The log target of messages that are printed independently of the log filter.
const CLI: &str = "wasmysql::cli";

static FORMAT: OnceLock<Format> = OnceLock::new();

/// The format of stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// Human-readable text
    #[default]
    Text,
    /// One JSON object per line, for log collectors
    Json,
}

/// Initializes logging and the format of messages and errors.
pub(crate) fn init(format: Format) {
    let _ = FORMAT.set(format);
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    // RUST_LOG disables the access log only if it names it.
    let filter = match env::var(EnvFilter::DEFAULT_ENV) {
        Ok(given) if given.contains(ACCESS) => filter,
        _ => with_level(filter, ACCESS, LevelFilter::INFO),
    };
    let filter = with_level(filter, REQUEST, LevelFilter::ERROR);
    match format {
        Format::Text => {
            // Not in files and pipes.
            let is_coloured =
                io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            tracing_subscriber::fmt().with_ansi(is_coloured).with_env_filter(filter).with_writer(|| Stderr).init();
        }
        Format::Json => {
            let filter = with_level(filter, CLI, LevelFilter::INFO);
            let filter = with_level(filter, PLUGIN, LevelFilter::INFO);
            tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(|| Stderr).init();
        }
    }
}

fn with_level(filter: EnvFilter, target: &str, level: LevelFilter) -> EnvFilter {
    match format!("{target}={level}").parse::<Directive>() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    }
}

/// Returns the format of stderr.
pub(crate) fn format() -> Format {
    FORMAT.get().copied().unwrap_or_default()
}

/// Prints a message that is not an error.
pub(crate) fn print(message: &impl Display) {
    match format() {
        Format::Text => write(&format!("{message}\n")),
        Format::Json => tracing::info!(target: CLI, "{message}"),
    }
}

/// Prints an error message, without passwords.
pub(crate) fn print_error(message: &impl Display) {
    let message = text::without_passwords(&message.to_string());
    match format() {
        Format::Text => write(&format!("error: {message}\n")),
        Format::Json => tracing::error!(target: CLI, "{message}"),
    }
}

fn write(text: &str) {
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
