//! Classifies statements by their keywords.
//!
//! A prepared text holds exactly one statement, so the first keyword determines the kind. After
//! `WITH`, the keyword after the common table expressions determines it. `reach.rs` and
//! `definition.rs` can raise the kind.
//!
//! The text is read once, and only until the kind exceeds the grant. A rejected text must cost less
//! than a text that runs.

use wasmysql_sql::{Located, Token, Tokens};

use super::definition::Definition;
use super::reach::Reach;
use super::statements::Statements;
use crate::types::{Error, Result};

/// The kind of a statement, in ascending order of the rights it needs. A grant that allows a kind
/// also allows all kinds before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum StatementKind {
    /// A grant can allow the statement.
    Grantable(Statements),
    /// Reserved for the host; no grant allows it. Guests begin and end transactions through the
    /// contract. SET, USE, LOCK TABLES, PREPARE and HANDLER would change session state that the
    /// host relies on.
    HostOnly,
}

impl StatementKind {
    pub(crate) const READ: Self = Self::Grantable(Statements::Read);
    pub(crate) const DML: Self = Self::Grantable(Statements::Dml);
    pub(crate) const DDL: Self = Self::Grantable(Statements::Ddl);
    pub(crate) const ANY: Self = Self::Grantable(Statements::Any);

    /// The number of kinds.
    pub(crate) const COUNT: usize = 5;

    /// Returns the position of the kind in the ascending order, from 0.
    pub(crate) fn index(self) -> usize {
        match self {
            Self::Grantable(statements) => statements as usize,
            Self::HostOnly => Self::COUNT - 1,
        }
    }

    /// Returns the name of the kind in metrics and spans.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Grantable(statements) => statements.name(),
            Self::HostOnly => "host",
        }
    }
}

/// The bounds within which a statement is classified.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'s> {
    /// The highest kind that may run.
    pub(crate) most: StatementKind,
    /// The schema whose procedures can be called with a qualified name.
    pub(crate) schema: Option<&'s str>,
}

/// Returns the kind of `sql`. If the kind exceeds `scope.most`, parsing stops early: the returned
/// kind exceeds `scope.most` too, but can be lower than the kind of the whole text. Fails with
/// `argument` if the text is empty, or if the part that was read can't be parsed.
pub(crate) fn classify(sql: &str, scope: Scope<'_>) -> Result<StatementKind> {
    let (mut form, mut reach, mut before) = (Form::Start, Reach::default(), Before::default());
    let mut end = 0;
    for located in Tokens::new(sql) {
        let located = located?;
        reach.take_gap(&sql[end..located.at.start], before);
        form.take(&located, sql, before, scope.schema);
        reach.take(located.token, before);
        before = before.then(located.token);
        end = located.at.end;
        let least = reach.raise(form.least(), form.runs());
        if least > scope.most {
            return Ok(least);
        }
    }
    reach.take_gap(&sql[end..], before);
    match form {
        Form::Start => Err(Error::argument("the statement is empty")),
        form => Ok(reach.raise(form.kind(), form.runs())),
    }
}

/// The two tokens before the current token.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Before<'a> {
    pub(super) last: Option<Token<'a>>,
    pub(super) second_last: Option<Token<'a>>,
}

impl<'a> Before<'a> {
    pub(super) fn then(self, token: Token<'a>) -> Self {
        Self { last: Some(token), second_last: self.last }
    }

    pub(super) fn is(self, keyword: &str) -> bool {
        self.last.is_some_and(|token| token.is(keyword))
    }
}

/// The form of a statement, as far as its first tokens show it.
#[derive(Debug)]
enum Form {
    /// No token yet, or only the parentheses that can precede a SELECT.
    Start,
    /// The kind is final.
    Known(StatementKind),
    /// The verb after `WITH a AS (...), b AS (...)` determines the kind.
    With(Verb),
    Explain(Explain),
    Show(Show),
    Load,
    Call(Callee),
    Definition(Definition),
}

impl Form {
    fn take(&mut self, located: &Located<'_>, sql: &str, before: Before<'_>, schema: Option<&str>) {
        let token = located.token;
        match self {
            Form::Start if token == Token::Symbol('(') => {}
            Form::Start => *self = Form::of(token),
            Form::Known(_) => {}
            Form::With(verb) => verb.take(token),
            Form::Explain(explain) => explain.take(token),
            Form::Show(show) => {
                if let Some(kind) = show.take(token) {
                    *self = Form::Known(kind);
                }
            }
            Form::Load if token.is("LOCAL") => *self = Form::Known(StatementKind::HostOnly),
            Form::Load => {}
            Form::Call(callee) => {
                if let Some(kind) = callee.take(token, schema) {
                    *self = Form::Known(kind);
                }
            }
            Form::Definition(definition) => definition.take(token, &sql[located.at.clone()], before),
        }
    }

    fn of(first: Token<'_>) -> Self {
        // The server rejects a statement that does not begin with a word.
        let Token::Word(word) = first else { return Form::Known(StatementKind::ANY) };
        match word.to_ascii_uppercase().as_str() {
            "WITH" => Form::With(Verb::default()),
            "SELECT" | "TABLE" | "VALUES" => Form::Known(StatementKind::READ),
            "EXPLAIN" | "DESCRIBE" | "DESC" => Form::Explain(Explain::default()),
            "SHOW" => Form::Show(Show::Modified),
            "INSERT" | "REPLACE" | "UPDATE" | "DELETE" | "DO" => Form::Known(StatementKind::DML),
            "CALL" => Form::Call(Callee::Name),
            "CREATE" | "ALTER" => Form::Definition(Definition::with_options()),
            "DROP" | "RENAME" => Form::Definition(Definition::without_options()),
            "TRUNCATE" => Form::Known(StatementKind::DDL),
            "BEGIN" | "START" | "COMMIT" | "ROLLBACK" | "SAVEPOINT" | "RELEASE" | "XA" | "SET" | "USE" | "LOCK"
            | "UNLOCK" | "PREPARE" | "EXECUTE" | "DEALLOCATE" | "HANDLER" => Form::Known(StatementKind::HostOnly),
            "LOAD" => Form::Load,
            _ => Form::Known(StatementKind::ANY),
        }
    }

    /// Returns the lowest kind that is possible after the tokens so far.
    fn least(&self) -> StatementKind {
        match self {
            Form::Start | Form::Show(_) | Form::Call(_) => StatementKind::READ,
            Form::Known(kind) => *kind,
            Form::With(verb) => verb.least(),
            Form::Explain(explain) => explain.least(),
            Form::Load => StatementKind::ANY,
            Form::Definition(definition) => definition.least(),
        }
    }

    /// Returns the kind if no token follows.
    fn kind(&self) -> StatementKind {
        match self {
            Form::Start | Form::Show(_) | Form::Load => StatementKind::ANY,
            Form::Known(kind) => *kind,
            Form::With(verb) => verb.kind(),
            Form::Explain(explain) => explain.kind(),
            Form::Call(_) => StatementKind::DML,
            Form::Definition(definition) => definition.kind(),
        }
    }

    /// Returns whether the statement runs. EXPLAIN without ANALYZE does not run it.
    fn runs(&self) -> bool {
        !matches!(self, Form::Explain(Explain { analyzes: false, .. }))
    }
}

/// The first verb outside of parentheses.
#[derive(Debug, Default)]
struct Verb {
    depth: usize,
    found: Option<StatementKind>,
}

impl Verb {
    fn take(&mut self, token: Token<'_>) {
        if self.found.is_some() {
            return;
        }
        match token {
            Token::Symbol('(') => self.depth += 1,
            Token::Symbol(')') => self.depth = self.depth.saturating_sub(1),
            _ if self.depth > 0 => {}
            // A number, or the end of a name that begins with digits. No verb follows it.
            Token::Number => self.found = Some(StatementKind::ANY),
            _ if token.is_one_of("SELECT TABLE VALUES") => self.found = Some(StatementKind::READ),
            _ if token.is_one_of("INSERT REPLACE UPDATE DELETE") => self.found = Some(StatementKind::DML),
            _ => {}
        }
    }

    fn least(&self) -> StatementKind {
        self.found.unwrap_or(StatementKind::READ)
    }

    fn kind(&self) -> StatementKind {
        self.found.unwrap_or(StatementKind::ANY)
    }
}

/// An EXPLAIN. It shows the plan of a statement. With ANALYZE the server runs the statement.
#[derive(Debug, Default)]
struct Explain {
    analyzes: bool,
    verb: Verb,
    /// Whether FOR precedes any statement. EXPLAIN [FORMAT = JSON] FOR CONNECTION shows the
    /// statement of another session. In a locking SELECT, FOR follows the verb.
    of_a_connection: Option<bool>,
}

impl Explain {
    fn take(&mut self, token: Token<'_>) {
        const EXPLAINED: &str = "SELECT WITH TABLE VALUES INSERT REPLACE UPDATE DELETE";
        self.analyzes |= token.is("ANALYZE");
        if self.of_a_connection.is_none() && (token.is("FOR") || token.is_one_of(EXPLAINED)) {
            self.of_a_connection = Some(token.is("FOR"));
        }
        self.verb.take(token);
    }

    fn least(&self) -> StatementKind {
        match self.of_a_connection {
            Some(true) => StatementKind::ANY,
            _ if self.analyzes => self.verb.least(),
            _ => StatementKind::READ,
        }
    }

    fn kind(&self) -> StatementKind {
        match self.of_a_connection {
            Some(true) => StatementKind::ANY,
            _ if self.analyzes => self.verb.kind(),
            _ => StatementKind::READ,
        }
    }
}

/// Returns whether a statement is a CALL.
pub(crate) fn is_call(sql: &str) -> bool {
    matches!(Tokens::new(sql).next(), Some(Ok(first)) if first.token.is("CALL"))
}

/// A SHOW. For the schema it is `read`; for accounts, other sessions or the server it is `any`.
#[derive(Debug)]
enum Show {
    /// FULL, EXTENDED or the subject follows.
    Modified,
    /// The subject follows.
    Bare,
    Create,
}

impl Show {
    fn take(&mut self, token: Token<'_>) -> Option<StatementKind> {
        const SCHEMA: &str = "TABLES COLUMNS FIELDS INDEX INDEXES KEYS TABLE WARNINGS ERRORS COUNT COLLATION DATABASES SCHEMAS CHARACTER \
            CHARSET";
        match self {
            Show::Modified if token.is_one_of("FULL EXTENDED") => *self = Show::Bare,
            Show::Modified | Show::Bare if token.is("CREATE") => *self = Show::Create,
            Show::Modified | Show::Bare if token.is_one_of(SCHEMA) => return Some(StatementKind::READ),
            Show::Create if token.is_one_of("TABLE VIEW SEQUENCE") => return Some(StatementKind::READ),
            _ => return Some(StatementKind::ANY),
        }
        None
    }
}

/// The name of the called procedure. A procedure of another schema can run any statement:
/// `sys.execute_prepared_stmt`.
#[derive(Debug)]
enum Callee {
    /// The name of the procedure or of its schema follows.
    Name,
    /// The name matches the schema of the database. It may be the name of a procedure.
    Own,
    /// The name does not match the schema of the database. It may be the name of a procedure.
    Other,
}

impl Callee {
    fn take(&mut self, token: Token<'_>, schema: Option<&str>) -> Option<StatementKind> {
        match (&self, token) {
            (Callee::Name, Token::Word(name)) => *self = Callee::of(Some(name) == schema),
            (Callee::Name, Token::Quoted(name)) => *self = Callee::of(schema == Some(&*name.replace("``", "`"))),
            (Callee::Other, Token::Symbol('.')) => return Some(StatementKind::ANY),
            // The server rejects a CALL without a name.
            (Callee::Name | Callee::Own | Callee::Other, _) => return Some(StatementKind::DML),
        }
        None
    }

    /// Names are compared byte by byte. The server may treat two spellings as one name. Then the
    /// comparison can reject a CALL that it could allow, but never allows a CALL that it must
    /// reject.
    fn of(is_own: bool) -> Self {
        if is_own { Callee::Own } else { Callee::Other }
    }
}

#[cfg(test)]
#[path = "kind_tests.rs"]
mod tests;
