//! The reference of the configuration file and of the limits of a store, from the doc comments of
//! the host.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

/// The sections of a configuration file: a heading, the struct that has the keys, and the files of
/// the setters whose doc comments describe them.
const SECTIONS: [(&str, &str, &[&str]); 2] = [
    ("[database.NAME]", "DatabaseEntry", &["host/src/driver/options.rs", "host/src/driver/address.rs"]),
    ("[[grant]]", "GrantEntry", &["host/src/core/grant.rs"]),
];

/// A key with its type in the file and its description.
#[derive(Debug, PartialEq, Eq)]
struct Key {
    name: String,
    kind: &'static str,
    description: Vec<String>,
}

/// Returns the chapter of all keys and limits.
pub(super) fn chapter(root: &Path) -> Result<String> {
    let read = |path: &str| fs::read_to_string(root.join(path)).with_context(|| format!("can't read {path}"));
    let entries = read("host/src/config/entries.rs")?;
    let mut text = "# Configuration\n\nThe keys of a configuration file, which `--config` and `Config` read. An \
                    absent key has the default of its description. Durations are in milliseconds. An unknown key \
                    is an error.\n"
        .to_owned();
    for (heading, name, files) in SECTIONS {
        write!(text, "\n## `{heading}`\n")?;
        let mut setters = BTreeMap::new();
        for file in files {
            setters.extend(setters_of(&read(file)?));
        }
        for key in keys(&entries, name, &setters)? {
            write!(text, "\n### `{}`\n\nType: {}.\n\n{}\n", key.name, key.kind, key.description.join("\n"))?;
        }
    }
    text += "\n## `[variables.GUEST]`\n\nEach key is the name of a user variable of this guest, or of all guests with \
             `\"*\"`. The value is a text or an integer.\n";
    text += "\n## Limits of a store\n\n`StoreSettings` limits memory and CPU time. `wasmysql run --help` shows the \
             options of the tool.\n";
    for (name, description) in setters_of(&read("host/src/store_limits.rs")?) {
        write!(text, "\n### `{name}`\n\n{}\n", description.join("\n"))?;
    }
    Ok(text)
}

/// Returns the fields of a struct. A field without a doc comment has that of its setter.
fn keys(source: &str, name: &str, setters: &BTreeMap<String, Vec<String>>) -> Result<Vec<Key>> {
    let start = source.find(&format!("struct {name} {{")).with_context(|| format!("no struct {name}"))?;
    let (mut keys, mut comment) = (Vec::new(), Vec::new());
    for line in source[start..].lines().skip(1).map(str::trim).take_while(|line| *line != "}") {
        if let Some(part) = line.strip_prefix("///") {
            comment.push(plain(part.strip_prefix(' ').unwrap_or(part)));
            continue;
        }
        let field = line.strip_prefix("pub(super) ").unwrap_or(line).trim_end_matches(',');
        let Some((field, of_type)) = field.split_once(": ") else { bail!("{name}: can't read '{line}'") };
        let mut description = std::mem::take(&mut comment);
        if description.is_empty() {
            let setter = field.strip_suffix("_ms").unwrap_or(field);
            description =
                setters.get(setter).cloned().with_context(|| format!("{name}: {field} has no description"))?;
        }
        let kind = match of_type.trim_start_matches("Option<").trim_end_matches('>') {
            "bool" => "boolean",
            "u8" | "u64" | "usize" => "integer",
            "PathBuf" => "path",
            _ => "text",
        };
        keys.push(Key { name: field.to_owned(), kind, description });
    }
    ensure!(!keys.is_empty(), "{name} has no fields");
    Ok(keys)
}

/// Returns the doc comments of the builder methods, without their sections such as `# Examples`.
fn setters_of(source: &str) -> BTreeMap<String, Vec<String>> {
    let (mut setters, mut comment) = (BTreeMap::new(), Vec::new());
    for line in source.lines().map(str::trim) {
        if let Some(part) = line.strip_prefix("///") {
            comment.push(part.strip_prefix(' ').unwrap_or(part));
        } else if let Some(rest) = line.strip_prefix("pub fn ") {
            let taken = std::mem::take(&mut comment);
            if let Some((name, _)) = rest.split_once("(mut self, ") {
                let mut lines: Vec<_> = taken.iter().take_while(|line| !line.starts_with("# ")).collect();
                while lines.last().is_some_and(|line| line.is_empty()) {
                    lines.pop();
                }
                setters.insert(name.to_owned(), lines.into_iter().map(|line| plain(line)).collect());
            }
        } else if !line.starts_with("#[") {
            comment.clear();
        }
    }
    setters
}

/// Returns a line without the links of Rust's documentation.
pub(super) fn plain(line: &str) -> String {
    let (mut plain, mut rest) = (String::new(), line);
    while let Some((before, after)) = rest.split_once("[`") {
        plain += before;
        let Some((name, after)) = after.split_once("`]") else {
            rest = &rest[before.len()..];
            break;
        };
        write!(plain, "`{name}`").unwrap_or_default();
        rest = match after.strip_prefix('(').and_then(|link| link.split_once(')')) {
            Some((_, after)) => after,
            None => after,
        };
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo::root;

    #[test]
    fn keys_have_the_text_of_their_setter_or_their_own() {
        let setters = setters_of(
            "/// Sets the time.\n///\n/// The default is 3 s. See [`size`](Self::size).\n///\n/// # Examples\n\
             #[must_use]\npub fn time(mut self, time: Duration) -> Self {\n\
             /// No setter.\npub fn other(&self) -> u8 {\n",
        );
        let source = "struct Entry {\n    /// The address.\n    url: SecretString,\n    time_ms: Option<u64>,\n}\n";
        let [url, time] = keys(source, "Entry", &setters).unwrap().try_into().unwrap();
        assert_eq!((&*url.name, url.kind, &*url.description), ("url", "text", &["The address.".to_owned()][..]));
        assert_eq!((&*time.name, time.kind), ("time_ms", "integer"));
        assert_eq!(time.description, ["Sets the time.", "", "The default is 3 s. See `size`."]);
        assert!(keys(&source.replace("time_ms", "other"), "Entry", &setters).is_err());
    }

    #[test]
    fn every_key_and_limit_of_the_host_is_described() {
        let text = chapter(root()).unwrap_or_else(|error| panic!("{error:#}"));
        for heading in ["### `tls_ca`", "### `statement_timeout_ms`", "### `guest`", "### `memory_bytes`"] {
            assert!(text.contains(heading), "{heading} is missing");
        }
        assert!(!text.contains("Self::") && !text.contains("[`"), "{text}");
    }
}
