"""The names of the module `ssl` that packages import, although they use no TLS in the sandbox.

The host owns all connections. Creating a context fails.
"""

import enum
from typing import Any

OPENSSL_VERSION = "none"
OPENSSL_VERSION_INFO = (0, 0, 0, 0, 0)
HAS_SNI = HAS_ALPN = HAS_NPN = HAS_NEVER_CHECK_COMMON_NAME = False
HAS_SSLv2 = HAS_SSLv3 = HAS_TLSv1 = HAS_TLSv1_1 = HAS_TLSv1_2 = HAS_TLSv1_3 = False
CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED = range(3)
PROTOCOL_TLS = PROTOCOL_SSLv23 = 2
PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER = 16, 17
OP_ALL = OP_NO_SSLv2 = OP_NO_SSLv3 = OP_NO_COMPRESSION = OP_NO_TICKET = OP_IGNORE_UNEXPECTED_EOF = 0
OP_NO_TLSv1 = OP_NO_TLSv1_1 = OP_NO_TLSv1_2 = OP_NO_TLSv1_3 = 0
VERIFY_X509_STRICT = VERIFY_X509_PARTIAL_CHAIN = 0


class SSLError(OSError):
    """An error of TLS."""


class SSLZeroReturnError(SSLError):
    """The connection was closed."""


class SSLWantReadError(SSLError):
    """More data is needed."""


class SSLWantWriteError(SSLError):
    """Data can't be written yet."""


class SSLSyscallError(SSLError):
    """A system call failed."""


class SSLEOFError(SSLError):
    """The connection ended."""


class SSLCertVerificationError(SSLError, ValueError):
    """A certificate is not valid."""


CertificateError = SSLCertVerificationError


class TLSVersion(enum.IntEnum):
    """The versions of TLS."""

    MINIMUM_SUPPORTED = -2
    MAXIMUM_SUPPORTED = -1
    TLSv1_2 = 0x303
    TLSv1_3 = 0x304


class Purpose(enum.Enum):
    """The purposes of a context."""

    SERVER_AUTH = "server"
    CLIENT_AUTH = "client"


class SSLContext:
    """A context of TLS, which can't be created."""

    def __init__(self, *arguments: Any, **options: Any):
        raise NotImplementedError("there is no TLS in the sandbox: the host owns all connections")


class SSLObject(SSLContext):
    """A connection of TLS, which can't be created."""


class SSLSocket(SSLContext):
    """A socket of TLS, which can't be created."""


class MemoryBIO(SSLContext):
    """A buffer of TLS, which can't be created."""


def create_default_context(*arguments: Any, **options: Any) -> SSLContext:
    """Fails: there is no TLS."""
    return SSLContext()
