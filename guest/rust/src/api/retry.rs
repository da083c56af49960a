//! Transactions that are repeated when they lose.

use super::{Connection, Engine, Transaction, maybe_async, pause};
use crate::error::{Error, Result, RetryAdvice, TransactionState};
use crate::retry_options::RetryOptions;
use crate::transaction_options::TransactionOptions;

#[maybe_async]
impl Engine {
    /// Runs `work` in a transaction on a connection of its own: commits when it succeeds, rolls back when it fails, and
    /// begins again, up to four times, when the transaction was lost to others: to a deadlock, or with its connection.
    ///
    /// So `work` may run several times: what it does outside of the database should bear that. It is not repeated for any
    /// other failure, nor after a COMMIT whose outcome is unknown. Inside, `tx.begin_nested` begins what can be rolled back
    /// by itself.
    ///
    /// ```
    /// # use wasmysql::{Engine, Result};
    /// # async fn example(engine: &Engine) -> Result<()> {
    /// let left = engine
    ///     .transaction(async |tx| {
    ///         tx.execute("UPDATE accounts SET balance = balance - ? WHERE id = ?", (10, 1)).await?;
    ///         tx.execute("UPDATE accounts SET balance = balance + ? WHERE id = ?", (10, 2)).await?;
    ///         tx.query_scalar::<i64>("SELECT balance FROM accounts WHERE id = ?", (1,)).await
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The error can be one of your own, made from [`Error`] with `From`. Where nothing else tells which it is, say it at the
    /// end of the function: `Ok::<_, Error>(value)`.
    ///
    /// Errors: those of `work`; of `acquire`, `Connection::begin` and `Transaction::commit`.
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnMut(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        self.transaction_with(RetryOptions::new(), work).await
    }

    /// The same with options. The pauses between the attempts need a host that gives WASI's clock, as every command has.
    pub async fn transaction_with<T, E, F>(&self, options: RetryOptions, mut work: F) -> Result<T, E>
    where
        F: AsyncFnMut(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        let mut pauses = options.between();
        loop {
            let mut connection = self.acquire().await?;
            let transaction = connection.begin_with(options.transaction).await?;
            let failure = match attempt(transaction, &mut work).await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            // Nobody waits for a connection that does nothing.
            drop(connection);
            pause(failure.pause(&mut pauses)?).await;
        }
    }
}

#[maybe_async]
impl Connection {
    /// As `Engine::transaction`, on this connection; when that is lost, so is the attempt to begin again.
    ///
    /// Inside a transaction it is a savepoint: what `work` did is rolled back when it fails, and nothing is repeated, since a
    /// deadlock ends the whole, which is for the outermost to repeat.
    ///
    /// ```
    /// # use wasmysql::{Connection, Result};
    /// async fn transfer(conn: &mut Connection, from: u32, to: u32, amount: u32) -> Result<()> {
    ///     conn.transaction(async |tx| {
    ///         tx.execute("UPDATE accounts SET balance = balance - ? WHERE id = ?", (amount, from)).await?;
    ///         tx.execute("UPDATE accounts SET balance = balance + ? WHERE id = ?", (amount, to)).await?;
    ///         Ok(())
    ///     })
    ///     .await
    /// }
    /// ```
    pub async fn transaction<T, E, F>(&mut self, work: F) -> Result<T, E>
    where
        F: AsyncFnMut(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        self.transaction_with(RetryOptions::new(), work).await
    }

    /// The same with options. Inside a transaction, options of the transaction are an `Argument` error.
    pub async fn transaction_with<T, E, F>(&mut self, options: RetryOptions, mut work: F) -> Result<T, E>
    where
        F: AsyncFnMut(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        if self.transaction_state() != TransactionState::None && options.transaction == TransactionOptions::new() {
            return attempt(self.begin_nested().await?, &mut work).await.map_err(|failure| failure.error);
        }
        let mut pauses = options.between();
        loop {
            let transaction = self.begin_with(options.transaction).await?;
            let failure = match attempt(transaction, &mut work).await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            if self.is_closed() {
                return Err(failure.error);
            }
            pause(failure.pause(&mut pauses)?).await;
        }
    }
}

/// Why an attempt failed, and whether another one makes sense.
struct Failure<E> {
    error: E,
    again: bool,
}

impl<E> Failure<E> {
    /// How long to wait before the next attempt, or the error if there is to be none.
    fn pause(self, pauses: &mut impl Iterator<Item = std::time::Duration>) -> Result<std::time::Duration, E> {
        match pauses.next() {
            Some(pause) if self.again => Ok(pause),
            _ => Err(self.error),
        }
    }
}

/// Runs the work, and ends the transaction.
#[maybe_async]
async fn attempt<T, E, F>(mut transaction: Transaction<'_>, work: &mut F) -> Result<T, Failure<E>>
where
    F: AsyncFnMut(&mut Transaction<'_>) -> Result<T, E>,
    E: From<Error>,
{
    let error = match work(&mut transaction).await {
        Ok(value) => {
            let committed = transaction.commit().await;
            return committed.map(|()| value).map_err(|error| Failure { again: lost(&error), error: error.into() });
        }
        Err(error) => error,
    };
    if transaction.is_active() {
        // If it fails, the connection is gone, and with it the transaction.
        let _ = transaction.rollback().await;
        return Err(Failure { error, again: false });
    }
    // `E` is anything, but what can't be committed says why when it is to be. Nothing is sent for that.
    let again = transaction.commit().await.is_err_and(|error| lost(&error));
    Err(Failure { error, again })
}

/// Whether a transaction was lost to others.
fn lost(error: &Error) -> bool {
    error.retry() == RetryAdvice::NewTransaction
}
