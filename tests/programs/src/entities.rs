//! Entities of SeaORM over tables like those of the demo.

/// Airlines.
#[expect(unused_qualifications, reason = "SeaORM's macros write so")]
pub mod airline {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "airlines")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub carrier: String,
        #[sea_orm(unique)]
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

/// Flights.
#[expect(unused_qualifications, reason = "SeaORM's macros write so")]
pub mod flight {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "flights")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: u32,
        pub carrier: String,
        pub origin: String,
        pub dest: String,
        pub distance: u16,
        pub arr_delay: Option<i16>,
        pub time_hour: DateTime,
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
