//! Classifies CREATE, ALTER, DROP and RENAME.
//!
//! A statement on tables, views, indexes or sequences is `ddl`. A statement on code or rights is
//! `any`. A table is `any` too if an option stores its rows outside the server's own storage: in a
//! named directory or on another server.
//!
//! In the grammars of MariaDB and MySQL an option of a table or partition is a name, an optional
//! `=` and a value. Each option with a `=` must be on the list below. The dangerous options that
//! need no `=` are ENGINE, DATA DIRECTORY, INDEX DIRECTORY, CONNECTION and SECONDARY_ENGINE. A
//! column can have the name of an option; the surrounding tokens distinguish it.

use wasmysql_sql::Token;

use super::kind::{Before, StatementKind};

/// Engines that store rows in the server's own storage, or nowhere.
const ENGINES: &str =
    "InnoDB INNOBASE Aria MyISAM MEMORY HEAP ARCHIVE CSV BLACKHOLE RocksDB NDB NDBCLUSTER ColumnStore SEQUENCE";

/// The words that can precede a `=`: options of tables, partitions, sequences, indexes and columns
/// that define how rows are stored, not where. Engine-specific options are not on the list, such as
/// the options of CONNECT that name a file or a server.
const OPTIONS: &str = "ALGORITHM AUTO_INCREMENT AUTOEXTEND_SIZE AVG_ROW_LENGTH CACHE CHARSET CHECKSUM COLLATE COMMENT COMPRESSED \
    COMPRESSION DELAY_KEY_WRITE DISTANCE ENCRYPTED ENCRYPTION ENCRYPTION_KEY_ID ENGINE IETF_QUOTES INCREMENT INSERT_METHOD KEY_BLOCK_SIZE \
    LOCK M MAXVALUE MAX_ROWS MINVALUE MIN_ROWS NODEGROUP PACK_KEYS PAGE_CHECKSUM PAGE_COMPRESSED PAGE_COMPRESSION_LEVEL PASSWORD \
    REF_SYSTEM_ID RESTART ROW_FORMAT SEQUENCE SET START STATS_AUTO_RECALC STATS_PERSISTENT STATS_SAMPLE_PAGES TABLESPACE TABLE_CHECKSUM \
    TRANSACTIONAL UNION";

/// The words that can follow a column, an index or a table called ENGINE: a type, or a clause of
/// ALTER or INDEX.
const AFTER_A_NAME: &str = "ADD AFTER AS ASC BIGINT BINARY BIT BLOB BOOL BOOLEAN CHAR CHARACTER CHECK CLOB DATE DATETIME DEC DECIMAL DESC \
    DOUBLE DROP ENUM FIRST FIXED FLOAT FLOAT4 FLOAT8 FOREIGN GEOMCOLLECTION GEOMETRY GEOMETRYCOLLECTION INET4 INET6 INT INT1 INT2 INT3 INT4 \
    INT8 INTEGER JSON LINESTRING LONG LONGBLOB LONGTEXT MEDIUMBLOB MEDIUMINT MEDIUMTEXT MIDDLEINT MULTILINESTRING MULTIPOINT MULTIPOLYGON \
    NATIONAL NCHAR NUMBER NUMERIC NVARCHAR ON POINT POLYGON PRIMARY RAW REAL SERIAL SET SMALLINT TEXT TIME TIMESTAMP TINYBLOB TINYINT \
    TINYTEXT TO UNIQUE USING UUID VARBINARY VARCHAR VARCHAR2 VARCHARACTER VECTOR YEAR";

/// Reserved words that a name follows.
const BEFORE_A_NAME: &str = "CHANGE COLUMN EXISTS INDEX KEY LIKE TABLE";

/// The words that can precede the type of the defined object. A `=` can also precede it: ALGORITHM
/// = MERGE.
const BEFORE_OBJECT_TYPE: &str =
    "OR REPLACE TEMPORARY UNIQUE FULLTEXT SPATIAL ONLINE OFFLINE IGNORE ALGORITHM MERGE TEMPTABLE UNDEFINED";

/// The state of parsing a definition.
#[derive(Debug)]
pub(super) struct Definition {
    has_options: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The type of the object follows.
    Beginning,
    Known(StatementKind),
    /// A table or a sequence, whose options follow.
    Options(Options),
}

impl Definition {
    /// Starts a CREATE or ALTER.
    pub(super) fn with_options() -> Self {
        Self { has_options: true, state: State::Beginning }
    }

    /// Starts a DROP or RENAME.
    pub(super) fn without_options() -> Self {
        Self { has_options: false, state: State::Beginning }
    }

    pub(super) fn take(&mut self, token: Token<'_>, text: &str, before: Before<'_>) {
        match &mut self.state {
            State::Beginning if token == Token::Symbol('=') || token.is_one_of(BEFORE_OBJECT_TYPE) => {}
            State::Beginning if self.has_options && token.is_one_of("TABLE SEQUENCE") => {
                self.state = State::Options(Options::default());
            }
            State::Beginning if token.is_one_of("TABLE TABLES VIEW INDEX SEQUENCE") => {
                self.state = State::Known(StatementKind::DDL);
            }
            State::Beginning => self.state = State::Known(StatementKind::ANY),
            State::Known(_) => {}
            State::Options(options) => {
                if options.take(token, text, before) {
                    self.state = State::Known(StatementKind::ANY);
                }
            }
        }
    }

    pub(super) fn least(&self) -> StatementKind {
        match self.state {
            State::Known(kind) => kind,
            State::Beginning | State::Options(_) => StatementKind::DDL,
        }
    }

    pub(super) fn kind(&self) -> StatementKind {
        match self.state {
            State::Beginning => StatementKind::ANY,
            _ => self.least(),
        }
    }
}

/// Parses the options of a table or a sequence.
#[derive(Debug, Default)]
struct Options {
    depth: usize,
    /// A SELECT fills the table. No options follow.
    is_filled: bool,
    /// Parentheses can contain definitions of partitions, which have options.
    has_partitions: bool,
    awaited: Option<Awaited>,
}

/// The value that the previous token announces.
#[derive(Debug, Clone, Copy)]
enum Awaited {
    /// After ENGINE, which can also be a name.
    Engine { can_be_name: bool },
    /// After ENGINE =.
    EngineOnly,
    /// After DIRECTORY or CONNECTION, which is an option before a string and a name otherwise.
    Text,
    /// After SECONDARY_ENGINE.
    Anything,
}

impl Options {
    /// Returns whether this token shows that the table is stored elsewhere.
    fn take(&mut self, token: Token<'_>, text: &str, before: Before<'_>) -> bool {
        let is_elsewhere = self.awaited.take().is_some_and(|awaited| self.is_value_elsewhere(awaited, token, text));
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
        // The definition of a column follows a `(` or `,` in parentheses. The options of a
        // partition don't.
        let is_column = self.depth > 0 && matches!(before.last, Some(Token::Symbol('(' | ',')));
        if self.awaited.is_none() && !is_qualified && !is_column {
            self.awaited = awaited_after(token, before);
        }
        let moves_files =
            (token.is("TABLESPACE") || token.is("PARTITION")) && (before.is("DISCARD") || before.is("IMPORT"));
        let is_unknown = token == Token::Symbol('=') && !before.last.is_some_and(|option| option.is_one_of(OPTIONS));
        is_elsewhere || moves_files || is_unknown
    }

    fn is_value_elsewhere(&mut self, awaited: Awaited, token: Token<'_>, text: &str) -> bool {
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

/// Returns the value to expect after a token that begins an option without `=`.
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

/// Returns whether a keyword after this token can be a name, or the end of a name: `t.SELECT`,
/// `t.5SELECT`.
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
