// The program creates a table, inserts many rows, reads them, and shows errors and transactions.
#include <inttypes.h>
#include <stdlib.h>

#include "wasmysql.h"

// Ends the program with the message of an error.
_Noreturn static void fail(wm_error_t *error) {
    wm_print_error(stderr, error);
    wm_error_free(error);
    exit(1);
}

static void insert(wm_conn conn) {
    batch_builder columns[] = {batch_begin(BATCH_SIGNED), batch_begin(BATCH_TEXT), batch_begin(BATCH_DECIMAL)};
    for (int id = 0; id < 1000; id++) {
        char name[40];
        snprintf(name, sizeof name, "Zoé %d", id);
        batch_add_int64(&columns[0], id);
        batch_add_text(&columns[1], name);
        batch_add_text(&columns[2], "100.50");
    }
    wm_error_t error;
    wm_result result;
    if (!wm_exec_many(conn, "INSERT INTO people VALUES (?, ?, ?)", columns, 3, &result, &error)) fail(&error);
    printf("%" PRIu64 " people\n", result.affected_rows);
    for (int i = 0; i < 3; i++) batch_builder_free(&columns[i]);
}

// Prints the people with the largest balance.
static void richest(wm_conn conn) {
    wm_value_t params[] = {wm_p_int64(3)};
    wm_error_t error;
    wm_rows rows;
    if (!wm_query(conn, "SELECT id, name, balance FROM people ORDER BY balance DESC, id LIMIT ?", params, 1, &rows,
                  &error)) {
        fail(&error);
    }
    int status;
    while ((status = wm_next(&rows, &error)) == 1) {
        batch_slice name = wm_text(&rows, 1), balance = wm_text(&rows, 2);
        printf("%" PRId64 " %.*s %.*s\n", wm_int64(&rows, 0), (int)name.len, name.ptr, (int)balance.len, balance.ptr);
    }
    if (status < 0) fail(&error);
    wm_rows_free(&rows);
}

// Adds a person, and returns false if the name is taken.
static bool add(wm_conn conn, int id, const char *name) {
    wm_value_t params[] = {wm_p_int64(id), wm_p_text(name)};
    wm_error_t error;
    if (wm_exec(conn, "INSERT INTO people VALUES (?, ?, 0)", params, 2, NULL, &error)) return true;
    if (wm_code(&error) != 1062) fail(&error);
    wm_error_free(&error);
    return false;
}

// Moves an amount, if the balance suffices.
static void transfer(wm_conn conn, int from, int to, const char *amount) {
    wm_error_t error;
    wm_tx tx;
    wm_result taken;
    wm_value_t give[] = {wm_p_decimal(amount), wm_p_int64(to)};
    wm_value_t take[] = {wm_p_decimal(amount), wm_p_int64(from), wm_p_decimal(amount)};
    if (!wm_begin(conn, &tx, &error) ||
        !wm_exec(conn, "UPDATE people SET balance = balance + ? WHERE id = ?", give, 2, NULL, &error) ||
        !wm_exec(conn, "UPDATE people SET balance = balance - ? WHERE id = ? AND balance >= ?", take, 3, &taken,
                 &error)) {
        fail(&error); // ends the program, and the host rolls back
    }
    bool enough = taken.affected_rows == 1;
    if (!(enough ? wm_commit(tx, &error) : wm_rollback(tx, &error))) fail(&error);
    puts(enough ? "transferred" : "rolled back: the balance does not suffice");
}

int main(void) {
    wm_error_t error;
    wm_engine engine;
    wm_conn conn;
    if (!wm_connect("main", &engine, &error) || !wm_acquire(engine, &conn, &error)) fail(&error);
    const char *create = "CREATE TABLE people ("
                         "id INT PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE, balance DECIMAL(10, 2) NOT NULL)";
    if (!wm_exec(conn, create, NULL, 0, NULL, &error)) fail(&error);
    insert(conn);
    richest(conn);
    printf("a second Zoé 7: %s\n", add(conn, 1000, "Zoé 7") ? "added" : "refused");
    transfer(conn, 1, 2, "1000.00");
    wm_release(conn);
    wm_disconnect(engine);
}
