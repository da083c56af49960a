//! Queries about other sessions of the same account, for KILL.

use mysql_async::prelude::Queryable;

use super::Session;
use crate::driver::errors::{catch_driver_panic, session_error};
use crate::types::Result;

impl Session {
    /// Returns whether the server still lists a session of the same account.
    pub(in crate::driver) async fn is_session_listed(&mut self, number: u32) -> Result<bool> {
        let sql = format!("SELECT COUNT(*) FROM {} WHERE id = {number}", self.flavour.process_list());
        catch_driver_panic(async {
            let count: Option<u64> = self.conn.query_first(sql).await.map_err(session_error)?;
            Ok(count != Some(0))
        })
        .await
    }
}
