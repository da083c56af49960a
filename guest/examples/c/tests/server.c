// Tests of wasmysql.h in the sandbox, with a real server. test.sh runs them.
#include <inttypes.h>

#include "test.h"

static void exec(wm_conn conn, const char *sql) { TEST_CALL(wm_exec(conn, sql, NULL, 0, NULL, &test_error)); }

static bool equal(batch_slice slice, const char *text) {
    return slice.len == strlen(text) && memcmp(slice.ptr, text, slice.len) == 0;
}

static int64_t count_rows(wm_conn conn, const char *table) {
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", table);
    wm_rows rows;
    TEST_CALL(wm_query(conn, sql, NULL, 0, &rows, &test_error));
    TEST_CALL(wm_next(&rows, &test_error) == 1);
    int64_t count = wm_int64(&rows, 0);
    wm_rows_free(&rows);
    return count;
}

static const batch_datetime AT = {2024, 2, 29, 13, 5, 9, 70};

static void bulk_insert_is_read_back_equal(wm_conn conn) {
    exec(conn, "CREATE TABLE bulk ("
         "id INT PRIMARY KEY, name VARCHAR(40), price DECIMAL(30, 10), at DATETIME(6), `long` TIME(6), ratio DOUBLE)");
    enum { ROWS = 1000, COLUMNS = 6 };
    batch_builder columns[COLUMNS] = {
        batch_begin(BATCH_SIGNED),   batch_begin(BATCH_TEXT), batch_begin(BATCH_DECIMAL),
        batch_begin(BATCH_DATETIME), batch_begin(BATCH_TIME), batch_begin(BATCH_DOUBLE),
    };
    char text[40];
    for (int id = 0; id < ROWS; id++) {
        batch_datetime at = AT;
        at.second = id % 60;
        batch_time time = {id % 2, 838, id % 60, 59, id};
        batch_add_int64(&columns[0], id);
        snprintf(text, sizeof text, "é %d", id);
        if (id % 3) batch_add_text(&columns[1], text);
        else batch_add_null(&columns[1]);
        snprintf(text, sizeof text, "-12345678901234567890.%010d", id);
        batch_add_text(&columns[2], text);
        batch_add_uint64(&columns[3], batch_pack_datetime(at));
        batch_add_uint64(&columns[4], batch_pack_time(time));
        batch_add_double(&columns[5], id / 4.0);
    }
    wm_result result;
    TEST_CALL(wm_exec_many(conn, "INSERT INTO bulk VALUES (?, ?, ?, ?, ?, ?)", columns, COLUMNS, &result, &test_error));
    TEST_CHECK(result.affected_rows == ROWS);
    for (int i = 0; i < COLUMNS; i++) batch_builder_free(&columns[i]);

    wm_rows rows;
    TEST_CALL(wm_query(conn, "SELECT * FROM bulk ORDER BY id", NULL, 0, &rows, &test_error));
    TEST_CHECK(rows.outcome.columns.len == COLUMNS);
    for (int id = 0; id < ROWS; id++) {
        TEST_CALL(wm_next(&rows, &test_error) == 1);
        TEST_CHECK(wm_int64(&rows, 0) == id);
        snprintf(text, sizeof text, "é %d", id);
        TEST_CHECK(id % 3 ? equal(wm_text(&rows, 1), text) : wm_is_null(&rows, 1));
        snprintf(text, sizeof text, "-12345678901234567890.%010d", id);
        TEST_CHECK(equal(wm_text(&rows, 2), text));
        batch_datetime at = wm_datetime(&rows, 3);
        TEST_CHECK(at.year == 2024 && at.month == 2 && at.day == 29 && at.second == id % 60 && at.microsecond == 70);
        batch_time time = wm_time(&rows, 4);
        TEST_CHECK(time.negative == id % 2 && time.hours == 838 && time.minutes == id % 60 && time.microseconds == id);
        TEST_CHECK(wm_double(&rows, 5) == id / 4.0);
    }
    TEST_CHECK(wm_next(&rows, &test_error) == 0);
    TEST_CHECK(wm_next(&rows, &test_error) == 0);
    wm_rows_free(&rows);
}

static void each_parameter_is_returned(wm_conn conn) {
    wm_value_t params[] = {
        wm_p_int64(-1),  wm_p_uint64(UINT64_MAX), wm_p_double(0.1), wm_p_text("é"), wm_p_bytes("\xff\0", 2),
        wm_p_decimal("-1.50"), wm_p_date(AT), wm_p_datetime(AT), wm_p_time((batch_time){true, 1, 2, 3, 4}), wm_p_null(),
    };
    wm_rows r;
    TEST_CALL(wm_query(conn, "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?", params, 10, &r, &test_error));
    TEST_CALL(wm_next(&r, &test_error) == 1);
    TEST_CHECK(wm_int64(&r, 0) == -1 && wm_uint64(&r, 1) == UINT64_MAX && wm_double(&r, 2) == 0.1);
    TEST_CHECK(equal(wm_text(&r, 3), "é") && wm_text(&r, 4).len == 2 && equal(wm_text(&r, 5), "-1.50"));
    TEST_CHECK(wm_datetime(&r, 6).day == 29 && wm_datetime(&r, 6).hour == 0 && wm_datetime(&r, 7).microsecond == 70);
    TEST_CHECK(wm_time(&r, 8).negative && wm_time(&r, 8).seconds == 3 && wm_is_null(&r, 9));
    wm_rows_free(&r);
}

static void duplicate_is_an_error_with_its_code(wm_conn conn) {
    exec(conn, "CREATE TABLE duplicates (id INT PRIMARY KEY)");
    exec(conn, "INSERT INTO duplicates VALUES (1)");
    TEST_CHECK(!wm_exec(conn, "INSERT INTO duplicates VALUES (1)", NULL, 0, NULL, &test_error));
    TEST_CHECK(wm_code(&test_error) == 1062 && test_error.retry == WM_RETRY_ADVICE_NEVER);
    TEST_CHECK(test_error.kind.val.server.class_ == WM_SERVER_CLASS_CONSTRAINT);
    wm_error_free(&test_error);
    wm_engine engine;
    TEST_CHECK(!wm_connect("nowhere", &engine, &test_error) && test_error.kind.tag == WM_ERROR_KIND_ENGINE_DENIED);
    wm_error_free(&test_error);
}

static void transaction_is_rolled_back_or_committed(wm_conn conn) {
    exec(conn, "CREATE TABLE accounts (id INT PRIMARY KEY)");
    wm_tx tx;
    TEST_CALL(wm_begin(conn, &tx, &test_error));
    exec(conn, "INSERT INTO accounts VALUES (1)");
    TEST_CALL(wm_rollback(tx, &test_error));
    TEST_CHECK(count_rows(conn, "accounts") == 0);
    TEST_CALL(wm_begin(conn, &tx, &test_error));
    exec(conn, "INSERT INTO accounts VALUES (2)");
    TEST_CALL(wm_commit(tx, &test_error));
    TEST_CHECK(count_rows(conn, "accounts") == 1);
}

static void freed_rows_close_the_cursor(wm_conn conn) {
    for (int i = 0; i < 3; i++) {
        wm_rows rows;
        TEST_CALL(wm_query(conn, "SELECT seq FROM seq_1_to_20000", NULL, 0, &rows, &test_error));
        TEST_CHECK(rows.outcome.cursor.is_some);
        TEST_CALL(wm_next(&rows, &test_error) == 1);
        TEST_CHECK(!wm_exec(conn, "DO 1", NULL, 0, NULL, &test_error) && test_error.kind.tag == WM_ERROR_KIND_BUSY);
        wm_error_free(&test_error);
        wm_rows_free(&rows);
        exec(conn, "DO 1");
    }
}

// 400 MB of results pass through the default limit of 64 MiB.
static void memory_of_batches_is_freed(wm_conn conn) {
    for (int i = 0; i < 40; i++) {
        wm_rows rows;
        uint32_t count = 0;
        int status;
        TEST_CALL(wm_query(conn, "SELECT REPEAT('x', 1000) FROM seq_1_to_10000", NULL, 0, &rows, &test_error));
        while ((status = wm_next_batch(&rows, &test_error)) == 1) count += rows.length;
        TEST_CALL(status == 0);
        TEST_CHECK(count == 10000);
        wm_rows_free(&rows);
    }
}

#define TEST(name) {#name, name}

int main(int argc, char **argv) {
    static const test_case tests[] = {
        TEST(bulk_insert_is_read_back_equal),
        TEST(each_parameter_is_returned),
        TEST(duplicate_is_an_error_with_its_code),
        TEST(transaction_is_rolled_back_or_committed),
        TEST(freed_rows_close_the_cursor),
        TEST(memory_of_batches_is_freed),
    };
    return test_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
