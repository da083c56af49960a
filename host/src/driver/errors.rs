//! Converts errors of the driver. The converted errors contain no addresses and no accounts,
//! because guests read them.

use std::error::Error as _;
use std::future::Future;
use std::io;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use mysql_async::{DriverError, Error as Failure, IoError, ServerError, TlsError};
use mysql_common::proto::codec::error::PacketCodecError;
use rustls::CertificateError;

use super::certificate_defects::{refusal, unsupported};
use super::login_errors::{refused_login, unsupported_plugin};
use super::server_text::redacted;
use crate::types::{Error, ErrorKind, Limit, Result, is_timeout};

/// Converts a panic of the driver to an error. The driver panics on some malformed packets; such a
/// packet must only break one session, not the host.
pub(super) fn catch_driver_panic<T>(work: impl Future<Output = Result<T>>) -> impl Future<Output = Result<T>> {
    // Not an `async fn`: its future would store `work` twice, as the argument and as the awaited
    // future.
    AssertUnwindSafe(work).catch_unwind().map(|result| {
        result.unwrap_or_else(|_| Err(protocol_violation("the server sent a packet that violates the MySQL protocol")))
    })
}

/// Converts an error of connecting or logging in.
pub(super) fn connect_error(failure: Failure) -> Error {
    match failure {
        Failure::Io(IoError::Tls(reason)) => tls_failed(&tls_setup_reason(&reason)),
        Failure::Io(IoError::Io(reason)) => match rustls_error(&reason) {
            Some(reason) => tls_failed(&rustls_reason(reason)),
            None if is_malformed_packet(&reason) => unparsable_response(),
            None => Error::new(
                ErrorKind::Unreachable,
                format!("the database server can't be reached: {}", kind_text(&reason)),
            ),
        },
        Failure::Driver(DriverError::NoClientSslFlagFromServer) => {
            tls_failed("the server does not offer it; neither the account nor the password was sent")
        }
        Failure::Driver(DriverError::CleartextPluginDisabled) => unsupported_plugin("mysql_clear_password"),
        Failure::Driver(DriverError::MysqlOldPasswordDisabled) => unsupported_plugin("mysql_old_password"),
        Failure::Driver(DriverError::UnknownAuthPlugin { name }) => unsupported_plugin(&name),
        Failure::Server(server) => refused_login(server.code).unwrap_or_else(|| server_error(server)),
        other => session_error(other),
    }
}

/// Returns a function that converts an error of the response to a command.
///
/// A packet out of order, on a session that `was_idle` for long enough, was sent before the
/// command: MySQL announces in this way that it has closed the session (4031). The driver can't
/// read the packet.
pub(super) fn command_error(was_idle: bool) -> impl Fn(Failure) -> Error {
    move |failure| match &failure {
        Failure::Io(IoError::Io(reason))
            if was_idle && matches!(codec_error(reason), Some(PacketCodecError::PacketsOutOfSync)) =>
        {
            Error::new(
                ErrorKind::ConnectionLost,
                "the server closed the connection, because it was idle for too long (wait_timeout)",
            )
        }
        _ => session_error(failure),
    }
}

/// Converts an error of an established connection.
pub(super) fn session_error(failure: Failure) -> Error {
    match failure {
        Failure::Server(server) => server_error(server),
        Failure::Io(IoError::Io(reason)) if matches!(codec_error(&reason), Some(PacketCodecError::PacketTooLarge)) => {
            too_large()
        }
        Failure::Io(IoError::Io(reason)) if is_malformed_packet(&reason) => unparsable_response(),
        Failure::Io(IoError::Io(reason)) => Error::new(
            ErrorKind::ConnectionLost,
            format!("the connection to the database broke: {}", kind_text(&reason)),
        ),
        Failure::Io(IoError::Tls(reason)) => {
            let reason = tls_setup_reason(&reason);
            Error::new(ErrorKind::ConnectionLost, format!("the connection to the database broke: {reason}"))
        }
        Failure::Driver(DriverError::ConnectionClosed) => {
            Error::new(ErrorKind::ConnectionLost, "the connection to the database is closed")
        }
        Failure::Driver(DriverError::LocalInfile(_)) => {
            protocol_violation("the server requested a file of this host (LOAD DATA LOCAL), which is refused")
        }
        _ => unparsable_response(),
    }
}

/// Converts an error that the server reported.
fn server_error(server: ServerError) -> Error {
    let message = redacted(server.code, Some(&server.state), server.message);
    match is_timeout(server.code) {
        true => Error::new(ErrorKind::ServerTimeout, format!("{message} ({})", server.code)),
        false => Error::server(server.code, server.state, message),
    }
}

pub(super) fn protocol_violation(message: &str) -> Error {
    Error::new(ErrorKind::ProtocolViolation, message)
}

fn too_large() -> Error {
    Error::limit(
        Limit::RowBytes,
        "a row of the result is larger than max_packet_bytes of this database; select fewer or shorter columns",
    )
}

fn unparsable_response() -> Error {
    protocol_violation("the server sent a response that can't be parsed")
}

pub(super) fn tls_failed(reason: &str) -> Error {
    Error::new(
        ErrorKind::TlsFailed,
        format!("TLS is required for this database but could not be established: {reason}"),
    )
}

/// Returns the TLS error inside an I/O error. rustls reports a bad certificate in this way.
fn rustls_error(reason: &io::Error) -> Option<&rustls::Error> {
    reason.get_ref()?.downcast_ref()
}

fn tls_setup_reason(reason: &TlsError) -> String {
    match reason.source().and_then(|source| source.downcast_ref()) {
        Some(reason) => rustls_reason(reason),
        // The error text can quote a host name or the path of a file.
        None => "the TLS configuration is invalid".to_owned(),
    }
}

/// Returns the reason of a TLS error, without the host names that rustls includes.
fn rustls_reason(reason: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(defect) = reason else {
        return refusal(reason).unwrap_or_else(|| reason.to_string());
    };
    let defect = match defect {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "is signed by no authority that this host trusts"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "is not valid yet",
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => NO_ALTERNATIVE_NAME,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => "is for another host",
        CertificateError::Revoked => "is revoked",
        _ => unsupported(defect),
    };
    format!("the server's certificate {defect}")
}

/// The certificates that MySQL creates in its data directory have no alternative names.
const NO_ALTERNATIVE_NAME: &str = "has no host name (subjectAltName), like the certificates that MySQL creates; \
     trust its authority with tls=verify-ca and tls-ca, or create a certificate with the host name";

/// Returns whether the server sent a malformed packet. The driver reports this as an I/O error.
fn is_malformed_packet(reason: &io::Error) -> bool {
    reason.kind() == io::ErrorKind::InvalidData || codec_error(reason).is_some()
}

fn codec_error(reason: &io::Error) -> Option<&PacketCodecError> {
    reason.get_ref()?.downcast_ref()
}

/// Returns the kind of an I/O error as text. The text of the error itself may contain an address.
fn kind_text(reason: &io::Error) -> String {
    // The standard library has no kind for this error.
    match reason.to_string().starts_with("failed to lookup address information") {
        true => "its host name can't be resolved; check the host in the options of this database".to_owned(),
        false => reason.kind().to_string(),
    }
}
