//! Checks the wording and the line widths of documentation and comments.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::root;

/// Phrases that must not be used, each with the wording to use instead.
const FORBIDDEN: [(&str, &str); 8] = [
    ("is told", "write `returns`, `reports` or `receives`, with its subject"),
    ("are told", "write `return`, `report` or `receive`, with their subject"),
    ("was told", "write `returned`, `reported` or `received`, with its subject"),
    ("had been told", "write `returned`, `reported` or `received`, with its subject"),
    ("is there for", "state the purpose"),
    ("that is none", "name the invalid value"),
    ("to be had", "write `available`"),
    ("whoever", "name the actor"),
];

/// Words that a comment must not begin with.
const FIRST_WORDS: [&str; 2] = ["who", "what"];

const COMMENT_COLUMNS: usize = 100;
const MARKDOWN_COLUMNS: usize = 120;
const README_LINES: usize = 150;

/// The source of this check, which contains the forbidden phrases.
const THIS_FILE: &str = "xtask/src/language.rs";
/// Files in which all text is checked for phrases, independently of the extension.
const TEMPLATES: &str = "guest/templates/";
/// Folders and files with data.
const DATA: [&str; 3] = ["tests/data/", "fuzz/corpus/", "docs/grafana.json"];

/// A violation of a rule: its line, from 1, and the reason.
type Problem = (usize, String);

/// Checks all files that git tracks and prints the problems.
pub(crate) fn run_language() -> Result<()> {
    let (mut files, mut count) = (0, 0);
    for path in tracked_files()? {
        let file = root().join(&path);
        // Deleted files are still listed, and links lead to files that are listed too.
        if !is_checked(&path) || !file.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
            continue;
        }
        let text = fs::read_to_string(&file).with_context(|| format!("can't read {path}"))?;
        for (line, reason) in problems(&path, &text) {
            println!("{path}:{line}: {reason}");
            count += 1;
        }
        files += 1;
    }
    if count > 0 {
        bail!("{count} problem{} in documentation and comments", if count == 1 { "" } else { "s" });
    }
    println!("language: checked {files} files, no problems found");
    Ok(())
}

/// Returns the paths of all files that git tracks, relative to the workspace.
pub(crate) fn tracked_files() -> Result<Vec<String>> {
    let output =
        Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().context("can't run git ls-files")?;
    if !output.status.success() {
        bail!("git ls-files failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    let list = String::from_utf8(output.stdout).context("git ls-files returned a path that is not UTF-8")?;
    Ok(list.split_terminator('\0').map(str::to_owned).collect())
}

fn is_checked(path: &str) -> bool {
    let is_data = DATA.iter().any(|data| path.starts_with(data)) || extension(path) == "lock";
    let is_text = ["rs", "wit", "md", "toml", "sh"].contains(&extension(path)) || path.starts_with(TEMPLATES);
    is_text && !is_data
}

fn extension(path: &str) -> &str {
    Path::new(path).extension().and_then(OsStr::to_str).unwrap_or_default()
}

/// Returns the problems of a file, in the order of its lines.
fn problems(path: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    if path != THIS_FILE {
        check_phrases(text, &mut problems);
    }
    match extension(path) {
        "rs" | "wit" => {
            let comments = comments(text);
            check_first_words(&comments, &mut problems);
            check_comment_widths(&comments, &mut problems);
        }
        "md" => check_markdown_widths(text, &mut problems),
        _ => {}
    }
    if path == "README.md" {
        let lines = text.lines().count();
        if lines > README_LINES {
            problems.push((lines, format!("the file has {lines} lines, the maximum is {README_LINES}")));
        }
    }
    problems.sort_by_key(|(line, _)| *line);
    problems
}

/// Finds forbidden phrases, also those that continue on the next line.
fn check_phrases(text: &str, problems: &mut Vec<Problem>) {
    let is_marker = |c: char| c.is_whitespace() || "/!#*->".contains(c);
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.trim_start_matches(is_marker).trim_end_matches([' ', '\\']).to_lowercase())
        .collect();
    for (at, line) in lines.iter().enumerate() {
        let joined = format!("{line} {}", lines.get(at + 1).map_or("", String::as_str));
        for (phrase, advice) in FORBIDDEN {
            if find_words(&joined, phrase).is_some_and(|start| start < line.len()) {
                problems.push((at + 1, format!("forbidden phrase \"{phrase}\"; {advice}")));
            }
        }
    }
}

/// Returns the position of the first occurrence of a phrase that consists of whole words.
fn find_words(text: &str, phrase: &str) -> Option<usize> {
    let mut occurrences = text.match_indices(phrase).map(|(start, _)| start);
    occurrences.find(|start| {
        !text[..*start].ends_with(char::is_alphanumeric)
            && !text[start + phrase.len()..].starts_with(char::is_alphanumeric)
    })
}

/// Checks the first words of blocks of comments.
fn check_first_words(comments: &[Comment<'_>], problems: &mut Vec<Problem>) {
    let mut previous: Option<&Comment<'_>> = None;
    for comment in comments {
        if !previous.is_some_and(|previous| comment.continues(previous)) {
            let word = comment.text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            if FIRST_WORDS.iter().any(|first| word.eq_ignore_ascii_case(first)) {
                problems.push((comment.line, format!("the comment begins with \"{word}\"; begin with the subject")));
            }
        }
        previous = Some(comment);
    }
}

/// Checks the widths of lines that contain only a comment, outside of tables and code.
fn check_comment_widths(comments: &[Comment<'_>], problems: &mut Vec<Problem>) {
    let mut is_code = false;
    let mut previous: Option<&Comment<'_>> = None;
    for comment in comments.iter().filter(|comment| comment.is_alone()) {
        is_code &= previous.is_some_and(|previous| comment.continues(previous));
        previous = Some(comment);
        if comment.text.starts_with("```") {
            is_code = !is_code;
        }
        let line = format!("{}{}", comment.before, comment.whole);
        let columns = line.chars().count();
        let is_exempt = is_code || comment.text.starts_with('|') || ends_with_long_token(&line);
        if columns > COMMENT_COLUMNS && !is_exempt {
            problems
                .push((comment.line, format!("the comment has {columns} columns, the maximum is {COMMENT_COLUMNS}")));
        }
    }
}

/// Returns whether only a URL or a code span without spaces exceeds the maximum width.
fn ends_with_long_token(line: &str) -> bool {
    let Some((end, _)) = line.char_indices().nth(COMMENT_COLUMNS) else { return false };
    let start = line[..end].rfind(char::is_whitespace).unwrap_or(0);
    let token = line[start..].trim_start();
    !token.contains(char::is_whitespace) && (token.contains("://") || token.matches('`').count() > 1)
}

/// Checks the widths of lines in Markdown outside of tables and code.
fn check_markdown_widths(text: &str, problems: &mut Vec<Problem>) {
    let mut is_code = false;
    for (at, line) in text.lines().enumerate() {
        let columns = line.chars().count();
        let content = line.trim();
        if content.starts_with("```") || content.starts_with("~~~") {
            is_code = !is_code;
        } else if !is_code && columns > MARKDOWN_COLUMNS && !content.starts_with('|') && !is_link(content) {
            problems.push((at + 1, format!("the line has {columns} columns, the maximum is {MARKDOWN_COLUMNS}")));
        }
    }
}

/// Returns whether a line of Markdown is a URL, a link or a link definition, also as an item of a
/// list.
fn is_link(content: &str) -> bool {
    let item = ["- ", "* ", "> "].iter().find_map(|marker| content.strip_prefix(marker));
    let content = item.unwrap_or(content).trim_end_matches('.');
    let has_spaces = |text: &str| text.contains(char::is_whitespace);
    let is_url = !has_spaces(content) && content.contains("://");
    let target = content.strip_prefix('[').and_then(|link| link.split_once("](").or_else(|| link.split_once("]: ")));
    is_url || target.is_some_and(|(_, target)| !has_spaces(target))
}

/// A line comment.
struct Comment<'s> {
    /// The line, from 1.
    line: usize,
    /// The text of the line before the comment.
    before: &'s str,
    /// The comment with its marker.
    whole: &'s str,
    /// The marker: `//`, `///` or `//!`.
    marker: &'s str,
    /// The text without the marker and the white space around it.
    text: &'s str,
}

impl<'s> Comment<'s> {
    fn new(line: usize, before: &'s str, whole: &'s str) -> Self {
        let length = if whole.starts_with("///") || whole.starts_with("//!") { 3 } else { 2 };
        let (marker, text) = whole.split_at(length);
        Self { line, before, whole, marker, text: text.trim() }
    }

    /// Returns whether there is no code before the comment.
    fn is_alone(&self) -> bool {
        self.before.trim().is_empty()
    }

    /// Returns whether this comment and the previous one belong to the same block.
    fn continues(&self, previous: &Self) -> bool {
        self.line == previous.line + 1 && self.marker == previous.marker && self.is_alone() && previous.is_alone()
    }
}

/// Returns the line comments of a source in Rust or WIT.
fn comments(source: &str) -> Vec<Comment<'_>> {
    let mut comments = Vec::new();
    let (mut position, mut line) = (0, 1);
    while position < source.len() {
        let rest = &source[position..];
        let length = token_length(rest);
        let token = &rest[..length];
        if token.starts_with("//") {
            let start = source[..position].rfind('\n').map_or(0, |end| end + 1);
            comments.push(Comment::new(line, &source[start..position], token.trim_end()));
        }
        line += token.matches('\n').count();
        position += length;
    }
    comments
}

/// Returns the length of the comment, literal, word or other character at the start of a source.
///
/// Words are tokens so that the prefix of a raw string is not found at the end of another word. A
/// lifetime is read as a quote and a word.
fn token_length(source: &str) -> usize {
    let end_of = |pattern: &str, from: usize| {
        source.get(from..).and_then(|rest| rest.find(pattern)).map_or(source.len(), |at| from + at + pattern.len())
    };
    let mut characters = source.chars();
    match characters.next() {
        None => 0,
        Some('/') if source.starts_with("//") => source.find('\n').unwrap_or(source.len()),
        Some('/') if source.starts_with("/*") => block_comment_length(source),
        Some('"') => string_length(source),
        Some('\'') => match (characters.next(), characters.next()) {
            // The escaped character can be a quote itself.
            (Some('\\'), Some(escaped)) => end_of("'", 2 + escaped.len_utf8()),
            (Some(character), Some('\'')) => 2 + character.len_utf8(),
            _ => 1,
        },
        Some(first) if first.is_alphabetic() || first == '_' => {
            let is_part = |c: char| c.is_alphanumeric() || c == '_';
            let length = source.find(|c| !is_part(c)).unwrap_or(source.len());
            let hashes = source[length..].len() - source[length..].trim_start_matches('#').len();
            let is_raw = ["r", "br", "cr"].contains(&&source[..length]);
            if is_raw && source[length + hashes..].starts_with('"') {
                end_of(&format!("\"{}", "#".repeat(hashes)), length + hashes + 1)
            } else {
                length
            }
        }
        Some(other) => other.len_utf8(),
    }
}

/// Returns the length of a block comment, which can contain other block comments.
fn block_comment_length(source: &str) -> usize {
    let (mut depth, mut position) = (0, 0);
    while let Some(character) = source[position..].chars().next() {
        if source[position..].starts_with("/*") {
            depth += 1;
            position += 2;
        } else if source[position..].starts_with("*/") {
            depth -= 1;
            position += 2;
        } else {
            position += character.len_utf8();
        }
        if depth == 0 {
            break;
        }
    }
    position
}

/// Returns the length of a string that is not raw.
fn string_length(source: &str) -> usize {
    let mut characters = source.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '"' => return at + 1,
            _ => {}
        }
    }
    source.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the lines of the problems, and that their reasons contain these texts.
    #[track_caller]
    fn check(path: &str, text: &str, expected: &[(usize, &str)]) {
        let found = problems(path, text);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((line, reason), (expected_line, part)) in found.iter().zip(expected) {
            assert_eq!(line, expected_line, "{found:?}");
            assert!(reason.contains(part), "no {part:?} in {reason:?}");
        }
    }

    #[test]
    fn forbidden_phrases_are_found_in_all_texts() {
        for path in ["src/lib.rs", "wit/types.wit", "README.md", "Cargo.toml", "run.sh", "guest/templates/a.sql"] {
            assert!(is_checked(path), "{path}");
            check(path, "one\nThe guest IS TOLD so.\n", &[(2, "\"is told\"")]);
        }
        check("a.rs", "let error = \"nothing is to be had\";", &[(1, "\"to be had\"")]);
        check("a.md", "Whoever is told", &[(1, "\"is told\""), (1, "\"whoever\"")]);
        check(THIS_FILE, "const PHRASE: &str = \"is told\";", &[]);
    }

    #[test]
    fn phrases_consist_of_whole_words() {
        check("a.md", "This told us nothing. It is therefore open, and is tolde.", &[]);
        check("a.md", "this told, and is told", &[(1, "is told")]);
    }

    #[test]
    fn phrases_continue_on_the_next_line() {
        check("a.rs", "/// The guest is\n/// told so.\n", &[(1, "is told")]);
        check("a.rs", "fn f() {\n    let text = \"The guest is \\\n        told so\";\n}\n", &[(2, "is told")]);
        check("a.md", "- The guest had been\n  told so.\n", &[(1, "had been told")]);
        check("a.md", "The guest is\n\ntold so.\n", &[]);
    }

    #[test]
    fn comments_must_not_begin_with_who_or_what() {
        for marker in ["//", "///", "//!"] {
            check("a.rs", &format!("{marker} What a guest sends.\n"), &[(1, "begins with \"What\"")]);
        }
        check("a.wit", "interface a {\n    /// who waits\n    f: func();\n}\n", &[(2, "begins with \"who\"")]);
        check("a.rs", "let a = 1; // what it is\n", &[(1, "\"what\"")]);
        check("a.rs", "// A test of\n// what a guest sends. Whatever\n", &[]);
        check("a.rs", "//! A crate.\n/// What it does.\n", &[(2, "\"What\"")]);
        check("a.md", "What a guest sends.\n", &[]);
    }

    #[test]
    fn literals_are_not_comments() {
        check("a.rs", "let a = \"// What\"; let b = r#\"\n// What \"quoted\"\n\"#; // Who\n", &[(3, "\"Who\"")]);
        check("a.rs", "let a = ('\"', '\\'', b'\"', '\\u{22}'); // Who\n", &[(1, "\"Who\"")]);
        check("a.rs", "fn f<'a>(a: &'a str) {} // Who\n", &[(1, "\"Who\"")]);
        check("a.rs", "/* // What /* // Who */ */ let a = \"\\\\\"; // Who\n", &[(1, "\"Who\"")]);
        check("a.rs", "let var = \"a\"; let r#type = 1; // Who\n", &[(1, "\"Who\"")]);
    }

    #[test]
    fn comments_have_at_most_100_columns() {
        let words = "word ".repeat(30);
        check("a.rs", &format!("// {}\n    // {}\n", "é".repeat(97), "é".repeat(94)), &[(2, "101 columns")]);
        check("a.wit", &format!("/// {words}"), &[(1, "columns, the maximum is 100")]);
        check("a.rs", &format!("let a = 1; // {words}"), &[]);
        check("a.rs", &format!("/// | {words}|"), &[]);
        check("a.rs", &format!("/// ```\n/// {words}\n/// ```\n"), &[]);
        check("a.toml", &format!("# {words}"), &[]);
    }

    #[test]
    fn long_urls_and_code_spans_can_exceed_100_columns() {
        let long = "a".repeat(100);
        check("a.rs", &format!("/// See https://example.org/{long}\n"), &[]);
        check("a.rs", &format!("/// See [`{long}`].\n"), &[]);
        check("a.rs", &format!("/// See https://example.org/{long} and more\n"), &[(1, "columns")]);
        check("a.rs", &format!("/// See {long}\n"), &[(1, "columns")]);
        check("a.rs", &format!("/// `let {long}`\n"), &[(1, "columns")]);
    }

    #[test]
    fn markdown_has_at_most_120_columns() {
        let (words, long) = ("word ".repeat(30), "a".repeat(130));
        check("a.md", &"é".repeat(120), &[]);
        check("a.md", &format!("one\n{words}\n"), &[(2, "150 columns, the maximum is 120")]);
        check("a.md", &format!("| {words}|\n```text\n{words}\n```\n{words}\n"), &[(5, "columns")]);
        check("a.md", &format!("- [some text](https://example.org/{long})\n[a]: https://example.org/{long}\n"), &[]);
        check("a.md", &format!("<https://example.org/{long}>\n"), &[]);
        check("a.md", &format!("See [it](https://example.org/{long})\n"), &[(1, "columns")]);
    }

    #[test]
    fn readme_has_at_most_150_lines() {
        check("README.md", &"line\n".repeat(150), &[]);
        check("README.md", &"line\n".repeat(151), &[(151, "151 lines, the maximum is 150")]);
        check("docs/README.md", &"line\n".repeat(151), &[]);
    }

    #[test]
    fn data_files_are_not_checked() {
        for path in ["tests/data/a.md", "fuzz/corpus/a/b.rs", "docs/grafana.json", "Cargo.lock", "docs/growth.svg"] {
            assert!(!is_checked(path), "{path}");
        }
    }
}
