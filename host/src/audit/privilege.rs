//! What an account may do on a server, as the server tells it.

use std::fmt;

/// Privileges on one thing of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Privileges {
    /// As GRANT writes them: `SELECT`, `INSERT (a, b)`, `ALL PRIVILEGES`, `GRANT OPTION`. At least one.
    pub names: Vec<String>,
    /// On what.
    pub scope: Scope,
    /// Whose they are, as REVOKE writes it: the account's own, those of a role that its sessions have, or everybody's.
    pub holder: String,
}

/// What privileges are on. Its `Display` is what follows ON in a GRANT.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// The whole server: every schema, accounts, files.
    Server,
    /// The schemas that match a pattern, in which `%` stands for anything, `_` for one character, and `\` keeps the next as it is.
    Schema(String),
    /// A table or view.
    Table {
        /// Its schema.
        schema: String,
        /// Its name.
        name: String,
    },
    /// A function, procedure or package.
    Routine {
        /// Which of these, in capitals.
        kind: String,
        /// Its schema.
        schema: String,
        /// Its name.
        name: String,
    },
    /// Another account, for which this one can stand.
    Account(String),
}

impl Scope {
    /// Whether all of it is in this schema.
    pub(crate) fn is_within(&self, own: &str) -> bool {
        match self {
            Scope::Server | Scope::Account(_) => false,
            Scope::Schema(pattern) => names_just(pattern, own),
            Scope::Table { schema, .. } | Scope::Routine { schema, .. } => schema == own,
        }
    }

    /// Whether it has tables of this schema in it; of any schema, for `None`.
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

/// An identifier, quoted.
pub(crate) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// An account, as `CURRENT_USER()` tells it, quoted.
pub(crate) fn quoted_account(account: &str) -> String {
    let text = |part: &str| format!("'{}'", part.replace('\\', "\\\\").replace('\'', "''"));
    match account.rsplit_once('@') {
        Some((user, host)) => format!("{}@{}", text(user), text(host)),
        None => text(account),
    }
}

/// The pattern that matches this schema and no other.
pub(crate) fn pattern_of(schema: &str) -> String {
    schema.chars().fold(String::new(), |mut pattern, c| {
        if matches!(c, '_' | '%' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
        pattern
    })
}

/// Whether a pattern was meant for this schema alone. Nearly everybody writes `_` as it is.
fn names_just(pattern: &str, schema: &str) -> bool {
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
    fn a_pattern_is_read_as_the_server_reads_it() {
        for (pattern, schema, all, just) in [
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
            assert_eq!((scope.reaches(Some(schema)), scope.is_within(schema)), (all, just), "{pattern} {schema}");
        }
    }

    #[test]
    fn names_are_quoted() {
        assert_eq!(Scope::Schema("a`b".to_owned()).to_string(), "`a``b`.*");
        assert_eq!(quoted_account("a@b@10.%"), "'a@b'@'10.%'");
        assert_eq!(quoted_account("o'd\\@%"), "'o''d\\\\'@'%'");
    }
}
