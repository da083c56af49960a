//! CREATE, ALTER, DROP and RENAME: of what holds rows it is DDL, of what holds code or rights it is more; and so it is where an option
//! keeps the rows elsewhere than the server keeps its own, in a directory that is named or with another server.
//!
//! The grammars of MariaDB and MySQL write an option of a table, or of a partition, as a name, `=` or nothing, and a value. All options that
//! have a `=` must be known here. Those that need none are ENGINE, DATA DIRECTORY, INDEX DIRECTORY, CONNECTION and SECONDARY_ENGINE. A column
//! can be called like an option, and is then told from it by what stands around it.

use super::kind::{Before, StatementKind};
use super::tokens::Token;

/// Engines that keep rows where the server keeps its own, or nowhere.
const ENGINES: &str =
    "InnoDB INNOBASE Aria MyISAM MEMORY HEAP ARCHIVE CSV BLACKHOLE RocksDB NDB NDBCLUSTER ColumnStore SEQUENCE";

/// What stands before a `=`: options of tables, partitions, sequences, indexes and columns that say how rows are kept and not where; the
/// options of engines of their own, such as those that name a file or a server for CONNECT, are none of them.
const OPTIONS: &str = "ALGORITHM AUTO_INCREMENT AUTOEXTEND_SIZE AVG_ROW_LENGTH CACHE CHARSET CHECKSUM COLLATE COMMENT COMPRESSED \
    COMPRESSION DELAY_KEY_WRITE DISTANCE ENCRYPTED ENCRYPTION ENCRYPTION_KEY_ID ENGINE IETF_QUOTES INCREMENT INSERT_METHOD KEY_BLOCK_SIZE \
    LOCK M MAXVALUE MAX_ROWS MINVALUE MIN_ROWS NODEGROUP PACK_KEYS PAGE_CHECKSUM PAGE_COMPRESSED PAGE_COMPRESSION_LEVEL PASSWORD \
    REF_SYSTEM_ID RESTART ROW_FORMAT SEQUENCE SET START STATS_AUTO_RECALC STATS_PERSISTENT STATS_SAMPLE_PAGES TABLESPACE TABLE_CHECKSUM \
    TRANSACTIONAL UNION";

/// What follows a column, an index or a table that is called ENGINE: its type, or what becomes of it.
const AFTER_A_NAME: &str = "ADD AFTER AS ASC BIGINT BINARY BIT BLOB BOOL BOOLEAN CHAR CHARACTER CHECK CLOB DATE DATETIME DEC DECIMAL DESC \
    DOUBLE DROP ENUM FIRST FIXED FLOAT FLOAT4 FLOAT8 FOREIGN GEOMCOLLECTION GEOMETRY GEOMETRYCOLLECTION INET4 INET6 INT INT1 INT2 INT3 INT4 \
    INT8 INTEGER JSON LINESTRING LONG LONGBLOB LONGTEXT MEDIUMBLOB MEDIUMINT MEDIUMTEXT MIDDLEINT MULTILINESTRING MULTIPOINT MULTIPOLYGON \
    NATIONAL NCHAR NUMBER NUMERIC NVARCHAR ON POINT POLYGON PRIMARY RAW REAL SERIAL SET SMALLINT TEXT TIME TIMESTAMP TINYBLOB TINYINT \
    TINYTEXT TO UNIQUE USING UUID VARBINARY VARCHAR VARCHAR2 VARCHARACTER VECTOR YEAR";

/// Words that no name is written as without quotes, and that a name follows.
const BEFORE_A_NAME: &str = "CHANGE COLUMN EXISTS INDEX KEY LIKE TABLE";

/// What can stand between CREATE or ALTER and what is defined. The `=` is that of ALGORITHM = MERGE.
const BEFORE_WHAT_IS_DEFINED: &str =
    "OR REPLACE TEMPORARY UNIQUE FULLTEXT SPATIAL ONLINE OFFLINE IGNORE ALGORITHM MERGE TEMPTABLE UNDEFINED";

/// What is known of a definition.
#[derive(Debug)]
pub(super) struct Definition {
    has_options: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    /// What is defined follows.
    Beginning,
    Known(StatementKind),
    /// A table or a sequence, with options.
    Options(Options),
}

impl Definition {
    /// Of CREATE and ALTER.
    pub(super) fn with_options() -> Definition {
        Definition { has_options: true, state: State::Beginning }
    }

    /// Of DROP and RENAME.
    pub(super) fn without_options() -> Definition {
        Definition { has_options: false, state: State::Beginning }
    }

    pub(super) fn take(&mut self, token: Token<'_>, text: &str, before: Before<'_>) {
        match &mut self.state {
            State::Beginning if token == Token::Symbol('=') || token.is_one_of(BEFORE_WHAT_IS_DEFINED) => {}
            State::Beginning if self.has_options && token.is_one_of("TABLE SEQUENCE") => {
                self.state = State::Options(Options::default());
            }
            State::Beginning if token.is_one_of("TABLE TABLES VIEW INDEX SEQUENCE") => {
                self.state = State::Known(StatementKind::Ddl);
            }
            State::Beginning => self.state = State::Known(StatementKind::Any),
            State::Known(_) => {}
            State::Options(options) => {
                if options.take(token, text, before) {
                    self.state = State::Known(StatementKind::Any);
                }
            }
        }
    }

    pub(super) fn least(&self) -> StatementKind {
        match self.state {
            State::Known(kind) => kind,
            State::Beginning | State::Options(_) => StatementKind::Ddl,
        }
    }

    pub(super) fn kind(&self) -> StatementKind {
        match self.state {
            State::Beginning => StatementKind::Any,
            _ => self.least(),
        }
    }
}

/// Reads the options of a table.
#[derive(Debug, Default)]
struct Options {
    depth: usize,
    /// A SELECT fills the table. No option follows.
    is_filled: bool,
    /// In parentheses are definitions of partitions too, which have options.
    has_partitions: bool,
    awaited: Option<Awaited>,
}

/// What the token before makes of this one.
#[derive(Debug, Clone, Copy)]
enum Awaited {
    /// After ENGINE, which can be a name too.
    Engine { can_be_name: bool },
    /// After ENGINE =.
    EngineOnly,
    /// After what is an option where a string follows, and else a name.
    Text,
    /// After SECONDARY_ENGINE.
    Anything,
}

impl Options {
    /// Whether this token shows that the table is kept elsewhere.
    fn take(&mut self, token: Token<'_>, text: &str, before: Before<'_>) -> bool {
        let is_elsewhere = self.awaited.take().is_some_and(|awaited| self.has_come(awaited, token, text));
        match token {
            Token::Symbol('(') => self.depth += 1,
            Token::Symbol(')') => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.has_partitions |= token.is("PARTITION") || token.is("SUBPARTITION");
        self.is_filled |= self.depth == 0 && token.is("SELECT") && !ends_a_name(before.last);
        let can_be_option = !self.is_filled && (self.depth == 0 || self.has_partitions);
        if !can_be_option {
            return is_elsewhere;
        }
        let is_qualified = before.last == Some(Token::Symbol('.'))
            && matches!(before.second_last, Some(Token::Word(_) | Token::Quoted(_)));
        // Definitions of columns are in parentheses, after `(` or `,`; those of partitions begin otherwise.
        let is_column = self.depth > 0 && matches!(before.last, Some(Token::Symbol('(' | ',')));
        if self.awaited.is_none() && !is_qualified && !is_column {
            self.awaited = awaited_after(token, before);
        }
        let moves_files =
            (token.is("TABLESPACE") || token.is("PARTITION")) && (before.is("DISCARD") || before.is("IMPORT"));
        let is_unknown = token == Token::Symbol('=') && !before.last.is_some_and(|option| option.is_one_of(OPTIONS));
        is_elsewhere || moves_files || is_unknown
    }

    fn has_come(&mut self, awaited: Awaited, token: Token<'_>, text: &str) -> bool {
        match awaited {
            Awaited::Engine { .. } if token == Token::Symbol('=') => {
                self.awaited = Some(Awaited::EngineOnly);
                false
            }
            Awaited::Engine { can_be_name: true } => false,
            Awaited::Engine { can_be_name: false } => {
                let is_name = matches!(token, Token::Symbol(_)) || token.is_one_of(AFTER_A_NAME);
                !is_name && !is_local_engine(token, text)
            }
            Awaited::EngineOnly => !is_local_engine(token, text),
            Awaited::Text => token == Token::Text,
            Awaited::Anything => !matches!(token, Token::Symbol(',' | '(' | ')' | ';')),
        }
    }
}

/// What is awaited after a token, if it begins an option that needs no `=`.
fn awaited_after(token: Token<'_>, before: Before<'_>) -> Option<Awaited> {
    if token.is("ENGINE") {
        let follows = before.last.is_some_and(|word| word.is_one_of(BEFORE_A_NAME));
        return Some(Awaited::Engine { can_be_name: follows && !ends_a_name(before.second_last) });
    }
    if token.is("DIRECTORY") || token.is("CONNECTION") {
        return Some(Awaited::Text);
    }
    token.is("SECONDARY_ENGINE").then_some(Awaited::Anything)
}

/// Whether what looks like a keyword after it can be a name to the server, or the end of one: `t.SELECT`, `t.5SELECT`.
fn ends_a_name(before: Option<Token<'_>>) -> bool {
    matches!(before, Some(Token::Symbol('.' | '@') | Token::Number))
}

fn is_local_engine(token: Token<'_>, text: &str) -> bool {
    let name = match token {
        Token::Word(name) | Token::Quoted(name) => name,
        Token::Text => text.trim_matches(['\'', '"']),
        _ => return false,
    };
    Token::Word(name).is_one_of(ENGINES)
}

#[cfg(test)]
#[path = "definition_tests.rs"]
mod tests;
