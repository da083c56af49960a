//! A derived table of consecutive numbers.

/// Returns a table expression with one column `seq`, which has the values from 1 to `count`.
///
/// The caller adds an alias: `format!("SELECT seq FROM {} AS series", series(10))`.
///
/// MySQL has no sequence tables, and by default a recursive query has at most 1000 recursions. A
/// larger table is a join, so that the server sends its rows without storing them. The order of its
/// rows is undefined.
pub fn series(count: u64) -> String {
    if count <= 1000 {
        return format!(
            "(WITH RECURSIVE series (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM series WHERE seq < {count}) \
             SELECT seq FROM series)"
        );
    }
    let (thousands, units) = (series(count.div_ceil(1000)), series(1000));
    let number = "1000 * (thousands.seq - 1) + units.seq";
    let join = if count.is_multiple_of(1000) {
        format!("CROSS JOIN {units} AS units")
    } else {
        format!("JOIN {units} AS units ON {number} <= {count}")
    };
    format!("(SELECT {number} AS seq FROM {thousands} AS thousands {join})")
}
