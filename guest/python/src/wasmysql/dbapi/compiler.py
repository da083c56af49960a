"""The compiler of statements: SQLAlchemy's, for statements that the server prepares."""

from typing import Any

from sqlalchemy.dialects.mysql.base import MySQLCompiler
from sqlalchemy.sql.elements import BindParameter

#: Makes a value part of the text when the statement is executed. SQLAlchemy 1.3, which has no cache
#: of statements, makes it part of the statement.
IN_TEXT = {
    "literal_execute" if hasattr(BindParameter, "render_literal_execute") else "literal_binds": True
}


class Compiler(MySQLCompiler):
    """Passes values in the text where MariaDB takes no parameters, or takes them wrongly."""

    def _format_frame_clause(self, range_: Any, **options: Any) -> str:
        # The frame of a window, `ROWS BETWEEN ? PRECEDING AND ...`, is a syntax error.
        return super()._format_frame_clause(range_, **{**options, **IN_TEXT})

    def visit_frame_clause(self, frameclause: Any, **options: Any) -> str:
        # The same in SQLAlchemy 2.1.
        return super().visit_frame_clause(frameclause, **{**options, **IN_TEXT})

    def visit_values(self, element: Any, **options: Any) -> str:
        # MariaDB returns empty values for `VALUES (?, ?)` in a common table expression.
        return super().visit_values(element, **{**options, **IN_TEXT})
