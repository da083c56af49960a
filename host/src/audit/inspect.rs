//! A look at a database through the eyes of its operator.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::privilege::{Privileges, pattern_of, quoted, quoted_account};
use super::{required_privileges, show_grants};
use crate::core::limits::{ACQUIRE_TIMEOUT, WAITERS};
use crate::core::{Database, Statements};
use crate::driver::{PlainText, Session};
use crate::types::{Error, ErrorKind, Result, Step};

/// One question to the server: all are answered from memory.
const QUESTION_TIMEOUT: Duration = Duration::from_secs(5);

/// What a database is, as its server tells a session of its pool.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Inspection {
    /// Whose server it is: `mariadb` or `mysql`.
    pub server_flavour: &'static str,
    /// The server's version.
    pub server_version: String,
    /// Whether the connection is encrypted.
    pub encryption: Encryption,
    /// The account that the server chose for this user and this machine, quoted as in a GRANT.
    pub account: String,
    /// The schema that unqualified names refer to.
    pub schema: Option<String>,
    /// The server's own `sql_mode`. The sessions of guests have the host's.
    pub server_sql_mode: String,
    /// Connections that the server takes, from everybody.
    pub server_connections: u64,
    /// Connections that the account may have, if it has a limit of its own.
    pub account_connections: Option<u64>,
    /// Whether the server takes no changes, as a replica.
    pub read_only: bool,
    /// What the account may do.
    pub privileges: Vec<Privileges>,
}

/// Whether a connection is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encryption {
    /// It is.
    Tls {
        /// The protocol's version.
        protocol: String,
        /// The cipher.
        cipher: String,
    },
    /// It is not, and does not leave this machine.
    Local,
    /// It is not, though the server is on another machine: the options say `insecure`.
    Insecure,
}

/// Why a database can't be used, for its operator. It holds no password.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct InspectError {
    message: String,
    is_about_the_account: bool,
}

impl InspectError {
    /// Whether the server does not know the account or its password, or does not let it into the schema.
    #[must_use]
    pub fn is_about_the_account(&self) -> bool {
        self.is_about_the_account
    }
}

impl From<Error> for InspectError {
    fn from(error: Error) -> InspectError {
        let code = match &error.kind {
            ErrorKind::Server(server) => server.code,
            _ => 0,
        };
        let advice = match error.kind {
            ErrorKind::Unreachable => "; is it running, and are the host and port right?",
            ErrorKind::AuthFailed => {
                "; are the user and the password right, and may the account log in from this machine?"
            }
            ErrorKind::TlsFailed => {
                "; the server needs a certificate for the host name it is called by, from an authority that is public or \
                 named by tls-ca"
            }
            _ if code == 1044 => "; an account is let into a schema by the first privilege it has there",
            _ if code == 1049 => "; the schema has to be made first, or the URL names another than was meant",
            _ => "",
        };
        let is_about_the_account = error.kind == ErrorKind::AuthFailed || code == 1044;
        InspectError { message: format!("{}{advice}", error.message), is_about_the_account }
    }
}

impl Inspection {
    /// The privileges that guests with grants of at most `statements` don't need: on other schemas, on the server as a whole, or
    /// of another kind. None for [`Statements::Any`], by which guests may use whatever the account has.
    #[must_use]
    pub fn excess(&self, statements: Statements) -> Vec<Privileges> {
        required_privileges::excess(&self.privileges, self.schema.as_deref(), statements)
    }

    /// The privileges that a grant of `statements` lets guests use and that the account has on nothing in its schema.
    #[must_use]
    pub fn lacking(&self, statements: Statements) -> Vec<&'static str> {
        required_privileges::lacking(&self.privileges, self.schema.as_deref(), statements)
    }
}

impl Database {
    /// Asks the server what it is, and what the account of this database may do there. It takes a connection of the pool
    /// meanwhile, which goes back to it; each step has a deadline of some seconds.
    ///
    /// ```no_run
    /// # use wasmysql_host::{Database, InspectError, Statements};
    /// # async fn example(shop: Database) -> Result<(), InspectError> {
    /// let inspection = shop.inspect().await?;
    /// for privileges in inspection.excess(Statements::Read) {
    ///     println!("{} may do too much: {:?} on {}", inspection.account, privileges.names, privileges.scope);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Where no connection can be had, or a question is not answered.
    pub async fn inspect(&self) -> Result<Inspection, InspectError> {
        let (server, facts, encryption, grants) = async {
            // Connecting has its own deadline; this one is for a pool that is all lent.
            let deadline = Instant::now() + ACQUIRE_TIMEOUT + self.pool().options().connect_timeout;
            let mut ticket = self.pool().waiters().ticket(WAITERS);
            let mut lease = self.pool().lease(&mut ticket, deadline, Vec::new()).await?;
            drop(ticket);
            // One that has waited in the pool can have died there.
            if lease.is_untried() && answered(lease.session()?.ping()).await.is_err() {
                lease.renew().await?;
            }
            let session: &mut Session = lease.session()?;
            let server = answered(session.server_info()).await?;
            let facts = answered(session.facts()).await?;
            let encryption = answered(session.encryption()).await?;
            let grants = answered(session.show_grants()).await?;
            lease.give_back();
            Ok::<_, Error>((server, facts, encryption, grants))
        }
        .await?;
        let encryption = match (encryption, self.pool().options().plain_text()) {
            (Some((protocol, cipher)), _) => Encryption::Tls { protocol, cipher },
            (None, PlainText::OnThisMachine) => Encryption::Local,
            (None, PlainText::AsTheOptionsSay) => Encryption::Insecure,
            // The driver has made sure of it, and the server does not say.
            (None, PlainText::Never) => Encryption::Tls {
                protocol: "TLS".to_owned(),
                cipher: "a cipher that the server does not tell".to_owned(),
            },
        };
        Ok(Inspection {
            server_flavour: server.flavour(),
            server_version: server.version,
            encryption,
            account: quoted_account(&facts.account),
            schema: facts.schema,
            server_sql_mode: facts.sql_mode,
            server_connections: facts.server_connections,
            account_connections: Some(facts.account_connections).filter(|connections| *connections > 0),
            read_only: facts.read_only,
            privileges: grants.iter().filter_map(|line| show_grants::privileges(line)).collect(),
        })
    }

    /// Where it is, as which user, and in which schema: `app@db.example:3306/shop`.
    #[must_use]
    pub fn location(&self) -> String {
        self.pool().options().to_string()
    }

    /// The user that it logs in as.
    #[must_use]
    pub fn user(&self) -> &str {
        self.pool().options().account()
    }

    /// The statements that make an account of this name with what guests with grants of at most `statements` need, and no more. The
    /// password is left open, and the account can log in from anywhere.
    #[must_use]
    pub fn account_sql(&self, user: &str, statements: Statements) -> [String; 2] {
        // One more for the side connection that stops statements.
        let connections = self.status().max_size + 1;
        let account = quoted_account(&format!("{user}@%"));
        let grant = self.grant_sql(&account, &statements.privileges());
        [format!("CREATE USER {account} IDENTIFIED BY '...' WITH MAX_USER_CONNECTIONS {connections};"), grant]
    }

    /// The statement that gives an account these privileges in the schema of this database.
    #[must_use]
    pub fn grant_sql(&self, account: &str, privileges: &[&str]) -> String {
        let schema = self
            .pool()
            .options()
            .default_schema()
            .map_or_else(|| "...".to_owned(), |schema| quoted(&pattern_of(schema)));
        format!("GRANT {} ON {schema}.* TO {account};", privileges.join(", "))
    }
}

async fn answered<T>(question: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(QUESTION_TIMEOUT, question).await.unwrap_or_else(|_| {
        let seconds = QUESTION_TIMEOUT.as_secs();
        Err(Error::timeout(
            Step::Execute,
            format!("the server was asked about itself, and did not answer for {seconds} s"),
        ))
    })
}
