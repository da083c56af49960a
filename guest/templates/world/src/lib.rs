//! A plugin with its own world: a host calls `report` with an argument and receives a typed result.

use wasmysql::Engine;

wit_bindgen::generate!({
    path: "wit",
    world: "plugin",
    // Lets the SDK read a `Summary` from a row.
    additional_derives: [wasmysql::FromRow],
    // The SDK provides these bindings.
    with: {
        "wasmysql:mysql/types@0.1.0": wasmysql::bindings::types,
        "wasmysql:mysql/options@0.1.0": wasmysql::bindings::options,
        "wasmysql:mysql/connection@0.1.0": wasmysql::bindings::connection,
        "wasmysql:mysql/engine@0.1.0": wasmysql::bindings::engine,
    },
});

struct Plugin;

export!(Plugin);

impl Guest for Plugin {
    async fn report(carrier: String) -> Result<Summary, String> {
        summary(&carrier).await.map_err(|error| error.to_string())
    }
}

async fn summary(carrier: &str) -> wasmysql::Result<Summary> {
    let mut conn = Engine::connect("main").await?.acquire().await?;
    let sql = "SELECT COUNT(*) AS flights, CAST(AVG(delay) AS DOUBLE) AS mean_delay FROM flights WHERE carrier = ?";
    conn.query_one_as(sql, (carrier,)).await
}

#[cfg(test)]
#[wasmysql::tests]
mod tests {
    use super::*;

    #[test]
    async fn flights_are_summed_up() -> Result<(), String> {
        let summary = Plugin::report("UA".to_owned()).await?;
        assert_eq!((summary.flights, summary.mean_delay), (3, Some(2.5)));
        Ok(())
    }

    #[test]
    async fn carrier_without_flights_has_no_mean() -> Result<(), String> {
        let summary = Plugin::report("XX".to_owned()).await?;
        assert_eq!((summary.flights, summary.mean_delay), (0, None));
        Ok(())
    }
}
