//! Engine options can restrict the grant, and can't exceed it.

#[wasmysql_macros::both_apis]
mod program {
    use std::time::Duration;

    use wasmysql::{Engine, EngineOptions, ErrorKind, IsolationLevel, Limit, Result, TransactionOptions};

    pub(super) async fn main() -> Result<()> {
        let second = Duration::from_secs(1);
        refused(Engine::options().max_connections(0)).await;
        refused(Engine::options().max_connections(3)).await;
        refused(Engine::options().acquire_timeout(Duration::ZERO)).await;
        refused(Engine::options().acquire_timeout(3600 * second)).await;
        refused(Engine::options().statement_timeout(Duration::ZERO)).await;
        refused(Engine::options().statement_timeout(3600 * second)).await;

        let reader = Engine::options().read_only(true).connect("main").await?;
        reader.query_all("SELECT 1", ()).await?;
        let error = reader.execute("DO 1", ()).await.expect_err("not a read-only statement");
        assert_eq!(error.kind(), &ErrorKind::StatementDenied);

        // A serializable transaction locks the rows that it reads.
        let serializable = IsolationLevel::Serializable;
        let locking = TransactionOptions::new().isolation(serializable);
        let error = reader.acquire().await?.begin_with(locking).await.expect_err("a reader must not lock rows");
        assert_eq!(error.kind(), &ErrorKind::StatementDenied, "{error}");
        let options = Engine::options().read_only(true).isolation(serializable);
        let error = options.connect("main").await.expect_err("a reader must not lock rows");
        assert_eq!(error.kind(), &ErrorKind::StatementDenied, "{error}");
        drop(reader);

        let timeout = Duration::from_millis(100);
        let small = Engine::options().max_connections(1).acquire_timeout(timeout).connect("main").await?;
        let held = small.acquire().await?;
        let error = small.acquire().await.expect_err("a second connection of at most one");
        assert_eq!(error.kind(), &ErrorKind::LimitExceeded(Limit::Connections), "{error}");
        assert!(error.is_retryable());
        drop(held);
        drop(small.acquire().await?);

        let info = small.info();
        assert_eq!((info.database.as_str(), info.name.as_str(), info.charset.as_str()), ("main", "mysql", "utf8mb4"));
        let flavour = std::env::args().nth(1).expect("the server's family");
        assert_eq!(info.server_flavour, flavour);
        assert_eq!(info.server_version.contains("MariaDB"), flavour == "mariadb", "{}", info.server_version);
        assert!(info.sql_mode.contains("STRICT_TRANS_TABLES"), "{}", info.sql_mode);
        assert_eq!(info.max_allowed_packet, if flavour == "mariadb" { 16 << 20 } else { 64 << 20 });
        Ok(())
    }

    async fn refused(options: EngineOptions) {
        let error = options.connect("main").await.expect_err("an option that the grant does not allow");
        assert_eq!(error.kind(), &ErrorKind::Argument, "{error}");
    }
}
