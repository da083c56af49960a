//! What `#[wasmysql::main]` expands to calls. Not for use by hand.

use std::error::Error;
use std::io::Write;

pub use crate::bindings::command::exports::wasi::cli::run::Guest;

/// What an entry point or a test may return.
#[diagnostic::on_unimplemented(
    message = "neither `main` nor a test can return `{Self}`",
    label = "return nothing, or `Result<(), E>` where `E` is an error, a string, or a box of either"
)]
pub trait Termination {
    /// What the host is told. An error is printed to stderr, with the errors behind it.
    #[expect(clippy::result_unit_err, reason = "the shape WASI gives it")]
    fn report(self) -> Result<(), ()>;
}

impl Termination for () {
    fn report(self) -> Result<(), ()> {
        flush()
    }
}

impl<E: Into<Box<dyn Error>>> Termination for Result<(), E> {
    fn report(self) -> Result<(), ()> {
        let flushed = flush();
        self.map_err(|error| eprintln!("Error: {}", chain(&*error.into()))).and(flushed)
    }
}

/// Ends the process of a plain `main`, whose error only the exit code tells the host.
pub fn finish(returned: impl Termination) {
    if returned.report().is_err() {
        std::process::exit(1)
    }
}

/// Where a host calls the entry of WASI 0.2, though `main` is the one of WASI 0.3.
pub fn needs_wasi_0_3() -> ! {
    eprintln!("Error: this plugin needs a host with WASI 0.3: it exports wasi:cli/run@0.3.0");
    std::process::exit(1)
}

/// Rust's runtime does so only around a plain `main`, and does not tell what fails.
fn flush() -> Result<(), ()> {
    std::io::stdout().flush().map_err(|error| eprintln!("Error: stdout: {error}"))
}

/// An error with the errors behind it.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!("\n  caused by: {error}"));
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_of_errors_is_told() {
        #[derive(Debug, thiserror::Error)]
        #[error("loading failed")]
        struct Outer(#[source] crate::Error);

        let inner = crate::Error::argument("no rows");
        assert_eq!(chain(&Outer(inner)), "loading failed\n  caused by: no rows");
        assert_eq!(Err::<(), _>("plain text").report(), Err(()));
        assert_eq!(Ok::<(), crate::Error>(()).report(), Ok(()));
    }
}
