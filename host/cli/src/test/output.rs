//! What a test printed, without what libtest printed around it.

use super::list::Case;
use crate::entry::Entry;

/// The output of a test.
#[derive(Debug)]
pub(crate) struct Output<'o> {
    text: &'o str,
    /// What libtest said at the end.
    ending: &'o str,
}

impl<'o> Output<'o> {
    pub(crate) fn of(case: &Case, printed: &'o str) -> Self {
        match case.entry {
            Entry::P3 => Self { text: printed, ending: "" },
            Entry::P2 => Self::of_libtest(&case.name, printed),
        }
    }

    /// Around the output of a test, libtest says "running 1 test", "test NAME ... ", its verdict and a summary.
    fn of_libtest(name: &str, printed: &'o str) -> Self {
        let text = printed.strip_prefix("\nrunning 1 test\n").unwrap_or(printed);
        let text = text.strip_prefix("test ").and_then(|text| text.strip_prefix(name)).unwrap_or(text);
        let text = text.strip_prefix(" - should panic").unwrap_or(text);
        let text = text.strip_prefix(" ... ").unwrap_or(text);
        let verdicts = ["ok\n\n", "FAILED\n\n", "ignored\n\n", "ignored, "];
        let end = verdicts.iter().filter_map(|verdict| text.rfind(verdict)).max();
        match end.filter(|&end| text[end..].contains("\ntest result: ")) {
            Some(end) => Self { text: &text[..end], ending: &text[end..] },
            None => Self { text, ending: "" },
        }
    }

    /// Whether libtest did not run it: a test that `#[should_panic]`, which it can't find out here.
    pub(crate) fn is_of_ignored(&self) -> bool {
        self.ending.contains(" 0 passed; 0 failed; 1 ignored;")
    }

    pub(crate) fn text(&self) -> String {
        self.text.to_owned()
    }

    /// Followed by a message in a line of its own.
    pub(crate) fn text_and(&self, message: &str) -> String {
        let end_of_line = if self.text.is_empty() || self.text.ends_with('\n') { "" } else { "\n" };
        format!("{}{end_of_line}{message}\n", self.text)
    }

    /// Followed by why it was stopped, unless it panicked and has said so.
    pub(crate) fn text_and_trap(&self, reason: &str) -> String {
        let panicked = self.text.contains("' panicked at ") || self.text.contains(") panicked at ");
        if panicked && reason.contains("`unreachable`") { self.text() } else { self.text_and(reason) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(printed: &str, text: &str, ignored: bool) {
        let case = Case { entry: Entry::P2, name: "tests::adds".to_owned(), ignored: false };
        let output = Output::of(&case, printed);
        assert_eq!((output.text(), output.is_of_ignored()), (text.to_owned(), ignored), "{printed:?}");
    }

    #[test]
    fn what_libtest_says_around_a_test_is_taken_away() {
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
    fn a_panic_is_told_once() {
        let panicked = Output { text: "thread 'main' panicked at src/main.rs:1:2:\nno\n", ending: "" };
        assert_eq!(panicked.text_and_trap("wasm `unreachable` instruction executed"), panicked.text);
        assert!(panicked.text_and_trap("out of fuel").ends_with("no\nout of fuel\n"));
        let silent = Output { text: "half a line", ending: "" };
        assert_eq!(silent.text_and_trap("wasm `unreachable`"), "half a line\nwasm `unreachable`\n");
    }
}
