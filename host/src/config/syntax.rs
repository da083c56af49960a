//! Error messages for invalid configuration texts, without any value of the text.

use crate::types::ConfigError;

/// The maximum length of a key that a message repeats.
const KEY_BYTES: usize = 64;

/// Converts an error of the TOML parser. Its own message quotes the line, including values.
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

/// Returns the key of a line, if the line has a key.
fn key(text: &str, line: usize) -> Option<&str> {
    let (key, _) = text.lines().nth(line.checked_sub(1)?)?.split_once('=')?;
    Some(key.trim()).filter(|key| is_key(key))
}

/// Returns a message of serde or the TOML parser without its quotations of the text.
fn problem(message: &str) -> String {
    let message = message.trim();
    // These messages have the found text, which may be a value, and the expected type, which is
    // safe to show.
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
    // Messages of the TOML parser name the expected tokens. They quote the text only after a colon
    // or a quote.
    let end = message.find(['"', '\'', ':']).unwrap_or(message.len());
    message[..end].trim_end_matches(['`', ' ']).trim_end_matches(", expected").to_owned()
}

/// Returns whether the text looks like a configuration key, and not like a misplaced value.
fn is_key(key: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.');
    !key.is_empty() && key.len() <= KEY_BYTES && key.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    const URL: &str = "url = 'mysql://reader:secret@localhost/a'";

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = Config::from_toml(text).expect_err(text);
        let message = error.to_string();
        assert!(message.contains(expected), "{text}\n{message}");
        for hidden in ["secret", "1234567", "reader"] {
            assert!(!message.contains(hidden) && !format!("{error:?}").contains(hidden), "{text}\n{message}");
        }
    }

    #[test]
    fn errors_name_line_and_key_but_no_value() {
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
        check("[database.a]\nurl = 'mysql://reader:secret@localhost/a?tls=secret'", "tls can be verify-identity");
        check(&format!("[database.a]\n{URL}\npassword = 'secret'\npassword_file = '/secret'"), "set only one of");
    }
}
