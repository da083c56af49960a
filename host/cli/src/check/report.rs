//! The output of a check: sections of labelled lines, and a summary of errors and warnings.

use std::io::{self, Write};

use crate::text::without_passwords;

/// The width of a label, including the space after it.
const LABEL_WIDTH: usize = 14;

/// Prints sections and counts problems.
#[derive(Debug)]
pub(crate) struct Report<W> {
    out: W,
    sections: usize,
    errors: usize,
    warnings: usize,
}

impl<W: Write> Report<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, sections: 0, errors: 0, warnings: 0 }
    }

    /// Prints the title of a section.
    pub(crate) fn section(&mut self, title: &str) -> io::Result<()> {
        let gap = if self.sections == 0 { "" } else { "\n" };
        self.sections += 1;
        writeln!(self.out, "{gap}{title}")?;
        // The following requests to a server can take seconds.
        self.out.flush()
    }

    /// Prints lines, with a label before the first line.
    pub(crate) fn lines(&mut self, label: &str, lines: &[impl AsRef<str>]) -> io::Result<()> {
        for (at, line) in lines.iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            writeln!(self.out, "  {label:LABEL_WIDTH$}{}", line.as_ref())?;
        }
        Ok(())
    }

    pub(crate) fn line(&mut self, label: &str, text: &str) -> io::Result<()> {
        self.lines(label, &text.lines().collect::<Vec<_>>())
    }

    /// Prints rows in columns, each as wide as its widest cell.
    pub(crate) fn table(&mut self, label: &str, rows: &[Vec<String>]) -> io::Result<()> {
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let joined = |row: &Vec<String>| {
            let cells = row.iter().enumerate().map(|(column, cell)| format!("{cell:0$}  ", width(column)));
            cells.collect::<String>().trim_end().to_owned()
        };
        self.lines(label, &rows.iter().map(joined).collect::<Vec<_>>())
    }

    /// Prints and counts a problem that makes a plugin or a database unusable.
    pub(crate) fn error(&mut self, text: &str) -> io::Result<()> {
        self.errors += 1;
        self.line("error", &without_passwords(text))
    }

    /// Prints and counts a problem that should be fixed.
    pub(crate) fn warning(&mut self, text: &str) -> io::Result<()> {
        self.warnings += 1;
        self.line("warning", text)
    }

    /// Prints the summary. Returns whether there were no errors.
    pub(crate) fn end(mut self) -> io::Result<bool> {
        let counted = |number, noun| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
        let summary = match (self.errors, self.warnings) {
            (0, 0) => "no problems found".to_owned(),
            (0, warnings) => counted(warnings, "warning"),
            (errors, 0) => counted(errors, "error"),
            (errors, warnings) => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
        };
        writeln!(self.out, "\ncheck: {summary}")?;
        self.out.flush()?;
        Ok(self.errors == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_aligned_and_problems_counted() {
        let mut out = Vec::new();
        let mut report = Report::new(&mut out);
        report.section("One").unwrap();
        report.table("grants", &[vec!["é".to_owned(), "a".to_owned()], vec!["bb".to_owned(), String::new()]]).unwrap();
        report.warning("this\nand that").unwrap();
        report.section("Two").unwrap();
        report.error("no").unwrap();
        assert!(!report.end().unwrap());
        let expected = "One\n  grants        é   a\n                bb\n  warning       this\n                and that\n\nTwo\n  \
                        error         no\n\ncheck: 1 error, 1 warning\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
