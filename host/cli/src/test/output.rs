//! Separates the output of a test from the output of libtest around it.

use super::list::Case;
use crate::entry::Entry;

/// The output of a test.
#[derive(Debug)]
pub(crate) struct Output<'o> {
    text: &'o str,
    /// The output of libtest after the test.
    trailer: &'o str,
}

impl<'o> Output<'o> {
    pub(crate) fn of(case: &Case, printed: &'o str) -> Self {
        match case.entry {
            Entry::P3 => Self { text: printed, trailer: "" },
            Entry::P2 => Self::of_libtest(&case.name, printed),
        }
    }

    /// Removes the output of libtest: "running 1 test", "test NAME ... ", the verdict and the
    /// summary.
    fn of_libtest(name: &str, printed: &'o str) -> Self {
        let text = printed.strip_prefix("\nrunning 1 test\n").unwrap_or(printed);
        let text = text.strip_prefix("test ").and_then(|text| text.strip_prefix(name)).unwrap_or(text);
        let text = text.strip_prefix(" - should panic").unwrap_or(text);
        let text = text.strip_prefix(" ... ").unwrap_or(text);
        let verdicts = ["ok\n\n", "FAILED\n\n", "ignored\n\n", "ignored, "];
        let end = verdicts.iter().filter_map(|verdict| text.rfind(verdict)).max();
        match end.filter(|&end| text[end..].contains("\ntest result: ")) {
            Some(end) => Self { text: &text[..end], trailer: &text[end..] },
            None => Self { text, trailer: "" },
        }
    }

    /// Returns whether libtest ignored the test. It ignores tests with `#[should_panic]`, because
    /// it can't catch panics on this target.
    pub(crate) fn was_ignored(&self) -> bool {
        self.trailer.contains(" 0 passed; 0 failed; 1 ignored;")
    }

    pub(crate) fn text(&self) -> String {
        self.text.to_owned()
    }

    /// Returns the text, followed by a message in a separate line.
    pub(crate) fn text_with(&self, message: &str) -> String {
        let end_of_line = if self.text.is_empty() || self.text.ends_with('\n') { "" } else { "\n" };
        format!("{}{end_of_line}{message}\n", self.text)
    }

    /// Returns the text, followed by the reason of a trap. The reason is omitted if the text
    /// already contains the panic message.
    pub(crate) fn text_with_trap(&self, reason: &str) -> String {
        let panicked = self.text.contains("' panicked at ") || self.text.contains(") panicked at ");
        if panicked && reason.contains("`unreachable`") { self.text() } else { self.text_with(reason) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(printed: &str, text: &str, ignored: bool) {
        let case = Case { entry: Entry::P2, name: "tests::adds".to_owned(), ignored: false };
        let output = Output::of(&case, printed);
        assert_eq!((output.text(), output.was_ignored()), (text.to_owned(), ignored), "{printed:?}");
    }

    #[test]
    fn libtest_output_is_removed() {
        let result =
            |counts: &str| format!("\n\ntest result: ok. {counts}; 0 measured; 7 filtered out; finished in 0.00s\n\n");
        let passed = result("1 passed; 0 failed; 0 ignored");
        check(&format!("\nrunning 1 test\ntest tests::adds ... ok{passed}"), "", false);
        check(&format!("\nrunning 1 test\ntest tests::adds ... one\ntwo\nok{passed}"), "one\ntwo\n", false);
        let failed =
            "FAILED\n\nfailures:\n\nfailures:\n    tests::adds\n\ntest result: FAILED. 0 passed; 1 failed; 0 ignored;";
        check(&format!("\nrunning 1 test\ntest tests::adds ... Error: \"no\"\n{failed}"), "Error: \"no\"\n", false);
        let ignored = result("0 passed; 0 failed; 1 ignored");
        check(&format!("\nrunning 1 test\ntest tests::adds - should panic ... ignored{ignored}"), "", true);
        check("\nrunning 1 test\ntest tests::adds ... it stops here", "it stops here", false);
        check("FAILED\n\nhalf way", "FAILED\n\nhalf way", false);
    }

    #[test]
    fn panic_message_replaces_the_trap() {
        let panicked = Output { text: "thread 'main' panicked at src/main.rs:1:2:\nno\n", trailer: "" };
        assert_eq!(panicked.text_with_trap("wasm `unreachable` instruction executed"), panicked.text);
        assert!(panicked.text_with_trap("out of fuel").ends_with("no\nout of fuel\n"));
        let silent = Output { text: "half a line", trailer: "" };
        assert_eq!(silent.text_with_trap("wasm `unreachable`"), "half a line\nwasm `unreachable`\n");
    }
}
