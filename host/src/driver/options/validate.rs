//! Rejects options that can't work or are not safe.

use std::time::Duration;

use super::{DatabaseOptions, TlsMode};
use crate::driver::address::Address;
use crate::driver::tls_files;
use crate::types::ConfigError;

impl DatabaseOptions {
    /// Returns an error for options that can't work or are not safe. The error repeats no value: a
    /// misplaced value may be a password.
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        // 100,000 is the maximum of a server's max_connections, and the pool allocates memory for
        // all of them.
        if !(1..=100_000).contains(&self.max_connections) {
            return Err(ConfigError::invalid("max_connections must be 1 to 100,000"));
        }
        if self.min_connections > self.max_connections {
            return Err(ConfigError::invalid("min_connections can't be more than max_connections"));
        }
        if !(1..=100).contains(&self.guest_share) {
            return Err(ConfigError::invalid("guest_share must be 1 to 100 percent of the pool"));
        }
        // The upper bound is that of the driver. Below the lower bound, even a login can fail.
        if !(64 * 1024..=1024 * 1024 * 1024).contains(&self.max_packet_bytes) {
            return Err(ConfigError::invalid("max_packet_bytes must be 64 KiB to 1 GiB"));
        }
        if self.collation.as_deref().is_some_and(|collation| !is_collation(collation)) {
            return Err(ConfigError::invalid(
                "collation must be the name of a utf8mb4 collation, such as utf8mb4_unicode_ci or uca1400_ai_ci",
            ));
        }
        for (name, duration) in [
            ("connect_timeout", self.connect_timeout),
            ("max_lifetime", self.max_lifetime),
            ("idle_timeout", self.idle_timeout),
            ("reset_timeout", self.reset_timeout),
            ("kill_timeout", self.kill_timeout),
            ("leak_report_after", self.leak_report_after),
        ] {
            if duration.is_zero() {
                return Err(ConfigError::invalid(format!("{name} must be more than 0")));
            }
        }
        self.validate_tls()?;
        if self.prefer_replicas && !self.has_several_servers() {
            return Err(ConfigError::invalid(
                "prefer_replicas needs several servers, but this database has one; add servers or remove the option",
            ));
        }
        if self.max_replica_lag.is_some() && !self.prefer_replicas {
            return Err(ConfigError::invalid(
                "max_replica_lag needs prefer_replicas, because guests read from the primary without it",
            ));
        }
        if self.max_replica_lag.is_some_and(|lag| lag < Duration::from_secs(1)) {
            return Err(ConfigError::invalid(
                "max_replica_lag must be at least 1 s, because servers report whole seconds",
            ));
        }
        Ok(())
    }

    fn validate_tls(&self) -> Result<(), ConfigError> {
        let tls = &self.tls;
        let has_files = tls.ca.is_some() || tls.certificate.is_some() || tls.key.is_some();
        if tls.is_off() && has_files {
            return Err(ConfigError::invalid(
                "tls is off, but tls_ca, tls_cert or tls_key is set; remove them, or set tls to verify-identity",
            ));
        }
        if tls.is_off() && !self.is_local() && !self.insecure {
            return Err(ConfigError::invalid(
                "tls is off, but a server is on another machine; require TLS, or set insecure if you trust the network",
            ));
        }
        if !tls.is_off() && self.servers.iter().any(|server| matches!(server, Address::Socket(_))) {
            return Err(ConfigError::invalid("TLS over a unix socket is not supported; set tls to off"));
        }
        if tls.mode == TlsMode::VerifyCa && tls.ca.is_none() {
            return Err(ConfigError::invalid(
                "tls is verify-ca, but tls_ca is not set, so any certificate of a public authority would pass for any \
                 host; set tls_ca, or set tls to verify-identity",
            ));
        }
        if tls.certificate.is_some() != tls.key.is_some() {
            return Err(ConfigError::invalid("a client certificate needs both tls_cert and tls_key"));
        }
        tls_files::validate(tls)
    }
}

/// Returns whether `name` can be the name of a `utf8mb4` collation. The name becomes part of SQL
/// text, so only safe characters are allowed. MariaDB has short names (`uca1400_`) for collations
/// that exist for all Unicode character sets.
fn is_collation(name: &str) -> bool {
    let named = ["utf8mb4_", "uca1400_"].iter().any(|prefix| name.len() > prefix.len() && name.starts_with(prefix));
    named && name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_utf8mb4_collations_are_accepted() {
        let validate = |collation: &str| DatabaseOptions::tcp("localhost", 3306).collation(collation).validate();
        for good in ["utf8mb4_bin", "utf8mb4_0900_ai_ci", "uca1400_ai_ci", "utf8mb4_uca1400_turkish_as_cs"] {
            assert!(validate(good).is_ok(), "{good}");
        }
        for bad in
            ["", "utf8mb4_", "latin1_swedish_ci", "binary", "utf8mb4_bin; DROP TABLE t", "utf8mb4_bin'", "utf8mb4_é"]
        {
            assert!(validate(bad).is_err(), "{bad}");
        }
    }
    #[test]
    fn contradictory_tls_options_are_refused() {
        let url = |parameters: &str| DatabaseOptions::from_url(&format!("mysql://a@db.example/c?{parameters}"));
        for (parameters, reason) in [
            ("tls=off", "tls is off, but a server is on another machine"),
            ("tls=off&tls-ca=/ca.pem", "tls is off, but tls_ca, tls_cert or tls_key is set"),
            ("tls=off&insecure=true&tls-key=/key.pem", "tls is off, but tls_ca, tls_cert or tls_key is set"),
            ("tls=verify-ca", "tls is verify-ca, but tls_ca is not set"),
            ("tls-cert=/cert.pem", "needs both tls_cert and tls_key"),
            ("tls-key=/key.pem", "needs both tls_cert and tls_key"),
            ("socket=/run/db.sock&tls=verify-identity", "TLS over a unix socket is not supported"),
            ("socket=/run/db.sock&tls-ca=/ca.pem", "TLS over a unix socket is not supported"),
        ] {
            let error = url(parameters).unwrap().validate().unwrap_err().to_string();
            assert!(error.contains(reason), "{parameters}: {error}");
        }
    }
}
