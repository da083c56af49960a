//! Runs a test once.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmysql_host::WasmysqlCtx;

use super::list::Case;
use super::output::Output;
use super::schemas::Schemas;
use super::suite::{SKIPPED, Suite};
use crate::exit::Failure;
use crate::plugin::{End, State};

/// The maximum output of a test.
const OUTPUT_BYTES: usize = 16 << 20;

/// The result of a test.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The test succeeded with this output.
    Ok(String),
    /// The test failed with this output, which includes the reason if it was stopped.
    Failed(String),
    /// The test was not run.
    Ignored,
}

/// The environment in which tests are run.
pub(crate) struct Attempts {
    pub(crate) suite: Arc<Suite>,
    /// `None` if the plugin uses no database.
    pub(crate) schemas: Option<Schemas>,
    pub(crate) limit: Duration,
}

impl Attempts {
    /// Runs a test in a new instance with a new schema.
    pub(crate) async fn run(&self, case: &Case) -> Result<Verdict, Failure> {
        let Some(schemas) = &self.schemas else {
            return self.run_with(case, WasmysqlCtx::default()).await;
        };
        let schema = schemas.fresh().await?;
        let verdict = self.run_with(case, schema.context()?).await;
        schema.remove().await;
        verdict
    }

    async fn run_with(&self, case: &Case, mysql: WasmysqlCtx) -> Result<Verdict, Failure> {
        // stdout and stderr share a pipe, which keeps the order of their output.
        let printed = MemoryOutputPipe::new(OUTPUT_BYTES);
        let mut wasi = WasiCtx::builder();
        wasi.stdout(printed.clone()).stderr(printed.clone());
        self.suite.configure(&mut wasi, case)?;
        let state = State::new(wasi.build(), mysql);

        let end = timeout(self.limit, self.suite.plugin.run(case.entry, state)).await;
        let printed = printed.contents();
        let printed = String::from_utf8_lossy(&printed);
        let output = Output::of(case, &printed);
        Ok(match end {
            Ok(End::Exit(SKIPPED)) if self.suite.python.is_some() => Verdict::Ignored,
            Ok(End::Success) if output.was_ignored() => Verdict::Ignored,
            Ok(End::Success) => Verdict::Ok(output.text()),
            Ok(End::Error | End::Exit(_)) => Verdict::Failed(output.text()),
            Ok(End::Trap(reason)) => Verdict::Failed(output.text_with_trap(&reason)),
            Err(_) => Verdict::Failed(output.text_with(&format!("it did not end within {} s", self.limit.as_secs()))),
        })
    }
}
