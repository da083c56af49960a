//! Removes accounts, hosts and paths from the texts of server errors and warnings, because guests
//! and logs show them. Every text of a server passes through `redacted`.
//!
//! The error code determines what a text can quote:
//!
//! - The guest's own SQL and data (`Duplicate entry '/home/ada' for key`), and the message of a
//!   SIGNAL, stay unchanged.
//! - An account is removed from between the words that the server always writes around it. If the
//!   words differ, the whole text is replaced.
//! - Texts about other servers and replication are replaced.
//! - From all other texts, everything that looks like an account, a host or a path is removed.

use crate::types::{ServerClass, classify};

/// The maximum length of a text that is searched, in bytes. It is longer than the messages of
/// servers. The rest of a longer text is dropped.
const MAX_BYTES: usize = 4096;
/// The replacement for an account, a host or a path.
const REMOVED: &str = "(left out)";

/// Codes whose text contains an account, with the words before and after it. Without words after
/// it, the account extends to the end.
const ACCOUNT_CODES: &[(u16, &str, &str)] = &[
    (1044, " for user ", " to database "),     // DBACCESS_DENIED
    (1045, " for user ", " (using "),          // ACCESS_DENIED
    (1141, " for user ", ""),                  // NONEXISTING_GRANT
    (1142, " to user ", " for table "),        // TABLEACCESS_DENIED
    (1143, " to user ", " for column "),       // COLUMNACCESS_DENIED
    (1147, " for user ", " on table "),        // NONEXISTING_TABLE_GRANT
    (1203, "User ", " already has "),          // TOO_MANY_USER_CONNECTIONS
    (1226, "User ", " has exceeded the "),     // USER_LIMIT_REACHED
    (1370, " to user ", " for routine "),      // PROCACCESS_DENIED
    (1396, " failed for ", ""),                // CANNOT_USER
    (1403, " for user ", " on routine "),      // NONEXISTING_PROC_GRANT
    (1698, " for user ", ""),                  // ACCESS_DENIED_NO_PASSWORD
    (1700, " the user ", " already exists"),   // GRANT_PLUGIN_USER_EXISTS
    (1873, " to user ", " (using "),           // CHANGE_USER_DENIED
    (1959, " role specification ", ""),        // INVALID_ROLE
    (1961, " role ", ""),                      // CANNOT_GRANT_ROLE
    (1962, " role ", ""),                      // CANNOT_REVOKE_ROLE
    (1973, " create user ", "; it "),          // USER_CREATE_EXISTS
    (1974, " drop user ", "; it "),            // USER_DROP_EXISTS
    (1975, " create role ", "; it "),          // ROLE_CREATE_EXISTS
    (1976, " drop role ", "; it "),            // ROLE_DROP_EXISTS
    (3118, " for user ", ". Account is "),     // ACCOUNT_HAS_BEEN_LOCKED (MySQL)
    (3162, "Authorization ID ", " does not "), // USER_DOES_NOT_EXIST (MySQL)
    (3163, "Authorization ID ", " already "),  // USER_ALREADY_EXISTS (MySQL)
    (3523, "authorization ID ", ""),           // UNKNOWN_AUTHID (MySQL)
    (3530, "", ""),                            // ROLE_NOT_GRANTED (MySQL)
    (3879, " for AuthId ", " to database "),   // DB_ACCESS_DENIED (MySQL)
    (3955, " for user ", ". Account is "),     // USER_ACCESS_DENIED_FOR_USER_ACCOUNT_BLOCKED_BY_PASSWORD_LOCK (MySQL)
    (4005, "User ", " is referenced "),        // USER_REFERENCED_AS_DEFINER (MySQL)
    (4006, "User ", " is referenced "),        // CANNOT_USER_REFERENCED_AS_DEFINER (MySQL)
    (6126, " for user ", ", missing "),        // ACCESS_DENIED_NO_PROXY_GRANT (MySQL)
    (6127, " for user ", ", proxied "),        // ACCESS_DENIED_NO_PROXY (MySQL)
];

/// Codes whose text contains hosts, accounts and servers in varying forms, with the replacement for
/// the whole text.
const REPLACED_CODES: &[(u16, &str)] = &[
    (1080, "the server forcibly closed a session"),
    (1129, "the server has blocked this host after many failed connection attempts"),
    (1130, "the server does not allow connections from this host"),
    (1152, "a connection was aborted"),
    (1158, "a connection between servers broke"),
    (1184, "a connection was aborted"),
    (1188, "the replication source of the server reported an error"),
    (1211, "the account of this database is not allowed to create accounts"),
    (1218, "the server can't connect to its replication source"),
    (1219, "a query of the server to its replication source failed"),
    (1220, "a replication command failed"),
    (1236, "the server can't read from its replication source"),
    (1275, "the server rejects passwords in the old format, which this account has"),
    (1429, "the server can't connect to the remote server of the table"),
    (1430, "the remote server of the table reported an error"),
    (1431, "the remote server of the table has no such data source"),
    (1432, "the connection string of a remote table is invalid"),
    (1433, "the connection string of a remote table is invalid"),
    (1448, "creating a view with this definer needs the privilege SUPER"),
    (1449, "the definer of a view, a trigger or a routine is an account that does not exist"),
    (1477, "the named remote server is not defined"),
    (1590, "an incident occurred at the replication source of the server"),
    (1593, "replication failed"),
    (1594, "replication failed"),
    (1595, "replication failed"),
    (1597, "a command of the server to its replication source failed"),
    (1598, "the binary log can't be written"),
    (1623, "the replication source of the server sent unexpected data"),
];

/// The codes of the Spider engine, which stores tables on remote servers.
const SPIDER: std::ops::RangeInclusive<u16> = 12500..=12999;

/// Codes whose text quotes only the guest's SQL or data, in addition to the classes syntax,
/// constraint and data.
const GUEST_CODES: &[u16] = &[
    1003, // YES: the statement as EXPLAIN interprets it
    1055, 1056, 1059, 1063, 1066, 1067, 1068, 1072, 1075, 1102, 1103, 1109, 1110, 1115, 1128, 1166, 1176, 1193, 1210,
    1221, 1231, 1232, 1235, 1243, 1246, 1247, 1253, 1267, 1270, 1271, 1273, 1286, 1287, 1304, 1308, 1309, 1310, 1327,
    1356, 1367, 1425, 1426, 1427, 1439, 1491, 1503, 1525, 1582, 1583, 1630, 1642, 1643, 1644, 1645, 1681, 3020, 3064,
];
/// Such codes of MySQL: JSON and regular expressions.
const MYSQL_GUEST_CODES: [std::ops::RangeInclusive<u16>; 2] = [3140..=3158, 3685..=3700];
/// The SQLSTATE for unhandled user-defined conditions, which most SIGNAL statements use.
const SIGNALLED: &str = "45000";
/// The server uses this code for many errors.
const UNKNOWN_ERROR: u16 = 1105;
/// The start of an UNKNOWN_ERROR text that quotes an XPath expression of the guest.
const XPATH: &str = "XPATH ";

/// Returns the text of an error or a warning without accounts, hosts and paths. A warning has no
/// SQLSTATE.
pub(super) fn redacted(code: u16, state: Option<&str>, text: String) -> String {
    if quotes_only_the_guest(code, state, &text) {
        return text;
    }
    if let Ok(at) = ACCOUNT_CODES.binary_search_by_key(&code, |(code, ..)| *code) {
        let (_, before, after) = ACCOUNT_CODES[at];
        return without_account(&text, before, after).unwrap_or_else(|| {
            format!(
                "the server refused the statement; its message is hidden because it can contain an account ({code})"
            )
        });
    }
    if let Ok(at) = REPLACED_CODES.binary_search_by_key(&code, |(code, _)| *code) {
        return REPLACED_CODES[at].1.to_owned();
    }
    if SPIDER.contains(&code) {
        return "the remote server of the table reported an error".to_owned();
    }
    without_secrets(&text)
}

fn quotes_only_the_guest(code: u16, state: Option<&str>, text: &str) -> bool {
    matches!(classify(code).0, ServerClass::Syntax | ServerClass::Constraint | ServerClass::Data)
        || GUEST_CODES.binary_search(&code).is_ok()
        || MYSQL_GUEST_CODES.iter().any(|codes| codes.contains(&code))
        || state == Some(SIGNALLED)
        || (code == UNKNOWN_ERROR && text.starts_with(XPATH))
}

/// Removes everything between the first `before` and the last `after`, because an account name can
/// contain these words. Returns `None` if the words are missing.
fn without_account(text: &str, before: &str, after: &str) -> Option<String> {
    let start = text.find(before)? + before.len();
    let end = if after.is_empty() { text.len() } else { start + text[start..].rfind(after)? };
    Some(format!("{}{REMOVED}{}", &text[..start], &text[end..]))
}

/// Removes everything that looks like an account, a host or a path.
fn without_secrets(text: &str) -> String {
    let mut result = String::with_capacity(text.len().min(MAX_BYTES));
    let mut rest = &text[..text.floor_char_boundary(MAX_BYTES)];
    while let Some(letter) = rest.chars().next() {
        let secret = if begins_word(&result) { secret(rest, &result) } else { 0 };
        let (taken, left) = rest.split_at(if secret > 0 { secret } else { letter.len_utf8() });
        result.push_str(if secret > 0 { REMOVED } else { taken });
        rest = left;
    }
    result
}

fn begins_word(before: &str) -> bool {
    !before.ends_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '/' | '.' | '\\' | '-'))
}

/// Returns the length of the account, host or path at the start of `text`, in bytes, or 0 if there
/// is none. `before` is the preceding text.
fn secret(text: &str, before: &str) -> usize {
    if let Some(quote) = text.chars().next().filter(|letter| is_quote(*letter)) {
        let Some(name) = quoted(text, quote) else { return 0 };
        let host = text[name..].strip_prefix('@').and_then(|host| {
            let quote = host.chars().next()?;
            if is_quote(quote) { quoted(host, quote) } else { Some(word(host)) }
        });
        let inside = &text[1..name - 1];
        let follows_label = ["user ", "host ", "account ", "definer ", "server on ", "socket "].iter().any(|words| {
            before.len() >= words.len()
                && before.is_char_boundary(before.len() - words.len())
                && before[before.len() - words.len()..].eq_ignore_ascii_case(words)
        });
        return match host {
            Some(host) => name + 1 + host,
            None if follows_label || is_path(inside) => name,
            None => 0,
        };
    }
    let word = word(text);
    let is_account = text[..word].split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    if is_account || is_path(&text[..word]) { word } else { 0 }
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '\'' | '`' | '"')
}

/// Returns the length of a quoted string including its quotes, in bytes.
fn quoted(text: &str, quote: char) -> Option<usize> {
    text[1..].find(quote).map(|end| end + 2)
}

/// Returns the length of an unquoted word, in bytes.
fn word(text: &str) -> usize {
    text.find(|letter: char| letter.is_whitespace() || is_quote(letter) || matches!(letter, ',' | ';' | '(' | ')'))
        .unwrap_or(text.len())
}

fn is_path(text: &str) -> bool {
    let is_windows_path = text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && (text[1..].starts_with(":\\") || text[1..].starts_with(":/"));
    let rooted = ["/", "./", "../", "~/", ".\\", "..\\", "\\\\"]
        .iter()
        .any(|root| text.len() > root.len() && text.starts_with(root));
    rooted || is_windows_path
}

#[cfg(test)]
#[path = "server_text_tests.rs"]
mod tests;
