// Tests of the plugin. `npm test` runs each in a new schema with the migrations.

import { assert, test } from "wasmysql/testing";

import { visit, visitedPages } from "../app.js";

test("visits are counted", (conn) => {
  visit(conn, "/news", "Ada");
  visit(conn, "/news", "Grace");
  assert.deepEqual(visitedPages(conn), [{ path: "/news", visits: 2 }]);
});

test("a visit to an unknown page is refused", (conn) => {
  assert.throws(() => visit(conn, "/nowhere", "Ada"), { code: 1452 });
  assert.deepEqual(visitedPages(conn), []);
});
