//! A SeaORM error contains the wasmysql error and its kind.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QuerySelect, Schema, Set, SqlErr};
use wasmysql::sea_orm::Database;
use wasmysql::{Error, ErrorKind, ServerClass};
use wasmysql_test_programs::entities::{airline, flight};

#[wasmysql::main]
async fn main() -> Result<(), DbErr> {
    let db = Database::connect("main").await?;
    let schema = Schema::new(DbBackend::MySql);
    db.execute(&schema.create_table_from_entity(airline::Entity)).await?;
    db.execute(&schema.create_table_from_entity(flight::Entity)).await?;
    violations_are_classified(&db).await?;
    kinds_are_kept(&db).await?;
    a_wrong_column_type_is_an_error(&db).await
}

#[track_caller]
fn of_wasmysql(error: &DbErr) -> &Error {
    wasmysql::sea_orm::error(error).unwrap_or_else(|| panic!("not an error of wasmysql: {error:?}"))
}

async fn violations_are_classified(db: &Database) -> Result<(), DbErr> {
    let named = |carrier: &str| airline::ActiveModel {
        carrier: Set(carrier.to_owned()),
        name: Set("American Airlines".to_owned()),
    };
    named("AA").insert(db).await?;
    for carrier in ["AA", "US"] {
        let error = named(carrier).insert(db).await.expect_err("the key or the name is taken");
        assert!(matches!(wasmysql::sea_orm::sql_err(&error), Some(SqlErr::UniqueConstraintViolation(_))), "{error}");
        assert_eq!(of_wasmysql(&error).server_class(), Some(ServerClass::Constraint));
        assert!(error.to_string().ends_with("(1062, 23000)"), "{error}");
    }
    let orphan = flight::ActiveModel {
        carrier: Set("ZZ".to_owned()),
        origin: Set("JFK".to_owned()),
        dest: Set("MIA".to_owned()),
        distance: Set(1089),
        time_hour: Set(chrono::NaiveDateTime::default()),
        ..Default::default()
    };
    let error = orphan.insert(db).await.expect_err("no such airline");
    let violation = wasmysql::sea_orm::sql_err(&error);
    assert!(matches!(violation, Some(SqlErr::ForeignKeyConstraintViolation(_))), "{error}");
    Ok(())
}

async fn kinds_are_kept(db: &Database) -> Result<(), DbErr> {
    let error = Database::connect("unknown").await.expect_err("not granted");
    assert_eq!(of_wasmysql(&error).kind(), &ErrorKind::EngineDenied);
    let readers = Database::connect("readers").await?;
    assert_eq!(airline::Entity::find().all(&readers).await?.len(), 1);
    let error = airline::Entity::delete_many().exec(&readers).await.expect_err("the grant is read-only");
    assert_eq!(of_wasmysql(&error).kind(), &ErrorKind::StatementDenied);
    let error = db.query_all_raw(sea_orm::Statement::from_string(DbBackend::MySql, "SELECT nothing")).await;
    assert_eq!(of_wasmysql(&error.expect_err("no such column")).code(), Some(1054));
    Ok(())
}

async fn a_wrong_column_type_is_an_error(db: &Database) -> Result<(), DbErr> {
    let names = || airline::Entity::find().select_only().column(airline::Column::Name);
    assert_eq!(names().into_tuple::<String>().one(db).await?.as_deref(), Some("American Airlines"));
    assert!(names().into_tuple::<i32>().one(db).await.is_err(), "a name is not a number");
    Ok(())
}
