//! A second analysis of statements, by search and replacement: removes quoted text and comments.

/// The plain text of a statement.
pub(super) enum Plain {
    /// A string, a name or a comment is not closed.
    Open,
    /// The statement has an executable comment.
    HidesSql,
    Seen {
        /// The text in upper case, with empty quotes in place of quoted text.
        bare: String,
        /// The text in lower case, with blanks in place of the backticks of simple names.
        named: String,
    },
}

pub(super) fn plain(sql: &str) -> Plain {
    let (mut bare, mut named) = (String::new(), String::new());
    let mut rest = sql;
    let mut open = false;
    while let Some(at) = rest.find(['\'', '"', '`', '#', '-', '/']) {
        let (before, found) = rest.split_at(at);
        bare.push_str(before);
        named.push_str(before);
        let length = match found.as_bytes() {
            [b'/', b'*', b'!', ..] | [b'/', b'*', b'M', b'!', ..] => return Plain::HidesSql,
            [b'/', b'*', ..] => found[2..].find("*/").map(|end| end + 4),
            [b'#', ..] => Some(line(found)),
            [b'-', b'-'] | [b'-', b'-', 0..=b' ' | 0x7f, ..] => Some(line(found)),
            [b'`', ..] => string(found, '`', false),
            [b'"', ..] => string(found, '"', true),
            [b'\'', ..] => string(found, '\'', true),
            _ => {
                bare.push_str(&found[..1]);
                named.push_str(&found[..1]);
                rest = &found[1..];
                continue;
            }
        };
        let Some(length) = length else {
            open = true;
            rest = "";
            break;
        };
        match found.as_bytes()[0] {
            b'`' => {
                bare.push_str(" `` ");
                let name = &found[1..length - 1];
                let is_simple = !name.is_empty() && name.chars().all(is_of_a_word);
                named.extend([" ", if is_simple { name } else { "``" }, " "]);
            }
            b'\'' | b'"' => {
                bare.push_str(" '' ");
                named.push_str(" '' ");
            }
            _ => {
                bare.push(' ');
                named.push(' ');
            }
        }
        rest = &found[length..];
    }
    if open {
        return Plain::Open;
    }
    bare.push_str(rest);
    named.push_str(rest);
    Plain::Seen { bare: bare.to_ascii_uppercase(), named: named.to_ascii_lowercase() }
}

/// Returns the length in bytes of a comment that ends with its line.
fn line(found: &str) -> usize {
    let start = if found.starts_with('#') { 1 } else { 2 };
    found[start..].find(['\n', '\0']).map_or(found.len(), |end| start + end)
}

/// Returns the length in bytes of a quoted text, with its quotes.
fn string(found: &str, quote: char, escapes: bool) -> Option<usize> {
    let mut chars = found.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && escapes {
            chars.next()?;
        } else if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return Some(at + 1);
        }
    }
    None
}

pub(super) fn is_of_a_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

/// Returns the words of a bare text outside of parentheses.
pub(super) fn outer_words(bare: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let outer: String = bare
        .chars()
        .map(|c| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ if depth == 0 => return c,
                _ => {}
            }
            ' '
        })
        .collect();
    outer.split(|c| !is_of_a_word(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Returns whether the text has `INTO OUTFILE` or `INTO DUMPFILE`. A number with a point or an
/// exponent needs no blank after it.
pub(super) fn writes_file(bare: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let ends_number = |start: &str, word: &str| {
        let with_exponent = word.split_once('E').is_some_and(|(whole, exponent)| digits(whole) && digits(exponent));
        with_exponent || (start.ends_with('.') && digits(word))
    };
    ["OUTFILE", "DUMPFILE"].iter().any(|file| {
        bare.match_indices(file).any(|(at, _)| {
            let ends = !bare[at + file.len()..].starts_with(is_of_a_word);
            let before = bare[..at].trim_end_matches(is_blank);
            let Some(before) = before.strip_suffix("INTO").filter(|_| before.len() < at) else { return false };
            let start = before.trim_end_matches(is_of_a_word);
            let word = &before[start.len()..];
            ends && (word.is_empty() || ends_number(start, word) || (start.ends_with('\\') && word == "N"))
        })
    })
}

/// Returns whether the text contains a name. The text can have blanks around the points of the
/// name.
pub(super) fn names(named: &str, name: &str, followed_by: &str) -> bool {
    let mut text = named.replace(is_blank, " ");
    for blank in [" .", ". ", " ("] {
        while text.contains(blank) {
            text = text.replace(blank, blank.trim());
        }
    }
    let wanted = format!("{name}{followed_by}");
    text.match_indices(&wanted).any(|(at, _)| {
        let ends = !followed_by.is_empty() || !text[at + wanted.len()..].starts_with(is_of_a_word);
        ends && !text[..at].ends_with(is_of_a_word)
    })
}

/// Returns whether the text has a locking read.
pub(super) fn locks_rows(bare: &str) -> bool {
    let text = words_apart(bare);
    [" FOR UPDATE ", " FOR SHARE ", " LOCK IN SHARE MODE "].iter().any(|lock| text.contains(lock))
}

/// Returns whether a comment with hints that change settings follows a keyword. `sql` has no string
/// and no quoted name.
pub(super) fn changes_settings(sql: &str) -> bool {
    let text = sql.to_ascii_uppercase();
    text.match_indices("/*+").any(|(at, _)| {
        let hints = text[at..].split("*/").next().unwrap_or_default();
        let before = text[..at].trim_end_matches(is_blank);
        let follows = ["SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE"].iter().any(|keyword| {
            before
                .strip_suffix(keyword)
                .is_some_and(|start| !start.ends_with(is_of_a_word) && !start.contains(['/', '#', '-']))
        });
        follows
            && ["SET_VAR(", "MAX_EXECUTION_TIME(", "RESOURCE_GROUP("]
                .iter()
                .any(|hint| hints.match_indices(hint).any(|(at, _)| !hints[..at].ends_with(is_of_a_word)))
    })
}

/// Returns whether a CREATE or ALTER of a table names a directory, or an engine that stores rows
/// elsewhere.
pub(super) fn keeps_rows_elsewhere(first: &str, bare: &str) -> bool {
    let text = words_apart(bare);
    let is_of_a_table = ["CREATE", "ALTER"].contains(&first) && text.split(' ').take(4).any(|word| word == "TABLE");
    let options = [
        " DATA DIRECTORY = '' ",
        " INDEX DIRECTORY = '' ",
        " ENGINE = CONNECT ",
        " ENGINE = FEDERATED ",
        " ENGINE = SPIDER ",
    ];
    is_of_a_table && !text.contains(" SELECT ") && options.iter().any(|option| text.contains(option))
}

/// Returns whether a CALL names another schema than `shop`.
pub(super) fn calls_elsewhere(named: &str) -> bool {
    let Some((_, callee)) = named.split_once("call") else { return false };
    let mut parts = callee.trim_start_matches(is_blank).splitn(2, '.');
    let schema = parts.next().unwrap_or_default().trim_end_matches(is_blank);
    // A word that begins with a digit can be a number.
    let is_one_name =
        !schema.is_empty() && schema.chars().all(is_of_a_word) && !schema.starts_with(|c: char| c.is_ascii_digit());
    parts.next().is_some() && is_one_name && schema != "shop"
}

/// Returns the words and symbols with a blank around each.
fn words_apart(bare: &str) -> String {
    let mut text = " ".to_owned();
    for c in bare.chars().map(|c| if is_blank(c) { ' ' } else { c }) {
        let apart = !is_of_a_word(c) && !matches!(c, ' ' | '\'');
        if apart && !text.ends_with(' ') {
            text.push(' ');
        }
        if c != ' ' || !text.ends_with(' ') {
            text.push(c);
        }
        if apart {
            text.push(' ');
        }
    }
    text.push(' ');
    text.replace("  ", " ")
}
