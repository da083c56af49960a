//! Entities of SeaORM on the tables of the demo. Prints the latest arrivals, and the number of late
//! flights with and without the least punctual airline.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ModelTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    TransactionTrait,
};
use wasmysql::sea_orm::Database;

#[expect(unreachable_pub, unused_qualifications, reason = "the code follows the conventions of SeaORM entities")]
mod airline {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, DeriveEntityModel)]
    #[sea_orm(table_name = "airlines")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub carrier: String,
        pub name: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(has_many = "super::flight::Entity")]
        Flights,
    }

    impl Related<super::flight::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Flights.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, unused_qualifications, reason = "the code follows the conventions of SeaORM entities")]
mod flight {
    use sea_orm::entity::prelude::*;

    /// The columns of the table that this example reads.
    #[derive(Clone, Debug, DeriveEntityModel)]
    #[sea_orm(table_name = "flights")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub time_hour: DateTime,
        #[sea_orm(primary_key, auto_increment = false)]
        pub carrier: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub flight: u16,
        #[sea_orm(primary_key, auto_increment = false)]
        pub origin: String,
        pub dest: String,
        pub arr_delay: Option<i16>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::airline::Entity",
            from = "Column::Carrier",
            to = "super::airline::Column::Carrier"
        )]
        Airline,
    }

    impl Related<super::airline::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Airline.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[wasmysql::main]
async fn main() -> Result<(), DbErr> {
    let db = Database::connect("main").await?;

    println!("The latest arrivals:");
    let latest = flight::Entity::find().order_by_desc(flight::Column::ArrDelay).limit(3);
    for (flight, airline) in latest.find_also_related(airline::Entity).all(&db).await? {
        let name = airline.map_or(flight.carrier, |airline| airline.name);
        let minutes = flight.arr_delay.unwrap_or_default();
        println!("  {minutes} minutes, {name} {} to {} on {}", flight.flight, flight.dest, flight.time_hour.date());
    }

    if let Some(airline) = least_punctual(&db).await? {
        let tx = db.begin().await?;
        flight::Entity::delete_many().filter(flight::Column::Carrier.eq(&airline.carrier)).exec(&tx).await?;
        println!("Without {}, {} would be late.", airline.name, late().count(&tx).await?);
        tx.rollback().await?;
        let flights = airline.find_related(flight::Entity).count(&db).await?;
        println!("With its {flights} flights, {} are.", late().count(&db).await?);
    }
    Ok(())
}

/// Selects flights that were more than 15 minutes late.
fn late() -> sea_orm::Select<flight::Entity> {
    flight::Entity::find().filter(flight::Column::ArrDelay.gt(15))
}

/// Returns the airline with the most late flights. `db` is the database or a transaction.
async fn least_punctual(db: &impl ConnectionTrait) -> Result<Option<airline::Model>, DbErr> {
    let counted = late()
        .select_only()
        .column(flight::Column::Carrier)
        .column_as(flight::Column::Flight.count(), "flights")
        .group_by(flight::Column::Carrier)
        .order_by_desc(flight::Column::Flight.count());
    let Some((carrier, _)) = counted.into_tuple::<(String, i64)>().one(db).await? else { return Ok(None) };
    airline::Entity::find_by_id(carrier).one(db).await
}
