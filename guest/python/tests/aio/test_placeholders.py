"""Placeholders of all styles become `?`."""

from wasmysql import errors
from wasmysql.placeholders import bind
from wasmysql.testing import parametrize, raises


@parametrize(
    "sql, params, expected, values",
    [
        ("SELECT 'a%'", None, "SELECT 'a%'", []),
        ("SELECT '100%%'", None, "SELECT '100%%'", []),
        ("SELECT %s, %s", (1, 2), "SELECT ?, ?", [1, 2]),
        ("SELECT ?, ?", [1, 2], "SELECT ?, ?", [1, 2]),
        ("SELECT %s", 5, "SELECT ?", [5]),
        ("SELECT %s", "text", "SELECT ?", ["text"]),
        ("SELECT '%s', \"%s\", `%s`, %s", (1,), "SELECT '%s', \"%s\", `%s`, ?", [1]),
        ("SELECT %s LIKE 'a%%', 7 %% 4", (1,), "SELECT ? LIKE 'a%', 7 % 4", [1]),
        ("SELECT DATE_FORMAT(%s, '%H:%i:%s')", (1,), "SELECT DATE_FORMAT(?, '%H:%i:%s')", [1]),
        ("SELECT ? %s", (1,), "SELECT ? %s", [1]),
        ("SELECT ?, '100%%'", (1,), "SELECT ?, '100%%'", [1]),
        (
            "SELECT /* %s */ %s -- %s\n, %s # %s",
            (1, 2),
            "SELECT /* %s */ ? -- %s\n, ? # %s",
            [1, 2],
        ),
        ("SELECT 1--%s", (1,), "SELECT 1--?", [1]),
        ("SELECT 'it''s %s', 'a\\'%s', %s", (1,), "SELECT 'it''s %s', 'a\\'%s', ?", [1]),
        ("SELECT %(a)s, %(b)s, %(a)s", {"a": 1, "b": 2}, "SELECT ?, ?, ?", [1, 2, 1]),
        ("SELECT %(a)s, '50%%', ':a'", {"a": 1}, "SELECT ?, '50%', ':a'", [1]),
        ("SELECT :a, :b, :a", {"a": 1, "b": 2, "c": 3}, "SELECT ?, ?, ?", [1, 2, 1]),
        (
            "SELECT ':a', `:a`, @v := :a, '50%%'",
            {"a": 1},
            "SELECT ':a', `:a`, @v := ?, '50%%'",
            [1],
        ),
    ],
)
def test_placeholders(sql, params, expected, values):
    bound, found = bind(sql, params)
    assert (bound, list(found)) == (expected, values)


def test_missing_name_is_an_error():
    with raises(errors.ArgumentError, match="'b'"):
        bind("SELECT :a, :b", {"a": 1})
