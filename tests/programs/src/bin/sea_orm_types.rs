//! Each type of field comes back as it went in, and so does its NULL.

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IntoActiveModel, Schema};
use wasmysql::sea_orm::Database;

#[expect(unused_qualifications, reason = "SeaORM's macros write so")]
mod record {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "size")]
    pub(super) enum Size {
        #[sea_orm(string_value = "M")]
        Medium,
        #[sea_orm(string_value = "XL")]
        ExtraLarge,
    }

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "records")]
    pub(super) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(super) id: i32,
        pub(super) tiny: Option<i8>,
        pub(super) small: Option<i16>,
        pub(super) int: Option<i32>,
        pub(super) big: Option<i64>,
        pub(super) unsigned_tiny: Option<u8>,
        pub(super) unsigned_small: Option<u16>,
        pub(super) unsigned_int: Option<u32>,
        pub(super) unsigned_big: Option<u64>,
        pub(super) yes: Option<bool>,
        pub(super) float: Option<f32>,
        pub(super) double: Option<f64>,
        pub(super) string: Option<String>,
        #[sea_orm(column_type = "Text")]
        pub(super) text: Option<String>,
        pub(super) bytes: Option<Vec<u8>>,
        #[sea_orm(column_type = "Blob")]
        pub(super) blob: Option<Vec<u8>>,
        pub(super) size: Option<Size>,
        #[sea_orm(column_type = "Decimal(Some((20, 4)))")]
        pub(super) decimal: Option<Decimal>,
        pub(super) date: Option<Date>,
        pub(super) time: Option<Time>,
        pub(super) datetime: Option<DateTime>,
        pub(super) timestamp: Option<DateTimeUtc>,
        pub(super) json: Option<Json>,
        pub(super) uuid: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

fn full() -> record::Model {
    let date = NaiveDate::from_ymd_opt(2013, 1, 31).expect("a date");
    let at = date.and_hms_opt(23, 59, 58).expect("a time");
    record::Model {
        id: 1,
        tiny: Some(i8::MIN),
        small: Some(i16::MIN),
        int: Some(i32::MIN),
        big: Some(i64::MIN),
        unsigned_tiny: Some(u8::MAX),
        unsigned_small: Some(u16::MAX),
        unsigned_int: Some(u32::MAX),
        unsigned_big: Some(u64::MAX),
        yes: Some(true),
        float: Some(0.5),
        double: Some(0.1),
        string: Some("it's één".to_owned()),
        text: Some(r#"{"this": "is text"}"#.to_owned()),
        bytes: Some(vec![0, 39, 255]),
        blob: Some(vec![0; 16]),
        size: Some(record::Size::ExtraLarge),
        decimal: Some(rust_decimal::Decimal::new(-123_456_700, 4)),
        date: Some(date),
        time: Some(at.time()),
        datetime: Some(at),
        timestamp: Some(at.and_utc()),
        json: Some(serde_json::json!({"seats": [12, null]})),
        uuid: Some(uuid::Uuid::from_bytes(*b"sixteen ordinary")),
    }
}

fn empty() -> record::Model {
    record::Model {
        id: 2,
        tiny: None,
        small: None,
        int: None,
        big: None,
        unsigned_tiny: None,
        unsigned_small: None,
        unsigned_int: None,
        unsigned_big: None,
        yes: None,
        float: None,
        double: None,
        string: None,
        text: None,
        bytes: None,
        blob: None,
        size: None,
        decimal: None,
        date: None,
        time: None,
        datetime: None,
        timestamp: None,
        json: None,
        uuid: None,
    }
}

#[wasmysql::main]
async fn main() -> Result<(), DbErr> {
    let db = Database::connect("main").await?;
    db.execute(&Schema::new(DbBackend::MySql).create_table_from_entity(record::Entity)).await?;
    for model in [full(), empty()] {
        let mut record = model.clone().into_active_model();
        record = record.reset_all();
        assert_eq!(record.insert(&db).await?, model);
        assert_eq!(record::Entity::find_by_id(model.id).one(&db).await?, Some(model));
    }
    a_cell_that_the_type_can_not_hold_is_an_error(&db).await
}

async fn a_cell_that_the_type_can_not_hold_is_an_error(db: &Database) -> Result<(), DbErr> {
    db.execute_unprepared("INSERT INTO records (id, time) VALUES (3, '-01:00:00')").await?;
    let error = record::Entity::find_by_id(3).one(db).await.expect_err("no time of a day");
    let error = wasmysql::sea_orm::error(&error).expect("an error of wasmysql");
    assert_eq!(error.kind(), &wasmysql::ErrorKind::Decode);
    assert!(error.message().starts_with("column `time` (TIME) holds"), "{error}");
    Ok(())
}
