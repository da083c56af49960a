// A plugin that counts page visits.

import { connect } from "wasmysql";

/** Records the visitor of a page and counts the visit, in one transaction. */
export function visit(conn, path, visitor) {
  conn.transaction((tx) => {
    tx.execute("UPDATE pages SET visits = visits + 1 WHERE path = ?", [path]);
    tx.execute("INSERT INTO visits (path, visitor) VALUES (?, ?)", [path, visitor]);
  });
}

/** Returns the visited pages, most visits first. */
export function visitedPages(conn) {
  return conn.query("SELECT path, visits FROM pages WHERE visits > 0 ORDER BY visits DESC, path");
}

export default function main() {
  using engine = connect("main");
  using conn = engine.acquire();
  for (const [path, visitor] of [
    ["/", "Ada"],
    ["/about", "Ada"],
    ["/", "Grace"],
  ]) {
    visit(conn, path, visitor);
  }
  for (const { path, visits } of visitedPages(conn)) {
    console.log(`${path.padEnd(8)}${String(visits).padStart(3)} visits`);
  }
}
