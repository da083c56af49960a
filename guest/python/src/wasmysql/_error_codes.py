"""Converts errors of the contract to exceptions."""

from . import errors

#: The classes of server errors by number, as PyMySQL maps them. Numbers below 1000 are of
#: InternalError, all others of OperationalError.
SERVER: dict[int, type[errors.Error]] = {
    **dict.fromkeys(
        (1007, 1064, 1102, 1103, 1110, 1111, 1112, 1113, 1146, 1149, 1166, 1179),
        errors.ProgrammingError,
    ),
    **dict.fromkeys((1171, 1230, 1263, 1264, 1265, 1366, 1367, 1406, 1441), errors.DataError),
    **dict.fromkeys((1048, 1062, 1215, 1216, 1217, 1451, 1452), errors.IntegrityError),
    **dict.fromkeys((1196, 1235, 1286, 1289), errors.NotSupportedError),
}

#: The class and the number of each other kind. 2000 to 2999 are numbers of MySQL's client library:
#: 2003 can't connect, 2013 connection lost, 2026 TLS, 2027 malformed packet.
OTHERS: dict[str, tuple[type[errors.Error], int]] = {
    "argument": (errors.ArgumentError, 0),
    "invalid-request": (errors.InvalidRequestError, 0),
    "no-such-column": (errors.NoSuchColumnError, 0),
    "resource-closed": (errors.ResourceClosedError, 0),
    "busy": (errors.InterfaceError, 0),
    "engine-denied": (errors.OperationalError, 1044),
    "statement-denied": (errors.OperationalError, 1142),
    "limit-exceeded": (errors.OperationalError, 0),
    "timeout": (errors.OperationalError, 2013),
    "pool-closed": (errors.InterfaceError, 0),
    "unreachable": (errors.OperationalError, 2003),
    "auth-failed": (errors.OperationalError, 1045),
    "tls-failed": (errors.OperationalError, 2026),
    "connection-lost": (errors.OperationalError, 2013),
    "transaction-aborted": (errors.InternalError, 0),
    "commit-unknown": (errors.OperationalError, 2013),
    "value-unsupported": (errors.NotSupportedError, 0),
    "protocol-violation": (errors.InternalError, 2027),
}

#: The steps of a timeout that have another number than a lost connection.
STEPS = {"acquire": 0, "connect": 2003}

#: The kinds whose case has a value that names a detail, with the attribute of the detail.
DETAILS = {"timeout": "step", "limit-exceeded": "limit", "transaction-aborted": "reason"}


def exception(error) -> errors.Error:
    """Returns the exception for a record `error` of the contract."""
    case = error.kind
    kind = _kebab(type(case).__name__.removeprefix("ErrorKind_"))
    if kind == "server":
        return _server(error, case.value)
    if kind == "other":
        kind = case.value
    cls, code = OTHERS.get(kind, (errors.DatabaseError, 0))
    detail = DETAILS.get(kind)
    name = _name(case.value) if detail else None
    if kind == "timeout":
        code = STEPS.get(name, code)
    made = _complete(cls(code, error.message), error, kind)
    if detail:
        setattr(made, detail, name)
    return made


def _server(error, server) -> errors.Error:
    cls = SERVER.get(server.code) or (
        errors.InternalError if server.code < 1000 else errors.OperationalError
    )
    made = _complete(cls(server.code, error.message), error, "server")
    made.server_class, made.sqlstate = _name(server.class_), server.sqlstate
    return made


def _complete(made: errors.Error, error, kind: str) -> errors.Error:
    made.kind = kind
    made.transaction_state, made.retry = _name(error.transaction), _name(error.retry)
    return made


def _name(case) -> str:
    """Returns the contract's name of a case of an enum, such as `rolled-back`."""
    return case.name.lower().replace("_", "-")


def _kebab(name: str) -> str:
    """Returns the contract's name of a case of a variant: `ConnectionLost` is `connection-lost`."""
    return "".join(f"-{char.lower()}" if char.isupper() else char for char in name).lstrip("-")
