// Reads and writes row batches. `row-batch` in wit/types.wit specifies the layout. This header,
// batch_read.c and batch_write.c need the C library only.
#ifndef BATCH_H
#define BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The kinds of columns, with their codes in the directory of a batch.
enum batch_kind {
    BATCH_NULL,
    BATCH_SIGNED,
    BATCH_UNSIGNED,
    BATCH_FLOAT,
    BATCH_DOUBLE,
    BATCH_DECIMAL,
    BATCH_TEXT,
    BATCH_BYTES,
    BATCH_DATE,
    BATCH_TIME,
    BATCH_DATETIME,
    BATCH_RAW
};

// A column. Its pointers refer to the buffer of the batch.
typedef struct {
    enum batch_kind kind;
    uint32_t rows;
    const uint8_t *validity; // NULL if no row is NULL
    // The member of the kind. That of a NULL row has no meaning.
    union {
        const void *buffer;
        const int64_t *int64s;
        const uint64_t *uint64s; // BATCH_UNSIGNED, and the packed dates and times
        const float *floats;
        const double *doubles;
        const uint32_t *offsets; // of the values in data: BATCH_DECIMAL, _TEXT, _BYTES, _RAW
    } values;
    const char *data;
} batch_column;

// The violated rule of a malformed buffer, for example "overlap". `rule` is NULL if the buffer is
// well formed. `column` is -1 for the header and the directory.
typedef struct {
    const char *rule;
    int column;
} batch_defect;

// A text or bytes. They do not end with a NUL.
typedef struct {
    const char *ptr;
    size_t len;
} batch_slice;

// A DATE or a DATETIME. The month and the day can be 0.
typedef struct {
    int year, month, day, hour, minute, second, microsecond;
} batch_datetime;

// A TIME: a duration of at most 838 hours.
typedef struct {
    bool negative;
    int hours, minutes, seconds, microseconds;
} batch_time;

// Checks a batch, at an address that is a multiple of 8, and returns its columns. The caller frees
// `*columns`, which is NULL after a defect and without columns.
batch_defect batch_read(uint32_t rows, const uint8_t *data, size_t length, batch_column **columns, size_t *count);

static inline bool batch_is_null(const batch_column *c, uint32_t row) {
    return c->validity ? !(c->validity[row / 8] >> row % 8 & 1) : c->kind == BATCH_NULL;
}

// Returns a value of the kinds with offsets.
static inline batch_slice batch_text(const batch_column *c, uint32_t row) {
    uint32_t start = c->values.offsets[row];
    return (batch_slice){c->data + start, c->values.offsets[row + 1] - start};
}

batch_datetime batch_unpack_datetime(uint64_t word);
batch_time batch_unpack_time(uint64_t word);

// Return BATCH_OUT_OF_RANGE if a field is out of its range. wm_exec_many refuses such a value. The
// host also checks the calendar.
uint64_t batch_pack_datetime(batch_datetime value);
uint64_t batch_pack_time(batch_time value);
#define BATCH_OUT_OF_RANGE UINT64_MAX

// Returns whether a text is valid UTF-8.
bool batch_is_utf8(const char *text, size_t length);

// A growing buffer.
typedef struct {
    uint8_t *ptr;
    size_t len, size;
} batch_buffer;

// A column of parameters.
typedef struct {
    enum batch_kind kind;
    uint32_t rows;
    bool has_null;
    batch_buffer validity, values, data;
} batch_builder;

// Begins a column. `batch_builder_free` frees it.
batch_builder batch_begin(enum batch_kind kind);
void batch_builder_free(batch_builder *column);

// Add a value. The function must match the kind of the column. Memory that runs out ends the
// program.
void batch_add_null(batch_builder *column);
void batch_add_int64(batch_builder *column, int64_t value);
void batch_add_uint64(batch_builder *column, uint64_t value); // also a packed date or time
void batch_add_float(batch_builder *column, float value);
void batch_add_double(batch_builder *column, double value);
void batch_add_text(batch_builder *column, const char *text); // also a decimal
void batch_add_slice(batch_builder *column, batch_slice value);

// Returns the buffer of columns with the same number of rows. The caller frees `ptr`.
batch_buffer batch_encode(const batch_builder *columns, size_t count);

#endif
