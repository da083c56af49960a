"""Tests of the plugin. `wasmysql test` runs each in a fresh database with the migrations."""

from app import visit, visited_pages
from wasmysql import errors
from wasmysql.testing import raises


async def test_visits_are_counted(conn):
    await visit(conn, "/news", "Ada")
    await visit(conn, "/news", "Grace")
    assert await visited_pages(conn) == [("/news", 2)]


async def test_visit_to_unknown_page_is_refused(conn):
    with raises(errors.IntegrityError, code=1452):
        await visit(conn, "/nowhere", "Ada")
    assert await visited_pages(conn) == []
