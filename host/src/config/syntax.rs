//! What is wrong with a text that is no configuration, told without any of its values.

use super::ConfigError;

/// As long as a key that is told.
const KEY_CHARACTERS: usize = 64;

/// The error of the reader of TOML, which quotes the line that it is in, and values too.
pub(super) fn error(text: &str, error: &toml::de::Error) -> ConfigError {
    let at = error.span().map(|span| span.start.min(text.len()));
    let before = at.and_then(|at| text.get(..at));
    let (line, column) = before.map_or((0, 0), |before| {
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
    });
    let problem = problem(error.message());
    let problem = match key(text, line).filter(|key| !problem.contains(&format!("`{key}`"))) {
        Some(key) => format!("{key}: {problem}"),
        None => problem,
    };
    ConfigError::Syntax { line, column, problem }
}

/// The beginning of a message with this place.
pub(super) fn place(line: usize, column: usize) -> String {
    if line == 0 { String::new() } else { format!("line {line}, column {column}: ") }
}

/// The key of this line, if it has one.
fn key(text: &str, line: usize) -> Option<&str> {
    let (key, _) = text.lines().nth(line.checked_sub(1)?)?.split_once('=')?;
    Some(key.trim()).filter(|key| is_key(key))
}

/// A message without what it quotes of the text: its shapes are those of serde and of the reader of TOML.
fn problem(message: &str) -> String {
    let message = message.trim();
    // They come with what was found, which may be a value, and what should be there, which is ours.
    for shape in ["invalid type", "invalid value", "invalid length", "unknown variant"] {
        if let Some(rest) = message.strip_prefix(shape) {
            let expected = rest.rfind(", expected ").map_or("", |at| &rest[at..]);
            let shape = if shape == "unknown variant" { "unknown value" } else { shape };
            return format!("{shape}{expected}");
        }
    }
    if let Some(rest) = message.strip_prefix("unknown field `") {
        return match rest.split_once('`') {
            Some((field, expected)) if is_key(field) => format!("unknown field `{field}`{expected}"),
            _ => "unknown field".to_owned(),
        };
    }
    if message.starts_with("missing field `") {
        return message.to_owned();
    }
    // What the reader of TOML says by itself names what it expects, and of the text no more than keys, after a colon.
    let end = message.find(['"', '\'', ':']).unwrap_or(message.len());
    message[..end].trim_end_matches(['`', ' ']).trim_end_matches(", expected").to_owned()
}

/// Whether it looks like one of the keys that there are, and not like something that was misplaced.
fn is_key(key: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.');
    !key.is_empty() && key.len() <= KEY_CHARACTERS && key.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    const URL: &str = "url = 'mysql://reader:secret@localhost/a'";

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = Config::from_toml(text).expect_err(text);
        let told = error.to_string();
        assert!(told.contains(expected), "{text}\n{told}");
        for hidden in ["secret", "1234567", "reader"] {
            assert!(!told.contains(hidden) && !format!("{error:?}").contains(hidden), "{text}\n{told}");
        }
    }

    #[test]
    fn errors_tell_the_place_and_the_key_and_no_value() {
        let place = "line 2, column ";
        for (line, expected) in [
            ("url = ['mysql://reader:secret@localhost/a']", "line 2, column 7: url: invalid type, expected a string"),
            ("password = 1234567", "password: invalid type, expected a string"),
            ("password = 1234567.5", "password: invalid type, expected a string"),
            ("password = secret", place),
            ("password = 'secret", place),
            ("password = \"secret\\q\"", place),
            ("password = \"\"\"secret", "invalid multi-line basic string"),
            ("password 'secret'", place),
            ("pasword = 'secret'", "unknown field `pasword`, expected one of `url`, `password`"),
            ("\"mysql://reader:secret@localhost/a\" = 'url'", "unknown field"),
            ("max_connections = 'secret'", "max_connections: invalid type, expected "),
            ("max_connections = '1234567, expected secret'", "max_connections: invalid type, expected usize"),
            ("max_connections = -1234567", "max_connections: invalid value, expected usize"),
            ("guest_share = 1234567", "guest_share: invalid value, expected u8"),
            ("server_order = { secret = 1 }", "line 2, column "),
            ("server_order = 'secret'", "server_order: unknown value, expected `listed` or `random`"),
            ("prefer_replicas = 'secret'", "prefer_replicas: invalid type, expected a boolean"),
            ("url = 'mysql://reader:secret@localhost/b'", "duplicate key"),
        ] {
            let head = if line.starts_with("url = '") {
                format!("[database.a]\n{line}\n{URL}\n")
            } else {
                format!("[database.a]\n{line}\n")
            };
            check(&head, expected);
            check(&format!("{head}{URL}"), if line.starts_with("url") { "" } else { expected });
        }
        check("database = 'secret'", "invalid type, expected a map");
        check("[database]\na = 'secret'", "invalid type, expected struct DatabaseEntry");
        check("[database.a]\nurl = 'mysql://reader:secret@localhost:port/a'", "invalid port number");
        check("[database.a]\nurl = 'mysql://reader:secret@localhost/a?tls=secret'", "tls can be required or off");
        check(&format!("[database.a]\n{URL}\npassword = 'secret'\npassword_file = '/secret'"), "give one of");
    }
}
