"""Whether the pools of SQLAlchemy's engines keep released connections.

An application of HTTP must not keep them: the host closes the connections that a request leaves
open. This module imports no SQLAlchemy, which an application may not use.
"""

is_allowed = True


def forbid() -> None:
    """Makes all pools close released connections."""
    global is_allowed
    is_allowed = False
