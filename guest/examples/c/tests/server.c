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

// Returns whether the only value of a statement with a parameter is refused, with a message.
static bool is_refused(wm_conn conn, wm_value_t param, const char *message) {
    wm_value_t params[] = {wm_p_null(), param};
    if (wm_exec(conn, "SELECT ?, ?", params, 2, NULL, &test_error)) return false;
    char text[200];
    snprintf(text, sizeof text, "%.*s", (int)test_error.message.len, (const char *)test_error.message.ptr);
    bool same = strcmp(text, message) == 0 && test_error.kind.tag == WM_ERROR_KIND_ARGUMENT;
    if (!same) fprintf(stderr, "%s\n", text);
    wm_error_free(&test_error);
    return same;
}

static bool is_batch_refused(wm_conn conn, enum batch_kind kind, uint64_t word) {
    batch_builder column = batch_begin(kind);
    batch_add_null(&column);
    batch_add_uint64(&column, word);
    bool done = wm_exec_many(conn, "DELETE FROM nowhere WHERE a = ?", &column, 1, NULL, &test_error);
    batch_builder_free(&column);
    if (done) return false;
    bool same = test_error.kind.tag == WM_ERROR_KIND_ARGUMENT && test_error.message.len > 19 &&
                memcmp(test_error.message.ptr, "row 1, parameter 1:", 19) == 0;
    wm_error_free(&test_error);
    return same;
}

static void date_or_time_out_of_range_is_refused(wm_conn conn) {
    static const struct {
        batch_datetime at;
        bool is_time_of_day; // otherwise, a date of these fields is refused too
    } datetimes[] = {
        {{-1, 1, 1, 0, 0, 0, 0}, false},      {{10000, 1, 1, 0, 0, 0, 0}, false}, {{65536 + 2024, 1, 1, 0, 0, 0, 0}, false},
        {{2024, 257, 1, 0, 0, 0, 0}, false},  {{2024, -1, 1, 0, 0, 0, 0}, false}, {{2024, 13, 1, 0, 0, 0, 0}, false},
        {{2024, 1, 32, 0, 0, 0, 0}, false},   {{2024, 1, 257, 0, 0, 0, 0}, false}, {{2024, 1, 1, 24, 0, 0, 0}, true},
        {{2024, 1, 1, 256, 0, 0, 0}, true},   {{2024, 1, 1, 0, 60, 0, 0}, true},  {{2024, 1, 1, 0, -256, 0, 0}, true},
        {{2024, 1, 1, 0, 0, 60, 0}, true},    {{2024, 1, 1, 0, 0, 256, 0}, true}, {{2024, 1, 1, 0, 0, 0, 1000000}, true},
        {{2024, 1, 1, 0, 0, 0, -1}, true},
    };
    for (size_t i = 0; i < sizeof datetimes / sizeof *datetimes; i++) {
        batch_datetime at = datetimes[i].at;
        wm_value_t params[] = {wm_p_datetime(at)};
        TEST_CHECK(!wm_exec(conn, "SELECT ?", params, 1, NULL, &test_error));
        TEST_CHECK(test_error.kind.tag == WM_ERROR_KIND_ARGUMENT);
        wm_error_free(&test_error);
        TEST_CHECK(is_batch_refused(conn, BATCH_DATETIME, batch_pack_datetime(at)));
        if (datetimes[i].is_time_of_day) continue;
        params[0] = wm_p_date(at);
        TEST_CHECK(!wm_exec(conn, "SELECT ?", params, 1, NULL, &test_error));
        wm_error_free(&test_error);
        TEST_CHECK(is_batch_refused(conn, BATCH_DATE, batch_pack_datetime(at)));
    }
    static const batch_time times[] = {
        {false, 839, 0, 0, 0}, {true, 65536 + 1, 0, 0, 0}, {false, -1, 0, 0, 0}, {false, 0, 60, 0, 0},
        {false, 0, 256, 0, 0}, {false, 0, 0, 256, 0},      {false, 0, 0, -1, 0}, {false, 0, 0, 0, 1000000},
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        TEST_CHECK(is_refused(conn, wm_p_time(times[i]),
                              "a field of the time is out of range (at most 838:59:59.999999) (parameter 2)"));
        TEST_CHECK(is_batch_refused(conn, BATCH_TIME, batch_pack_time(times[i])));
    }
}

// The host ends a component that sends such a text.
static void text_that_is_not_utf8_is_refused(wm_conn conn) {
    const char *message = "parameter 2 is not valid UTF-8; pass it with wm_p_bytes";
    TEST_CHECK(is_refused(conn, wm_p_text("caf\xe9"), message));
    TEST_CHECK(is_refused(conn, wm_p_decimal("\xff"), message));
    wm_engine engine;
    wm_rows rows;
    batch_builder column = batch_begin(BATCH_SIGNED);
    TEST_CHECK(!wm_connect("\xff", &engine, &test_error));
    wm_error_free(&test_error);
    TEST_CHECK(!wm_query(conn, "SELECT '\xff'", NULL, 0, &rows, &test_error));
    wm_error_free(&test_error);
    TEST_CHECK(!wm_exec_many(conn, "DELETE FROM nowhere WHERE a = '\xff' + ?", &column, 1, NULL, &test_error));
    TEST_CHECK(test_error.kind.tag == WM_ERROR_KIND_ARGUMENT);
    wm_error_free(&test_error);
    exec(conn, "DO 1");
}

static void readers_convert_what_fits(wm_conn conn) {
    wm_rows r;
    TEST_CALL(wm_query(conn, "SELECT CAST(7 AS UNSIGNED), CAST(7 AS SIGNED), SUM(seq) FROM seq_1_to_4", NULL, 0, &r,
                       &test_error));
    TEST_CALL(wm_next(&r, &test_error) == 1);
    TEST_CHECK(wm_int64(&r, 0) == 7 && wm_uint64(&r, 1) == 7 && equal(wm_text(&r, 2), "10"));
    wm_rows_free(&r);
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
        TEST(date_or_time_out_of_range_is_refused),
        TEST(text_that_is_not_utf8_is_refused),
        TEST(readers_convert_what_fits),
    };
    return test_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
