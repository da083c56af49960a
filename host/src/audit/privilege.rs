//! Privileges of an account, and the objects to which they apply.

use std::fmt;

/// Privileges on one scope of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Privileges {
    /// The privileges as GRANT writes them: `SELECT`, `INSERT (a, b)`, `ALL PRIVILEGES`,
    /// `GRANT OPTION`. Never empty.
    pub names: Vec<String>,
    /// The scope to which the privileges apply.
    pub scope: Scope,
    /// The holders of the privileges, as REVOKE writes them: the account, a role of the account, or
    /// `PUBLIC`.
    ///
    /// On MySQL a role that includes other roles is listed with these, because the server does not
    /// show which of them holds a privilege.
    pub holders: Vec<String>,
}

/// The scope of privileges. `Display` writes the scope as GRANT does after ON.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// The whole server: all schemas, accounts and files.
    Server,
    /// All schemas that match a pattern. `%` matches any text, `_` matches one character, and `\`
    /// escapes the next character.
    Schema(String),
    /// A table or view.
    Table {
        /// The schema of the table.
        schema: String,
        /// The name of the table.
        name: String,
    },
    /// A function, procedure or package.
    Routine {
        /// The type of the routine, in upper case: `FUNCTION`, `PROCEDURE` or `PACKAGE`.
        kind: String,
        /// The schema of the routine.
        schema: String,
        /// The name of the routine.
        name: String,
    },
    /// Another account, as which this account may act (`PROXY`).
    Account(String),
}

impl Scope {
    /// Returns whether the scope lies entirely in the schema `own`.
    pub(crate) fn is_within(&self, own: &str) -> bool {
        match self {
            Scope::Server | Scope::Account(_) => false,
            Scope::Schema(pattern) => is_meant_for(pattern, own),
            Scope::Table { schema, .. } | Scope::Routine { schema, .. } => schema == own,
        }
    }

    /// Returns whether the scope includes tables of the schema `own`, or of any schema for `None`.
    pub(crate) fn reaches(&self, own: Option<&str>) -> bool {
        match (self, own) {
            (Scope::Account(_) | Scope::Routine { .. }, _) => false,
            (Scope::Server, _) | (_, None) => true,
            (Scope::Schema(pattern), Some(own)) => matches(pattern, own),
            (Scope::Table { schema, .. }, Some(own)) => schema == own,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Server => f.write_str("*.*"),
            Scope::Schema(pattern) => write!(f, "{}.*", quoted(pattern)),
            Scope::Table { schema, name } => write!(f, "{}.{}", quoted(schema), quoted(name)),
            Scope::Routine { kind, schema, name } => write!(f, "{kind} {}.{}", quoted(schema), quoted(name)),
            Scope::Account(account) => f.write_str(account),
        }
    }
}

/// Quotes an identifier with backticks.
pub(crate) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// Quotes an account in the format of `CURRENT_USER()`.
pub(crate) fn quoted_account(account: &str) -> String {
    match account.rsplit_once('@') {
        Some((user, host)) => format!("{}@{}", quoted_text(user), quoted_text(host)),
        None => quoted_text(account),
    }
}

/// Quotes a role, given as its name and its host.
pub(crate) fn quoted_role((name, host): &(String, String)) -> String {
    format!("{}@{}", quoted_text(name), quoted_text(host))
}

fn quoted_text(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// Returns the pattern that matches only this schema.
pub(crate) fn pattern_of(schema: &str) -> String {
    schema.chars().fold(String::new(), |mut pattern, c| {
        if matches!(c, '_' | '%' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
        pattern
    })
}

/// Returns whether a pattern was meant for this schema only. Most operators don't escape `_`, so an
/// exact match counts even if the name contains `_`.
fn is_meant_for(pattern: &str, schema: &str) -> bool {
    pattern == schema && !schema.contains('%') || pattern == pattern_of(schema)
}

fn matches(pattern: &str, schema: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => schema.is_empty(),
        Some('%') => schema
            .char_indices()
            .map(|(at, _)| at)
            .chain([schema.len()])
            .any(|at| matches(rest.as_str(), &schema[at..])),
        Some(wanted) => {
            let (wanted, any) = match wanted {
                '\\' => (rest.next().unwrap_or('\\'), false),
                other => (other, other == '_'),
            };
            let mut left = schema.chars();
            left.next().is_some_and(|c| any || c == wanted) && matches(rest.as_str(), left.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_like_the_server() {
        for (pattern, schema, reaches, is_within) in [
            ("shop", "shop", true, true),
            ("shop", "shop2", false, false),
            ("shop%", "shop2", true, false),
            ("%", "shop", true, false),
            ("%op%", "shop", true, false),
            ("sh_p", "shop", true, false),
            ("sh_p", "sh_p", true, true),
            ("sh\\_p", "sh_p", true, true),
            ("sh\\_p", "shop", false, false),
            ("", "shop", false, false),
        ] {
            let scope = Scope::Schema(pattern.to_owned());
            assert_eq!(
                (scope.reaches(Some(schema)), scope.is_within(schema)),
                (reaches, is_within),
                "{pattern} {schema}"
            );
        }
    }

    #[test]
    fn names_are_quoted() {
        assert_eq!(Scope::Schema("a`b".to_owned()).to_string(), "`a``b`.*");
        assert_eq!(quoted_account("a@b@10.%"), "'a@b'@'10.%'");
        assert_eq!(quoted_account("o'd\\@%"), "'o''d\\\\'@'%'");
    }
}
