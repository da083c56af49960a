//! Prints the results of tests in the format of libtest.

use std::io::{self, Write};
use std::time::Instant;

use super::attempt::Verdict;
use super::list::Case;

/// The output for each test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Lines,
    Characters,
}

/// Prints and counts results.
#[derive(Debug)]
pub(crate) struct Report<W> {
    out: W,
    style: Style,
    /// Whether the output of each test is shown.
    shows_all: bool,
    start: Instant,
    passed: usize,
    ignored: usize,
    filtered_out: usize,
    /// The names and outputs of failed tests.
    failures: Vec<(String, String)>,
}

impl<W: Write> Report<W> {
    pub(crate) fn new(out: W, style: Style, shows_all: bool) -> Self {
        let (passed, ignored, filtered_out) = (0, 0, 0);
        Self { out, style, shows_all, start: Instant::now(), passed, ignored, filtered_out, failures: Vec::new() }
    }

    /// Lists tests, and prints their number if `count` is set.
    pub(crate) fn list(&mut self, cases: &[Case], count: bool) -> io::Result<()> {
        for case in cases {
            writeln!(self.out, "{}: test", case.name)?;
        }
        if count {
            writeln!(self.out, "\n{}, 0 benchmarks", tests(cases.len()))?;
        }
        self.out.flush()
    }

    pub(crate) fn start(&mut self, selected: usize, filtered_out: usize) -> io::Result<()> {
        (self.start, self.filtered_out) = (Instant::now(), filtered_out);
        writeln!(self.out, "\nrunning {}", tests(selected))
    }

    pub(crate) fn ended(&mut self, case: Case, verdict: Verdict) -> io::Result<()> {
        let (word, character, output) = match &verdict {
            Verdict::Ok(output) => ("ok", '.', Some(output)),
            Verdict::Failed(output) => ("FAILED", 'F', Some(output)),
            Verdict::Ignored => ("ignored", 'i', None),
        };
        if let Some(output) = output.filter(|output| self.shows_all && !output.is_empty()) {
            self.section(&case.name, output)?;
        }
        match self.style {
            Style::Lines => writeln!(self.out, "test {} ... {word}", case.name)?,
            Style::Characters => write!(self.out, "{character}")?,
        }
        self.out.flush()?;
        match verdict {
            Verdict::Ok(_) => self.passed += 1,
            Verdict::Ignored => self.ignored += 1,
            Verdict::Failed(output) => self.failures.push((case.name, output)),
        }
        Ok(())
    }

    /// Prints the failures and the summary. Returns whether no test failed.
    pub(crate) fn end(&mut self) -> io::Result<bool> {
        if self.style == Style::Characters {
            writeln!(self.out)?;
        }
        let mut failures = std::mem::take(&mut self.failures);
        failures.sort();
        if !failures.is_empty() {
            writeln!(self.out, "\nfailures:\n")?;
            let shows_all = self.shows_all;
            for (name, output) in failures.iter().filter(|(_, output)| !shows_all && !output.is_empty()) {
                self.section(name, output)?;
            }
            writeln!(self.out, "\nfailures:")?;
            for (name, _) in &failures {
                writeln!(self.out, "    {name}")?;
            }
        }
        writeln!(
            self.out,
            "\ntest result: {}. {} passed; {} failed; {} ignored; 0 measured; {} filtered out; finished in {:.2}s\n",
            if failures.is_empty() { "ok" } else { "FAILED" },
            self.passed,
            failures.len(),
            self.ignored,
            self.filtered_out,
            self.start.elapsed().as_secs_f64(),
        )?;
        self.out.flush()?;
        Ok(failures.is_empty())
    }

    fn section(&mut self, name: &str, output: &str) -> io::Result<()> {
        writeln!(self.out, "---- {name} ----\n{}\n", output.trim_end_matches('\n'))
    }
}

fn tests(number: usize) -> String {
    format!("{number} test{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Entry;

    #[track_caller]
    fn check(style: Style, shows_all: bool, expected: &str) {
        let mut report = Report::new(Vec::new(), style, shows_all);
        let case = |name: &str| Case { entry: Entry::P3, name: name.to_owned(), ignored: false };
        report.start(3, 4).unwrap();
        report.ended(case("b"), Verdict::Failed("no\n".to_owned())).unwrap();
        report.ended(case("a"), Verdict::Ok("yes\n".to_owned())).unwrap();
        report.ended(case("c"), Verdict::Ignored).unwrap();
        assert!(!report.end().unwrap());
        let printed = String::from_utf8(report.out).unwrap();
        let (printed, time) = printed.split_once("finished in ").unwrap();
        assert!(time.ends_with("s\n\n"), "{time}");
        assert_eq!(printed, expected);
    }

    #[test]
    fn output_matches_libtest_format() {
        let end =
            "failures:\n    b\n\ntest result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 4 filtered out; ";
        let lines = "\nrunning 3 tests\ntest b ... FAILED\ntest a ... ok\ntest c ... ignored\n";
        check(Style::Lines, false, &format!("{lines}\nfailures:\n\n---- b ----\nno\n\n\n{end}"));
        check(Style::Characters, false, &format!("\nrunning 3 tests\nF.i\n\nfailures:\n\n---- b ----\nno\n\n\n{end}"));
        let shown = "\nrunning 3 tests\n---- b ----\nno\n\ntest b ... FAILED\n---- a ----\nyes\n\ntest a ... ok\ntest c ... ignored\n";
        check(Style::Lines, true, &format!("{shown}\nfailures:\n\n\n{end}"));
    }
}
