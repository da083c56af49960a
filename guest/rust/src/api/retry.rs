//! Transactions that are repeated after a deadlock or a lost connection.

use super::{Connection, Engine, Transaction, maybe_async, sleep};
use crate::error::{Error, Result, RetryAdvice, TransactionState};
use crate::retry_options::RetryOptions;
use crate::transaction_options::TransactionOptions;

#[maybe_async]
impl Engine {
    /// Runs `work` in a transaction on a connection acquired for it.
    ///
    /// The transaction is committed if `work` succeeds and rolled back if it fails. After a
    /// deadlock or a lost connection, the transaction is repeated up to four times, with a backoff.
    /// It is not repeated after other failures, and never after a commit in doubt.
    ///
    /// `work` can run several times, so its effects outside the database must tolerate that. Inside
    /// `work`, `tx.begin_nested` begins a savepoint for a part that can be rolled back separately.
    ///
    /// `E` can be any error type that implements `From<Error>`. If the compiler can't infer it,
    /// write it at the end of the closure: `Ok::<_, Error>(value)`.
    ///
    /// # Errors
    ///
    /// Those of `work`, [`acquire`](Self::acquire), [`Connection::begin`] and
    /// [`Transaction::commit`].
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: dropping the future closes the connection, which rolls back. A COMMIT that
    /// was already sent is left in doubt.
    ///
    /// # Examples
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
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnMut(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        self.transaction_with(RetryOptions::new(), work).await
    }

    /// Runs `work` in a transaction, as [`transaction`](Self::transaction) does, with options.
    ///
    /// The backoff between attempts requires a host that provides WASI's clock. Hosts provide it to
    /// every command.
    ///
    /// # Errors
    ///
    /// As for [`transaction`](Self::transaction) and [`Connection::begin_with`].
    ///
    /// # Cancel safety
    ///
    /// As for [`transaction`](Self::transaction).
    ///
    /// # Examples
    ///
    /// ```
    /// # use wasmysql::{Engine, IsolationLevel, Result, RetryOptions, TransactionOptions};
    /// # async fn example(engine: &Engine) -> Result<()> {
    /// let strict = TransactionOptions::new().isolation(IsolationLevel::Serializable);
    /// let options = RetryOptions::new().attempts(10).transaction(strict);
    /// engine
    ///     .transaction_with(options, async |tx| tx.execute("UPDATE seats SET sold = sold + 1", ()).await)
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn transaction_with<T, E, F>(&self, options: RetryOptions, mut work: F) -> Result<T, E>
    where
        F: AsyncFnMut(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        let mut backoffs = options.backoffs();
        loop {
            let mut connection = self.acquire().await?;
            let transaction = connection.begin_with(options.transaction).await?;
            let failure = match attempt(transaction, &mut work).await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            // Release the connection during the backoff, so that other calls can use it.
            drop(connection);
            sleep(failure.backoff(&mut backoffs)?).await;
        }
    }
}

#[maybe_async]
impl Connection {
    /// Runs `work` in a transaction on this connection, as [`Engine::transaction`] does. A lost
    /// connection is an error here, because the transaction can't be repeated on it.
    ///
    /// Inside an open transaction, `work` runs in a savepoint. If `work` fails, its changes are
    /// rolled back, and nothing is repeated: a deadlock ends the whole transaction, so the
    /// outermost caller must repeat it.
    ///
    /// # Errors
    ///
    /// Those of `work`, [`begin`](Self::begin) and [`Transaction::commit`].
    ///
    /// # Cancel safety
    ///
    /// As for [`Engine::transaction`].
    ///
    /// # Examples
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

    /// Runs `work` in a transaction on this connection, as [`transaction`](Self::transaction) does,
    /// with options.
    ///
    /// # Errors
    ///
    /// As for [`transaction`](Self::transaction) and [`begin_with`](Self::begin_with). Inside an
    /// open transaction, `options` with [`RetryOptions::transaction`] are an `Argument` error.
    ///
    /// # Cancel safety
    ///
    /// As for [`Engine::transaction`].
    pub async fn transaction_with<T, E, F>(&mut self, options: RetryOptions, mut work: F) -> Result<T, E>
    where
        F: AsyncFnMut(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        if self.transaction_state() != TransactionState::None && options.transaction == TransactionOptions::new() {
            return attempt(self.begin_nested().await?, &mut work).await.map_err(|failure| failure.error);
        }
        let mut backoffs = options.backoffs();
        loop {
            let transaction = self.begin_with(options.transaction).await?;
            let failure = match attempt(transaction, &mut work).await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            if self.is_closed() {
                return Err(failure.error);
            }
            sleep(failure.backoff(&mut backoffs)?).await;
        }
    }
}

/// The error of a failed attempt, and whether the transaction can be repeated.
struct Failure<E> {
    error: E,
    retry: bool,
}

impl<E> Failure<E> {
    /// Returns the backoff before the next attempt, or the error if there is no next attempt.
    fn backoff(self, backoffs: &mut impl Iterator<Item = std::time::Duration>) -> Result<std::time::Duration, E> {
        match backoffs.next() {
            Some(backoff) if self.retry => Ok(backoff),
            _ => Err(self.error),
        }
    }
}

/// Runs `work` and ends the transaction.
#[maybe_async]
async fn attempt<T, E, F>(mut transaction: Transaction<'_>, work: &mut F) -> Result<T, Failure<E>>
where
    F: AsyncFnMut(&mut Transaction<'_>) -> Result<T, E>,
    E: From<Error>,
{
    let error = match work(&mut transaction).await {
        Ok(value) => {
            let committed = transaction.commit().await;
            return committed
                .map(|()| value)
                .map_err(|error| Failure { retry: needs_new_transaction(&error), error: error.into() });
        }
        Err(error) => error,
    };
    if transaction.is_active() {
        // A failed rollback closes the connection, which also rolls back.
        let _ = transaction.rollback().await;
        return Err(Failure { error, retry: false });
    }
    // `E` can be any type, so the reason comes from the transaction: a commit of an aborted
    // transaction fails with the reason, and sends nothing.
    let retry = transaction.commit().await.is_err_and(|error| needs_new_transaction(&error));
    Err(Failure { error, retry })
}

/// Returns whether the whole transaction should be repeated.
fn needs_new_transaction(error: &Error) -> bool {
    error.retry() == RetryAdvice::NewTransaction
}
