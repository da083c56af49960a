//! Sends the malformed batches of `wit/vectors`, and well-formed batches with values that can't be
//! sent. The host refuses each with the violated rule, and executes nothing.

#[wasmysql_macros::both_apis]
mod program {
    use serde_json::Value;
    use wasmysql::bindings::connection::Connection;
    use wasmysql::bindings::engine::create_engine;
    use wasmysql::bindings::types::{Error, ErrorKind, RowBatch};
    use wasmysql_test_programs::{EXECUTE, GRANTED};

    pub(super) async fn main() -> Result<(), String> {
        run().await.map_err(|error| error.message)
    }

    async fn run() -> Result<(), Error> {
        let conn = create_engine(give!("main"), GRANTED).await?.acquire().await?;
        conn.execute(give!("CREATE TABLE untouched (id INT, data BLOB)"), give!([]), EXECUTE).await?;
        for vector in vectors(include_str!("../../../../wit/vectors/malformed.json")) {
            let error = refusal(&conn, &vector).await;
            let message = vector["message"].as_str().expect("a message");
            match error.kind {
                ErrorKind::Argument => assert!(error.message.contains(message), "{vector}: {}", error.message),
                // The number of rows exceeds the limit, whatever the buffer contains.
                ErrorKind::LimitExceeded(_) => assert_eq!(vector["rows"], u32::MAX),
                kind => panic!("{vector}: {kind:?}: {}", error.message),
            }
        }
        for vector in vectors(include_str!("../../../../wit/vectors/parameters.json")) {
            let error = refusal(&conn, &vector).await;
            let kind = match error.kind {
                ErrorKind::Argument => "argument",
                ErrorKind::ValueUnsupported => "value-unsupported",
                kind => panic!("{vector}: {kind:?}: {}", error.message),
            };
            assert_eq!(vector["error"], kind, "{}", error.message);
        }
        let count = conn.execute(give!("SELECT COUNT(*) FROM untouched"), give!([]), EXECUTE).await?;
        let data = count.rows.expect("a row").data;
        assert_eq!(data.last_chunk::<8>(), Some(&[0; 8]), "a statement was executed");
        Ok(())
    }

    fn vectors(json: &str) -> Vec<Value> {
        serde_json::from_str(json).expect("test vectors")
    }

    async fn refusal(conn: &Connection, vector: &Value) -> Error {
        let digits = vector["data"].as_str().expect("hexadecimal digits");
        let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("two digits");
        let data = (0..digits.len()).step_by(2).map(byte).collect();
        let rows = vector["rows"].as_u64().and_then(|rows| rows.try_into().ok()).expect("a number of rows");
        let params = RowBatch { rows, data };
        match conn.execute_many(give!("INSERT INTO untouched VALUES (?, ?)"), give!(params), EXECUTE).await {
            Ok(_) => panic!("{vector} was executed"),
            Err(error) => error,
        }
    }
}
