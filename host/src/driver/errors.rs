//! The driver's errors in our terms. A guest must not learn addresses or accounts from them.

use std::error::Error as _;
use std::future::Future;
use std::io;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use mysql_async::{DriverError, Error as Failure, IoError};
use mysql_common::proto::codec::error::PacketCodecError;
use rustls::CertificateError;

use crate::types::{Error, ErrorKind, Limit, Result, ServerClass, classify, is_timeout};

/// The driver panics on some packets no honest server sends; that must cost one session, not the host.
pub(super) fn contained<T>(work: impl Future<Output = Result<T>>) -> impl Future<Output = Result<T>> {
    // Not an `async fn`, which would have room for the work twice: as what it is given, and as what it waits for.
    AssertUnwindSafe(work).catch_unwind().map(|done| {
        done.unwrap_or_else(|_| Err(protocol_violation("the server sent something that is not MySQL's protocol")))
    })
}

/// Why no connection could be made.
pub(super) fn connecting(failure: Failure) -> Error {
    match failure {
        Failure::Io(IoError::Tls(reason)) => {
            tls_failed(&match reason.source().and_then(|source| source.downcast_ref()) {
                Some(reason) => tls_reason(reason),
                None => reason.to_string(),
            })
        }
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
            let message = match server.code {
                1129 => "the server has blocked this host because of many connections that failed".to_owned(),
                1203 | 1226 => without_user(&server.message),
                code if classify(code).0 == ServerClass::Access => without_account(&server.message),
                _ => server.message,
            };
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

/// Takes `'user'@'host'` out of a server's message.
fn without_account(message: &str) -> String {
    let Some(at) = message.find("'@'") else { return message.to_owned() };
    let start = message[..at].rfind('\'').unwrap_or(at);
    let end = message[at + 3..].find('\'').map_or(message.len(), |end| at + 3 + end + 1);
    format!("{}of this database{}", &message[..start], &message[end..])
}

/// Takes the user out of the message of a limit: `User 'app' has exceeded ...`, `User app already has ...`.
fn without_user(message: &str) -> String {
    match [" has exceeded", " already has"].iter().find_map(|verb| message.rfind(verb)) {
        Some(at) => format!("The account of this database{}", &message[at..]),
        None => "The account of this database has reached a limit".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_taken_out_of_a_message() {
        let of = "The account of this database";
        assert_eq!(
            without_user("User 'app' has exceeded the 'x' resource"),
            format!("{of} has exceeded the 'x' resource")
        );
        assert_eq!(without_user("User app already has more than 'x'"), format!("{of} already has more than 'x'"));
        assert_eq!(without_user("in another language: app"), format!("{of} has reached a limit"));
    }

    #[test]
    fn an_account_is_taken_out_of_a_message() {
        assert_eq!(
            without_account("SELECT command denied to user 'app'@'10.0.0.1' for table `a`.`b`"),
            "SELECT command denied to user of this database for table `a`.`b`"
        );
        assert_eq!(without_account("no account"), "no account");
        assert_eq!(without_account("broken 'a'@'b"), "broken of this database");
    }
}
