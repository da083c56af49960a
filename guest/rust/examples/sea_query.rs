//! A search with optional conditions, built with sea-query. Usage: `sea_query [from] [to]`, with
//! airport codes or `-` for any airport. Prints the longest flights with their airlines.

use sea_query::{Expr, ExprTrait, Func, Iden, JoinType, Order, Query, SelectStatement};
use wasmysql::{Engine, Result};

#[derive(Iden)]
enum Airlines {
    Table,
    Carrier,
    Name,
}

#[derive(Iden)]
enum Flights {
    Table,
    Carrier,
    Flight,
    Origin,
    Dest,
    Distance,
}

/// The conditions of the search. `None` matches every airport.
#[derive(Default)]
struct Search {
    from: Option<String>,
    to: Option<String>,
}

impl Search {
    fn from_arguments() -> Self {
        let mut arguments = std::env::args().skip(1).map(|argument| (argument != "-").then_some(argument));
        Self { from: arguments.next().flatten(), to: arguments.next().flatten() }
    }

    /// Builds the statement. It returns each flight once, however often it was flown.
    fn flights(&self) -> SelectStatement {
        let mut select = Query::select();
        select
            .distinct()
            .column((Airlines::Table, Airlines::Name))
            .columns([Flights::Flight, Flights::Origin, Flights::Dest, Flights::Distance])
            .from(Flights::Table)
            .join(
                JoinType::InnerJoin,
                Airlines::Table,
                Expr::col((Airlines::Table, Airlines::Carrier)).equals((Flights::Table, Flights::Carrier)),
            );
        if let Some(airport) = &self.from {
            select.and_where(Expr::col(Flights::Origin).eq(airport));
        }
        if let Some(airport) = &self.to {
            select.and_where(Expr::col(Flights::Dest).eq(airport));
        }
        select
    }
}

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let mut found = Search::from_arguments().flights();

    // A statement can be a subquery of another statement.
    let count = Query::select().expr(Func::count(Expr::cust("*"))).from_subquery(found.clone(), "found").take();
    println!("{} flights", engine.query_scalar::<u64>(&count, ()).await?);

    found.order_by(Flights::Distance, Order::Desc).order_by(Flights::Flight, Order::Asc).limit(3);
    for row in engine.query_all(&found, ()).await? {
        let (origin, dest): (&str, &str) = (row.get("origin")?, row.get("dest")?);
        let (name, flight): (&str, u16) = (row.get("name")?, row.get("flight")?);
        println!("{origin} to {dest}, {} miles: {name} {flight}", row.get::<u16>("distance")?);
    }
    Ok(())
}
