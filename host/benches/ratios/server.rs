//! A private server with the tables, and the native connection to it.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder};
use tokio::sync::Mutex;
use wasmtime::Result;
use wasmysql_mariadb::PrivateServer;

pub(crate) struct Server {
    pub(crate) native: Mutex<Conn>,
    process: PrivateServer,
}

impl Server {
    pub(crate) async fn start() -> Result<Server> {
        let process =
            tokio::task::spawn_blocking(|| PrivateServer::builder().arg("--innodb-buffer-pool-size=512M").start())
                .await??;
        // TCP on both sides: left to itself the driver would move to the unix socket.
        let opts = OptsBuilder::from_opts(Opts::from_url(&process.url())?).prefer_socket(false);
        let mut native = Conn::new(opts).await?;
        for statement in [
            "CREATE TABLE point (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL)",
            "INSERT INTO point
             WITH RECURSIVE n AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM n WHERE id < 1000)
             SELECT id, CONCAT('name of ', id) FROM n",
            "CREATE TABLE scan (id INT PRIMARY KEY, quantity BIGINT NOT NULL, price DOUBLE NOT NULL,
             name VARCHAR(40) NOT NULL, note VARCHAR(80) NOT NULL)",
            "INSERT INTO scan
             SELECT a.id + 1000 * (b.id - 1), a.id * 7, b.id / 4, CONCAT('item ', a.id), CONCAT('shelf ', b.id, ' in aisle ', a.id)
             FROM point a CROSS JOIN point b",
            "ANALYZE TABLE scan",
        ] {
            native.query_drop(statement).await?;
        }
        Ok(Server { native: Mutex::new(native), process })
    }

    pub(crate) fn url(&self) -> String {
        self.process.url()
    }
}
