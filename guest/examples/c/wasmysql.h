// MySQL for components in C: short names for the bindings of wit-bindgen.
//
// A function that can fail returns false or -1, and fills `error`. Print it with wm_print_error or
// read it, and then free it with wm_error_free.
#ifndef WASMYSQL_H
#define WASMYSQL_H

#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "bindings/wit.h"

typedef wme_own_engine_t wm_engine;
typedef wmc_own_connection_t wm_conn;
typedef wmc_own_transaction_t wm_tx;

// Opens a database by the name that the host gave it.
bool wm_connect(const char *database, wm_engine *engine, wm_error_t *error);

// Closes the engine. Release its connections before.
void wm_disconnect(wm_engine engine);

// Acquires a connection of the pool, and waits for one if all are in use.
bool wm_acquire(wm_engine engine, wm_conn *conn, wm_error_t *error);

// Rolls back an open transaction and releases the connection.
void wm_release(wm_conn conn);

// The outcome of a statement besides its rows.
typedef struct {
    uint64_t affected_rows, last_insert_id;
    uint16_t warnings;
} wm_result;

// Executes a statement with a parameter for each `?`, and discards rows that it returns. `result`
// can be NULL.
bool wm_exec(wm_conn conn, const char *sql, const wm_value_t *params, size_t count, wm_result *result,
             wm_error_t *error);

// Executes a statement once for each row of the columns. The call is not atomic: begin a
// transaction if no row should stay after an error.
bool wm_exec_many(wm_conn conn, const char *sql, const batch_builder *columns, size_t count, wm_result *result,
                  wm_error_t *error);

// The rows of a result. They arrive in batches. Until they are freed or read to the end, the
// connection is busy.
typedef struct {
    wmc_outcome_t outcome; // outcome.columns describes the columns
    batch_column *columns; // of the current batch
    size_t count;          // of columns
    uint32_t row, length;  // the current row and the number of rows of the batch
    wm_row_batch_t batch;
} wm_rows;

// Executes a statement that returns rows. If it succeeds, free the rows with wm_rows_free.
bool wm_query(wm_conn conn, const char *sql, const wm_value_t *params, size_t count, wm_rows *rows,
              wm_error_t *error);

// Advances to the next row. Returns 1 for a row, 0 after the last row, and -1 after an error.
int wm_next(wm_rows *rows, wm_error_t *error);

// Advances to the next batch, from the beginning of the result, and returns as wm_next does. Then
// rows->columns has rows->length rows. Use either this function or wm_next.
int wm_next_batch(wm_rows *rows, wm_error_t *error);

// Frees the rows and closes the cursor: the remaining rows are discarded.
void wm_rows_free(wm_rows *rows);

// Begins a transaction. wm_commit and wm_rollback end it and its handle, also after an error.
bool wm_begin(wm_conn conn, wm_tx *tx, wm_error_t *error);
bool wm_commit(wm_tx tx, wm_error_t *error);
bool wm_rollback(wm_tx tx, wm_error_t *error);

// Returns MySQL's number of an error, for example 1062; 0 if the server did not report it.
// error->kind.tag is the kind, for example WM_ERROR_KIND_TIMEOUT, and error->retry the advice.
static inline int wm_code(const wm_error_t *error) {
    return error->kind.tag == WM_ERROR_KIND_SERVER ? error->kind.val.server.code : 0;
}

// Prints the message, number and SQLSTATE of an error in a line.
void wm_print_error(FILE *file, const wm_error_t *error);

// Return the values of the current row. wm_is_null comes first: the value of NULL has no meaning.
// If the kind of the column does not match, they print an error and end the program, and the host
// rolls back. Each reads the kinds that it can represent: for example, wm_int64 also reads unsigned
// numbers that fit, but no DECIMAL, which SUM of integers returns. A text is valid until the next
// call of wm_next.
bool wm_is_null(const wm_rows *rows, size_t column);
int64_t wm_int64(const wm_rows *rows, size_t column);
uint64_t wm_uint64(const wm_rows *rows, size_t column);
float wm_float(const wm_rows *rows, size_t column);
double wm_double(const wm_rows *rows, size_t column);           // also FLOAT
batch_slice wm_text(const wm_rows *rows, size_t column);        // also DECIMAL and bytes
batch_datetime wm_datetime(const wm_rows *rows, size_t column); // also DATE
batch_time wm_time(const wm_rows *rows, size_t column);

// Parameters. They refer to the memory of a text until the call returns. The call fails if a text is
// not UTF-8, or if a field of a date or a time is out of its range.
static inline wit_string_t wm_string(const char *text) { return (wit_string_t){(uint8_t *)text, strlen(text)}; }
static inline wm_value_t wm_p_null(void) { return (wm_value_t){.tag = WM_VALUE_NULL}; }
static inline wm_value_t wm_p_int64(int64_t n) { return (wm_value_t){.tag = WM_VALUE_SIGNED, .val.signed_ = n}; }
static inline wm_value_t wm_p_uint64(uint64_t n) { return (wm_value_t){.tag = WM_VALUE_UNSIGNED, .val.unsigned_ = n}; }
static inline wm_value_t wm_p_double(double n) { return (wm_value_t){.tag = WM_VALUE_DOUBLE, .val.double_ = n}; }
static inline wm_value_t wm_p_decimal(const char *digits) {
    return (wm_value_t){.tag = WM_VALUE_DECIMAL, .val.decimal = wm_string(digits)};
}
static inline wm_value_t wm_p_text(const char *text) {
    return (wm_value_t){.tag = WM_VALUE_TEXT, .val.text = wm_string(text)};
}
static inline wm_value_t wm_p_bytes(const void *bytes, size_t length) {
    return (wm_value_t){.tag = WM_VALUE_BYTES, .val.bytes = {(uint8_t *)bytes, length}};
}
wm_value_t wm_p_date(batch_datetime date);
wm_value_t wm_p_datetime(batch_datetime datetime);
wm_value_t wm_p_time(batch_time time);

#endif
