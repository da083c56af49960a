//! Files and combinations of options that the constructor refuses.

use std::fs;
use std::path::PathBuf;

use wasmysql_host::{Config, Database, DatabaseOptions, Tls};
use wasmysql_tests::Authority;

#[track_caller]
fn is_refused(tls: Tls, reasons: &[&str]) {
    let options = DatabaseOptions::tcp("db.example", 3306).tls(tls.clone());
    let Err(error) = Database::new(options) else { panic!("{tls:?} is accepted") };
    let message = error.to_string();
    for reason in reasons {
        assert!(message.contains(reason), "{tls:?}: {message}");
    }
    assert!(!format!("{error:?}").contains("PRIVATE KEY-----\n"), "{error:?}");
}

#[test]
fn unusable_ca_files_are_refused_by_the_constructor() {
    let authority = Authority::create();
    let key = authority.client("plugin").key;
    let broken = authority.certificate().with_file_name("broken.pem");
    fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    for tls in [|path: PathBuf| Tls::verify_identity().ca(path), |path: PathBuf| Tls::verify_ca(path)] {
        is_refused(tls("/no/such/ca.pem".into()), &["can't read '/no/such/ca.pem'"]);
        is_refused(tls(key.clone()), &["CA file (tls_ca) has no certificate in PEM", "plugin-key.pem"]);
        is_refused(tls(broken.clone()), &["CA file (tls_ca) has a malformed certificate", "broken.pem"]);
    }
}

#[test]
fn unusable_client_files_are_refused_by_the_constructor() {
    let authority = Authority::create();
    let (plugin, other) = (authority.client("plugin"), authority.client("other"));
    let (outdated, version_1) = (authority.outdated_client("outdated"), authority.version_1());
    let write = |name: &str, text: String| {
        let path = authority.certificate().with_file_name(name);
        fs::write(&path, text).unwrap();
        path
    };
    let key = fs::read_to_string(&plugin.key).unwrap();
    let encrypted = write("encrypted.pem", key.replace("PRIVATE", "ENCRYPTED PRIVATE"));
    let header = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n";
    let encrypted_in_an_old_format = write("old.pem", format!("{header}-----END RSA PRIVATE KEY-----\n"));
    let malformed = write("malformed.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".to_owned());
    let identity = |certificate: &PathBuf, key: &PathBuf| Tls::verify_identity().client_certificate(certificate, key);
    for (tls, reasons) in [
        (identity(&"/no/cert.pem".into(), &plugin.key), ["can't read", "/no/cert.pem"]),
        (identity(&plugin.certificate, &"/no/key.pem".into()), ["can't read", "/no/key.pem"]),
        (identity(&plugin.key, &plugin.key), ["client certificate (tls_cert) has no certificate", "plugin-key.pem"]),
        (identity(&plugin.certificate, &plugin.certificate), ["(tls_key) has no private key", "plugin-cert.pem"]),
        (identity(&plugin.certificate, &other.key), ["(tls_key) does not belong to the first cert", "other-key.pem"]),
        (identity(&plugin.certificate, &encrypted), ["is encrypted; decrypt it with `openssl pkey`", "encrypted.pem"]),
        (identity(&plugin.certificate, &encrypted_in_an_old_format), ["is encrypted", "old.pem"]),
        (identity(&plugin.certificate, &malformed), ["(tls_key) is malformed", "malformed.pem"]),
        (identity(&outdated.certificate, &outdated.key), ["(tls_cert) has expired; renew it", "outdated-cert.pem"]),
        (identity(&version_1.certificate, &version_1.key), ["X.509 certificate of version 1", "version-1.pem"]),
    ] {
        is_refused(tls, &reasons);
    }
    let certificate_and_key = write("both.pem", format!("{key}{}", fs::read_to_string(&plugin.certificate).unwrap()));
    let tls = identity(&certificate_and_key, &certificate_and_key);
    assert!(Database::new(DatabaseOptions::tcp("db.example", 3306).tls(tls)).is_ok());
}

#[test]
fn configuration_of_the_docs_is_valid() {
    let docs = include_str!("../../../docs/operating.md");
    let toml = docs.split("## TLS").nth(1).and_then(|section| section.split("```").nth(1)).expect("a TOML block");
    let authority = Authority::create();
    let client = authority.client("plugin");
    let mut toml = toml.trim_start_matches("toml").replace("password_file = \"/run/secrets/shop\"", "password = \"x\"");
    for (example, path) in [
        ("/etc/ssl/shop-ca.pem", authority.certificate()),
        ("/etc/ssl/shop-client.pem", client.certificate),
        ("/run/secrets/shop-client-key.pem", client.key),
    ] {
        assert!(toml.contains(example), "{toml}");
        toml = toml.replace(example, &path.to_string_lossy());
    }
    assert_eq!(Config::from_toml(&toml).expect("a valid configuration").databases().count(), 1);
}
