"""The exceptions of all layers, in the hierarchy of PEP 249.

The arguments of an exception are `(code, message)`, as in PyMySQL. `code` is MySQL's error number.
Errors that no server reported have the number that MySQL's own client library uses, or 0. The class
of a server's error is the one that PyMySQL chooses for its number.

Branch on the class, on `code` or on `kind`; never parse the message.
"""


class Warning(Exception):  # the name is part of PEP 249
    """An important warning. Never raised; PEP 249 requires the name."""


class Error(Exception):
    """The base class of all errors.

    `kind` is the kind of the contract, such as `server`, `timeout` or `connection-lost`. Errors of
    this package itself have the kinds `argument`, `invalid-request`, `no-such-column` and
    `resource-closed`.
    """

    #: The attributes that an error of the host sets.
    kind: str = "other"
    #: The class of a server's error, such as `constraint` or `deadlock`; None for other kinds.
    server_class: str | None = None
    #: The five characters of a server's SQLSTATE; None for other kinds.
    sqlstate: str | None = None
    #: The step that timed out, such as `acquire` or `execute`; None for other kinds.
    step: str | None = None
    #: The limit that was exceeded, such as `connections`; None for other kinds.
    limit: str | None = None
    #: Why the transaction was aborted, such as `deadlock`; None for other kinds.
    reason: str | None = None
    #: The state of the transaction of the failed call: `none`, `open`, `rolled-back` or `unknown`.
    transaction_state: str = "none"
    #: Whether a retry is useful: `never`, `new-transaction` or `later`.
    retry: str = "never"

    @property
    def code(self) -> int:
        """MySQL's error number; 0 if there is none."""
        return self.args[0] if len(self.args) > 1 else 0

    @property
    def message(self) -> str:
        """The text for people."""
        return str(self.args[-1]) if self.args else ""


class InterfaceError(Error):
    """The connection, the cursor or the result can't be used (any more)."""


class DatabaseError(Error):
    """The database, or the host on its behalf, refused a call."""


class DataError(DatabaseError):
    """A value does not fit its column."""


class OperationalError(DatabaseError):
    """The server or the connection failed, or the host does not allow the call."""


class IntegrityError(DatabaseError):
    """A constraint is violated."""


class InternalError(DatabaseError):
    """The transaction can no longer be committed, or the server violated its protocol."""


class ProgrammingError(DatabaseError):
    """The statement or the call is wrong."""


class NotSupportedError(DatabaseError):
    """The server, or the contract, does not support the request."""


class ArgumentError(ProgrammingError):
    """A call has wrong arguments. Nothing was executed."""

    kind = "argument"


class InvalidRequestError(ProgrammingError):
    """A call is valid, but not in this state."""

    kind = "invalid-request"


class NoSuchColumnError(ProgrammingError, KeyError):
    """A row has no such column."""

    kind = "no-such-column"
    __str__ = Exception.__str__


class ResourceClosedError(InterfaceError):
    """The connection, the transaction, the cursor or the result is closed."""

    kind = "resource-closed"


def argument(message: str) -> ArgumentError:
    """Returns an error of this package about wrong arguments."""
    return ArgumentError(0, message)


def closed(message: str) -> ResourceClosedError:
    """Returns an error of this package about a closed object."""
    return ResourceClosedError(0, message)


def invalid(message: str) -> InvalidRequestError:
    """Returns an error of this package about a call in the wrong state."""
    return InvalidRequestError(0, message)
