//! The driver's errors in our terms. A guest must not learn addresses or accounts from them.

use std::error::Error as _;
use std::future::Future;
use std::io;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use mysql_async::{DriverError, Error as Failure, IoError, TlsError};
use mysql_common::proto::codec::error::PacketCodecError;
use rustls::CertificateError;

use super::server_text::presented;
use crate::types::{Error, ErrorKind, Limit, Result, is_timeout};

/// The driver panics on some packets no honest server sends; that must cost one session, not the host.
pub(super) fn catch_driver_panic<T>(work: impl Future<Output = Result<T>>) -> impl Future<Output = Result<T>> {
    // Not an `async fn`, which would have room for the work twice: as what it is given, and as what it waits for.
    AssertUnwindSafe(work).catch_unwind().map(|done| {
        done.unwrap_or_else(|_| Err(protocol_violation("the server sent something that is not MySQL's protocol")))
    })
}

/// Why no connection could be made.
pub(super) fn connecting(failure: Failure) -> Error {
    match failure {
        Failure::Io(IoError::Tls(reason)) => tls_failed(&tls_cause(&reason)),
        Failure::Io(IoError::Io(reason)) => match tls(&reason) {
            Some(reason) => tls_failed(&tls_reason(reason)),
            None if is_nonsense(&reason) => not_understood(),
            None => {
                Error::new(ErrorKind::Unreachable, format!("the database server can't be reached: {}", cause(&reason)))
            }
        },
        Failure::Driver(DriverError::NoClientSslFlagFromServer) => {
            tls_failed("the server does not offer it; nothing was sent")
        }
        Failure::Driver(
            DriverError::CleartextPluginDisabled
            | DriverError::MysqlOldPasswordDisabled
            | DriverError::UnknownAuthPlugin { .. },
        ) => auth_failed("the server asked for an authentication that this host refuses"),
        Failure::Server(server) if matches!(server.code, 1045 | 1130 | 1251 | 1698 | 2059) => {
            auth_failed(&format!("the server refused the account configured for this database ({})", server.code))
        }
        other => running(other),
    }
}

/// What went wrong on a connection that was there.
pub(super) fn running(failure: Failure) -> Error {
    match failure {
        Failure::Server(server) => {
            let message = presented(server.code, Some(&server.state), server.message);
            match is_timeout(server.code) {
                true => Error::new(ErrorKind::ServerTimeout, format!("{message} ({})", server.code)),
                false => Error::server(server.code, server.state, message),
            }
        }
        Failure::Io(IoError::Io(reason)) if matches!(codec(&reason), Some(PacketCodecError::PacketTooLarge)) => {
            too_large()
        }
        Failure::Io(IoError::Io(reason)) if is_nonsense(&reason) => not_understood(),
        Failure::Io(IoError::Io(reason)) => {
            Error::new(ErrorKind::ConnectionLost, format!("the connection to the database broke: {}", cause(&reason)))
        }
        Failure::Io(IoError::Tls(reason)) => {
            let reason = tls_cause(&reason);
            Error::new(ErrorKind::ConnectionLost, format!("the connection to the database broke: {reason}"))
        }
        Failure::Driver(DriverError::ConnectionClosed) => {
            Error::new(ErrorKind::ConnectionLost, "the connection to the database is closed")
        }
        Failure::Driver(DriverError::LocalInfile(_)) => {
            protocol_violation("the server asked for a file of this host; it gets none")
        }
        _ => not_understood(),
    }
}

pub(super) fn protocol_violation(message: &str) -> Error {
    Error::new(ErrorKind::ProtocolViolation, message)
}

fn too_large() -> Error {
    Error::limit(
        Limit::RowBytes,
        "a row of the result is larger than the packets that the host takes from this database",
    )
}

fn not_understood() -> Error {
    protocol_violation("the server's answer was not understood")
}

fn auth_failed(message: &str) -> Error {
    Error::new(ErrorKind::AuthFailed, message)
}

pub(super) fn tls_failed(reason: &str) -> Error {
    Error::new(ErrorKind::TlsFailed, format!("TLS is required for this database and could not be had: {reason}"))
}

/// rustls reports a bad certificate as an input/output error of its own kind.
fn tls(reason: &io::Error) -> Option<&rustls::Error> {
    reason.get_ref()?.downcast_ref()
}

fn tls_cause(reason: &TlsError) -> String {
    match reason.source().and_then(|source| source.downcast_ref()) {
        Some(reason) => tls_reason(reason),
        // It can quote the name that a certificate is to be for, or the path of a file.
        None => "it could not be set up".to_owned(),
    }
}

/// What is wrong, without the names of hosts that rustls tells with it.
fn tls_reason(reason: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(defect) = reason else { return reason.to_string() };
    let defect = match defect {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "is signed by no authority that this host trusts"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "is not valid yet",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => "is for another host",
        CertificateError::Revoked => "is revoked",
        _ => "is not good",
    };
    format!("the server's certificate {defect}")
}

/// The driver reports packets that are none as input/output errors too.
fn is_nonsense(reason: &io::Error) -> bool {
    reason.kind() == io::ErrorKind::InvalidData || codec(reason).is_some()
}

fn codec(reason: &io::Error) -> Option<&PacketCodecError> {
    reason.get_ref()?.downcast_ref()
}

/// The kind of an input/output error in words; its text may hold an address.
fn cause(reason: &io::Error) -> String {
    reason.kind().to_string()
}
