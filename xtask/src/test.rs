//! Runs the tests on each server and counts them.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, IsTerminal, Write, stdout};
use std::process::{Command, Stdio};
use std::thread::available_parallelism;

use anyhow::{Context, Result, bail};
use wasmysql_private_server::{Flavor, ServerChoice};

use crate::cargo::cargo;
use crate::languages::Language;
use crate::servers::{self, Server};
use crate::{SERVER, book, browser, packages, python, release, selection};

/// The suite that runs on every server.
const SUITE: &str = "it";
/// The package whose features select the tests. The feature `mysql` leaves out the tests of
/// features that only MariaDB has. A feature for each language runs the guest in this language.
const TESTS: &str = "wasmysql-tests";
/// The feature that runs the tests in a browser.
const BROWSER: &str = "wasmysql-cli/browser";
/// The feature that tests the tool with Python plugins.
const PYTHON_PLUGINS: &str = "wasmysql-cli/python";
/// The number of tests that run at once.
const THREADS: &str = "RUST_TEST_THREADS";
/// The first words of the reason for which a test is left out on a server.
const LEFT_OUT: &str = "ignored, only on ";

/// The tests on one server.
#[derive(Debug)]
struct Run {
    /// `None` for the server of the environment.
    server: Option<OsString>,
    /// `None` for all tests.
    suite: Option<&'static str>,
}

/// The results of a run.
#[derive(Debug, Default)]
pub(crate) struct Count {
    passed: usize,
    failed: usize,
    left_out: usize,
}

/// Runs all tests on `server` or the machine's MariaDB. Unless a server or a filter is chosen, also
/// runs the suite `it` on the other servers, as far as they can be downloaded.
pub(crate) fn run_tests(server: Option<OsString>, filter: Option<&str>, arguments: &[String]) -> Result<()> {
    let mut summary = String::new();
    let is_chosen = server.is_some() || filter.is_some() || ServerChoice::from_env() != ServerChoice::Installed;
    let mut runs = vec![Run { server, suite: None }];
    for other in Server::ALL.into_iter().filter(|_| !is_chosen) {
        match other.get() {
            Ok(directory) => runs.push(Run { server: Some(directory.into()), suite: Some(SUITE) }),
            Err(error) => summary += &format!("test: {SUITE} on {}: not run: {error:#}\n", other.name()),
        }
    }
    let mut features = Vec::new();
    for language in Language::ALL {
        if language.is_installed()? {
            language.build_for_tests()?;
            features.push(format!("{TESTS}/{}", language.name()));
            if language == Language::Python {
                features.push(PYTHON_PLUGINS.to_owned());
            }
        } else {
            summary += &format!(
                "test: the guest in {0}: not run: run `cargo xtask setup --languages {0}` to install its tools\n",
                language.name()
            );
        }
    }
    match browser::check() {
        Ok(()) => features.push(BROWSER.to_owned()),
        Err(error) => summary += &format!("test: the page in a browser: not run: {error:#}\n"),
    }
    let mut failed = false;
    for run in runs {
        let installation = servers::installation(run.server.as_deref())?;
        let description =
            format!("{} on {} {}", run.suite.unwrap_or("all tests"), installation.flavor(), installation.version());
        eprintln!("test: {description}");
        if run.suite.is_none() {
            eprintln!("test: building the host and the tests, then the guest programs, which cargo does not list");
        }
        let (count, success) = run.perform(installation.flavor(), &features, filter, arguments)?;
        failed |= !success;
        summary += &count.summary(&description);
        if !success {
            break;
        }
    }
    if !failed && !is_chosen && Language::Python.is_installed()? {
        let (count, success) = python::run_tests()?;
        failed |= !success;
        summary += &count.summary("the Python package");
    }
    if !failed && filter == Some(packages::LANGUAGES) {
        let (lines, success) = packages::run_tests()?;
        failed |= !success;
        summary += &lines;
    }
    if !failed && !is_chosen {
        eprintln!("test: building a plugin and an embedder in empty projects, from the packages only");
        release::test_packages()?;
        summary += "test: the packages: a plugin and an embedder in empty projects passed\n";
        if book::is_installed()? {
            book::build()?;
            summary += "test: the book: built without warnings\n";
        } else {
            summary += "test: the book: not built: run `cargo xtask setup --book` to install mdBook\n";
        }
    }
    eprint!("\n{summary}");
    if failed {
        bail!("tests failed");
    }
    Ok(())
}

impl Run {
    /// Runs the tests, and returns their number and whether all passed.
    fn perform(
        &self,
        flavor: Flavor,
        features: &[String],
        filter: Option<&str>,
        arguments: &[String],
    ) -> Result<(Count, bool)> {
        let mut host = cargo(["test"].into_iter().chain(selection::host()));
        let mysql = (flavor == Flavor::MySql).then(|| format!("{TESTS}/mysql"));
        host.args(features.iter().chain(&mysql).map(|feature| format!("--features={feature}")));
        host.args(self.suite.into_iter().flat_map(|suite| ["--test", suite]));
        host.envs(self.server.as_deref().map(|server: &OsStr| (SERVER, server)));
        if self.suite.is_some() && env::var_os(THREADS).is_none() {
            // Most of the time, a test of the suite waits for a server.
            host.env(THREADS, (2 * available_parallelism()?.get()).to_string());
        }
        let guests = cargo(["test"].into_iter().chain(selection::guests()));

        let mut count = Count::default();
        // The other packages have no tests that depend on the server.
        for mut tests in [Some(host), self.suite.is_none().then_some(guests)].into_iter().flatten() {
            tests.args(filter).arg("--").args(arguments);
            if stdout().is_terminal() {
                // The output passes through this process, so the tests would not use colors.
                tests.args(["--color", "always"]);
            }
            if !count.add_output(&mut tests)? {
                return Ok((count, false));
            }
        }
        Ok((count, true))
    }
}

impl Count {
    /// Runs tests, shows their output, and adds their results. Returns whether they succeeded.
    pub(crate) fn add_output(&mut self, tests: &mut Command) -> Result<bool> {
        let mut child = tests.stdout(Stdio::piped()).spawn().context("can't run the tests")?;
        for line in BufReader::new(child.stdout.take().context("the tests have no output")?).split(b'\n') {
            let line = line?;
            stdout().write_all(&[&line, b"\n".as_slice()].concat())?;
            self.add(&String::from_utf8_lossy(&line));
        }
        Ok(child.wait()?.success())
    }

    /// Returns the line of the summary.
    fn summary(&self, description: &str) -> String {
        let Count { passed, failed, left_out } = self;
        format!("test: {description}: {passed} passed, {failed} failed, {left_out} left out\n")
    }

    /// Adds a line of libtest's output, such as `test result: ok. 9 passed; 0 failed; 1 ignored`.
    fn add(&mut self, line: &str) {
        if line.contains(LEFT_OUT) {
            self.left_out += 1;
        }
        let Some((_, results)) = line.split_once("test result: ") else { return };
        let number = |name: &str| {
            let before = results.split(name).next().unwrap_or_default();
            before.rsplit([' ', '.']).next().and_then(|number| number.parse::<usize>().ok()).unwrap_or(0)
        };
        self.passed += number(" passed");
        self.failed += number(" failed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_and_tests_that_were_left_out_are_counted() {
        let mut count = Count::default();
        for line in [
            "test values::uuid ... ignored, only on MariaDB: the type UUID",
            "test owner ... ignored, run by another test",
            "test result: ok. 12 passed; 3 failed; 2 ignored; 0 measured; 0 filtered out; finished in 5.67s",
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.00s",
        ] {
            count.add(line);
        }
        assert_eq!((count.passed, count.failed, count.left_out), (13, 3, 1));
    }
}
