//! The messages for statements that a guest may not run: what was denied, why, and what to do.

use std::borrow::Cow;

use wasmysql_sql::{Token, Tokens};

use crate::sql::{Statements, setting_hint};

/// The length of a keyword that a message repeats, in characters.
const KEYWORD_CHARACTERS: usize = 20;
/// Verbs whose next keyword decides what they do.
const VERBS_WITH_AN_OBJECT: &str = "SHOW CREATE ALTER DROP RENAME LOAD LOCK UNLOCK START FLUSH RESET INSTALL UNINSTALL";

/// Returns the message about a statement that is reserved for the host.
pub(super) fn reserved_for_the_host(sql: &str) -> String {
    let (shown, verb) = keywords(sql);
    let advice = match &*verb {
        "SET" => {
            "the host sets the variables of a session; write the value into the statement, choose the isolation level \
             with the options of a transaction, or let the host set a user variable"
        }
        "USE" => "write schema.table, or ask the host for a database with this schema",
        "LOCK" | "UNLOCK" => "use a transaction with SELECT ... FOR UPDATE, or GET_LOCK",
        "PREPARE" | "EXECUTE" | "DEALLOCATE" => "use `prepare` of the connection",
        "HANDLER" => "use SELECT with WHERE and LIMIT",
        "LOAD" => "the host opens no files for guests; read the rows in the guest and insert them with `execute-many`",
        "XA" => "use `begin-twophase` of the connection",
        _ => "use `begin`, `commit` and `rollback` of the connection",
    };
    format!(
        "'{shown}': statements that begin or end transactions or change the session are reserved for the host; {advice}"
    )
}

/// Returns the message about a statement that needs a grant of more statements.
pub(super) fn needs(needed: Statements, granted: Statements, sql: &str) -> String {
    let (shown, verb) = keywords(sql);
    let or_more = if needed == Statements::Any { "" } else { " or more" };
    let explanation = explanation(needed, &verb, sql);
    format!(
        "a statement like '{shown} ...' needs a grant of '{needed}'{or_more}, and this guest has '{granted}'{explanation}"
    )
}

/// Returns the first keywords as they are shown, and the verb in upper case. A text that does not
/// begin with a word is shown as it is. The text can be long, so only its start is read.
fn keywords(sql: &str) -> (String, String) {
    let mut words = Tokens::new(sql).map_while(Result::ok).filter_map(|located| match located.token {
        Token::Symbol('(') => None,
        Token::Word(word) => Some(Some(word.chars().take(KEYWORD_CHARACTERS).collect::<String>())),
        _ => Some(None),
    });
    let Some(Some(verb)) = words.next() else {
        return (sql.trim_start().chars().take(KEYWORD_CHARACTERS).collect(), String::new());
    };
    let has_an_object = VERBS_WITH_AN_OBJECT.split(' ').any(|word| word.eq_ignore_ascii_case(&verb));
    let object = words.next().flatten().filter(|_| has_an_object).map(|object| format!(" {object}"));
    (format!("{verb}{}", object.unwrap_or_default()), verb.to_ascii_uppercase())
}

/// Returns the reason why a statement needs its kind, if its verb does not show the reason.
fn explanation(needed: Statements, verb: &str, sql: &str) -> Cow<'static, str> {
    if needed == Statements::Any
        && let Some(hint) = setting_hint(sql)
    {
        return format!(" (the optimizer hint {hint} changes settings for the statement)").into();
    }
    let reason = match (needed, verb) {
        (Statements::Dml, "SELECT" | "WITH" | "TABLE" | "VALUES") => {
            " (it acquires row locks with FOR UPDATE, FOR SHARE or LOCK IN SHARE MODE, or a named lock with GET_LOCK)"
        }
        (Statements::Any, "CREATE" | "ALTER") => {
            " ('ddl' allows tables, views, indexes and sequences that the server stores in its own data directory)"
        }
        (Statements::Any, "CALL") => " ('dml' allows procedures of the database's own schema)",
        (Statements::Any, "SHOW") => " ('read' allows SHOW of tables, columns, indexes, schemas and CREATE TABLE)",
        (Statements::Any, "LOAD") => " (insert rows of a file with `execute-many`)",
        _ => "",
    };
    reason.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: &[&str]) {
        assert!(expected.iter().all(|expected| message.contains(expected)), "{message}");
    }

    #[test]
    fn denied_statements_and_hints_are_named() {
        for (sql, expected) in [
            ("INSERT /*+ set_var(foreign_key_checks=0) */ INTO t VALUES (1)", ["'INSERT ...'", "hint SET_VAR changes"]),
            (
                "CREATE TABLE t AS SELECT /*+ RESOURCE_GROUP(g) */ 1",
                ["'CREATE TABLE ...'", "hint RESOURCE_GROUP changes"],
            ),
            ("create user u", ["'create user ...'", "'ddl' allows tables"]),
            ("CALL sys.p()", ["'CALL ...'", "procedures of the database's own schema"]),
            ("SHOW /* all */ PROCESSLIST", ["'SHOW PROCESSLIST ...'", "'read' allows SHOW of tables"]),
            ("LOAD DATA INFILE 'x' INTO TABLE t", ["'LOAD DATA ...'", "`execute-many`"]),
        ] {
            let message = needs(Statements::Any, Statements::Dml, sql);
            check(&message, &expected);
            check(&message, &["needs a grant of 'any', and this guest has 'dml'"]);
        }
        check(&needs(Statements::Any, Statements::Dml, " 'text' x"), &["like ''text' x ...'"]);
        check(&needs(Statements::Dml, Statements::Read, "(SELECT 1 FOR UPDATE)"), &["'SELECT ...'", "row locks"]);
    }

    #[test]
    fn reserved_statements_have_a_replacement() {
        for (sql, expected) in [
            ("SET @a = 1", ["'SET'", "user variable"]),
            ("use other", ["'use'", "schema.table"]),
            ("LOCK TABLES t WRITE", ["'LOCK TABLES'", "FOR UPDATE"]),
            ("UNLOCK TABLES", ["'UNLOCK TABLES'", "FOR UPDATE"]),
            ("EXECUTE s", ["'EXECUTE'", "`prepare`"]),
            ("HANDLER t OPEN", ["'HANDLER'", "LIMIT"]),
            ("LOAD DATA LOCAL INFILE 'x' INTO TABLE t", ["'LOAD DATA'", "`execute-many`"]),
            ("XA START 'x'", ["'XA'", "`begin-twophase`"]),
            ("START TRANSACTION", ["'START TRANSACTION'", "`begin`"]),
            ("COMMIT", ["'COMMIT'", "`commit`"]),
        ] {
            let message = reserved_for_the_host(sql);
            check(&message, &expected);
            check(&message, &["reserved for the host; "]);
        }
    }

    #[test]
    fn long_words_are_cut() {
        let message = needs(Statements::Any, Statements::Read, &format!("{} x", "a".repeat(5000)));
        check(&message, &[&format!("'{} ...'", "a".repeat(KEYWORD_CHARACTERS))]);
    }
}
