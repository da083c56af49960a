//! The blocking API: a plain `fn main`, which also runs on hosts with WASI 0.2.

use wasmysql::blocking::{Engine, FromRow, Result, named};

#[derive(FromRow)]
struct Word {
    word: String,
    uses: u64,
}

#[wasmysql::main]
fn main() -> Result<()> {
    let engine = Engine::connect("main")?;
    let mut conn = engine.acquire()?;
    conn.execute("CREATE TABLE words (position INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(20))", ())?;
    let text = "the cat and the dog and the bird";
    conn.insert_many("words", &["word"], text.split(' ').map(|word| (word,)))?;

    // A result is an iterator.
    let sql = "SELECT word, COUNT(*) AS uses FROM words GROUP BY word ORDER BY uses DESC, word LIMIT 3";
    for word in conn.query_as::<Word>(sql, ())? {
        let Word { word, uses } = word?;
        println!("{word}: {uses}");
    }

    let shortened = engine.transaction(|tx| {
        tx.execute("DELETE FROM words WHERE word = :word", named! { word: "and" })?;
        tx.query_all_as::<String>("SELECT word FROM words ORDER BY position", ())
    })?;
    println!("{}", shortened.join(" "));
    Ok(())
}
