//! Finds statements that use user variables.

use wasmysql_sql::{Token, Tokens};

/// Returns whether a statement may use a user variable, such as `@total`. `@@name` is a system
/// variable. Also true for accounts, such as `a@localhost`, and for a text that can't be parsed.
pub(crate) fn may_use_user_variables(sql: &str) -> bool {
    if !sql.contains('@') {
        return false;
    }
    // The number of `@` in succession.
    let mut run = 0;
    for located in Tokens::new(sql) {
        match located.map(|located| located.token) {
            Ok(Token::Symbol('@')) => run += 1,
            Ok(_) if run == 1 => return true,
            Ok(_) => run = 0,
            Err(_) => return true,
        }
    }
    run == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_variables_are_told_from_system_variables_and_texts() {
        for sql in [
            "SELECT @a",
            "SET @@x = @a",
            "SELECT @`a b`",
            "SELECT 1 INTO @'a'",
            "SELECT @a := 5",
            "SELECT 'a' /*@*/, @",
        ] {
            assert!(may_use_user_variables(sql), "{sql}");
        }
        for sql in ["SELECT @@sql_mode", "SELECT '@a'", "SELECT 1 /* @a */", "SELECT @@session.sql_mode, `a@b`", "DO 1"]
        {
            assert!(!may_use_user_variables(sql), "{sql}");
        }
    }
}
