//! Reads the text of MySQL and MariaDB statements: their tokens, their placeholders, and the
//! statements of a file.
//!
//! The crate has no dependencies. The host, the SDK and the command line tool of wasmysql share it,
//! so that they agree where a string, a name or a comment ends.
//!
//! The lexer follows the lexical rules of both servers in the SQL mode of wasmysql's session
//! defaults. A backslash escapes in strings, and double quotes enclose strings. The lexer supports
//! no other dialect.
//!
//! ```
//! use wasmysql_sql::{Token, tokens};
//!
//! let tokens = tokens("SELECT 'a;b' -- comment")?;
//! let tokens: Vec<_> = tokens.iter().map(|located| located.token).collect();
//! assert_eq!(tokens, [Token::Word("SELECT"), Token::Text]);
//! # Ok::<(), wasmysql_sql::LexError>(())
//! ```

#![deny(missing_docs)]

mod lexer;
mod placeholders;
#[cfg(test)]
mod scaling_tests;
mod split;
mod stored_programs;
mod token;

pub use lexer::{LexError, Located, Tokens, tokens};
pub use placeholders::{Placeholder, placeholders};
pub use split::{DELIMITER_ADVICE, SplitError, Statement, beginning, split};
pub use token::Token;
