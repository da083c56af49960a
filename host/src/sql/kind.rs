//! What kind of statement a text is, by its keywords. Only one statement can be prepared at a time, so the first keyword decides (after
//! `WITH`, the one that follows the common table expressions), and what is in `reach.rs` and `definition.rs` can make it more. The text is
//! read once, and only until it is known to be more than may run: a text that is refused must cost less than one that runs.

use super::definition::Definition;
use super::reach::Reach;
use super::tokens::{Located, Token, Tokens};
use crate::types::{Error, Result};

/// What a statement does, least first. A grant that allows one kind allows those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum StatementKind {
    /// Reads, without locks that outlast the statement: SELECT, TABLE, VALUES, EXPLAIN, DESCRIBE, SHOW of a schema.
    Read,
    /// Changes rows, or locks them or names: INSERT, REPLACE, UPDATE, DELETE, CALL in the database's own schema, DO; SELECT ... FOR UPDATE
    /// and its likes, GET_LOCK.
    Dml,
    /// Changes the schema: CREATE, ALTER, DROP, RENAME, TRUNCATE of tables, views, indexes and sequences that are kept where the server
    /// keeps its own.
    Ddl,
    /// Anything else the host does not keep for itself: accounts, routines, procedures of other schemas, files and other servers,
    /// administration, what other sessions run.
    Any,
    /// Kept by the host, whatever the grant: transactions are begun and ended through the contract, and what sticks to
    /// a session (SET, USE, LOCK TABLES, PREPARE, HANDLER) would reach the next borrower.
    HostOnly,
}

impl StatementKind {
    /// What it is called where statements are counted.
    pub(crate) fn name(self) -> &'static str {
        match self {
            StatementKind::Read => "read",
            StatementKind::Dml => "dml",
            StatementKind::Ddl => "ddl",
            StatementKind::Any => "any",
            StatementKind::HostOnly => "host",
        }
    }
}

/// What a text is read for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'s> {
    /// The most that may run.
    pub(crate) most: StatementKind,
    /// The schema whose procedures can be called by their full names.
    pub(crate) schema: Option<&'s str>,
}

/// Which kind of statement `sql` is; where that is more than may run, a kind that is more than may run too, and perhaps less than it would
/// be at the end of the text. Fails with `argument` where the text is empty or, as far as it was read, can't be read.
pub(crate) fn classify(sql: &str, scope: Scope<'_>) -> Result<StatementKind> {
    let (mut form, mut reach, mut before) = (Form::Start, Reach::default(), Before::default());
    for located in Tokens::of(sql) {
        let located = located?;
        form.take(&located, sql, before, scope.schema);
        reach.take(located.token, before);
        before = before.then(located.token);
        let least = reach.raise(form.least(), form.runs());
        if least > scope.most {
            return Ok(least);
        }
    }
    match form {
        Form::Start => Err(Error::argument("the statement is empty")),
        form => Ok(reach.raise(form.kind(), form.runs())),
    }
}

/// The two tokens before one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Before<'a> {
    pub(super) last: Option<Token<'a>>,
    pub(super) second_last: Option<Token<'a>>,
}

impl<'a> Before<'a> {
    pub(super) fn then(self, token: Token<'a>) -> Before<'a> {
        Before { last: Some(token), second_last: self.last }
    }

    pub(super) fn is(self, keyword: &str) -> bool {
        self.last.is_some_and(|token| token.is(keyword))
    }
}

/// What is known of a statement by its beginning.
#[derive(Debug)]
enum Form {
    /// Nothing, or parentheses that may stand before a SELECT.
    Start,
    /// All that there is to know.
    Known(StatementKind),
    /// The statement after `WITH a AS (...), b AS (...)` decides.
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

    fn of(first: Token<'_>) -> Form {
        // Not a word: the server will say that it is no statement.
        let Token::Word(word) = first else { return Form::Known(StatementKind::Any) };
        match word.to_ascii_uppercase().as_str() {
            "WITH" => Form::With(Verb::default()),
            "SELECT" | "TABLE" | "VALUES" => Form::Known(StatementKind::Read),
            "EXPLAIN" | "DESCRIBE" | "DESC" => Form::Explain(Explain::default()),
            "SHOW" => Form::Show(Show::Modified),
            "INSERT" | "REPLACE" | "UPDATE" | "DELETE" | "DO" => Form::Known(StatementKind::Dml),
            "CALL" => Form::Call(Callee::Name),
            "CREATE" | "ALTER" => Form::Definition(Definition::with_options()),
            "DROP" | "RENAME" => Form::Definition(Definition::without_options()),
            "TRUNCATE" => Form::Known(StatementKind::Ddl),
            "BEGIN" | "START" | "COMMIT" | "ROLLBACK" | "SAVEPOINT" | "RELEASE" | "XA" | "SET" | "USE" | "LOCK"
            | "UNLOCK" | "PREPARE" | "EXECUTE" | "DEALLOCATE" | "HANDLER" => Form::Known(StatementKind::HostOnly),
            "LOAD" => Form::Load,
            _ => Form::Known(StatementKind::Any),
        }
    }

    /// What it is at least, whatever follows.
    fn least(&self) -> StatementKind {
        match self {
            Form::Start | Form::Show(_) | Form::Call(_) => StatementKind::Read,
            Form::Known(kind) => *kind,
            Form::With(verb) => verb.least(),
            Form::Explain(explain) => explain.least(),
            Form::Load => StatementKind::Any,
            Form::Definition(definition) => definition.least(),
        }
    }

    /// What it is where nothing follows.
    fn kind(&self) -> StatementKind {
        match self {
            Form::Start | Form::Show(_) | Form::Load => StatementKind::Any,
            Form::Known(kind) => *kind,
            Form::With(verb) => verb.kind(),
            Form::Explain(explain) => explain.kind(),
            Form::Call(_) => StatementKind::Dml,
            Form::Definition(definition) => definition.kind(),
        }
    }

    /// Whether what it reads is read, and locked where that is asked for: not where it is merely explained.
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
            // The end of a number or a name, which no verb follows.
            Token::Number => self.found = Some(StatementKind::Any),
            _ if token.is_one_of("SELECT TABLE VALUES") => self.found = Some(StatementKind::Read),
            _ if token.is_one_of("INSERT REPLACE UPDATE DELETE") => self.found = Some(StatementKind::Dml),
            _ => {}
        }
    }

    fn least(&self) -> StatementKind {
        self.found.unwrap_or(StatementKind::Read)
    }

    fn kind(&self) -> StatementKind {
        self.found.unwrap_or(StatementKind::Any)
    }
}

/// EXPLAIN shows how a statement would run; with ANALYZE it runs it.
#[derive(Debug, Default)]
struct Explain {
    analyzes: bool,
    verb: Verb,
    /// Whether FOR stood before any statement: EXPLAIN [FORMAT = JSON] FOR CONNECTION shows that of another session. Where a SELECT locks,
    /// it follows.
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
            Some(true) => StatementKind::Any,
            _ if self.analyzes => self.verb.least(),
            _ => StatementKind::Read,
        }
    }

    fn kind(&self) -> StatementKind {
        match self.of_a_connection {
            Some(true) => StatementKind::Any,
            _ if self.analyzes => self.verb.kind(),
            _ => StatementKind::Read,
        }
    }
}

/// Whether a statement is a CALL.
pub(crate) fn is_call(sql: &str) -> bool {
    matches!(Tokens::of(sql).next(), Some(Ok(first)) if first.token.is("CALL"))
}

/// SHOW of the schema is reading; SHOW of accounts, other sessions or the server is not.
#[derive(Debug)]
enum Show {
    /// What it shows follows, or FULL or EXTENDED before that.
    Modified,
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
            Show::Modified | Show::Bare if token.is_one_of(SCHEMA) => return Some(StatementKind::Read),
            Show::Create if token.is_one_of("TABLE VIEW SEQUENCE") => return Some(StatementKind::Read),
            _ => return Some(StatementKind::Any),
        }
        None
    }
}

/// Which procedure is called. One of another schema can be made to run anything: `sys.execute_prepared_stmt`.
#[derive(Debug)]
enum Callee {
    /// Its name follows, or that of its schema.
    Name,
    /// That was the database's own schema, if it was a schema.
    Own,
    /// That was another schema, if it was a schema.
    Other,
}

impl Callee {
    fn take(&mut self, token: Token<'_>, schema: Option<&str>) -> Option<StatementKind> {
        match (&self, token) {
            (Callee::Name, Token::Word(name)) => *self = Callee::of(Some(name) == schema),
            (Callee::Name, Token::Quoted(name)) => *self = Callee::of(schema == Some(&*name.replace("``", "`"))),
            (Callee::Other, Token::Symbol('.')) => return Some(StatementKind::Any),
            // Where it is no name, the server will say so.
            (Callee::Name | Callee::Own | Callee::Other, _) => return Some(StatementKind::Dml),
        }
        None
    }

    /// Letters count: where the server takes two names for one, this one does not, and more is refused than needs to be.
    fn of(is_own: bool) -> Callee {
        if is_own { Callee::Own } else { Callee::Other }
    }
}

#[cfg(test)]
#[path = "kind_tests.rs"]
mod tests;
