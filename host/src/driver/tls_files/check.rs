//! Checks that the host can use the contents of the files.

use std::sync::Arc;

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, Error, InconsistentKeys, RootCertStore};
use secrecy::{ExposeSecret, SecretString};

use super::{Contents, File, Problem, UnusableFile, crypto_provider};
use crate::driver::certificate_defects::UNSUPPORTED_VERSION;
use crate::driver::options::Tls;

const NO_CERTIFICATE: &str = "has no certificate in PEM; it must have a line -----BEGIN CERTIFICATE-----";
const MALFORMED_CERTIFICATE: &str = "has a malformed certificate";
const NO_KEY: &str = "has no private key in PEM; it must have a line -----BEGIN PRIVATE KEY-----";
const MALFORMED_KEY: &str = "is malformed";
const ENCRYPTED_KEY: &str = "is encrypted; decrypt it with `openssl pkey`, and let only the host read the file";
const UNSUPPORTED_KEY: &str =
    "is malformed or of an unsupported kind; use ECDSA P-256 or P-384, Ed25519, or RSA with 2,048 to 8,192 bits";
const KEY_OF_ANOTHER_CERTIFICATE: &str =
    "does not belong to the first certificate of the client certificate file (tls_cert)";

/// Returns an error if the driver or the server can't use the contents of these files.
pub(super) fn check(tls: &Tls, contents: &Contents) -> Result<(), UnusableFile> {
    let unusable = |file: File| move |reason| UnusableFile::new(file, tls, Problem::Unusable(reason));
    if let Some(ca) = &contents.ca {
        authorities(ca).map_err(unusable(File::Ca))?;
    }
    if let (Some(certificate), Some(key)) = (&contents.certificate, &contents.key) {
        let chain = certificates(certificate).map_err(unusable(File::Certificate))?;
        let key = private_key(key).map_err(unusable(File::Key))?;
        belong_together(&chain, key).map_err(|(file, reason)| unusable(file)(reason))?;
        is_valid_now(&chain).map_err(unusable(File::Certificate))?;
    }
    Ok(())
}

fn authorities(text: &SecretString) -> Result<(), &'static str> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(text)? {
        roots.add(certificate).map_err(|_| MALFORMED_CERTIFICATE)?;
    }
    Ok(())
}

fn certificates(text: &SecretString) -> Result<Vec<CertificateDer<'static>>, &'static str> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.expose_secret().as_bytes()).collect();
    match certificates {
        Ok(certificates) if certificates.is_empty() => Err(NO_CERTIFICATE),
        Ok(certificates) => Ok(certificates),
        Err(_) => Err(MALFORMED_CERTIFICATE),
    }
}

fn private_key(text: &SecretString) -> Result<PrivateKeyDer<'static>, &'static str> {
    let text = text.expose_secret();
    // PKCS #8, and the header that OpenSSL added to older formats.
    if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(ENCRYPTED_KEY);
    }
    PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|error| match error {
        pem::Error::NoItemsFound => NO_KEY,
        _ => MALFORMED_KEY,
    })
}

fn belong_together(chain: &[CertificateDer<'static>], key: PrivateKeyDer<'static>) -> Result<(), (File, &'static str)> {
    match CertifiedKey::from_der(chain.to_vec(), key, &crypto_provider()) {
        Ok(_) => Ok(()),
        Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => Err((File::Key, KEY_OF_ANOTHER_CERTIFICATE)),
        Err(Error::InvalidCertificate(CertificateError::Other(reason)))
            if reason.0.downcast_ref() == Some(&webpki::Error::UnsupportedCertVersion) =>
        {
            Err((File::Certificate, UNSUPPORTED_VERSION))
        }
        Err(Error::InvalidCertificate(_)) => Err((File::Certificate, MALFORMED_CERTIFICATE)),
        Err(_) => Err((File::Key, UNSUPPORTED_KEY)),
    }
}

/// Checks the dates and the purpose of the client certificate. Only the server knows whether it
/// trusts the authority, so an untrusted authority is not an error here.
fn is_valid_now(chain: &[CertificateDer<'static>]) -> Result<(), &'static str> {
    let Some((own, intermediates)) = chain.split_first() else { return Err(NO_CERTIFICATE) };
    let mut roots = RootCertStore::empty();
    roots.add(own.clone()).map_err(|_| MALFORMED_CERTIFICATE)?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), crypto_provider())
        .build()
        .map_err(|_| MALFORMED_CERTIFICATE)?;
    match verifier.verify_client_cert(own, intermediates, UnixTime::now()) {
        Err(Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. })) => {
            Err("has expired; renew it")
        }
        Err(Error::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. })) => {
            Err("is not valid yet; check the clock of this machine")
        }
        Err(Error::InvalidCertificate(
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. },
        )) => Err("is not for clients; its extendedKeyUsage must include clientAuth"),
        _ => Ok(()),
    }
}
