//! The built-in functions of MariaDB and MySQL, by name. The text of a statement does not show what
//! any other function does. It can be a stored function, which may change rows.

use std::collections::HashMap;
use std::sync::LazyLock;

use wasmysql_sql::{Located, Token, tokens};

/// Functions that change nothing, and whose result depends on their arguments, the clock, random
/// numbers or the account. Sources: MariaDB's information_schema.SQL_FUNCTIONS and MySQL's
/// reference of built-in functions.
const FUNCTIONS: &str = "
    abs acos add_months adddate addtime aes_decrypt aes_encrypt any_value
    asbinary ascii asin astext aswkb aswkt atan atan2 avg bin
    bin_to_uuid binary binlog_gtid_pos bit_and bit_count bit_length bit_or
    bit_xor boundary buffer cast ceil ceiling centroid char char_length
    character_length charset chr coalesce coercibility collation column_add
    column_check column_create column_delete column_exists column_get column_json
    column_list compress concat concat_operator_oracle concat_ws connection_id
    conv convert convert_tz convexhull cos cot count crc32 crc32c
    crosses cume_dist curdate current_date current_role current_time
    current_timestamp current_user curtime database date date_add date_format
    date_sub datediff day dayname dayofmonth dayofweek dayofyear decode
    decode_histogram decode_oracle default degrees dense_rank des_decrypt
    des_encrypt dimension distance elt encode encrypt endpoint envelope
    exp export_set exteriorring extract extractvalue field find_in_set
    first_value floor format format_bytes format_pico_time from_base64
    from_days from_unixtime from_vector geomcollection geometrycollection
    geometryn geometrytype geomfromtext geomfromwkb get_format glength
    greatest group_concat grouping gtid_subset gtid_subtract hex hour
    icu_version if ifnull inet6_aton inet6_ntoa inet_aton inet_ntoa insert
    instr interiorringn interval is_free_lock is_ipv4 is_ipv4_compat
    is_ipv4_mapped is_ipv6 is_used_lock is_uuid isclosed isempty isnull
    isring issimple json_array json_array_append json_array_insert
    json_array_intersect json_arrayagg json_compact json_contains json_contains_path
    json_depth json_detailed json_equals json_exists json_extract json_insert
    json_key_value json_keys json_length json_loose json_merge json_merge_patch
    json_merge_preserve json_normalize json_object json_object_filter_keys
    json_object_to_array json_objectagg json_overlaps json_pretty json_query
    json_quote json_remove json_replace json_schema_valid
    json_schema_validation_report json_search json_set json_storage_free
    json_storage_size json_table json_type json_unquote json_valid json_value
    kdf lag last_day last_value lcase lead least left length lengthb
    linefromtext linefromwkb linestring ln localtime localtimestamp locate
    log log10 log2 lower lpad lpad_oracle ltrim ltrim_oracle make_set
    makedate maketime max mbrcontains mbrcoveredby mbrcovers mbrdisjoint
    mbrequal mbrequals mbrintersects mbroverlaps mbrtouches mbrwithin md5
    median microsecond mid min minute mod month monthname
    multilinestring multipoint multipolygon name_const natural_sort_key now
    nth_value ntile nullif numgeometries numinteriorrings numpoints nvl
    nvl2 oct octet_length old_password ord password percent_rank
    percentile_cont percentile_disc period_add period_diff pi point
    pointfromtext pointfromwkb pointn pointonsurface polygon polygonfromtext
    polygonfromwkb position pow power ps_current_thread_id ps_thread_id
    quarter quote radians rand random_bytes rank regexp_instr regexp_like
    regexp_replace regexp_substr repeat replace replace_oracle reverse right
    roles_graphml round row row_number rownum rpad rpad_oracle rtrim
    rtrim_oracle schema schemas sec_to_time second session_user sformat sha
    sha1 sha2 sign sin soundex space sqrt srid st_area st_asbinary
    st_asgeojson st_asgml st_astext st_aswkb st_aswkt st_boundary st_buffer
    st_buffer_strategy st_centroid st_collect st_contains st_convexhull
    st_crosses st_difference st_dimension st_disjoint st_distance
    st_distance_sphere st_endpoint st_envelope st_equals st_exteriorring
    st_frechetdistance st_geohash st_geomcollfromtext st_geomcollfromtxt
    st_geomcollfromwkb st_geometrycollectionfromtext st_geometrycollectionfromwkb
    st_geometryfromtext st_geometryfromwkb st_geometryn st_geometrytype
    st_geomfromgeojson st_geomfromtext st_geomfromwkb st_hausdorffdistance
    st_interiorringn st_intersection st_intersects st_isclosed st_iscollection
    st_isempty st_isring st_issimple st_isvalid st_latfromgeohash st_latitude
    st_length st_linefromtext st_linefromwkb st_lineinterpolatepoint
    st_lineinterpolatepoints st_linestringfromtext st_linestringfromwkb
    st_longfromgeohash st_longitude st_makeenvelope st_mlinefromtext st_mlinefromwkb
    st_mpointfromtext st_mpointfromwkb st_mpolyfromtext st_mpolyfromwkb
    st_multilinestringfromtext st_multilinestringfromwkb st_multipointfromtext
    st_multipointfromwkb st_multipolygonfromtext st_multipolygonfromwkb
    st_numgeometries st_numinteriorring st_numinteriorrings st_numpoints st_overlaps
    st_pointatdistance st_pointfromgeohash st_pointfromtext st_pointfromwkb
    st_pointn st_pointonsurface st_polyfromtext st_polyfromwkb st_polygonfromtext
    st_polygonfromwkb st_relate st_simplify st_srid st_startpoint st_swapxy
    st_symdifference st_touches st_transform st_union st_validate st_within
    st_x st_y startpoint statement_digest statement_digest_text std stddev
    stddev_pop stddev_samp str_to_date strcmp string_to_vector subdate substr
    substr_oracle substring substring_index subtime sum sys_guid sysdate
    system_user tan time time_format time_to_sec timediff timestamp
    timestampadd timestampdiff to_base64 to_char to_days to_seconds to_vector
    touches trim trim_oracle truncate ucase uncompress uncompressed_length
    unhex unix_timestamp updatexml upper user utc_date utc_time
    utc_timestamp uuid uuid_short uuid_to_bin uuid_v4 uuid_v7
    validate_password_strength var_pop var_samp variance vec_distance
    vec_distance_cosine vec_distance_euclidean vec_fromtext vec_totext vector_dim
    vector_to_string version week weekday weekofyear weight_string
    wsrep_last_seen_gtid wsrep_last_written_gtid year yearweek
";

/// Functions that change no rows, but wait, or depend on earlier statements of this session or of
/// other sessions.
const SESSION_FUNCTIONS: &str = "
    benchmark found_rows get_lock last_insert_id lastval load_file master_gtid_wait master_pos_wait
    release_all_locks release_lock row_count sleep wsrep_sync_wait_upto_gtid
";

/// Keywords and types that an opening parenthesis can follow. Most of them are reserved, so they
/// can't be the unquoted name of a stored function. The few that are not reserved start no call
/// where they are keywords.
const KEYWORDS: &str = "
    against all and any array as between by case character check
    collate columns cross cube datetime dec decimal delayed distinct
    distinctrow div double duplicate else end enum escape except
    exists fixed float for from full geometry group having ignore
    in index inner int integer intersect into is join json key
    keys lateral like limit match member minus natural nchar nested
    not null numeric nvarchar of offset on or order outer over
    partition path primary real recursive regexp returning rlike rollup
    rows select set signed some soundslike straight_join table then
    union unique unsigned update use using value values varbinary
    varchar when where window with within xor
";

/// A call of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    /// The result does not depend on the other rows of the same statement.
    Plain,
    /// The result depends on the state of the session.
    SessionDependent,
    /// A stored or loadable function.
    Unknown,
}

/// Returns whether the statement calls a function that is not built in. Such a function can change
/// rows, even in a SELECT. Returns false for a text that can't be parsed, because no server runs
/// it.
pub(crate) fn calls_unknown_function(sql: &str) -> bool {
    tokens(sql).is_ok_and(|tokens| calls(&tokens).any(|call| call == Call::Unknown))
}

/// Returns whether a row has the same values in a multi-row statement as in a statement for this
/// row alone. Such a row has no subquery, no variable and no call that is not [`Call::Plain`].
pub(super) fn is_independent_of_other_rows(tokens: &[Located<'_>]) -> bool {
    let looks_elsewhere = |located: &Located<'_>| match located.token {
        Token::Symbol('@') => true,
        token => matches!(token.keyword().as_deref(), Some("SELECT" | "TABLE" | "WITH" | "NEXT" | "PREVIOUS")),
    };
    !tokens.iter().any(looks_elsewhere) && calls(tokens).all(|call| call == Call::Plain)
}

fn calls<'t>(tokens: &'t [Located<'_>]) -> impl Iterator<Item = Call> + 't {
    tokens.windows(2).enumerate().filter_map(|(at, pair)| {
        let [name, open] = pair else { return None };
        if open.token != Token::Symbol('(') {
            return None;
        }
        let is_qualified = at > 0 && tokens[at - 1].token == Token::Symbol('.');
        let known = KNOWN.get(name.token.identifier()?.as_str()).copied();
        match (name.token, known) {
            // The columns of a common table expression: `name (a, b) AS (...)`.
            _ if is_named_table(&tokens[at + 1..]) => None,
            // A quoted or qualified name is never a keyword.
            (Token::Word(_), Some(known)) if !is_qualified => known,
            _ => Some(Call::Unknown),
        }
    })
}

/// Returns whether the tokens are a list in parentheses, AS, and an opening parenthesis.
fn is_named_table(tokens: &[Located<'_>]) -> bool {
    let Some(close) = tokens.iter().position(|located| located.token == Token::Symbol(')')) else { return false };
    let [as_, open, ..] = &tokens[close + 1..] else { return false };
    as_.token.keyword().as_deref() == Some("AS") && open.token == Token::Symbol('(')
}

/// The kind of call by function name; `None` for a keyword.
static KNOWN: LazyLock<HashMap<&'static str, Option<Call>>> = LazyLock::new(|| {
    let of = |names: &'static str, call| names.split_whitespace().map(move |name| (name, call));
    of(KEYWORDS, None)
        .chain(of(FUNCTIONS, Some(Call::Plain)))
        .chain(of(SESSION_FUNCTIONS, Some(Call::SessionDependent)))
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_functions_are_known() {
        for sql in [
            "SELECT COUNT(*), MAX(a) FROM t WHERE b IN (1, 2) AND (c OR d)",
            "SELECT COALESCE (a, 1), CAST(b AS DECIMAL(10, 2)), x.y FROM t AS u USE INDEX (i)",
            "WITH RECURSIVE n (a, b) AS (SELECT 1, 2) SELECT * FROM n",
            "SELECT SUM(a) OVER (PARTITION BY b) FROM t WHERE a > ANY (SELECT 1) AND EXISTS (SELECT 2)",
            "SELECT SLEEP(1), LAST_INSERT_ID(), BENCHMARK(1, 2)",
            "SELECT 'f(', `f` FROM t",
            "VALUES (1), (2)",
        ] {
            assert!(!calls_unknown_function(sql), "{sql}");
        }
    }

    #[test]
    fn other_functions_are_unknown() {
        for sql in [
            "SELECT f(1)",
            "SELECT f /* c */ (1)",
            "SELECT `f`(1)",
            "SELECT `count`(1)",
            "SELECT shop.count(1)",
            "SELECT 1 FROM t WHERE a = (SELECT shop . f ())",
            "SELECT NEXTVAL(s)",
        ] {
            assert!(calls_unknown_function(sql), "{sql}");
        }
    }
}
