//! Columns with expressions as defaults, invisible columns and generated columns.

#[wasmysql_macros::both_apis]
mod program {
    use wasmysql::{Date, Engine, FromRow, Result, Value};

    #[derive(Debug, PartialEq, FromRow)]
    struct Item {
        price: u32,
        label: String,
        day: Date,
        total: u32,
        half: f64,
        secret: String,
    }

    pub(super) async fn main() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        conn.execute(
            "CREATE TABLE items (
                id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT INVISIBLE PRIMARY KEY,
                price INT,
                label VARCHAR(36) DEFAULT (CONCAT('item ', UPPER('é'))),
                day DATE DEFAULT (DATE '2024-02-28' + INTERVAL 1 DAY),
                total INT AS (price * 2) STORED,
                half DOUBLE AS (price / 2e0) VIRTUAL,
                secret VARCHAR(20) INVISIBLE DEFAULT 'kept'
            )",
            (),
        )
        .await?;

        let outcome = conn.execute("INSERT INTO items (price) VALUES (?)", (7,)).await?;
        assert_eq!(outcome.last_insert_id(), 1);
        conn.execute("INSERT INTO items (price, label, day) VALUES (?, DEFAULT, ?)", (8, Value::Null)).await?;
        conn.insert_many("items", &["price", "secret"], [(9, "told"), (11, "too")]).await?;
        conn.execute_many("INSERT INTO items (price, label) VALUES (?, DEFAULT)", [(12,), (13,)]).await?;

        let all = conn.query("SELECT * FROM items ORDER BY price", ()).await?;
        let names: Vec<_> = all.columns().iter().map(|column| column.name.clone()).collect();
        assert_eq!(names, ["price", "label", "day", "total", "half"]);
        drop(all);
        let sql = "SELECT price, label, day, total, half, secret FROM items WHERE day IS NOT NULL ORDER BY id";
        let items: Vec<Item> = conn.query_all_as(sql, ()).await?;
        let item = |price: u32, secret: &str| Item {
            price,
            label: "item É".to_owned(),
            day: Date { year: 2024, month: 2, day: 29 },
            total: price * 2,
            half: f64::from(price) / 2.0,
            secret: secret.to_owned(),
        };
        let kept = [7, 12, 13].map(|price| item(price, "kept"));
        let [seven, twelve, thirteen] = kept;
        assert_eq!(items, [seven, item(9, "told"), item(11, "too"), twelve, thirteen]);

        // A generated column takes no value, and finds its row.
        conn.execute("INSERT INTO items (price, total) VALUES (?, ?)", (1, 2)).await.expect_err("a generated column");
        assert_eq!(conn.query_scalar::<u64>("SELECT id FROM items WHERE total = ?", (22,)).await?, 4);
        conn.execute("UPDATE items SET price = ? WHERE half = ?", (10, 4.5)).await?;
        assert_eq!(conn.query_scalar::<u32>("SELECT total FROM items WHERE secret = ?", ("told",)).await?, 20);
        Ok(())
    }
}
