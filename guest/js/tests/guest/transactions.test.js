// Transactions, errors and the release of resources.

import { connect, MysqlError } from "wasmysql";
import { assert, test } from "wasmysql/testing";

function accounts(conn) {
  conn.execute("CREATE TABLE accounts (id INT PRIMARY KEY, balance INT) ENGINE = InnoDB");
  conn.execute("INSERT INTO accounts VALUES (1, 10), (2, 20)");
}

const balances = (conn) =>
  conn.query("SELECT balance FROM accounts ORDER BY id").map(({ balance }) => balance);

test("a transaction commits and returns the value of its work", (conn, engine) => {
  accounts(conn);
  const value = conn.transaction((tx) => {
    assert.equal(tx.transactionState, "open");
    tx.execute("UPDATE accounts SET balance = balance - 1");
    return "done";
  });
  assert.equal(value, "done");
  assert.deepEqual(balances(conn), [9, 19]);
  engine.transaction((tx) => tx.execute("UPDATE accounts SET balance = 0 WHERE id = 1"));
  assert.deepEqual(balances(conn), [0, 19]);
});

test("a transaction rolls back after an exception", (conn) => {
  accounts(conn);
  const work = (tx) => {
    tx.execute("UPDATE accounts SET balance = 0");
    throw new RangeError("no");
  };
  assert.throws(() => conn.transaction(work), RangeError);
  assert.equal(conn.transactionState, "none");
  assert.deepEqual(balances(conn), [10, 20]);
});

test("an async callback is refused and rolled back", (conn, engine) => {
  accounts(conn);
  const work = async (tx) => tx.execute("UPDATE accounts SET balance = 0");
  assert.throws(() => conn.transaction(work), { kind: "argument", message: /promise/ });
  assert.throws(() => engine.use(async () => 1), { kind: "argument", message: /promise/ });
  assert.deepEqual(balances(conn), [10, 20]);
});

test("a generator is refused as a callback", (conn, engine) => {
  const expected = { kind: "argument", message: /returned a generator/ };
  for (const work of [function* () {}, async function* () {}]) {
    assert.throws(() => conn.transaction(work), expected);
    assert.throws(() => engine.transaction(work), expected);
    assert.throws(() => conn.nested(work), expected);
    assert.throws(() => engine.use(work), expected);
  }
  assert.equal(conn.transactionState, "none");
});

/** A result of more rows than a batch has, of which no row is read. */
const unread = (conn) => conn.stream("SELECT a.id FROM accounts a, accounts b", [], { batchRows: 1 });

/** Checks that no transaction is open, and that a later write is kept. */
function checkLaterWrites(conn, engine) {
  assert.equal(conn.transactionState, "none");
  assert.deepEqual(balances(conn), [10, 20]);
  conn.execute("UPDATE accounts SET balance = 11 WHERE id = 1");
  conn.transaction((tx) => tx.execute("UPDATE accounts SET balance = 21 WHERE id = 2"));
  conn.close();
  assert.deepEqual(balances(engine), [11, 21]);
}

test("an exception rolls back in spite of an open result", (conn, engine) => {
  accounts(conn);
  let stream;
  const work = (tx) => {
    tx.execute("UPDATE accounts SET balance = 0");
    stream = unread(tx);
    throw new RangeError("no");
  };
  assert.throws(() => conn.transaction(work), { name: "RangeError", message: "no" });
  assert.throws(() => [...stream], { kind: "resource-closed" });
  checkLaterWrites(conn, engine);
});

test("a commit with an open result fails and rolls back", (conn, engine) => {
  accounts(conn);
  const work = (tx) => {
    tx.execute("UPDATE accounts SET balance = 0");
    unread(tx);
  };
  assert.throws(() => conn.transaction(work), { kind: "busy" });
  checkLaterWrites(conn, engine);
});

test("using rolls back in spite of an open result", (conn, engine) => {
  accounts(conn);
  {
    using transaction = conn.begin();
    conn.execute("UPDATE accounts SET balance = 0");
    unread(conn);
    assert.throws(() => transaction.commit(), { kind: "busy" });
    assert.ok(transaction.isActive);
  }
  checkLaterWrites(conn, engine);
});

test("a savepoint with an open result is rolled back alone", (conn) => {
  accounts(conn);
  conn.transaction((tx) => {
    tx.execute("UPDATE accounts SET balance = 1 WHERE id = 1");
    const work = (end) => () => {
      tx.execute("UPDATE accounts SET balance = 2 WHERE id = 2");
      unread(tx);
      end();
    };
    const fail = () => {
      throw new RangeError("no");
    };
    assert.throws(() => tx.nested(work(fail)), RangeError);
    assert.throws(() => tx.nested(work(() => {})), { kind: "busy" });
    assert.deepEqual(balances(tx), [1, 20]);
  });
  assert.equal(conn.transactionState, "none");
  assert.deepEqual(balances(conn), [1, 20]);
});

test("an unread long result is discarded with its transaction", (conn, engine) => {
  accounts(conn);
  let attempts = 0;
  const work = (tx) => {
    attempts++;
    tx.execute("UPDATE accounts SET balance = 0");
    tx.stream("SELECT seq FROM seq_1_to_5000000");
    throw new RangeError("no");
  };
  // Reading the rest takes too long, so that the host closes the connection.
  assert.throws(() => engine.transaction(work), { name: "RangeError", message: /^no/ });
  assert.throws(() => conn.transaction(work), { name: "RangeError", message: /^no/ });
  assert.equal(attempts, 2);
  assert.deepEqual(balances(engine), [10, 20]);
});

test("a savepoint is rolled back separately", (conn) => {
  accounts(conn);
  conn.transaction((tx) => {
    tx.execute("UPDATE accounts SET balance = 1 WHERE id = 1");
    assert.throws(
      () =>
        tx.nested(() => {
          tx.execute("UPDATE accounts SET balance = 2 WHERE id = 2");
          throw new RangeError("no");
        }),
      RangeError,
    );
    tx.nested(() => tx.execute("UPDATE accounts SET balance = balance + 5 WHERE id = 2"));
  });
  assert.deepEqual(balances(conn), [1, 25]);
});

test("a transaction in a transaction is a savepoint", (conn) => {
  accounts(conn);
  conn.transaction((tx) => {
    tx.execute("UPDATE accounts SET balance = 1 WHERE id = 1");
    const work = () => {
      tx.execute("UPDATE accounts SET balance = 2 WHERE id = 2");
      throw new RangeError("no");
    };
    assert.throws(() => tx.transaction(work), RangeError);
  });
  assert.deepEqual(balances(conn), [1, 20]);
});

test("begin, commit, rollback and using", (conn) => {
  accounts(conn);
  const transaction = conn.begin({ isolation: "read-committed" });
  assert.ok(transaction.isActive);
  conn.execute("UPDATE accounts SET balance = 1");
  transaction.rollback();
  transaction.rollback();
  assert.ok(!transaction.isActive);
  assert.throws(() => transaction.commit(), { kind: "invalid-request" });
  {
    using open = conn.begin();
    conn.execute("UPDATE accounts SET balance = 2");
  }
  assert.deepEqual(balances(conn), [10, 20]);
  {
    using open = conn.begin();
    conn.execute("UPDATE accounts SET balance = 3");
    open.commit();
  }
  assert.deepEqual(balances(conn), [3, 3]);
  assert.throws(() => conn.transaction((tx) => tx.execute("DELETE FROM accounts"), { readOnly: true }), {
    code: 1792,
  });
});

test("a two-phase transaction outlives its connection", (conn, engine) => {
  accounts(conn);
  engine.use((other) => {
    const transaction = other.beginTwoPhase("order-7");
    assert.equal(transaction.xid, "order-7");
    other.execute("UPDATE accounts SET balance = 7 WHERE id = 1");
    transaction.prepare();
    transaction.commit();
  });
  assert.deepEqual(balances(conn), [7, 20]);
  assert.deepEqual(conn.recoverTwoPhase(), []);
  assert.throws(() => conn.commitPrepared("unknown"), { code: 1397 });
});

test("errors have their code, class and state", (conn) => {
  accounts(conn);
  const duplicate = assert.throws(() => conn.execute("INSERT INTO accounts VALUES (1, 1)"), MysqlError);
  assert.deepEqual(
    [
      duplicate.kind,
      duplicate.code,
      duplicate.sqlstate,
      duplicate.serverClass,
      duplicate.retry,
      duplicate.transactionState,
    ],
    ["server", 1062, "23000", "constraint", "never", "none"],
  );
  assert.match(duplicate.message, /Duplicate entry '1'.*\(1062, 23000\)/);
  assert.ok(duplicate instanceof Error);
  assert.throws(() => conn.query("SELECT FROM"), { serverClass: "syntax" });
  assert.throws(() => connect("unknown"), { kind: "engine-denied" });
  assert.throws(() => conn.query("SELECT 1; SELECT 2"), { kind: "server", code: 1064 });
});

test("work is repeated after an error that asks for a new transaction", (conn, engine) => {
  accounts(conn);
  const attempts = (run, most) => {
    let count = 0;
    const work = (tx) => {
      tx.execute("UPDATE accounts SET balance = balance + 1");
      if (++count < most) tx.execute("CALL deadlock()");
    };
    run(work);
    return count;
  };
  assert.equal(
    attempts((work) => conn.transaction(work), 3),
    3,
  );
  assert.equal(
    attempts((work) => engine.transaction(work), 5),
    5,
  );
  assert.deepEqual(balances(conn), [12, 22]);
  assert.throws(() => attempts((work) => conn.transaction(work, { attempts: 2 }), 3), { code: 1213 });
  assert.throws(
    () => conn.transaction((tx) => attempts((work) => tx.transaction(work), 2), { attempts: 1 }),
    { code: 1213 },
  );
  assert.deepEqual(balances(conn), [12, 22]);
});

test("thousands of connections, transactions and streams are released", (conn, engine) => {
  conn.execute("CREATE TABLE log (id INT)");
  for (let round = 0; round < 2500; round++) {
    conn.transaction((tx) => tx.execute("INSERT INTO log VALUES (1)"));
    for (const row of conn.stream("SELECT 1 AS a UNION SELECT 2", [], { batchRows: 1 }))
      if (row.a === 1n) break;
    conn.prepare("SELECT 1").close();
    if (round % 5 === 0) engine.use((other) => other.ping());
    if (round % 5 === 1) engine.query("SELECT 1 AS a UNION SELECT 2");
  }
  assert.equal(conn.query("SELECT COUNT(*) AS n FROM log")[0].n, 2500n);
});

test("closed objects fail without a trap", (conn, engine) => {
  const other = engine.acquire();
  const statement = other.prepare("SELECT 1");
  const transaction = other.begin();
  const stream = other.stream("SELECT 1 AS a UNION SELECT 2", [], { batchRows: 1 });
  assert.ok(!other.isClosed);
  other.close();
  other.close();
  assert.ok(other.isClosed);
  for (const use of [
    () => other.query("SELECT 1"),
    () => other.begin(),
    () => statement.query(),
    () => [...stream],
  ]) {
    assert.throws(use, { kind: "resource-closed" });
  }
  assert.ok(!transaction.isActive);
  statement.close();
  stream.close();
  engine.close();
  engine.close();
  assert.throws(() => engine.acquire(), { kind: "resource-closed" });
  assert.throws(() => conn.query("SELECT 1"), { kind: "resource-closed" });
});
