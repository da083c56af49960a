//! What a check prints: sections of labelled lines, and what is wrong, counted.

use std::io::{self, Write};

use crate::text::without_passwords;

/// What a label takes, with the space after it.
const LABEL_WIDTH: usize = 14;

/// Prints, and counts.
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

    /// Begins a section.
    pub(crate) fn section(&mut self, title: &str) -> io::Result<()> {
        let gap = if self.sections == 0 { "" } else { "\n" };
        self.sections += 1;
        writeln!(self.out, "{gap}{title}")?;
        // What is asked of a server next can take seconds.
        self.out.flush()
    }

    /// Lines with a label before the first.
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

    /// Columns, each as wide as its widest cell.
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

    /// What can't work.
    pub(crate) fn error(&mut self, text: &str) -> io::Result<()> {
        self.errors += 1;
        self.line("error", &without_passwords(text))
    }

    /// What works, and should be otherwise.
    pub(crate) fn warning(&mut self, text: &str) -> io::Result<()> {
        self.warnings += 1;
        self.line("warning", text)
    }

    /// Tells the sums. Whether all can work is the answer.
    pub(crate) fn end(mut self) -> io::Result<bool> {
        let counted = |number, of| format!("{number} {of}{}", if number == 1 { "" } else { "s" });
        let sums = match (self.errors, self.warnings) {
            (0, 0) => "all is well".to_owned(),
            (0, warnings) => counted(warnings, "warning"),
            (errors, 0) => counted(errors, "error"),
            (errors, warnings) => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
        };
        writeln!(self.out, "\ncheck: {sums}")?;
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
