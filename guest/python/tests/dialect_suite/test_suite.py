"""The tests that SQLAlchemy publishes for dialects."""

import cleanup
from sqlalchemy.testing import suite
from sqlalchemy.testing.suite import *  # noqa: F403
from wasmysql.dbapi import StreamingCursor

cleanup.install()


class ServerSideCursorsTest(suite.ServerSideCursorsTest):
    """The original knows the cursors of a few drivers by their names."""

    def _is_server_side(self, cursor):
        return isinstance(cursor, StreamingCursor)
