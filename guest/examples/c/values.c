#include <stdlib.h>

#include "wasmysql.h"

static const struct {
    const char *name, *reader;
} KINDS[] = {
    [BATCH_NULL] = {"null", "wm_is_null"},        [BATCH_SIGNED] = {"signed", "wm_int64"},
    [BATCH_UNSIGNED] = {"unsigned", "wm_uint64"}, [BATCH_FLOAT] = {"float", "wm_float"},
    [BATCH_DOUBLE] = {"double", "wm_double"},     [BATCH_DECIMAL] = {"decimal", "wm_text"},
    [BATCH_TEXT] = {"text", "wm_text"},           [BATCH_BYTES] = {"bytes", "wm_text"},
    [BATCH_DATE] = {"date", "wm_datetime"},       [BATCH_TIME] = {"time", "wm_time"},
    [BATCH_DATETIME] = {"datetime", "wm_datetime"}, [BATCH_RAW] = {"raw", "wm_text"},
};

// Ends the program: another function reads the kind of the column.
static _Noreturn void mismatch(const wm_rows *r, size_t column, const char *reader) {
    wit_string_t name = r->outcome.columns.ptr[column].name;
    enum batch_kind kind = r->columns[column].kind;
    fprintf(stderr, "%s can't read a value of kind %s in the column `%.*s`; use %s, or CAST the column\n", reader,
            KINDS[kind].name, (int)name.len, (const char *)name.ptr, KINDS[kind].reader);
    exit(1);
}

static const batch_column *column_of(const wm_rows *r, size_t column) {
    if (column < r->count) return &r->columns[column];
    if (r->count) fprintf(stderr, "the result has %zu columns, and no column %zu (counted from 0)\n", r->count, column);
    else fputs("no current row; read a row only after wm_next has returned 1\n", stderr);
    exit(1);
}

bool wm_is_null(const wm_rows *r, size_t column) { return batch_is_null(column_of(r, column), r->row); }

int64_t wm_int64(const wm_rows *r, size_t column) {
    const batch_column *c = column_of(r, column);
    if (c->kind == BATCH_SIGNED || (c->kind == BATCH_UNSIGNED && c->values.int64s[r->row] >= 0)) {
        return c->values.int64s[r->row];
    }
    mismatch(r, column, "wm_int64");
}

uint64_t wm_uint64(const wm_rows *r, size_t column) {
    const batch_column *c = column_of(r, column);
    if (c->kind == BATCH_UNSIGNED || (c->kind == BATCH_SIGNED && c->values.int64s[r->row] >= 0)) {
        return c->values.uint64s[r->row];
    }
    mismatch(r, column, "wm_uint64");
}

float wm_float(const wm_rows *r, size_t column) {
    const batch_column *c = column_of(r, column);
    if (c->kind != BATCH_FLOAT) mismatch(r, column, "wm_float");
    return c->values.floats[r->row];
}

double wm_double(const wm_rows *r, size_t column) {
    const batch_column *c = column_of(r, column);
    if (c->kind == BATCH_FLOAT) return c->values.floats[r->row];
    if (c->kind != BATCH_DOUBLE) mismatch(r, column, "wm_double");
    return c->values.doubles[r->row];
}

batch_slice wm_text(const wm_rows *r, size_t column) {
    const batch_column *c = column_of(r, column);
    switch (c->kind) {
    case BATCH_DECIMAL:
    case BATCH_TEXT:
    case BATCH_BYTES:
    case BATCH_RAW:
        return batch_text(c, r->row);
    default:
        mismatch(r, column, "wm_text");
    }
}

batch_datetime wm_datetime(const wm_rows *r, size_t column) {
    const batch_column *c = column_of(r, column);
    if (c->kind != BATCH_DATE && c->kind != BATCH_DATETIME) mismatch(r, column, "wm_datetime");
    return batch_unpack_datetime(c->values.uint64s[r->row]);
}

batch_time wm_time(const wm_rows *r, size_t column) {
    const batch_column *c = column_of(r, column);
    if (c->kind != BATCH_TIME) mismatch(r, column, "wm_time");
    return batch_unpack_time(c->values.uint64s[r->row]);
}

// Returns a field as a parameter. A value that does not fit its integer becomes the largest, which
// is out of the range of each field, so that the host refuses it.
static uint8_t field(int value) { return value < 0 || value > UINT8_MAX ? UINT8_MAX : (uint8_t)value; }
static uint16_t wide_field(int value) { return value < 0 || value > UINT16_MAX ? UINT16_MAX : (uint16_t)value; }

wm_value_t wm_p_date(batch_datetime d) {
    wm_date_t date = {wide_field(d.year), field(d.month), field(d.day)};
    return (wm_value_t){.tag = WM_VALUE_DATE, .val.date = date};
}

wm_value_t wm_p_datetime(batch_datetime d) {
    wm_datetime_t datetime = {
        .year = wide_field(d.year), .month = field(d.month), .day = field(d.day),
        .hour = field(d.hour), .minute = field(d.minute), .second = field(d.second),
        .microsecond = (uint32_t)d.microsecond, // a negative one becomes a large one
    };
    return (wm_value_t){.tag = WM_VALUE_DATETIME, .val.datetime = datetime};
}

wm_value_t wm_p_time(batch_time t) {
    wm_time_t time = {
        t.negative, wide_field(t.hours), field(t.minutes), field(t.seconds), (uint32_t)t.microseconds,
    };
    return (wm_value_t){.tag = WM_VALUE_TIME, .val.time = time};
}
