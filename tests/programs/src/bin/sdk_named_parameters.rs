//! Named parameters, in statements of every kind.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Connection, Engine, ErrorKind, NamedParams, Params, Result, Statement, named};

    #[derive(Clone, Params)]
    struct Airline<'a> {
        carrier: &'a str,
        #[param(rename = "name")]
        full_name: Option<String>,
        #[param(skip)]
        _note: (),
    }

    #[derive(Params)]
    struct Between<T>(T, T);

    pub(super) async fn main() -> Result<()> {
        let engine = Engine::connect("main").await?;
        let mut conn = engine.acquire().await?;
        conn.execute("CREATE TABLE airlines (carrier CHAR(2) PRIMARY KEY, name VARCHAR(40))", ()).await?;
        one_statement(&mut conn).await?;
        structs(&mut conn).await?;
        many_rows(&mut conn).await?;
        prepared(&mut conn).await?;
        bound(&engine).await?;
        text_that_looks_like_a_name(&mut conn).await?;
        mismatches_are_errors(&mut conn).await
    }

    async fn one_statement(conn: &mut Connection) -> Result<()> {
        let carrier = "AA";
        let sql = "INSERT INTO airlines VALUES (:carrier, CONCAT(:name, ':carrier', :name)) -- :nothing";
        conn.execute(sql, named! { name: "é", carrier, unused: 1 }).await?;
        let name: String =
            conn.query_scalar("SELECT name FROM airlines WHERE carrier = :carrier", named! { carrier }).await?;
        assert_eq!(name, "é:carrieré");
        assert_eq!(conn.query_scalar::<u8>("SELECT 1", named! {}).await?, 1);
        Ok(())
    }

    /// The parser of names in the host's driver must not mistake such text for a name either.
    async fn text_that_looks_like_a_name(conn: &mut Connection) -> Result<()> {
        for (sql, expected) in [
            ("SELECT CONCAT(20 -'8:x', '')", "12"),
            ("SELECT CONCAT(24/'8:x', '')", "3"),
            ("SELECT CONCAT(/* it's :a **/ '/*:x', ':y' /**/)", "/*:x:y"),
            ("SELECT CONCAT('a', --\u{1}' :a\n ':b')", "a:b"),
            ("SELECT CONCAT('a', ':b') # '\n", "a:b"),
            ("SELECT CONCAT(--'8:x', `c:d`) FROM (SELECT ':e' AS `c:d`) t", "8:e"),
        ] {
            assert_eq!(conn.query_scalar::<String>(sql, ()).await?, expected, "{sql}");
        }
        assert!((conn.query_scalar::<f64>("SELECT 20 -'8:x' - ?", (2,)).await? - 10.0).abs() < 0.1);
        for sql in ["SELECT :a", "SELECT 1--:a", "SELECT ? + :Id"] {
            let error = conn.query(sql, ()).await.map(drop).expect_err("a name without a value");
            assert_eq!(error.kind(), &ErrorKind::Argument, "{sql}: {error}");
            assert!(error.message().contains("this statement has ':"), "{sql}: {error}");
        }
        Ok(())
    }

    async fn structs(conn: &mut Connection) -> Result<()> {
        let airline = Airline { carrier: "B6", full_name: Some("JetBlue".to_owned()), _note: () };
        conn.execute("INSERT INTO airlines (name, carrier) VALUES (:name, :carrier)", &airline).await?;
        let sql = "SELECT COUNT(*) FROM airlines WHERE carrier = :carrier AND name = :name";
        assert_eq!(conn.query_scalar::<u8>(sql, airline).await?, 1);
        let sql = "SELECT COUNT(*) FROM airlines WHERE carrier BETWEEN ? AND ?";
        assert_eq!(conn.query_scalar::<u8>(sql, Between("A", "Z")).await?, 2);
        assert_eq!(conn.query_scalar::<u8>(sql, &Between("B", "Z")).await?, 1);
        Ok(())
    }

    async fn many_rows(conn: &mut Connection) -> Result<()> {
        let airline = |carrier, full_name: &str| Airline { carrier, full_name: Some(full_name.to_owned()), _note: () };
        let airlines = [airline("DL", "Delta"), airline("UA", "United")];
        conn.execute_many("INSERT INTO airlines (name, carrier) VALUES (:name, :carrier)", &airlines).await?;
        conn.insert_many("airlines", &["name", "carrier"], [airline("WN", "Southwest")]).await?;
        // The order of the names differs from row to row, and the statement uses a name twice.
        let rows = [named! { carrier: "DL", name: "D" }, named! { name: "U", carrier: "UA" }];
        let done =
            conn.execute_many("UPDATE airlines SET name = CONCAT(:name, :name) WHERE carrier = :carrier", rows).await?;
        assert_eq!(done.rows_affected(), 2);
        let names: Vec<String> = conn.query("SELECT name FROM airlines ORDER BY carrier", ()).await?.scalars().await?;
        assert_eq!(names, ["é:carrieré", "JetBlue", "DD", "UU", "Southwest"]);
        Ok(())
    }

    async fn prepared(conn: &mut Connection) -> Result<()> {
        let by = conn
            .prepare("SELECT name FROM airlines WHERE carrier = :carrier OR name = :name OR carrier = :carrier")
            .await?;
        assert_eq!((by.parameters(), by.names().join(" ")), (3, "carrier name carrier".to_owned()));
        for _ in 0..2 {
            let params: NamedParams = [("name", None), ("carrier", Some("DL"))].into_iter().collect();
            assert_eq!(conn.query_scalar::<String>(&by, params).await?, "DD");
        }
        assert_eq!(
            conn.query_scalar::<String>(&by, ("UA", "", "UA")).await?,
            "UU",
            "positional values are accepted as well"
        );
        let insert = conn.prepare("INSERT INTO airlines VALUES (:carrier, :name)").await?;
        conn.execute_many(&insert, [named! { name: "Hawaiian", carrier: "HA" }]).await?;
        let marks = conn.prepare("SELECT ?").await?;
        let error = conn.query_scalar::<u8>(&marks, named! { a: 1 }).await.expect_err("the statement has no names");
        assert_eq!(error.kind(), &ErrorKind::Argument);
        Ok(())
    }

    async fn bound(engine: &Engine) -> Result<()> {
        let statement =
            Statement::new("SELECT name FROM airlines WHERE carrier = :carrier").bind(named! { carrier: "HA" });
        assert_eq!(engine.query_scalar::<String>(statement.clone(), ()).await?, "Hawaiian");
        let statement = Statement::new("SELECT CONCAT(?, ?)").bind(("a",));
        assert_eq!(engine.query_scalar::<String>(statement, ("b",)).await?, "ab");
        Ok(())
    }

    async fn mismatches_are_errors(conn: &mut Connection) -> Result<()> {
        let cases = [
            ("SELECT :nme", "placeholder ':nme' has no parameter; the parameters are 'name'"),
            ("SELECT ?, :name", "the statement has '?' placeholders, but the parameters have names"),
        ];
        for (sql, message) in cases {
            let error = conn.query_scalar::<u8>(sql, named! { name: 1 }).await.expect_err(sql);
            assert_eq!(error.kind(), &ErrorKind::Argument);
            assert!(error.message().starts_with(message), "{error}");
        }
        assert_eq!(conn.prepare("SELECT ?, :name").await.expect_err("`?` and a name").kind(), &ErrorKind::Argument);
        let error = conn.execute("SELECT :name", (1,)).await.expect_err("a name, and a positional value");
        assert_eq!(error.kind(), &ErrorKind::Argument, "{error}");
        let rows = [named! { carrier: "XX", name: 1 }, named! { carrier: "YY", nam: 2 }];
        let error =
            conn.execute_many("INSERT INTO airlines VALUES (:carrier, :name)", rows).await.expect_err("a wrong name");
        assert!(error.message().ends_with("(row 1, counted from 0)"), "{error}");
        let bound = Statement::new("INSERT INTO airlines VALUES (?, ?)").bind(("XX",));
        let error = conn.execute_many(bound, [("name",)]).await.expect_err("each row must have all values");
        assert_eq!(error.kind(), &ErrorKind::Argument);
        assert_eq!(conn.query_scalar::<u8>("SELECT COUNT(*) FROM airlines WHERE carrier = 'XX'", ()).await?, 0);
        Ok(())
    }
}
