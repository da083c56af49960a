//! Refusals of a login. Their messages are the host's own, because those of servers contain
//! accounts and hosts, and do not name the remedy.

use crate::types::{Error, ErrorKind};

/// The codes with which a server refuses the account, with the reason and the remedy.
const REFUSALS: &[(u16, &str)] = &[
    (1045, REFUSED),     // ACCESS_DENIED
    (1130, OTHER_HOST),  // HOST_NOT_PRIVILEGED
    (1251, OUTDATED),    // NOT_SUPPORTED_AUTH_MODE
    (1275, OUTDATED),    // SERVER_IS_IN_SECURE_AUTH_MODE
    (1524, NOT_LOADED),  // PLUGIN_IS_NOT_LOADED
    (1698, NO_PASSWORD), // ACCESS_DENIED_NO_PASSWORD
    (1820, EXPIRED),     // MUST_CHANGE_PASSWORD: the login succeeds, and each statement fails
    (1862, EXPIRED),     // MUST_CHANGE_PASSWORD_LOGIN
    (2059, NOT_LOADED),  // AUTH_PLUGIN_CANNOT_LOAD
    (3118, LOCKED),      // ACCOUNT_HAS_BEEN_LOCKED (MySQL)
    (3159, UNENCRYPTED), // SECURE_TRANSPORT_REQUIRED (MySQL)
    (3955, BLOCKED),     // USER_ACCESS_DENIED_FOR_USER_ACCOUNT_BLOCKED_BY_PASSWORD_LOCK (MySQL)
    (4150, BLOCKED),     // USER_IS_BLOCKED (MariaDB)
    (4151, LOCKED),      // ACCOUNT_HAS_BEEN_LOCKED (MariaDB)
];
const REFUSED: &str = "the server refused the account configured for this database";
const OTHER_HOST: &str = "the server does not allow connections from this host";
const OUTDATED: &str = "the account configured for this database has an outdated authentication; give it the plugin \
     caching_sha2_password or mysql_native_password";
const NOT_LOADED: &str = "the authentication plugin of the account configured for this database is not loaded at the \
     server; give the account another plugin";
const NO_PASSWORD: &str =
    "the account configured for this database does not log in with a password; give it a password";
const EXPIRED: &str =
    "the password of the account configured for this database has expired; set a new password with ALTER USER";
const LOCKED: &str = "the account configured for this database is locked; unlock it with ALTER USER ... ACCOUNT UNLOCK";
const UNENCRYPTED: &str = "the server accepts only encrypted connections; configure TLS for this database";
const BLOCKED: &str = "the account configured for this database is blocked after too many logins with a wrong \
     password; correct the password, and unblock the account with ALTER USER ... ACCOUNT UNLOCK (MySQL) or \
     FLUSH PRIVILEGES (MariaDB)";

/// Returns the error of a login that the server refused with this code. `None` if the code is not
/// about the account.
pub(super) fn refused_login(code: u16) -> Option<Error> {
    let at = REFUSALS.binary_search_by_key(&code, |(code, _)| *code).ok()?;
    Some(Error::new(ErrorKind::AuthFailed, format!("{} ({code})", REFUSALS[at].1)))
}

/// Returns the error of a login for which the server requested an authentication plugin that the
/// driver does not support, or that is turned off because it sends the password in plain text.
///
/// MySQL requests an arbitrary plugin for an account that does not exist, so that a client can't
/// tell the difference.
pub(super) fn unsupported_plugin(plugin: &str) -> Error {
    let is_name =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let plugin = if is_name(plugin) { format!(" '{plugin}'") } else { String::new() };
    Error::new(
        ErrorKind::AuthFailed,
        format!(
            "the server requested the unsupported authentication plugin{plugin}: either the account configured for this \
             database does not exist, and MySQL requests an arbitrary plugin; or the account has this \
             plugin: give it caching_sha2_password or mysql_native_password"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_sorted_for_binary_search() {
        assert!(REFUSALS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn refusal_names_the_reason_and_the_code() {
        let message = |code| refused_login(code).map(|error| error.message).unwrap_or_default();
        assert_eq!(message(1045), "the server refused the account configured for this database (1045)");
        assert!(message(1820).contains("expired") && message(1820).ends_with("(1820)"), "{}", message(1820));
        assert!(message(4151).contains("is locked"), "{}", message(4151));
        assert_eq!(refused_login(1040), None);
    }

    #[test]
    fn plugin_is_named_only_if_it_is_a_name() {
        assert!(unsupported_plugin("sha256_password").message.contains("plugin 'sha256_password': either"));
        for plugin in ["", "a b", "x'"] {
            assert!(unsupported_plugin(plugin).message.contains("plugin: either"), "{plugin}");
        }
    }
}
