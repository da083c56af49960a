"""The work in the sandbox, with `wasmysql.dbapi`."""

from db_api import serve_db_api

from wasmysql import dbapi

serve_db_api(lambda: dbapi.connect("main", autocommit=True))
