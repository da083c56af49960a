//! SeaORM transactions map to server transactions: they commit, roll back and nest, and are
//! isolated from each other.

use futures::try_join;
use sea_orm::{
    AccessMode, ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IsolationLevel, PaginatorTrait,
    Schema, Set, TransactionError, TransactionTrait,
};
use wasmysql::ErrorKind;
use wasmysql::sea_orm::Database;
use wasmysql_test_programs::entities::airline;

#[wasmysql::main]
async fn main() -> Result<(), DbErr> {
    let db = Database::connect("main").await?;
    db.execute(&Schema::new(DbBackend::MySql).create_table_from_entity(airline::Entity)).await?;
    commit_rollback_and_drop(&db).await?;
    a_nested_transaction_is_a_savepoint(&db).await?;
    a_callback_commits_or_rolls_back(&db).await?;
    concurrent_transactions_are_isolated(&db).await?;
    concurrent_statements_take_turns(&db).await?;
    an_orphaned_savepoint_is_refused(&db).await?;
    options_apply_to_the_outermost_transaction(&db).await
}

/// Inserts an airline.
async fn add(db: &impl ConnectionTrait, carrier: &str) -> Result<(), DbErr> {
    let airline = airline::ActiveModel { carrier: Set(carrier.to_owned()), name: Set(carrier.repeat(2)) };
    airline.insert(db).await.map(drop)
}

/// Returns the carriers of all airlines, and empties the table. A DELETE would leave delete-marked
/// index entries, whose gaps later insertions of the same names lock.
async fn carriers(db: &Database) -> Result<Vec<String>, DbErr> {
    let airlines = airline::Entity::find().all(db).await?;
    db.execute_unprepared("TRUNCATE TABLE airlines").await?;
    Ok(airlines.into_iter().map(|airline| airline.carrier).collect())
}

async fn commit_rollback_and_drop(db: &Database) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    add(&tx, "AA").await?;
    assert_eq!(airline::Entity::find().count(db).await?, 0, "not visible to other connections before the commit");
    tx.commit().await?;
    let tx = db.begin().await?;
    add(&tx, "B6").await?;
    tx.rollback().await?;
    let tx = db.begin().await?;
    add(&tx, "UA").await?;
    drop(tx);
    assert_eq!(carriers(db).await?, ["AA"]);
    Ok(())
}

async fn a_nested_transaction_is_a_savepoint(db: &Database) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    add(&tx, "AA").await?;
    let outer = tx.begin().await?;
    add(&outer, "B6").await?;
    let inner = outer.begin().await?;
    add(&inner, "DL").await?;
    inner.rollback().await?;
    outer.commit().await?;
    let dropped = tx.begin().await?;
    add(&dropped, "UA").await?;
    drop(dropped);
    add(&tx, "WN").await?;
    tx.commit().await?;
    assert_eq!(carriers(db).await?, ["AA", "B6", "WN"]);
    Ok(())
}

async fn a_callback_commits_or_rolls_back(db: &Database) -> Result<(), DbErr> {
    let added = db
        .transaction::<_, _, DbErr>(|tx| {
            Box::pin(async move {
                add(tx, "AA").await?;
                airline::Entity::find().count(tx).await
            })
        })
        .await;
    assert_eq!(added.expect("a committed transaction"), 1);
    let refused = db
        .transaction::<_, (), DbErr>(|tx| {
            Box::pin(async move {
                add(tx, "B6").await?;
                add(tx, "AA").await
            })
        })
        .await;
    let Err(TransactionError::Transaction(error)) = refused else { panic!("the airline already exists") };
    assert_eq!(wasmysql::sea_orm::error(&error).and_then(wasmysql::Error::code), Some(1062));
    assert_eq!(carriers(db).await?, ["AA"]);
    Ok(())
}

async fn concurrent_transactions_are_isolated(db: &Database) -> Result<(), DbErr> {
    let (first, second) = try_join!(db.begin(), db.begin())?;
    try_join!(add(&first, "AA"), add(&second, "B6"))?;
    assert_eq!(try_join!(airline::Entity::find().count(&first), airline::Entity::find().count(&second))?, (1, 1));
    try_join!(first.commit(), second.rollback())?;
    assert_eq!(carriers(db).await?, ["AA"]);
    Ok(())
}

async fn concurrent_statements_take_turns(db: &Database) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    try_join!(add(&tx, "AA"), add(&tx, "B6"), add(&tx, "UA"))?;
    tx.commit().await?;
    assert_eq!(carriers(db).await?, ["AA", "B6", "UA"]);
    Ok(())
}

/// Without the refusal, its statements would run in autocommit.
async fn an_orphaned_savepoint_is_refused(db: &Database) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    let within = tx.begin().await?;
    tx.commit().await?;
    for error in [
        add(&within, "AA").await.expect_err("no transaction is open"),
        within.begin().await.map(drop).expect_err("no transaction is open"),
        within.commit().await.expect_err("the transaction has ended"),
    ] {
        let error = wasmysql::sea_orm::error(&error).expect("an error of wasmysql");
        assert_eq!(error.kind(), &ErrorKind::InvalidRequest, "{error}");
    }
    assert!(carriers(db).await?.is_empty());
    Ok(())
}

async fn options_apply_to_the_outermost_transaction(db: &Database) -> Result<(), DbErr> {
    let tx = db.begin_with_config(Some(IsolationLevel::ReadCommitted), Some(AccessMode::ReadOnly)).await?;
    let error = add(&tx, "AA").await.expect_err("the transaction is read-only");
    assert_eq!(wasmysql::sea_orm::error(&error).and_then(wasmysql::Error::code), Some(1792));
    let refused = tx.begin_with_config(Some(IsolationLevel::Serializable), None).await;
    let error = refused.map(drop).expect_err("only the outermost transaction takes options");
    assert_eq!(wasmysql::sea_orm::error(&error).map(wasmysql::Error::kind), Some(&ErrorKind::Argument));
    assert_eq!(airline::Entity::find().count(&tx).await?, 0);

    // At read-committed, the transaction sees rows that others commit meanwhile.
    add(db, "B6").await?;
    assert_eq!(airline::Entity::find().count(&tx).await?, 1);
    tx.rollback().await
}
