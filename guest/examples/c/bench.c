// The program of guest/examples/bench: it runs the named work for each line of the standard input,
// and prints its time in microseconds.
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "wasmysql.h"

enum { SCAN_ROWS = 200000, POINTS = 2000, INSERTS = 20000 };

static const char SCAN[] = "SELECT id, quantity, name, price, at FROM scan";
static const char POINT[] = "SELECT id, name FROM scan WHERE id = ?";
static const char INSERT[] = "INSERT INTO target (id, name, price, at) VALUES (?, ?, ?, ?)";

static wm_error_t error;

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "line %d: %s is false\n", __LINE__, #condition); \
            if (error.message.len) wm_print_error(stderr, &error); \
            exit(1); \
        } \
    } while (0)

typedef struct {
    int64_t id, quantity;
    char *name;
    double price;
    batch_datetime at;
} record;

static record read_record(const wm_rows *rows) {
    batch_slice name = wm_text(rows, 2);
    record r = {
        .id = wm_int64(rows, 0),
        .quantity = wm_int64(rows, 1),
        .name = malloc(name.len + 1),
        .price = wm_double(rows, 3),
        .at = wm_datetime(rows, 4),
    };
    memcpy(r.name, name.ptr, name.len);
    r.name[name.len] = 0;
    return r;
}

static void scan(wm_conn conn) {
    wm_rows rows;
    CHECK(wm_query(conn, SCAN, NULL, 0, &rows, &error));
    record *records = calloc(SCAN_ROWS + 1, sizeof *records);
    int status, count = 0;
    while ((status = wm_next(&rows, &error)) == 1 && count <= SCAN_ROWS) records[count++] = read_record(&rows);
    CHECK(status == 0 && count == SCAN_ROWS);
    record last = records[count - 1];
    CHECK(last.id == SCAN_ROWS && last.quantity == SCAN_ROWS * INT64_C(1000003) && last.price == SCAN_ROWS / 4);
    CHECK(strcmp(last.name, "name of row 200000") == 0 && last.at.day == 3 && last.at.second == 20);
    for (int i = 0; i < count; i++) free(records[i].name);
    free(records);
    wm_rows_free(&rows);
}

static void stream(wm_conn conn) {
    wm_rows rows;
    CHECK(wm_query(conn, SCAN, NULL, 0, &rows, &error));
    int status, count = 0;
    int64_t sum = 0;
    while ((status = wm_next(&rows, &error)) == 1) {
        record r = read_record(&rows);
        count++, sum += r.id;
        free(r.name);
    }
    CHECK(status == 0 && count == SCAN_ROWS && sum == SCAN_ROWS * INT64_C(200001) / 2);
    wm_rows_free(&rows);
}

static void columns(wm_conn conn) {
    wm_rows rows;
    CHECK(wm_query(conn, SCAN, NULL, 0, &rows, &error));
    int status;
    int64_t ids = 0;
    double prices = 0;
    while ((status = wm_next_batch(&rows, &error)) == 1) {
        for (uint32_t i = 0; i < rows.length; i++) ids += rows.columns[0].values.int64s[i];
        for (uint32_t i = 0; i < rows.length; i++) prices += rows.columns[3].values.doubles[i];
    }
    CHECK(status == 0 && ids == SCAN_ROWS * INT64_C(200001) / 2 && prices == (double)ids / 4);
    wm_rows_free(&rows);
}

static void point(wm_conn conn) {
    for (int n = 1; n <= POINTS; n++) {
        wm_rows rows;
        wm_value_t params[] = {wm_p_int64(n)};
        CHECK(wm_query(conn, POINT, params, 1, &rows, &error));
        CHECK(wm_next(&rows, &error) == 1 && wm_int64(&rows, 0) == n);
        wm_rows_free(&rows);
    }
}

static void insert(wm_conn conn) {
    CHECK(wm_exec(conn, "TRUNCATE target", NULL, 0, NULL, &error));
    batch_builder builders[] = {
        batch_begin(BATCH_SIGNED), batch_begin(BATCH_TEXT), batch_begin(BATCH_DOUBLE), batch_begin(BATCH_DATETIME),
    };
    for (int n = 0; n < INSERTS; n++) {
        char name[40];
        snprintf(name, sizeof name, "name of row %d", n);
        batch_datetime at = {2024, 1, 1, n / 3600, n / 60 % 60, n % 60, 0};
        batch_add_int64(&builders[0], n);
        batch_add_text(&builders[1], name);
        batch_add_double(&builders[2], n / 4.0);
        batch_add_uint64(&builders[3], batch_pack_datetime(at));
    }
    wm_result result;
    CHECK(wm_exec_many(conn, INSERT, builders, 4, &result, &error));
    CHECK(result.affected_rows == INSERTS);
    for (int i = 0; i < 4; i++) batch_builder_free(&builders[i]);
}

static const struct {
    const char *name;
    void (*run)(wm_conn conn);
} WORKS[] = {{"scan", scan}, {"stream", stream}, {"columns", columns}, {"point", point}, {"insert", insert}};

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000) + time.tv_nsec / 1000;
}

int main(void) {
    wm_engine engine;
    wm_conn conn;
    CHECK(wm_connect("main", &engine, &error));
    CHECK(wm_acquire(engine, &conn, &error));
    char line[40];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        for (size_t i = 0; i < sizeof WORKS / sizeof *WORKS; i++) {
            if (strcmp(line, WORKS[i].name)) continue;
            int64_t start = now();
            WORKS[i].run(conn);
            printf("%" PRId64 "\n", now() - start);
            fflush(stdout);
        }
    }
    wm_release(conn);
    wm_disconnect(engine);
}
