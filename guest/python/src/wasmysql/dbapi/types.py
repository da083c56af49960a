"""The constructors and the type objects of PEP 249."""

from datetime import date, datetime, time


class TypeCodes(frozenset):
    """A type object: equal to each of its type codes in `Cursor.description`."""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, frozenset):
            return frozenset.__eq__(self, other)
        return other in self

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = frozenset.__hash__


#: The type codes of MySQL's protocol. TEXT and BLOB have the same code: see the charset.
STRING = TypeCodes((247, 253, 254))
BINARY = TypeCodes((249, 250, 251, 252))
NUMBER = TypeCodes((0, 1, 2, 3, 4, 5, 8, 9, 13, 246))
DATE = TypeCodes((10, 14))
TIME = TypeCodes((11,))
TIMESTAMP = TypeCodes((7, 12))
DATETIME = TIMESTAMP
ROWID = TypeCodes(())

Date = date
Time = time
Timestamp = datetime
Binary = bytes

DateFromTicks = date.fromtimestamp
TimestampFromTicks = datetime.fromtimestamp


def TimeFromTicks(ticks: float) -> time:  # the name is part of PEP 249
    """Returns the time of day of a number of seconds since the epoch."""
    return datetime.fromtimestamp(ticks).time()
