//! The built-in functions of MariaDB and MySQL, by name. The text of a statement does not show what
//! any other function does. It can be a stored function, which may change rows.
//!
//! If the text does not rule out that a server calls a stored function, the call counts as unknown.
//! A missed call can lose changes. A superfluous one only costs reading a result to its end.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use wasmysql_sql::{Located, Token, tokens};

/// Functions that change nothing, and whose result depends on their arguments, the clock, random
/// numbers or the account. MariaDB 10.6 and MySQL 8.0, and later versions of both, have them.
const FUNCTIONS: &str = "
    abs acos addtime aes_decrypt aes_encrypt ascii asin atan atan2 avg bin binary bit_count
    bit_length ceil ceiling char char_length character_length charset coalesce coercibility
    collation compress concat concat_ws connection_id conv convert convert_tz cos cot crc32
    current_date current_role current_time current_timestamp current_user database date
    date_format datediff day dayname dayofmonth dayofweek dayofyear default degrees elt exp
    export_set extractvalue field find_in_set floor format from_base64 from_days from_unixtime
    get_format greatest hex hour if ifnull inet6_aton inet6_ntoa inet_aton inet_ntoa insert
    instr interval is_free_lock is_ipv4 is_ipv4_compat is_ipv4_mapped is_ipv6 is_used_lock
    isnull json_array json_array_append json_array_insert json_contains json_contains_path
    json_depth json_extract json_insert json_keys json_length json_merge json_merge_patch
    json_merge_preserve json_object json_pretty json_quote json_remove json_replace json_search
    json_set json_type json_unquote json_valid json_value last_day last_value lcase least left
    length ln localtime localtimestamp locate log log10 log2 lower lpad ltrim make_set makedate
    maketime mbrcontains mbrdisjoint mbrequals mbrintersects mbroverlaps mbrtouches mbrwithin
    md5 microsecond minute mod month monthname name_const nullif oct octet_length ord period_add
    period_diff pi pow power quarter quote radians rand regexp_instr regexp_replace
    regexp_substr repeat replace reverse right round row row_number rpad rtrim schema
    sec_to_time second sha sha1 sha2 sign sin soundex space sqrt st_area st_asbinary
    st_asgeojson st_astext st_aswkb st_aswkt st_buffer st_centroid st_contains st_convexhull
    st_crosses st_difference st_dimension st_disjoint st_distance st_distance_sphere st_endpoint
    st_envelope st_equals st_exteriorring st_geomcollfromtext st_geomcollfromwkb
    st_geometrycollectionfromtext st_geometrycollectionfromwkb st_geometryfromtext
    st_geometryfromwkb st_geometryn st_geometrytype st_geomfromgeojson st_geomfromtext
    st_geomfromwkb st_interiorringn st_intersection st_intersects st_isclosed st_isempty
    st_issimple st_length st_linefromtext st_linefromwkb st_linestringfromtext
    st_linestringfromwkb st_mlinefromtext st_mlinefromwkb st_mpointfromtext st_mpointfromwkb
    st_mpolyfromtext st_mpolyfromwkb st_multilinestringfromtext st_multilinestringfromwkb
    st_multipointfromtext st_multipointfromwkb st_multipolygonfromtext st_multipolygonfromwkb
    st_numgeometries st_numinteriorrings st_numpoints st_overlaps st_pointfromtext
    st_pointfromwkb st_pointn st_polyfromtext st_polyfromwkb st_polygonfromtext
    st_polygonfromwkb st_srid st_startpoint st_symdifference st_touches st_union st_within st_x
    st_y str_to_date strcmp substring_index subtime tan time time_format time_to_sec timediff
    timestamp timestampadd timestampdiff to_base64 to_days to_seconds truncate ucase uncompress
    uncompressed_length unhex unix_timestamp updatexml upper user utc_date utc_time
    utc_timestamp uuid uuid_short version week weekday weekofyear weight_string year yearweek
";

/// Functions like [`FUNCTIONS`], but only if the parenthesis directly follows the name. `count (1)`
/// and `count/**/(1)` call a stored function.
const FUNCTIONS_WITHOUT_BLANK: &str = "
    adddate bit_and bit_or bit_xor cast count cume_dist curdate curtime date_add date_sub
    dense_rank extract first_value group_concat json_arrayagg json_objectagg lag lead max mid
    min now nth_value ntile percent_rank position rank session_user std stddev stddev_pop
    stddev_samp subdate substr substring sum sysdate system_user trim var_pop var_samp variance
";

/// Functions like [`FUNCTIONS`] that some servers or versions don't have. There, the name calls a
/// stored function. On MariaDB so does a geometry with a wrong number of arguments: `point(1)`.
const FUNCTIONS_OF_SOME_SERVERS: &str = "
    add_months any_value asbinary astext aswkb aswkt bin_to_uuid binlog_gtid_pos boundary buffer
    centroid chr column_add column_check column_create column_delete column_exists column_get
    column_json column_list concat_operator_oracle convexhull crc32c crosses decode
    decode_histogram decode_oracle des_decrypt des_encrypt dimension distance encode encrypt
    endpoint envelope exteriorring format_bytes format_pico_time from_vector geomcollection
    geometrycollection geometryn geometrytype geomfromtext geomfromwkb glength grouping
    gtid_subset gtid_subtract icu_version interiorringn is_uuid isclosed isempty isring issimple
    json_array_intersect json_compact json_detailed json_equals json_exists json_key_value
    json_loose json_normalize json_object_filter_keys json_object_to_array json_overlaps
    json_query json_schema_valid json_schema_validation_report json_storage_free
    json_storage_size json_table kdf lengthb linefromtext linefromwkb linestring lpad_oracle
    ltrim_oracle mbrcoveredby mbrcovers mbrequal median multilinestring multipoint multipolygon
    natural_sort_key numgeometries numinteriorrings numpoints nvl nvl2 old_password password
    percentile_cont percentile_disc point pointfromtext pointfromwkb pointn pointonsurface
    polygon polygonfromtext polygonfromwkb ps_current_thread_id ps_thread_id random_bytes
    regexp_like replace_oracle roles_graphml rownum rpad_oracle rtrim_oracle schemas sformat
    srid st_asgml st_boundary st_buffer_strategy st_collect st_frechetdistance st_geohash
    st_geomcollfromtxt st_hausdorffdistance st_iscollection st_isring st_isvalid
    st_latfromgeohash st_latitude st_lineinterpolatepoint st_lineinterpolatepoints
    st_longfromgeohash st_longitude st_makeenvelope st_numinteriorring st_pointatdistance
    st_pointfromgeohash st_pointonsurface st_relate st_simplify st_swapxy st_transform
    st_validate startpoint statement_digest statement_digest_text string_to_vector substr_oracle
    sys_guid to_char to_vector touches trim_oracle uuid_to_bin uuid_v4 uuid_v7
    validate_password_strength vec_distance vec_distance_cosine vec_distance_euclidean
    vec_fromtext vec_totext vector_dim vector_to_string wsrep_last_seen_gtid
    wsrep_last_written_gtid
";

/// Functions that change no rows, but wait, or depend on earlier statements of this session or of
/// other sessions.
const SESSION_FUNCTIONS: &str = "
    benchmark found_rows get_lock last_insert_id load_file release_all_locks release_lock row_count
    sleep
";

/// Keywords and types that an opening parenthesis can follow. On both servers, the unquoted keyword
/// never calls a stored function. Other keywords do so on MariaDB: `columns(1)`, `of(1)`.
const KEYWORDS: &str = "
    all and any as between bigint both by case character check collate cross datetime dec
    decimal distinct distinctrow div double else enum except exists float for from group having
    ignore in index inner int integer into is join json key keys leading like limit match
    mediumint natural nchar not null numeric nvarchar on or order outer over partition primary
    real regexp rlike select set signed smallint some straight_join table then tinyint trailing
    union unique unsigned update use using value values varbinary varchar when where with xor
";

/// A call of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    /// The result does not depend on the other rows of the same statement.
    Plain,
    /// [`Call::Plain`] on some servers, a stored function on others.
    PlainOnSomeServers,
    /// The result depends on the state of the session.
    SessionDependent,
    /// A stored or loadable function.
    Unknown,
}

/// Returns whether the statement may call a function that is not built in. Such a function can
/// change rows, even in a SELECT. Returns false for a text that can't be parsed, because no server
/// runs it.
pub(crate) fn calls_unknown_function(sql: &str) -> bool {
    let may_change = |call| matches!(call, Call::Unknown | Call::PlainOnSomeServers);
    tokens(sql).is_ok_and(|tokens| calls(&tokens).any(may_change))
}

/// Returns whether a row has the same values in a multi-row statement as in a statement for this
/// row alone. Such a row has no subquery, no variable, and no call except [`Call::Plain`] and
/// [`Call::PlainOnSomeServers`]: a stored function of that name replaces the built-in function.
pub(super) fn is_independent_of_other_rows(tokens: &[Located<'_>]) -> bool {
    let looks_elsewhere = |located: &Located<'_>| match located.token {
        Token::Symbol('@') => true,
        token => token.is_one_of("SELECT TABLE WITH NEXT PREVIOUS"),
    };
    !tokens.iter().any(looks_elsewhere)
        && calls(tokens).all(|call| matches!(call, Call::Plain | Call::PlainOnSomeServers))
}

fn calls<'t>(tokens: &'t [Located<'t>]) -> impl Iterator<Item = Call> + 't {
    let statement = Statement::new(tokens);
    (0..tokens.len()).filter_map(move |at| statement.call(at))
}

/// The tokens of a statement and its parentheses. The constructor and all calls of
/// [`call`](Self::call) together take time proportional to the number of tokens.
struct Statement<'t> {
    tokens: &'t [Located<'t>],
    /// For each parenthesis the position of the other one; for other tokens their own position.
    matching: Vec<usize>,
    /// The parentheses that open the columns of common table expressions.
    column_lists: HashSet<usize>,
}

impl<'t> Statement<'t> {
    fn new(tokens: &'t [Located<'t>]) -> Self {
        let mut statement = Self { tokens, matching: matching_parentheses(tokens), column_lists: HashSet::new() };
        for (at, located) in tokens.iter().enumerate() {
            if located.token.is("WITH") {
                statement.find_column_lists(at);
            }
        }
        statement
    }

    /// Finds the columns in `WITH [RECURSIVE] name [(columns)] AS (query), ...`. The tokens before
    /// a name determine the previous name of the list, so no name is read twice.
    fn find_column_lists(&mut self, with: usize) {
        let mut name = if self.is(with + 1, "RECURSIVE") { with + 2 } else { with + 1 };
        // WITH is a reserved word. It starts a list of its own.
        while self.is_name(name) && !self.is(name, "WITH") {
            let columns = self.closing(name + 1);
            let after = columns.unwrap_or(name) + 1;
            let Some(end) = self.closing(after + 1).filter(|_| self.is(after, "AS")) else { return };
            if columns.is_some() {
                self.column_lists.insert(name + 1);
            }
            if self.token(end + 1) != Some(Token::Symbol(',')) {
                return;
            }
            name = end + 2;
        }
    }

    /// Returns the call of a function whose name, or the last part of it, is at this position.
    fn call(&self, at: usize) -> Option<Call> {
        if self.token(at + 1) != Some(Token::Symbol('(')) || self.has_no_arguments(at) {
            return None;
        }
        let known = match self.token(at)? {
            Token::Word(name) if !self.is_qualified(at) => KNOWN.get(name.to_ascii_lowercase().as_str()),
            // A quoted or qualified name is never a keyword or a built-in function. A qualified
            // name can be a number: `shop.5(1)`.
            Token::Word(_) | Token::Quoted(_) | Token::Number => None,
            _ => return None,
        };
        match known {
            Some(Known::Keyword) => None,
            Some(Known::Function(call)) => Some(*call),
            Some(Known::FunctionWithoutBlank) if self.is_adjacent(at) => Some(Call::Plain),
            Some(Known::FunctionWithoutBlank) | None => Some(Call::Unknown),
        }
    }

    /// Returns whether the grammar rules out that the parenthesis after a name opens the arguments
    /// of a stored function.
    fn has_no_arguments(&self, name: usize) -> bool {
        let open = name + 1;
        // No operator is between a value and the name: `(SELECT 1) d (a)`, `'$' COLUMNS (...)`.
        let follows_value = matches!(self.before(name, 1), Some(Token::Symbol(')') | Token::Text));
        // Alias and type, table, operator: `AS d (a)`, `INTO shop.t (a)`, `MEMBER OF (...)`.
        let follows_keyword = self.before(name, 1).is_some_and(|token| token.is_one_of("AS INTO MEMBER"))
            || (self.before(name, 1) == Some(Token::Symbol('.'))
                && self.before(name, 3).is_some_and(|token| token.is("INTO")));
        // A subquery as an argument has its own parentheses.
        let is_query = self.is(open + 1, "SELECT") || self.is(open + 1, "WITH");
        follows_value || follows_keyword || is_query || self.column_lists.contains(&open) || self.is_json_table(open)
    }

    /// Returns whether the parentheses end with a list of columns, as in
    /// `JSON_TABLE(a, '$' COLUMNS (...))`.
    fn is_json_table(&self, open: usize) -> bool {
        let columns = self.closing(open).and_then(|close| self.opening(close - 1));
        columns.is_some_and(|columns| {
            self.before(columns, 1).is_some_and(|token| token.is("COLUMNS"))
                && self.before(columns, 2) == Some(Token::Text)
        })
    }

    /// Returns whether a name is the last part of a qualified name. In `shop.5f` a number is
    /// between the point and the last token.
    fn is_qualified(&self, at: usize) -> bool {
        match self.before(at, 1) {
            Some(Token::Symbol('.')) => true,
            Some(Token::Number) => self.is_adjacent(at - 1),
            _ => false,
        }
    }

    fn is_adjacent(&self, at: usize) -> bool {
        self.tokens[at].at.end == self.tokens[at + 1].at.start
    }

    fn is_name(&self, at: usize) -> bool {
        matches!(self.token(at), Some(Token::Word(_) | Token::Quoted(_)))
    }

    fn is(&self, at: usize, keyword: &str) -> bool {
        self.token(at).is_some_and(|token| token.is(keyword))
    }

    fn before(&self, at: usize, back: usize) -> Option<Token<'t>> {
        at.checked_sub(back).and_then(|at| self.token(at))
    }

    fn token(&self, at: usize) -> Option<Token<'t>> {
        self.tokens.get(at).map(|located| located.token)
    }

    fn closing(&self, open: usize) -> Option<usize> {
        self.matching.get(open).copied().filter(|close| *close > open)
    }

    fn opening(&self, close: usize) -> Option<usize> {
        self.matching.get(close).copied().filter(|open| *open < close)
    }
}

fn matching_parentheses(tokens: &[Located<'_>]) -> Vec<usize> {
    let mut matching: Vec<usize> = (0..tokens.len()).collect();
    let mut open = Vec::new();
    for (at, located) in tokens.iter().enumerate() {
        match located.token {
            Token::Symbol('(') => open.push(at),
            Token::Symbol(')') => {
                if let Some(open) = open.pop() {
                    (matching[open], matching[at]) = (at, open);
                }
            }
            _ => {}
        }
    }
    matching
}

/// The meaning of an unquoted, unqualified name before a parenthesis.
#[derive(Clone, Copy)]
enum Known {
    Keyword,
    Function(Call),
    FunctionWithoutBlank,
}

/// The known names in lower case. A name with other letters than ASCII is not known: `ſum(1)`
/// calls the stored function `sum`.
static KNOWN: LazyLock<HashMap<&'static str, Known>> = LazyLock::new(|| {
    let lists = [
        (KEYWORDS, Known::Keyword),
        (FUNCTIONS, Known::Function(Call::Plain)),
        (FUNCTIONS_WITHOUT_BLANK, Known::FunctionWithoutBlank),
        (FUNCTIONS_OF_SOME_SERVERS, Known::Function(Call::PlainOnSomeServers)),
        (SESSION_FUNCTIONS, Known::Function(Call::SessionDependent)),
    ];
    lists.into_iter().flat_map(|(names, known)| names.split_ascii_whitespace().map(move |name| (name, known))).collect()
});

#[cfg(test)]
#[path = "functions_tests.rs"]
mod tests;
