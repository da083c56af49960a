#include "wasmysql.h"

#include <stdlib.h>

static const wmo_execute_options_t NO_OPTIONS;

// Fills an error without a call of the host.
static void refuse(wm_error_t *error, wm_error_kind_t kind, const char *message) {
    *error = (wm_error_t){
        .kind = kind, .transaction = WM_TRANSACTION_STATE_UNKNOWN, .retry = WM_RETRY_ADVICE_NEVER,
    };
    wit_string_dup(&error->message, message);
}

static const wm_error_kind_t ARGUMENT = {.tag = WM_ERROR_KIND_ARGUMENT};

// Refuses a text that is not UTF-8. The host would end the component.
static bool is_text(const char *text, const char *name, wm_error_t *error) {
    if (batch_is_utf8(text, strlen(text))) return true;
    char message[80];
    snprintf(message, sizeof message, "%s is not valid UTF-8", name);
    refuse(error, ARGUMENT, message);
    return false;
}

// Refuses a parameter that is a text but not UTF-8.
static bool are_texts(const wm_value_t *params, size_t count, wm_error_t *error) {
    for (size_t i = 0; i < count; i++) {
        if (params[i].tag != WM_VALUE_TEXT && params[i].tag != WM_VALUE_DECIMAL) continue;
        wit_string_t text = params[i].val.text; // a decimal has the same form
        if (batch_is_utf8((const char *)text.ptr, text.len)) continue;
        char message[80];
        snprintf(message, sizeof message, "parameter %zu is not valid UTF-8; pass it with wm_p_bytes", i + 1);
        refuse(error, ARGUMENT, message);
        return false;
    }
    return true;
}

// Refuses dates and times that were out of range.
static bool are_in_range(const batch_builder *columns, size_t count, wm_error_t *error) {
    for (size_t i = 0; i < count; i++) {
        const batch_builder *c = &columns[i];
        if (c->kind != BATCH_DATE && c->kind != BATCH_DATETIME && c->kind != BATCH_TIME) continue;
        const uint64_t *words = (const uint64_t *)c->values.ptr;
        for (uint32_t row = 0; row < c->rows; row++) {
            if (words[row] != BATCH_OUT_OF_RANGE) continue;
            char message[80];
            snprintf(message, sizeof message, "row %u, parameter %zu: a field of the %s is out of range", (unsigned)row,
                     i + 1, c->kind == BATCH_TIME ? "time" : "date");
            refuse(error, ARGUMENT, message);
            return false;
        }
    }
    return true;
}

bool wm_connect(const char *database, wm_engine *engine, wm_error_t *error) {
    if (!is_text(database, "the name of the database", error)) return false;
    wit_string_t name = wm_string(database);
    wmo_engine_options_t options = {0};
    return wme_create_engine(&name, &options, engine, error);
}

void wm_disconnect(wm_engine engine) { wme_engine_drop_own(engine); }

bool wm_acquire(wm_engine engine, wm_conn *conn, wm_error_t *error) {
    return wme_method_engine_acquire(wme_borrow_engine(engine), conn, error);
}

void wm_release(wm_conn conn) { wmc_connection_drop_own(conn); }

// Executes a statement. The outcome is the caller's.
static bool execute(wm_conn conn, const char *sql, const wm_value_t *params, size_t count, wmc_outcome_t *outcome,
                    wm_error_t *error) {
    if (!is_text(sql, "the statement", error) || !are_texts(params, count, error)) return false;
    wit_string_t text = wm_string(sql);
    wmc_list_value_t list = {(wm_value_t *)params, count};
    wmo_execute_options_t options = NO_OPTIONS;
    return wmc_method_connection_execute(wmc_borrow_connection(conn), &text, &list, &options, outcome, error);
}

// Frees an outcome, and closes its cursor.
static void outcome_free(wmc_outcome_t *outcome) {
    if (outcome->cursor.is_some) wmc_cursor_drop_own(outcome->cursor.val);
    outcome->cursor.is_some = false;
    wmc_outcome_free(outcome);
}

static void take_result(wmc_outcome_t *outcome, wm_result *result) {
    if (result) *result = (wm_result){outcome->affected_rows, outcome->last_insert_id, outcome->warnings};
    outcome_free(outcome);
}

bool wm_exec(wm_conn conn, const char *sql, const wm_value_t *params, size_t count, wm_result *result,
             wm_error_t *error) {
    wmc_outcome_t outcome;
    if (!execute(conn, sql, params, count, &outcome, error)) return false;
    take_result(&outcome, result);
    return true;
}

bool wm_exec_many(wm_conn conn, const char *sql, const batch_builder *columns, size_t count, wm_result *result,
                  wm_error_t *error) {
    if (!is_text(sql, "the statement", error) || !are_in_range(columns, count, error)) return false;
    batch_buffer buffer = batch_encode(columns, count);
    wit_string_t text = wm_string(sql);
    wm_row_batch_t rows = {count ? columns[0].rows : 0, {buffer.ptr, buffer.len}};
    wmo_execute_options_t options = NO_OPTIONS;
    wmc_outcome_t outcome;
    bool done = wmc_method_connection_execute_many(wmc_borrow_connection(conn), &text, &rows, &options, &outcome, error);
    free(buffer.ptr);
    if (done) take_result(&outcome, result);
    return done;
}

// Frees the current batch.
static void drop_batch(wm_rows *rows) {
    free(rows->columns);
    wm_row_batch_free(&rows->batch);
    rows->batch = (wm_row_batch_t){0};
    rows->columns = NULL;
    rows->count = rows->length = rows->row = 0;
}

// Makes a batch the current one. Returns 1, or -1 if it is malformed.
static int take_batch(wm_rows *rows, wm_row_batch_t batch, wm_error_t *error) {
    drop_batch(rows);
    rows->batch = batch;
    batch_defect defect = batch_read(batch.rows, batch.data.ptr, batch.data.len, &rows->columns, &rows->count);
    if (!defect.rule) {
        rows->length = batch.rows;
        return 1;
    }
    char message[80];
    snprintf(message, sizeof message, "malformed batch: column %d: %s", defect.column, defect.rule);
    refuse(error, (wm_error_kind_t){.tag = WM_ERROR_KIND_PROTOCOL_VIOLATION}, message);
    return -1;
}

bool wm_query(wm_conn conn, const char *sql, const wm_value_t *params, size_t count, wm_rows *rows,
              wm_error_t *error) {
    *rows = (wm_rows){0};
    return execute(conn, sql, params, count, &rows->outcome, error);
}

int wm_next_batch(wm_rows *rows, wm_error_t *error) {
    if (rows->outcome.rows.is_some) {
        rows->outcome.rows.is_some = false;
        return take_batch(rows, rows->outcome.rows.val, error);
    }
    wmc_option_row_batch_t next = {.is_some = false};
    if (rows->outcome.cursor.is_some) {
        wmc_borrow_cursor_t cursor = wmc_borrow_cursor(rows->outcome.cursor.val);
        if (!wmc_method_cursor_fetch(cursor, UINT32_MAX, &next, error)) return -1;
    }
    if (next.is_some) return take_batch(rows, next.val, error);
    drop_batch(rows);
    return 0;
}

int wm_next(wm_rows *rows, wm_error_t *error) {
    if (rows->length > 0 && rows->row + 1 < rows->length) {
        rows->row++;
        return 1;
    }
    int status;
    do status = wm_next_batch(rows, error);
    while (status == 1 && rows->length == 0);
    return status;
}

void wm_rows_free(wm_rows *rows) {
    drop_batch(rows);
    outcome_free(&rows->outcome);
    *rows = (wm_rows){0};
}

bool wm_begin(wm_conn conn, wm_tx *tx, wm_error_t *error) {
    wmo_transaction_options_t options = {0};
    return wmc_method_connection_begin(wmc_borrow_connection(conn), &options, tx, error);
}

bool wm_commit(wm_tx tx, wm_error_t *error) {
    bool done = wmc_method_transaction_commit(wmc_borrow_transaction(tx), error);
    wmc_transaction_drop_own(tx);
    return done;
}

bool wm_rollback(wm_tx tx, wm_error_t *error) {
    bool done = wmc_method_transaction_rollback(wmc_borrow_transaction(tx), error);
    wmc_transaction_drop_own(tx);
    return done;
}

void wm_print_error(FILE *file, const wm_error_t *error) {
    fprintf(file, "%.*s", (int)error->message.len, (const char *)error->message.ptr);
    if (error->kind.tag == WM_ERROR_KIND_SERVER) {
        wit_string_t state = error->kind.val.server.sqlstate;
        fprintf(file, " (%d, %.*s)", wm_code(error), (int)state.len, (const char *)state.ptr);
    }
    fputc('\n', file);
}
