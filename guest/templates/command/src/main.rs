//! A plugin that counts page visits.

use wasmysql::{Connection, Engine, FromRow, Result};

/// A page and its number of visits.
#[derive(Debug, PartialEq, FromRow)]
struct Page {
    path: String,
    visits: u32,
}

#[wasmysql::main]
async fn main() -> Result<()> {
    let engine = Engine::connect("main").await?;
    let mut conn = engine.acquire().await?;
    for (path, visitor) in [("/", "Ada"), ("/about", "Ada"), ("/", "Grace")] {
        visit(&mut conn, path, visitor).await?;
    }
    for page in visited_pages(&mut conn).await? {
        println!("{:<8}{:>3} visits", page.path, page.visits);
    }
    Ok(())
}

/// Records the visitor of a page and counts the visit, in one transaction.
async fn visit(conn: &mut Connection, path: &str, visitor: &str) -> Result<()> {
    let mut tx = conn.begin().await?;
    tx.execute("UPDATE pages SET visits = visits + 1 WHERE path = ?", (path,)).await?;
    tx.execute("INSERT INTO visits (path, visitor) VALUES (?, ?)", (path, visitor)).await?;
    tx.commit().await
}

/// Returns the visited pages, most visits first.
async fn visited_pages(conn: &mut Connection) -> Result<Vec<Page>> {
    let sql = "SELECT path, visits FROM pages WHERE visits > ? ORDER BY visits DESC, path";
    conn.query_all_as(sql, (0,)).await
}

#[cfg(test)]
#[wasmysql::tests]
mod tests {
    use super::*;

    #[test]
    async fn visits_are_counted() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        visit(&mut conn, "/news", "Ada").await?;
        visit(&mut conn, "/news", "Grace").await?;
        assert_eq!(visited_pages(&mut conn).await?, [Page { path: "/news".to_owned(), visits: 2 }]);
        Ok(())
    }

    #[test]
    async fn visit_to_unknown_page_is_refused() -> Result<()> {
        let mut conn = Engine::connect("main").await?.acquire().await?;
        let result = visit(&mut conn, "/nowhere", "Ada").await;
        assert_eq!(result.map_err(|error| error.code()), Err(Some(1452)), "the foreign key rejects the visit");
        assert_eq!(visited_pages(&mut conn).await?, []);
        Ok(())
    }
}
