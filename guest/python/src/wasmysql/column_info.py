"""The descriptions of the columns of a result."""

from typing import Any, NamedTuple

#: The flags of the contract.
FLAGS = (
    "not_null",
    "primary_key",
    "unique_key",
    "multiple_key",
    "unsigned",
    "zerofill",
    "auto_increment",
    "enumeration",
    "set",
)


class ColumnInfo(NamedTuple):
    """The description of a column."""

    #: The alias, or the name. Names can repeat.
    name: str
    #: The alias or the name of the table; empty for an expression.
    table: str
    #: The kind of the contract, such as `signed` or `text`.
    kind: str
    #: The type code of MySQL's protocol, such as 3 for INT.
    type_code: int
    #: The names of the flags that the column has, such as `primary_key`.
    flags: frozenset[str]
    #: The collation id of a text column; 63 means bytes.
    charset: int
    #: The maximum length in bytes.
    length: int
    #: The number of digits after the point; 31 if there is none.
    decimals: int

    @property
    def nullable(self) -> bool:
        """Whether the column can be NULL."""
        return "not_null" not in self.flags


def describe(columns: list[Any]) -> tuple[ColumnInfo, ...]:
    """Returns the descriptions of columns of the contract."""
    return tuple(
        ColumnInfo(
            column.name,
            column.table,
            column.kind.name.lower(),
            column.type_code,
            _flags(column.column_flags.value),
            column.charset,
            column.length,
            column.decimals,
        )
        for column in columns
    )


def _flags(bits: int) -> frozenset[str]:
    return frozenset(name for bit, name in enumerate(FLAGS) if bits >> bit & 1)
