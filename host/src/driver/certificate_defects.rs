//! Describes certificates that can't be used, and refusals of the client certificate.

use rustls::{AlertDescription, CertificateError};

/// Describes a server certificate that rustls does not support.
pub(super) fn unsupported(defect: &CertificateError) -> &'static str {
    match defect {
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "is not for servers; its extendedKeyUsage must include serverAuth"
        }
        CertificateError::Other(reason) => match reason.0.downcast_ref() {
            Some(webpki::Error::UnsupportedCertVersion) => UNSUPPORTED_VERSION,
            // `openssl req -x509` creates such certificates by default.
            Some(webpki::Error::CaUsedAsEndEntity) => {
                "is the certificate of an authority; create a server certificate with basicConstraints=CA:FALSE"
            }
            _ => "is invalid",
        },
        _ => "is invalid",
    }
}

/// A certificate without extensions, as `openssl x509 -req` creates it by default.
pub(super) const UNSUPPORTED_VERSION: &str =
    "is an X.509 certificate of version 1, which is not supported; create a certificate of version 3";

/// Describes the refusal of the client certificate, if `reason` is such a refusal.
///
/// A server sends these alerts only about the certificate of the client.
pub(super) fn refusal(reason: &rustls::Error) -> Option<String> {
    let rustls::Error::AlertReceived(alert) = reason else { return None };
    let why = match alert {
        AlertDescription::CertificateRequired => return Some("the server requires a client certificate".to_owned()),
        // The second alert is for an authority with the name, but not the key, of a trusted one.
        AlertDescription::UnknownCA | AlertDescription::DecryptError => {
            "it is signed by no authority that the server trusts"
        }
        AlertDescription::CertificateExpired => "it has expired",
        AlertDescription::CertificateRevoked => "it is revoked",
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateUnknown => "it is invalid",
        _ => return None,
    };
    Some(format!("the server refused the client certificate (tls_cert): {why}"))
}
