//! Transactions of SeaORM are the server's: they commit, roll back and nest, and two at once do not meet.

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
    one_is_committed_rolled_back_or_dropped(&db).await?;
    one_within_another_is_a_savepoint(&db).await?;
    a_callback_decides(&db).await?;
    two_at_once_do_not_meet(&db).await?;
    statements_of_one_take_turns(&db).await?;
    what_outlives_its_transaction_is_refused(&db).await?;
    options_are_the_outermosts(&db).await
}

/// Adds an airline, for `carriers` to see.
async fn add(db: &impl ConnectionTrait, carrier: &str) -> Result<(), DbErr> {
    let airline = airline::ActiveModel { carrier: Set(carrier.to_owned()), name: Set(carrier.repeat(2)) };
    airline.insert(db).await.map(drop)
}

/// The airlines that there are, which are then gone. A DELETE would leave traces of them in the index, whose gaps insertions
/// of the same names lock.
async fn carriers(db: &Database) -> Result<Vec<String>, DbErr> {
    let airlines = airline::Entity::find().all(db).await?;
    db.execute_unprepared("TRUNCATE TABLE airlines").await?;
    Ok(airlines.into_iter().map(|airline| airline.carrier).collect())
}

async fn one_is_committed_rolled_back_or_dropped(db: &Database) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    add(&tx, "AA").await?;
    assert_eq!(airline::Entity::find().count(db).await?, 0, "nobody else sees it yet");
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

async fn one_within_another_is_a_savepoint(db: &Database) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    add(&tx, "AA").await?;
    let kept = tx.begin().await?;
    add(&kept, "B6").await?;
    let undone = kept.begin().await?;
    add(&undone, "DL").await?;
    undone.rollback().await?;
    kept.commit().await?;
    let dropped = tx.begin().await?;
    add(&dropped, "UA").await?;
    drop(dropped);
    add(&tx, "WN").await?;
    tx.commit().await?;
    assert_eq!(carriers(db).await?, ["AA", "B6", "WN"]);
    Ok(())
}

async fn a_callback_decides(db: &Database) -> Result<(), DbErr> {
    let added = db
        .transaction::<_, _, DbErr>(|tx| {
            Box::pin(async move {
                add(tx, "AA").await?;
                airline::Entity::find().count(tx).await
            })
        })
        .await;
    assert_eq!(added.expect("it is committed"), 1);
    let refused = db
        .transaction::<_, (), DbErr>(|tx| {
            Box::pin(async move {
                add(tx, "B6").await?;
                add(tx, "AA").await
            })
        })
        .await;
    let Err(TransactionError::Transaction(error)) = refused else { panic!("the airline is there") };
    assert_eq!(wasmysql::sea_orm::error(&error).and_then(wasmysql::Error::code), Some(1062));
    assert_eq!(carriers(db).await?, ["AA"]);
    Ok(())
}

async fn two_at_once_do_not_meet(db: &Database) -> Result<(), DbErr> {
    let (first, second) = try_join!(db.begin(), db.begin())?;
    try_join!(add(&first, "AA"), add(&second, "B6"))?;
    assert_eq!(try_join!(airline::Entity::find().count(&first), airline::Entity::find().count(&second))?, (1, 1));
    try_join!(first.commit(), second.rollback())?;
    assert_eq!(carriers(db).await?, ["AA"]);
    Ok(())
}

async fn statements_of_one_take_turns(db: &Database) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    try_join!(add(&tx, "AA"), add(&tx, "B6"), add(&tx, "UA"))?;
    tx.commit().await?;
    assert_eq!(carriers(db).await?, ["AA", "B6", "UA"]);
    Ok(())
}

/// Its statement would be committed at once.
async fn what_outlives_its_transaction_is_refused(db: &Database) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    let within = tx.begin().await?;
    tx.commit().await?;
    for error in [
        add(&within, "AA").await.expect_err("nothing is open"),
        within.begin().await.map(drop).expect_err("nothing is open"),
        within.commit().await.expect_err("it has ended"),
    ] {
        let error = wasmysql::sea_orm::error(&error).expect("an error of wasmysql");
        assert_eq!(error.kind(), &ErrorKind::InvalidRequest, "{error}");
    }
    assert!(carriers(db).await?.is_empty());
    Ok(())
}

async fn options_are_the_outermosts(db: &Database) -> Result<(), DbErr> {
    let tx = db.begin_with_config(Some(IsolationLevel::ReadCommitted), Some(AccessMode::ReadOnly)).await?;
    let error = add(&tx, "AA").await.expect_err("it is read-only");
    assert_eq!(wasmysql::sea_orm::error(&error).and_then(wasmysql::Error::code), Some(1792));
    let refused = tx.begin_with_config(Some(IsolationLevel::Serializable), None).await;
    let error = refused.map(drop).expect_err("the outermost has its level");
    assert_eq!(wasmysql::sea_orm::error(&error).map(wasmysql::Error::kind), Some(&ErrorKind::Argument));
    assert_eq!(airline::Entity::find().count(&tx).await?, 0);

    // It sees what others commit meanwhile, as its level says.
    add(db, "B6").await?;
    assert_eq!(airline::Entity::find().count(&tx).await?, 1);
    tx.rollback().await
}
