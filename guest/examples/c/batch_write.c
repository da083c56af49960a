#include "batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 8, ENTRY = 24, ALIGNMENT = 8 };

// Adds bytes at the end.
static void append(batch_buffer *buffer, const void *bytes, size_t length) {
    if (buffer->size - buffer->len < length) {
        size_t size = buffer->size * 2 > 64 ? buffer->size * 2 : 64;
        if (size < buffer->len + length) size = buffer->len + length;
        uint8_t *ptr = realloc(buffer->ptr, size);
        if (!ptr) {
            fprintf(stderr, "no memory for a batch of %zu bytes\n", size);
            exit(1);
        }
        buffer->ptr = ptr, buffer->size = size;
    }
    if (length) memcpy(buffer->ptr + buffer->len, bytes, length);
    buffer->len += length;
}

batch_builder batch_begin(enum batch_kind kind) {
    batch_builder column = {.kind = kind};
    if (kind == BATCH_DECIMAL || kind == BATCH_TEXT || kind == BATCH_BYTES) append(&column.values, &(uint32_t){0}, 4);
    return column;
}

void batch_builder_free(batch_builder *column) {
    free(column->validity.ptr);
    free(column->values.ptr);
    free(column->data.ptr);
    *column = batch_begin(BATCH_NULL);
}

static void add(batch_builder *column, const void *value, size_t width, bool present) {
    if (column->rows % 8 == 0) append(&column->validity, &(uint8_t){0}, 1);
    column->validity.ptr[column->rows / 8] |= present << column->rows % 8;
    append(&column->values, value, width);
    column->rows++;
}

void batch_add_slice(batch_builder *column, batch_slice value) {
    append(&column->data, value.ptr, value.len);
    uint32_t end = (uint32_t)column->data.len;
    add(column, &end, sizeof end, true);
}

void batch_add_null(batch_builder *column) {
    column->has_null = true;
    uint64_t zero = 0;
    uint32_t end = (uint32_t)column->data.len;
    switch (column->kind) {
    case BATCH_NULL:
        column->rows++;
        break;
    case BATCH_FLOAT:
        add(column, &zero, 4, false);
        break;
    case BATCH_DECIMAL:
    case BATCH_TEXT:
    case BATCH_BYTES:
        add(column, &end, sizeof end, false);
        break;
    default:
        add(column, &zero, 8, false);
    }
}

void batch_add_int64(batch_builder *column, int64_t value) { add(column, &value, sizeof value, true); }
void batch_add_uint64(batch_builder *column, uint64_t value) { add(column, &value, sizeof value, true); }
void batch_add_float(batch_builder *column, float value) { add(column, &value, sizeof value, true); }
void batch_add_double(batch_builder *column, double value) { add(column, &value, sizeof value, true); }

void batch_add_text(batch_builder *column, const char *text) {
    batch_add_slice(column, (batch_slice){text, strlen(text)});
}

// Adds a part at a multiple of 8 and returns its place.
static uint32_t place(batch_buffer *buffer, batch_buffer part) {
    static const uint8_t zeros[ALIGNMENT];
    uint32_t at = (uint32_t)buffer->len;
    append(buffer, part.ptr, part.len);
    append(buffer, zeros, -buffer->len % ALIGNMENT);
    return at;
}

batch_buffer batch_encode(const batch_builder *columns, size_t count) {
    batch_buffer buffer = {0};
    uint32_t header[2] = {(uint32_t)count};
    append(&buffer, header, sizeof header);
    for (size_t i = 0; i < count; i++) append(&buffer, (uint8_t[ENTRY]){0}, ENTRY);
    for (size_t i = 0; i < count; i++) {
        const batch_builder *c = &columns[i];
        uint32_t entry[6] = {c->kind};
        if (c->kind != BATCH_NULL) {
            if (c->has_null) entry[1] = place(&buffer, c->validity);
            entry[2] = place(&buffer, c->values);
            if (c->kind == BATCH_DECIMAL || c->kind == BATCH_TEXT || c->kind == BATCH_BYTES) {
                entry[3] = place(&buffer, c->data);
                entry[4] = (uint32_t)c->data.len;
            }
        }
        memcpy(buffer.ptr + HEADER + ENTRY * i, entry, ENTRY);
    }
    return buffer;
}

static bool is_in(int value, int first, int last) { return first <= value && value <= last; }

// Returns whether the time of the day and its fraction are in their ranges.
static bool is_clock(int minutes, int seconds, int microseconds) {
    return is_in(minutes, 0, 59) && is_in(seconds, 0, 59) && is_in(microseconds, 0, 999999);
}

uint64_t batch_pack_datetime(batch_datetime v) {
    if (!is_in(v.year, 0, 9999) || !is_in(v.month, 0, 12) || !is_in(v.day, 0, 31) || !is_in(v.hour, 0, 23) ||
        !is_clock(v.minute, v.second, v.microsecond)) {
        return BATCH_OUT_OF_RANGE;
    }
    return (uint64_t)v.year << 46 | (uint64_t)v.month << 42 | (uint64_t)v.day << 37 | (uint64_t)v.hour << 32 |
           (uint64_t)v.minute << 26 | (uint64_t)v.second << 20 | (uint64_t)v.microsecond;
}

uint64_t batch_pack_time(batch_time v) {
    if (!is_in(v.hours, 0, 838) || !is_clock(v.minutes, v.seconds, v.microseconds)) return BATCH_OUT_OF_RANGE;
    return (uint64_t)v.negative << 63 | (uint64_t)v.hours << 32 | (uint64_t)v.minutes << 26 |
           (uint64_t)v.seconds << 20 | (uint64_t)v.microseconds;
}
