//! What `#[wasmysql::tests]` expands to calls: as much of libtest as a host needs to list tests and to run each in an
//! instance of its own. Not for use by hand.

use std::fmt;
use std::io::Write;
use std::pin::Pin;

/// A test on its way.
type Running = Pin<Box<dyn Future<Output = Result<(), ()>>>>;

/// A test that was found.
#[derive(Clone, Copy)]
pub struct Test {
    /// Where it is, with the crate's name.
    pub path: &'static str,
    /// Whether it is run only on demand.
    pub ignored: bool,
    /// Starts it. Its error is printed.
    pub run: fn() -> Running,
}

impl fmt::Debug for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Test").field("path", &self.path).field("ignored", &self.ignored).finish_non_exhaustive()
    }
}

impl Test {
    /// As libtest has it: without the crate.
    fn name(&self) -> &'static str {
        self.path.split_once("::").map_or(self.path, |(_, name)| name)
    }
}

/// Does what the arguments of this program ask for. It is an error if a test fails, and if there is none to run.
pub async fn run(tests: Vec<Test>) -> Result<(), ()> {
    let request = Request::of(std::env::args().skip(1)).map_err(|message| eprintln!("Error: {message}"))?;
    let chosen: Vec<Test> = tests.into_iter().filter(|test| request.chooses(test)).collect();
    if request.list {
        let lines: String = chosen.iter().map(|test| format!("{}: test\n", test.name())).collect();
        let mut stdout = std::io::stdout();
        let written = stdout.write_all(lines.as_bytes()).and_then(|()| stdout.flush());
        return written.map_err(|error| eprintln!("Error: stdout: {error}"));
    }
    if chosen.is_empty() {
        eprintln!("Error: there is no such test");
        return Err(());
    }
    if let [test] = *chosen {
        return (test.run)().await;
    }
    let mut outcome = Ok(());
    for test in chosen {
        if (test.run)().await.is_err() {
            eprintln!("{} failed", test.name());
            outcome = Err(());
        }
    }
    outcome
}

/// The arguments of libtest that are understood.
#[derive(Debug, Default)]
struct Request {
    list: bool,
    exact: bool,
    ignored: bool,
    include_ignored: bool,
    filters: Vec<String>,
}

impl Request {
    fn of(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut request = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--list" => request.list = true,
                "--exact" => request.exact = true,
                "--ignored" => request.ignored = true,
                "--include-ignored" => request.include_ignored = true,
                // Nothing is captured here, and there is one format.
                "--nocapture" | "--no-capture" => {}
                "--format" => drop(arguments.next()),
                option if option.starts_with('-') => {
                    return Err(format!("{option} is not known here; run the tests with `wasmysql test`"));
                }
                _ => request.filters.push(argument),
            }
        }
        Ok(request)
    }

    fn chooses(&self, test: &Test) -> bool {
        let name = test.name();
        let matches =
            |filter: &String| if self.exact { name == filter.as_str() } else { name.contains(filter.as_str()) };
        let wanted = if self.ignored { test.ignored } else { self.list || self.include_ignored || !test.ignored };
        wanted && (self.filters.is_empty() || self.filters.iter().any(matches))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(arguments: &[&str], chosen: &[&str]) {
        let test = |path, ignored| Test { path, ignored, run: || Box::pin(async { Ok(()) }) };
        let tests = [test("visits::tests::adds", false), test("visits::tests::adds_many", true)];
        let request = Request::of(arguments.iter().map(|&argument| argument.to_owned())).unwrap();
        let names: Vec<&str> = tests.iter().filter(|test| request.chooses(test)).map(Test::name).collect();
        assert_eq!(names, chosen);
    }

    #[test]
    fn tests_are_chosen_as_libtest_chooses() {
        check(&[], &["tests::adds"]);
        check(&["--list", "--format", "terse"], &["tests::adds", "tests::adds_many"]);
        check(&["--list", "--format", "terse", "--ignored"], &["tests::adds_many"]);
        check(&["tests::adds", "--exact", "--nocapture"], &["tests::adds"]);
        check(&["tests::adds_many", "--exact"], &[]);
        check(&["adds", "--include-ignored"], &["tests::adds", "tests::adds_many"]);
        check(&["visits"], &[]);
    }

    #[test]
    fn an_unknown_option_gets_advice() {
        let refused = Request::of(["--bench".to_owned()].into_iter());
        assert!(refused.is_err_and(|message| message.contains("--bench") && message.contains("wasmysql test")));
    }
}
