//! SeaORM entities can be inserted, found, counted, paged, joined, updated and deleted through a
//! `Database`.

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IntoActiveModel, LoaderTrait,
    ModelTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Schema, Set, Statement,
};
use wasmysql::sea_orm::Database;
use wasmysql_test_programs::entities::{airline, flight};

#[wasmysql::main]
async fn main() -> Result<(), DbErr> {
    let db = Database::connect("main").await?;
    tables_are_created_from_entities(&db).await?;
    rows_are_inserted(&db).await?;
    rows_are_found(&db).await?;
    relations_are_loaded(&db).await?;
    results_are_paged(&db).await?;
    columns_are_selected(&db).await?;
    rows_are_updated_and_deleted(&db).await?;
    raw_statements_run(&db).await
}

async fn tables_are_created_from_entities(db: &Database) -> Result<(), DbErr> {
    let schema = Schema::new(DbBackend::MySql);
    db.execute(&schema.create_table_from_entity(airline::Entity)).await?;
    db.execute(&schema.create_table_from_entity(flight::Entity)).await?;
    Ok(())
}

async fn rows_are_inserted(db: &Database) -> Result<(), DbErr> {
    let american = airline::ActiveModel { carrier: Set("AA".to_owned()), name: Set("American Airlines".to_owned()) };
    assert_eq!(american.insert(db).await?.name, "American Airlines");
    let others = [("B6", "JetBlue Airways"), ("UA", "United Air Lines Inc.")]
        .map(|(carrier, name)| airline::ActiveModel { carrier: Set(carrier.to_owned()), name: Set(name.to_owned()) });
    assert_eq!(airline::Entity::insert_many(others).exec_without_returning(db).await?, 2);

    let at = |hour| NaiveDate::from_ymd_opt(2013, 1, 1).and_then(|day| day.and_hms_opt(hour, 0, 0)).expect("a time");
    let flight = |carrier: &str, dest: &str, distance, arr_delay, hour| flight::ActiveModel {
        carrier: Set(carrier.to_owned()),
        origin: Set("JFK".to_owned()),
        dest: Set(dest.to_owned()),
        distance: Set(distance),
        arr_delay: Set(arr_delay),
        time_hour: Set(at(hour)),
        ..Default::default()
    };
    let first = flight("AA", "MIA", 1089, Some(33), 10).insert(db).await?;
    let made = flight::Model {
        id: 1,
        carrier: "AA".to_owned(),
        origin: "JFK".to_owned(),
        dest: "MIA".to_owned(),
        distance: 1089,
        arr_delay: Some(33),
        time_hour: at(10),
    };
    assert_eq!(first, made);
    let second = flight::Entity::insert(flight("UA", "IAH", 1416, None, 11)).exec(db).await?;
    assert_eq!(second.last_insert_id, 2);
    let more = [flight("UA", "SFO", 2586, Some(-20), 12), flight("B6", "BQN", 1576, Some(-18), 13)];
    flight::Entity::insert_many(more).exec(db).await?;

    let renamed = airline::ActiveModel { carrier: Set("UA".to_owned()), name: Set("United Air Lines".to_owned()) };
    let on_conflict = OnConflict::column(airline::Column::Carrier).update_column(airline::Column::Name).to_owned();
    airline::Entity::insert(renamed).on_conflict(on_conflict).exec_without_returning(db).await?;
    Ok(())
}

async fn rows_are_found(db: &Database) -> Result<(), DbErr> {
    let united = airline::Entity::find_by_id("UA").one(db).await?.expect("an inserted row");
    assert_eq!(united.name, "United Air Lines");
    assert!(airline::Entity::find_by_id("ZZ").one(db).await?.is_none());
    let early = flight::Entity::find().filter(flight::Column::ArrDelay.lt(0)).order_by_desc(flight::Column::Distance);
    let destinations: Vec<_> = early.all(db).await?.into_iter().map(|flight| flight.dest).collect();
    assert_eq!(destinations, ["SFO", "BQN"]);
    let cancelled = flight::Entity::find().filter(flight::Column::ArrDelay.is_null()).all(db).await?;
    assert_eq!((cancelled.len(), cancelled[0].arr_delay), (1, None));
    Ok(())
}

async fn relations_are_loaded(db: &Database) -> Result<(), DbErr> {
    let airlines = airline::Entity::find()
        .find_with_related(flight::Entity)
        .order_by_asc(airline::Column::Carrier)
        .all(db)
        .await?;
    let counts: Vec<_> = airlines.iter().map(|(airline, flights)| (airline.carrier.as_str(), flights.len())).collect();
    assert_eq!(counts, [("AA", 1), ("B6", 1), ("UA", 2)]);

    let flights =
        flight::Entity::find().find_also_related(airline::Entity).order_by_asc(flight::Column::Id).all(db).await?;
    let names: Vec<_> = flights.iter().filter_map(|(_, airline)| Some(airline.as_ref()?.name.as_str())).collect();
    assert_eq!(names, ["American Airlines", "United Air Lines", "United Air Lines", "JetBlue Airways"]);

    let united = airline::Entity::find_by_id("UA").one(db).await?.expect("an inserted row");
    assert_eq!(united.find_related(flight::Entity).count(db).await?, 2);
    let airlines = airline::Entity::find().order_by_asc(airline::Column::Carrier).all(db).await?;
    let flights = airlines.load_many(flight::Entity, db).await?;
    assert_eq!(flights.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 2]);
    Ok(())
}

async fn results_are_paged(db: &Database) -> Result<(), DbErr> {
    let mut pages = flight::Entity::find().order_by_asc(flight::Column::Id).paginate(db, 3);
    let total = pages.num_items_and_pages().await?;
    assert_eq!((total.number_of_items, total.number_of_pages), (4, 2));
    let mut seen = Vec::new();
    while let Some(flights) = pages.fetch_and_next().await? {
        seen.push(flights.into_iter().map(|flight| flight.id).collect::<Vec<_>>());
    }
    assert_eq!(seen, [vec![1, 2, 3], vec![4]]);
    let mut cursor = flight::Entity::find().cursor_by(flight::Column::Id);
    let flights = cursor.after(1).first(2).all(db).await?;
    assert_eq!(flights.iter().map(|flight| flight.id).collect::<Vec<_>>(), [2, 3]);
    Ok(())
}

/// Tuples are read by position, in the order of the statement, not in the order of the names.
async fn columns_are_selected(db: &Database) -> Result<(), DbErr> {
    let counted: Vec<(String, String, i64)> = flight::Entity::find()
        .select_only()
        .column(flight::Column::Origin)
        .column(flight::Column::Carrier)
        .column_as(flight::Column::Id.count(), "flights")
        .group_by(flight::Column::Origin)
        .group_by(flight::Column::Carrier)
        .order_by_asc(flight::Column::Carrier)
        .into_tuple()
        .all(db)
        .await?;
    let of = |carrier: &str, flights| ("JFK".to_owned(), carrier.to_owned(), flights);
    assert_eq!(counted, [of("AA", 1), of("B6", 1), of("UA", 2)]);
    let distances =
        flight::Entity::find().select_only().column(flight::Column::Distance).filter(flight::Column::Id.eq(1));
    assert_eq!(distances.into_tuple::<u16>().one(db).await?, Some(1089));
    let json = airline::Entity::find_by_id("AA").into_json().one(db).await?.expect("an inserted row");
    assert_eq!(json, serde_json::json!({"carrier": "AA", "name": "American Airlines"}));
    Ok(())
}

async fn rows_are_updated_and_deleted(db: &Database) -> Result<(), DbErr> {
    let first = flight::Entity::find_by_id(1u32).one(db).await?.expect("an inserted row");
    let mut late = first.into_active_model();
    late.arr_delay = Set(Some(95));
    assert_eq!(late.update(db).await?.arr_delay, Some(95));
    let raised = flight::Entity::update_many()
        .col_expr(flight::Column::ArrDelay, Expr::value(0))
        .filter(flight::Column::ArrDelay.lt(0))
        .exec(db)
        .await?;
    assert_eq!(raised.rows_affected, 2);
    let last = flight::Entity::find_by_id(4u32).one(db).await?.expect("an inserted row");
    assert_eq!((last.arr_delay, last.delete(db).await?.rows_affected), (Some(0), 1));
    let of_united = flight::Entity::delete_many().filter(flight::Column::Carrier.eq("UA"));
    assert_eq!(of_united.exec(db).await?.rows_affected, 2);
    assert_eq!(flight::Entity::find().count(db).await?, 1);
    Ok(())
}

async fn raw_statements_run(db: &Database) -> Result<(), DbErr> {
    let sql = "SELECT name, carrier FROM airlines WHERE carrier = ?";
    let statement = Statement::from_sql_and_values(DbBackend::MySql, sql, ["B6".into()]);
    let found = airline::Entity::find().from_raw_sql(statement.clone()).one(db).await?;
    assert_eq!(found.map(|airline| airline.name).as_deref(), Some("JetBlue Airways"));
    assert_eq!(db.engine().query_one(statement, ()).await?.get::<&str>("carrier")?, "B6");
    let done = db.execute_unprepared("DELETE FROM airlines WHERE carrier = 'B6'").await?;
    assert_eq!(done.rows_affected(), 1);
    Ok(())
}
