//! Parses the output of SHOW GRANTS. Its lines are statements and contain the hash of the account's
//! password. The parser drops the hash.

use super::privilege::{Privileges, Scope};

/// Returns the privileges of a line. Returns `None` for USAGE, and for lines without privileges,
/// such as the grant of a role.
pub(crate) fn privileges(line: &str) -> Option<Privileges> {
    statement(line, "GRANT", "TO")
}

/// Returns the privileges that a line revokes. With MySQL's `partial_revokes`, a privilege on the
/// whole server can be revoked for a schema.
pub(crate) fn partial_revoke(line: &str) -> Option<Privileges> {
    statement(line, "REVOKE", "FROM")
}

/// Splits a privilege such as `UPDATE (a, b)` into its name and its quoted columns.
pub(crate) fn columns(privilege: &str) -> (&str, Vec<String>) {
    match privilege.split_once(" (") {
        None => (privilege, Vec::new()),
        Some((name, columns)) => (name, Words { rest: columns }.columns().unwrap_or_default()),
    }
}

fn statement(line: &str, verb: &str, preposition: &str) -> Option<Privileges> {
    let mut words = Words { rest: line };
    words.next().filter(|word| word.is(verb))?;
    let mut names = vec![String::new()];
    loop {
        match words.next()? {
            word if word.is("ON") => break,
            // The grant of a role: GRANT `reporter` TO ...
            word if word.is(preposition) => return None,
            Word::Symbol(',') => names.push(String::new()),
            Word::Symbol('(') => {
                let columns = words.columns()?.join(", ");
                names.last_mut()?.push_str(&format!(" ({columns})"));
            }
            Word::Bare(word) => {
                let name = names.last_mut()?;
                let space = if name.is_empty() { "" } else { " " };
                name.push_str(&format!("{space}{word}"));
            }
            Word::Quoted(_) | Word::Symbol(_) => return None,
        }
    }
    let scope = words.scope(&names)?;
    words.next().filter(|word| word.is(preposition))?;
    let holders = vec![words.account()?];
    let may_grant = words.ends_with_grant_option();
    names.retain(|name| !name.is_empty() && name != "USAGE");
    if may_grant && !matches!(scope, Scope::Account(_)) {
        names.push("GRANT OPTION".to_owned());
    }
    (!names.is_empty()).then_some(Privileges { names, scope, holders })
}

#[derive(Debug, PartialEq)]
enum Word {
    Bare(String),
    Quoted(String),
    Symbol(char),
}

impl Word {
    fn is(&self, keyword: &str) -> bool {
        matches!(self, Word::Bare(word) if word.eq_ignore_ascii_case(keyword))
    }

    fn name(self) -> Option<String> {
        match self {
            Word::Bare(name) | Word::Quoted(name) => Some(name),
            Word::Symbol(_) => None,
        }
    }
}

/// An iterator over the words of a line.
struct Words<'l> {
    rest: &'l str,
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        self.rest = self.rest.trim_start();
        let first = self.rest.chars().next()?;
        if matches!(first, '`' | '"' | '\'') {
            return self.quoted(first);
        }
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '\\' | '-');
        let length = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        if length == 0 {
            self.rest = &self.rest[first.len_utf8()..];
            return Some(Word::Symbol(first));
        }
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(Word::Bare(word.to_owned()))
    }
}

impl Words<'_> {
    /// Reads a quoted text. A doubled quote stands for the quote. In single quotes, `\` escapes the
    /// next character.
    fn quoted(&mut self, quote: char) -> Option<Word> {
        let mut text = String::new();
        let mut chars = self.rest[quote.len_utf8()..].chars();
        loop {
            match chars.next()? {
                '\\' if quote == '\'' => text.push(chars.next()?),
                c if c == quote => {
                    if !chars.as_str().starts_with(quote) {
                        self.rest = chars.as_str();
                        return Some(Word::Quoted(text));
                    }
                    chars.next();
                    text.push(quote);
                }
                c => text.push(c),
            }
        }
    }

    /// Reads column names up to the closing parenthesis, and quotes them.
    fn columns(&mut self) -> Option<Vec<String>> {
        let mut names = Vec::new();
        loop {
            match self.next()? {
                Word::Symbol(')') => return Some(names),
                Word::Symbol(',') => {}
                word => names.push(format!("`{}`", word.name()?.replace('`', "``"))),
            }
        }
    }

    fn scope(&mut self, names: &[String]) -> Option<Scope> {
        if names == ["PROXY"] {
            return self.account().map(Scope::Account);
        }
        let first = self.next()?;
        let kind = ["FUNCTION", "PROCEDURE", "PACKAGE", "TABLE"].into_iter().find(|kind| first.is(kind));
        // Before a point, the word is the name of a schema.
        let kind = kind.filter(|_| !self.rest.trim_start().starts_with('.'));
        let schema = match kind {
            Some("PACKAGE") if self.rest.trim_start().starts_with("BODY ") => {
                self.next();
                self.next()?
            }
            Some(_) => self.next()?,
            None => first,
        };
        self.next().filter(|word| *word == Word::Symbol('.'))?;
        let name = self.next()?;
        match (kind, schema, name) {
            (_, Word::Symbol('*'), _) => Some(Scope::Server),
            (_, schema, Word::Symbol('*')) => Some(Scope::Schema(schema.name()?)),
            (None | Some("TABLE"), schema, name) => Some(Scope::Table { schema: schema.name()?, name: name.name()? }),
            (Some(kind), schema, name) => {
                Some(Scope::Routine { kind: kind.to_owned(), schema: schema.name()?, name: name.name()? })
            }
        }
    }

    /// Reads an account or a role. PUBLIC is not quoted.
    fn account(&mut self) -> Option<String> {
        let text = |name: &str| format!("'{}'", name.replace('\\', "\\\\").replace('\'', "''"));
        let user = match self.next()? {
            word if word.is("PUBLIC") => return Some("PUBLIC".to_owned()),
            word => text(&word.name()?),
        };
        let Some(host) = self.rest.strip_prefix('@') else { return Some(user) };
        if host.starts_with(['`', '"', '\'']) {
            self.rest = host;
            return Some(format!("{user}@{}", text(&self.next()?.name()?)));
        }
        // An unquoted host, as some servers print it, can contain points.
        let (host, rest) = host.split_at(host.find(char::is_whitespace).unwrap_or(host.len()));
        self.rest = rest;
        Some(format!("{user}@{}", text(host)))
    }

    /// Returns whether the options after WITH include GRANT OPTION. Other options can precede or
    /// follow it.
    fn ends_with_grant_option(&mut self) -> bool {
        let words: Vec<Word> = self.by_ref().collect();
        words.windows(2).any(|pair| pair[0].is("GRANT") && pair[1].is("OPTION"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let shown = |Privileges { names, scope, holders }| {
            format!("{} ON {scope} FROM {}", names.join(" + "), holders.join(" + "))
        };
        assert_eq!(privileges(line).map_or_else(|| "none".to_owned(), shown), expected, "{line}");
    }

    #[test]
    fn mariadb_lines_are_parsed() {
        let hash = "IDENTIFIED BY PASSWORD '*D821809F681A40A6E379B50D0463EFAE20BDD122'";
        check(&format!("GRANT USAGE ON *.* TO `c`@`%` {hash} REQUIRE SSL"), "none");
        check(
            &format!("GRANT PROCESS, FILE ON *.* TO `a`@`%` {hash} WITH GRANT OPTION MAX_USER_CONNECTIONS 11"),
            "PROCESS + FILE + GRANT OPTION ON *.* FROM 'a'@'%'",
        );
        check("GRANT SELECT ON `sh\\_op`.* TO `a`@`localhost`", "SELECT ON `sh\\_op`.* FROM 'a'@'localhost'");
        check(
            "GRANT SELECT, INSERT (`a`), UPDATE (`a`, `b``c`) ON `shop`.`t` TO `a`@`localhost`",
            "SELECT + INSERT (`a`) + UPDATE (`a`, `b``c`) ON `shop`.`t` FROM 'a'@'localhost'",
        );
        check("GRANT EXECUTE ON PROCEDURE `shop`.`p` TO `a`@`%`", "EXECUTE ON PROCEDURE `shop`.`p` FROM 'a'@'%'");
        check("GRANT EXECUTE ON PACKAGE BODY `s`.`p` TO `a`@`%`", "EXECUTE ON PACKAGE `s`.`p` FROM 'a'@'%'");
        check("GRANT PROXY ON `root`@`%` TO `a`@`%` WITH GRANT OPTION", "PROXY ON 'root'@'%' FROM 'a'@'%'");
        check("GRANT PROXY ON ''@'%' TO 'a'@'%' WITH GRANT OPTION", "PROXY ON ''@'%' FROM 'a'@'%'");
        check("GRANT `reporter` TO `a`@`localhost`", "none");
        check("SET DEFAULT ROLE `reporter` FOR `a`@`localhost`", "none");
        check("GRANT SELECT ON `other`.* TO `reporter`", "SELECT ON `other`.* FROM 'reporter'");
        check("GRANT CREATE VIEW, SHOW VIEW ON `test`.* TO PUBLIC", "CREATE VIEW + SHOW VIEW ON `test`.* FROM PUBLIC");
        check("GRANT ALL PRIVILEGES ON *.* TO `b`@`%`", "ALL PRIVILEGES ON *.* FROM 'b'@'%'");
    }

    #[test]
    fn mysql_lines_are_parsed() {
        check("GRANT USAGE ON *.* TO `a`@`%`", "none");
        check("GRANT PROCESS, FILE ON *.* TO `a`@`%`", "PROCESS + FILE ON *.* FROM 'a'@'%'");
        check(
            "GRANT ROLE_ADMIN,XA_RECOVER_ADMIN ON *.* TO `a`@`%` WITH GRANT OPTION",
            "ROLE_ADMIN + XA_RECOVER_ADMIN + GRANT OPTION ON *.* FROM 'a'@'%'",
        );
        check(
            "GRANT CREATE ROLE, DROP ROLE ON *.* TO `a@b`@`10.%`",
            "CREATE ROLE + DROP ROLE ON *.* FROM 'a@b'@'10.%'",
        );
        check("GRANT UPDATE (`a`), SELECT ON `s`.`t` TO `a`@`%`", "UPDATE (`a`) + SELECT ON `s`.`t` FROM 'a'@'%'");
        check("GRANT PROXY ON ``@`` TO `root`@`localhost` WITH GRANT OPTION", "PROXY ON ''@'' FROM 'root'@'localhost'");
        for line in [
            "GRANT `d2 odd`@`10.%`,`reporter`@`%` TO `a`@`%`",
            "GRANT `reporter`@`%` TO `a`@`%` WITH ADMIN OPTION",
            "REVOKE SELECT ON `mysql`.* FROM `a`@`%`",
        ] {
            check(line, "none");
        }
    }

    #[test]
    fn partial_revokes_are_parsed() {
        let revoked = partial_revoke("REVOKE SELECT, CREATE VIEW ON `mysql`.* FROM `a`@`%`").expect("a partial revoke");
        assert_eq!(
            (revoked.names.join(" + "), revoked.scope.to_string()),
            ("SELECT + CREATE VIEW".into(), "`mysql`.*".into())
        );
        for line in ["GRANT SELECT ON `mysql`.* TO `a`@`%`", "REVOKE SELECT ON", ""] {
            assert_eq!(partial_revoke(line), None, "{line}");
        }
    }

    #[test]
    fn all_quoting_styles_are_parsed() {
        check(
            "GRANT ALL PRIVILEGES ON \"shop\".* TO \"b\"@\"localhost\"",
            "ALL PRIVILEGES ON `shop`.* FROM 'b'@'localhost'",
        );
        check("GRANT SELECT ON shop.* TO b@localhost", "SELECT ON `shop`.* FROM 'b'@'localhost'");
        check("GRANT FILE ON *.* TO b@127.0.0.1 WITH GRANT OPTION", "FILE + GRANT OPTION ON *.* FROM 'b'@'127.0.0.1'");
        check("GRANT SELECT ON function.* TO b@localhost", "SELECT ON `function`.* FROM 'b'@'localhost'");
        check("GRANT SELECT ON `we``ird %`.* TO 'o\\'d'@'%'", "SELECT ON `we``ird %`.* FROM 'o''d'@'%'");
    }

    #[test]
    fn unknown_lines_are_ignored() {
        for line in ["", "GRANT", "GRANT SELECT ON", "GRANT SELECT ON `open", "REVOKE INSERT ON `a`.* FROM `b`@`%`"] {
            check(line, "none");
        }
    }
}
