//! Rows can be read as structs, tuples and scalars: one by one, all at once, and without copying.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, ErrorKind, FromRow, Outcome, Params, Result};

    const ROWS: u32 = 25_000;

    #[derive(Debug, PartialEq, FromRow, Params)]
    struct Flight {
        id: u32,
        carrier: String,
        delay: Option<i16>,
    }

    #[derive(Debug, PartialEq, FromRow)]
    struct Leg<'r> {
        #[row(rename = "f.id")]
        flight: u32,
        #[row(flatten)]
        airline: Airline<'r>,
        #[row(default)]
        gate: String,
    }

    #[derive(Debug, PartialEq, FromRow)]
    struct Airline<'r> {
        #[row(rename = "name")]
        full_name: &'r str,
        carrier: &'r str,
    }

    fn flight(id: u32) -> Flight {
        let delay = (!id.is_multiple_of(3)).then_some(i16::try_from(id % 100).expect("two digits"));
        Flight { id, carrier: if id.is_multiple_of(2) { "AA" } else { "B6" }.to_owned(), delay }
    }

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        conn.execute("CREATE TABLE flights (id INT UNSIGNED PRIMARY KEY, carrier CHAR(2), delay SMALLINT)", ()).await?;
        conn.execute("CREATE TABLE airlines (id INT, carrier CHAR(2), name VARCHAR(40))", ()).await?;
        conn.insert_many("airlines", &["carrier", "name"], [("AA", "American"), ("B6", "JetBlue")]).await?;
        // A struct's fields are stored in the columns of the same name.
        conn.insert_many("flights", &["delay", "id", "carrier"], (0..ROWS).map(flight)).await?;

        all_rows(&mut conn).await?;
        one_by_one(&mut conn).await?;
        one_or_none(&mut conn).await?;
        through_the_engine(&engine).await?;
        borrowed_fields(&mut conn).await?;
        scalars_and_many(&mut conn).await?;
        rows_or_not(&mut conn).await?;
        mismatches_are_errors(&mut conn).await?;
        text_of_unknown_type(&mut conn).await?;
        terminate_ends_an_open_result().await
    }

    async fn terminate_ends_an_open_result() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut flights = engine.query_as::<Flight>("SELECT * FROM flights", ()).await?;
        assert!(flights.next().await?.is_some());
        engine.terminate();
        // Rows that were already fetched can still be read.
        let error = loop {
            match flights.next().await {
                Ok(flight) => assert!(flight.is_some(), "the result must not end before the error"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), &ErrorKind::PoolClosed, "{error}");
        Ok(())
    }

    async fn all_rows(conn: &mut Connection) -> Result<()> {
        let flights: Vec<Flight> = conn.query_all_as("SELECT * FROM flights ORDER BY id", ()).await?;
        assert_eq!(flights.len(), ROWS as usize, "over several batches");
        assert!(flights.into_iter().zip(0..).all(|(read, id)| read == flight(id)));
        Ok(())
    }

    async fn one_by_one(conn: &mut Connection) -> Result<()> {
        let mut sum = 0;
        let mut flights = conn.query_as::<(u64, Option<i32>)>("SELECT id, delay FROM flights", ()).await?;
        while let Some((id, _)) = flights.next().await? {
            sum += id;
        }
        assert_eq!(sum, u64::from(ROWS) * u64::from(ROWS - 1) / 2);
        assert_eq!(flights.next().await?, None, "the end is returned again");
        Ok(())
    }

    async fn one_or_none(conn: &mut Connection) -> Result<()> {
        let sql = "SELECT carrier, delay, id FROM flights WHERE id BETWEEN ? AND ?";
        assert_eq!(conn.query_one_as::<Flight>(sql, (4, 4)).await?, flight(4));
        assert_eq!(conn.query_optional_as::<Flight>(sql, (4, 4)).await?, Some(flight(4)));
        assert_eq!(conn.query_optional_as::<Flight>(sql, (1, 0)).await?, None);
        assert_eq!(conn.query_as::<Flight>(sql, (4, 9)).await?.first().await?, Some(flight(4)));
        let none = conn.query_one_as::<Flight>(sql, (1, 0)).await.expect_err("no row matches");
        assert_eq!(none.kind(), &ErrorKind::NoResultFound);
        // The host skips the other rows. A thousand arrive at once, however busy the machine is.
        for last in [5, 1000] {
            let two = conn.query_optional_as::<Flight>(sql, (4, last)).await.expect_err("several rows match");
            assert_eq!(two.kind(), &ErrorKind::MultipleResultsFound);
        }
        Ok(())
    }

    async fn through_the_engine(engine: &Engine) -> Result<()> {
        let sql = "SELECT * FROM flights WHERE id < ? ORDER BY id";
        assert_eq!(engine.query_all_as::<Flight>(sql, (2,)).await?, [flight(0), flight(1)]);
        assert_eq!(engine.query_one_as::<Flight>(sql, (1,)).await?, flight(0));
        assert_eq!(engine.query_optional_as::<Flight>(sql, (0,)).await?, None);
        let mut flights = engine.query_as::<Flight>(sql, (3,)).await?;
        assert_eq!(flights.next().await?, Some(flight(0)));
        flights.close().await?;
        assert!(engine.run("DELETE FROM flights WHERE id > ?", (ROWS,)).await.is_ok_and(|done| !done.returns_rows()));
        Ok(())
    }

    /// MySQL returns these texts as bytes.
    async fn text_of_unknown_type(conn: &mut Connection) -> Result<()> {
        let sql = "SELECT COALESCE(NULL, ?) AS name, IF(1, ?, NULL) AS carrier, CAST('B6' AS BINARY) AS bytes";
        let row = conn.query_one(sql, ("Zoë's", "Zü")).await?;
        let airline = Airline { full_name: "Zoë's", carrier: "Zü" };
        assert_eq!(row.read::<Airline<'_>>()?, airline);
        assert_eq!(row.get::<String>("carrier")?, "Zü");
        assert_eq!(row.get::<&[u8]>("name")?, "Zoë's".as_bytes());
        assert_eq!((row.get::<&str>("bytes")?, row.get::<Vec<u8>>("bytes")?), ("B6", b"B6".to_vec()));
        let error =
            conn.query_scalar::<String>("SELECT CAST(x'FF' AS BINARY) AS data", ()).await.expect_err("no UTF-8");
        assert_eq!(error.kind(), &ErrorKind::Decode);
        assert!(error.message().contains("read them as Vec<u8>"), "{error}");
        Ok(())
    }

    async fn borrowed_fields(conn: &mut Connection) -> Result<()> {
        let sql =
            "SELECT f.id, a.carrier, a.name, a.id FROM flights AS f JOIN airlines AS a USING (carrier) ORDER BY f.id";
        let mut rows = conn.query(sql, ()).await?;
        let mut count = 0;
        while let Some(batch) = rows.next_batch().await? {
            for leg in batch.read::<Leg<'_>>()? {
                let leg = leg?;
                let (carrier, full_name) = if count % 2 == 0 { ("AA", "American") } else { ("B6", "JetBlue") };
                assert_eq!(leg, Leg { flight: count, airline: Airline { full_name, carrier }, gate: String::new() });
                count += 1;
            }
        }
        assert_eq!(count, ROWS);
        let row = conn.query_one(format!("{sql} LIMIT 1"), ()).await?;
        let leg: Leg<'_> = row.read()?;
        assert_eq!((leg.flight, leg.airline.carrier, row.get::<Option<i32>>("a.id")?), (0, "AA", None));
        assert_eq!(row.len(), 4);
        Ok(())
    }

    async fn scalars_and_many(conn: &mut Connection) -> Result<()> {
        let mut rows = conn.query("SELECT id FROM flights ORDER BY id", ()).await?;
        assert_eq!(rows.keys().collect::<Vec<_>>(), ["id"]);
        let many = rows.many(20_000).await?;
        assert_eq!((many.len(), many[19_999].get::<u32>(0)?), (20_000, 19_999));
        let rest: Vec<u32> = rows.scalars().await?;
        assert_eq!(rest, (20_000..ROWS).collect::<Vec<_>>());
        let mut few = conn.query("SELECT 1 UNION SELECT 2", ()).await?;
        assert_eq!(few.many(5).await?.len(), 2);
        assert_eq!(few.many(5).await?.len(), 0);
        Ok(())
    }

    async fn rows_or_not(conn: &mut Connection) -> Result<()> {
        let Outcome::Rows(rows) = conn.run("SELECT 1 FROM flights WHERE FALSE", ()).await? else {
            panic!("expected rows")
        };
        assert_eq!(rows.all().await?.len(), 0);
        let Outcome::ExecuteResult(done) = conn.run("UPDATE flights SET delay = 0 WHERE id < ?", (2,)).await? else {
            panic!("expected no rows")
        };
        assert_eq!(done.rows_affected(), 2);
        Ok(())
    }

    async fn mismatches_are_errors(conn: &mut Connection) -> Result<()> {
        let missing = conn.query_as::<Flight>("SELECT id, carrier FROM flights", ()).await;
        assert_eq!(missing.expect_err("the column `delay` is missing").kind(), &ErrorKind::NoSuchColumn);
        let more = conn.query_all_as::<(u32,)>("SELECT id, carrier FROM flights LIMIT 1", ()).await;
        assert!(more.is_err_and(|error| error.message().contains("2 columns ('id', 'carrier') where a single value")));
        let ambiguous = conn.query_one_as::<Flight>("SELECT 1 AS id, 2 AS id, 'AA' AS carrier, 0 AS delay", ()).await;
        assert_eq!(ambiguous.expect_err("two columns are named `id`").kind(), &ErrorKind::InvalidRequest);
        let mut flights = conn.query_as::<u8>("SELECT id FROM flights WHERE id IN (255, 256, 257)", ()).await?;
        assert_eq!(flights.next().await?, Some(255));
        assert_eq!(flights.next().await.expect_err("256 does not fit u8").kind(), &ErrorKind::Decode);
        drop(flights);
        conn.ping().await
    }
}
