//! What a server writes into its errors and warnings, as a guest and a log may have it: without accounts, hosts and paths. Every text of a
//! server goes through `presented`.
//!
//! A code says what its text quotes. What the guest sent or has stored is its own and stays (`Duplicate entry '/home/ada' for key`), and so
//! does what a procedure says by SIGNAL. Of accounts, what stands in their place between words that the server always writes is left out;
//! where the words are others, so is the whole text. Of files and of servers that the server asks, nothing is told. In all other texts, what
//! looks like an account, a host or a path is left out.

use crate::types::{ServerClass, classify};

/// More than a server writes. Of a longer text the rest is dropped, since a guest gets less of it anyway.
const LONGEST: usize = 4096;
/// In the place of an account, a host or a path.
const LEFT_OUT: &str = "(left out)";

/// Codes whose text names an account, and the words before and after it; where none are after it, it ends the text.
const ACCOUNTS: &[(u16, &str, &str)] = &[
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
    (3162, "Authorization ID ", " already "),  // USER_ALREADY_EXISTS (MySQL)
    (3163, "Authorization ID ", " does not "), // USER_DOES_NOT_EXIST (MySQL)
    (3523, "authorization ID ", ""),           // UNKNOWN_AUTHID (MySQL)
    (3530, "", ""),                            // ROLE_NOT_GRANTED (MySQL)
    (3878, " for AuthId ", " to database "),   // DB_ACCESS_DENIED (MySQL)
    (3955, " for user ", ". Account is "),     // USER_ACCESS_DENIED_FOR_USER_ACCOUNT_BLOCKED_BY_PASSWORD_LOCK (MySQL)
    (4006, "User ", " is referenced "),        // CANNOT_USER_REFERENCED_AS_DEFINER (MySQL)
];

/// Codes whose text names hosts, accounts and servers in ways that differ, and what is said instead.
const REPLACED: &[(u16, &str)] = &[
    (1080, "the server has closed a session by force"),
    (1129, "the server has blocked this host because of many connections that failed"),
    (1130, "the server does not allow connections from this host"),
    (1152, "a connection was aborted"),
    (1158, "a connection between servers broke"),
    (1184, "a connection was aborted"),
    (1188, "the server's own source of changes reported an error"),
    (1211, "the account of this database is not allowed to create accounts"),
    (1218, "the server can't connect to its own source of changes"),
    (1219, "a query of the server to its own source of changes failed"),
    (1220, "a command of the server to its own source of changes failed"),
    (1236, "the server's own source of changes can't be read"),
    (1275, "the server does not take passwords in the old format, as this account has one"),
    (1429, "the server can't connect to another one, which has the table"),
    (1430, "another server, which has the table, reported an error"),
    (1431, "another server, which has the table, has no such source"),
    (1432, "the connection string of a table of another server can't be read"),
    (1433, "the connection string of a table of another server can't be read"),
    (1448, "a view with this definer needs the privilege SUPER"),
    (1449, "the definer of a view, a trigger or a routine is an account that does not exist"),
    (1477, "the other server that is named is not known"),
    (1590, "an incident occurred at the server's own source of changes"),
    (1593, "replication failed"),
    (1594, "replication failed"),
    (1595, "replication failed"),
    (1597, "a command of the server to its own source of changes failed"),
    (1598, "the binary log can't be written"),
    (1623, "the server's own source of changes sent something unexpected"),
];

/// Spider, which has tables on other servers.
const SPIDER: std::ops::RangeInclusive<u16> = 12500..=12999;

/// Codes whose text quotes only what the guest sent or has stored, beside those of the classes syntax, constraint and data.
const OF_THE_GUEST: &[u16] = &[
    1003, // YES: the statement as EXPLAIN has understood it
    1055, 1056, 1059, 1063, 1066, 1067, 1068, 1072, 1075, 1102, 1103, 1109, 1110, 1115, 1128, 1139, 1166, 1176, 1193,
    1210, 1221, 1231, 1232, 1235, 1243, 1246, 1247, 1253, 1267, 1270, 1271, 1273, 1286, 1287, 1300, 1304, 1308, 1309,
    1310, 1327, 1356, 1367, 1411, 1425, 1426, 1427, 1439, 1491, 1503, 1525, 1582, 1583, 1630, 1642, 1643, 1644, 1645,
    1681, 3020, 3037, 3064,
];
/// Of MySQL: JSON, regular expressions.
const OF_THE_GUEST_IN_MYSQL: [std::ops::RangeInclusive<u16>; 2] = [3140..=3158, 3685..=3700];
/// The state of a SIGNAL that chooses none.
const SIGNALLED: &str = "45000";
/// UNKNOWN_ERROR; where it quotes the path expression of a guest, it begins like this.
const UNKNOWN_ERROR: u16 = 1105;
const XPATH: &str = "XPATH ";

/// The text of an error or a warning without what is not the guest's to know. A warning has no state.
pub(super) fn presented(code: u16, state: Option<&str>, text: String) -> String {
    if is_of_the_guest(code, state, &text) {
        return text;
    }
    if let Ok(at) = ACCOUNTS.binary_search_by_key(&code, |(code, ..)| *code) {
        let (_, before, after) = ACCOUNTS[at];
        return without_account(&text, before, after)
            .unwrap_or_else(|| format!("the server refused it, in words that name an account ({code})"));
    }
    if let Ok(at) = REPLACED.binary_search_by_key(&code, |(code, _)| *code) {
        return REPLACED[at].1.to_owned();
    }
    if SPIDER.contains(&code) {
        return "another server, which has the table, reported an error".to_owned();
    }
    without_secrets(&text)
}

fn is_of_the_guest(code: u16, state: Option<&str>, text: &str) -> bool {
    matches!(classify(code).0, ServerClass::Syntax | ServerClass::Constraint | ServerClass::Data)
        || OF_THE_GUEST.binary_search(&code).is_ok()
        || OF_THE_GUEST_IN_MYSQL.iter().any(|codes| codes.contains(&code))
        || state == Some(SIGNALLED)
        || (code == UNKNOWN_ERROR && text.starts_with(XPATH))
}

/// Leaves out all that is between these words, however often an account's name repeats them.
fn without_account(text: &str, before: &str, after: &str) -> Option<String> {
    let start = text.find(before)? + before.len();
    let end = if after.is_empty() { text.len() } else { start + text[start..].rfind(after)? };
    Some(format!("{}{LEFT_OUT}{}", &text[..start], &text[end..]))
}

/// Leaves out what looks like an account, a host or a path.
fn without_secrets(text: &str) -> String {
    let mut told = String::with_capacity(text.len().min(LONGEST));
    let mut rest = &text[..text.floor_char_boundary(LONGEST)];
    while let Some(letter) = rest.chars().next() {
        let secret = if begins_word(&told) { secret(rest, &told) } else { 0 };
        let (taken, left) = rest.split_at(if secret > 0 { secret } else { letter.len_utf8() });
        told.push_str(if secret > 0 { LEFT_OUT } else { taken });
        rest = left;
    }
    told
}

fn begins_word(before: &str) -> bool {
    !before.ends_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '/' | '.' | '\\' | '-'))
}

/// The bytes of the account, host or path that a text begins with; 0 where it is none.
fn secret(text: &str, before: &str) -> usize {
    if let Some(quote) = text.chars().next().filter(|letter| is_quote(*letter)) {
        let Some(name) = quoted(text, quote) else { return 0 };
        let host = text[name..].strip_prefix('@').and_then(|host| {
            let quote = host.chars().next()?;
            if is_quote(quote) { quoted(host, quote) } else { Some(word(host)) }
        });
        let inside = &text[1..name - 1];
        let says_who = ["user ", "host ", "account ", "definer ", "server on ", "socket "].iter().any(|words| {
            before.len() >= words.len()
                && before.is_char_boundary(before.len() - words.len())
                && before[before.len() - words.len()..].eq_ignore_ascii_case(words)
        });
        return match host {
            Some(host) => name + 1 + host,
            None if says_who || is_path(inside) => name,
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

/// The bytes of what is in quotes, and of these.
fn quoted(text: &str, quote: char) -> Option<usize> {
    text[1..].find(quote).map(|end| end + 2)
}

/// The bytes up to what ends a word that is not quoted.
fn word(text: &str) -> usize {
    text.find(|letter: char| letter.is_whitespace() || is_quote(letter) || matches!(letter, ',' | ';' | '(' | ')'))
        .unwrap_or(text.len())
}

fn is_path(text: &str) -> bool {
    let is_of_windows = text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && (text[1..].starts_with(":\\") || text[1..].starts_with(":/"));
    let rooted = ["/", "./", "../", "~/", ".\\", "..\\", "\\\\"]
        .iter()
        .any(|root| text.len() > root.len() && text.starts_with(root));
    rooted || is_of_windows
}

#[cfg(test)]
#[path = "server_text_tests.rs"]
mod tests;
