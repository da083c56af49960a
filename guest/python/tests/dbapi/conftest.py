"""Fixtures of the tests of DB-API and of the dialects."""

import itertools

from wasmysql import dbapi
from wasmysql.testing import fixture

numbers = itertools.count(1)


@fixture
def db():
    """A connection without autocommit."""
    with dbapi.connect("main") as connection:
        yield connection


@fixture
def cursor(db):
    with db.cursor() as cursor:
        yield cursor


@fixture
def other():
    """Another connection, with autocommit."""
    with dbapi.connect("main", autocommit=True) as connection, connection.cursor() as cursor:
        yield cursor


@fixture
def table(other):
    """The name of a new table with the columns `id` and `name`."""
    name = f"d{next(numbers)}"
    other.execute(
        f"CREATE OR REPLACE TABLE {name} (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40))"
    )
    return name
