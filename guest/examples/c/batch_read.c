#include "batch.h"

#include <stdlib.h>
#include <string.h>

enum { HEADER = 8, ENTRY = 24, ALIGNMENT = 8 };

// The buffer, the end of the parts so far, and the first defect.
typedef struct {
    const uint8_t *data;
    uint64_t length, rows, end;
    batch_defect defect;
} reader;

static bool violates(reader *r, const char *rule) {
    r->defect.rule = rule;
    return false;
}

static uint32_t word_at(const uint8_t *place) {
    return place[0] | (uint32_t)place[1] << 8 | (uint32_t)place[2] << 16 | (uint32_t)place[3] << 24;
}

static bool is_variable(enum batch_kind kind) {
    return kind == BATCH_DECIMAL || kind == BATCH_TEXT || kind == BATCH_BYTES || kind == BATCH_RAW;
}

// Returns the next part of the buffer.
static bool take(reader *r, uint64_t place, uint64_t length, const void **part) {
    if (place % ALIGNMENT) return violates(r, "unaligned");
    if (place < r->end) return violates(r, "overlap");
    if (place + length > r->length) return violates(r, "out-of-bounds");
    r->end = place + length;
    *part = r->data + place;
    return true;
}

// Returns the length of the character at a place, or 0 if it is not UTF-8.
static size_t character(const uint8_t *text, size_t length) {
    uint8_t first = text[0];
    if (first < 0x80) return 1;
    size_t size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (size == 0 || size > length) return 0;
    for (size_t i = 1; i < size; i++) {
        if ((text[i] & 0xc0) != 0x80) return 0;
    }
    // Overlong forms, surrogates, and numbers past U+10FFFF.
    if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f)) return 0;
    if ((first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f)) return 0;
    return size;
}

bool batch_is_utf8(const char *text, size_t length) {
    const uint8_t *place = (const uint8_t *)text;
    while (length > 0) {
        uint64_t eight;
        size_t size = 8;
        if (length < 8 || (memcpy(&eight, place, 8), eight & 0x8080808080808080u)) {
            size = character(place, length);
            if (size == 0) return false;
        }
        place += size, length -= size;
    }
    return true;
}

static bool check_offsets(reader *r, const batch_column *c, uint32_t length) {
    const uint32_t *offsets = c->values.offsets;
    if (offsets[0] != 0) return violates(r, "first-offset");
    if (offsets[r->rows] != length) return violates(r, "last-offset");
    for (uint32_t row = 0; row < r->rows; row++) {
        if (offsets[row + 1] < offsets[row]) return violates(r, "offsets-decrease");
        if (offsets[row + 1] > offsets[row] && batch_is_null(c, row)) return violates(r, "null-with-data");
    }
    if (c->kind == BATCH_BYTES || c->kind == BATCH_RAW) return true;
    // If all bytes are UTF-8 and each value begins with the first byte of a character, each value
    // is UTF-8.
    if (!batch_is_utf8(c->data, length)) return violates(r, "not-utf8");
    for (uint32_t row = 0; row < r->rows; row++) {
        if (offsets[row] < length && (c->data[offsets[row]] & 0xc0) == 0x80) return violates(r, "not-utf8");
    }
    return true;
}

// Refuses values with bits that no field uses.
static bool check_bits(reader *r, const batch_column *c, uint64_t used) {
    for (uint32_t row = 0; row < r->rows; row++) {
        if (c->values.uint64s[row] & ~used && !batch_is_null(c, row)) return violates(r, "stray-bits");
    }
    return true;
}

static bool read_column(reader *r, const uint8_t *entry, batch_column *c) {
    uint32_t kind = word_at(entry), validity = word_at(entry + 4), values = word_at(entry + 8);
    uint32_t data = word_at(entry + 12), length = word_at(entry + 16);
    if (kind > BATCH_RAW) return violates(r, "unknown-kind");
    if (word_at(entry + 20)) return violates(r, "reserved");
    bool variable = is_variable(kind);
    if ((kind == BATCH_NULL && (validity || values)) || (!variable && (data || length))) return violates(r, "unused");
    *c = (batch_column){.kind = kind, .rows = (uint32_t)r->rows};
    if (kind == BATCH_NULL) return true;
    const void *part;
    if (validity) {
        if (!take(r, validity, (r->rows + 7) / 8, &part)) return false;
        c->validity = part;
    }
    uint64_t width = variable || kind == BATCH_FLOAT ? 4 : 8;
    if (!take(r, values, (r->rows + variable) * width, &c->values.buffer)) return false;
    if (variable) {
        if (!take(r, data, length, &part)) return false;
        c->data = part;
        return check_offsets(r, c, length);
    }
    uint64_t seconds = (UINT64_C(1) << 37) - 1, date = (UINT64_C(1) << 60) - 1;
    if (kind == BATCH_DATE) return check_bits(r, c, date - seconds);
    if (kind == BATCH_DATETIME) return check_bits(r, c, date);
    if (kind == BATCH_TIME) return check_bits(r, c, UINT64_C(1) << 63 | ((UINT64_C(1) << 42) - 1));
    return true;
}

static bool read_all(reader *r, batch_column **columns, size_t *count) {
    if (r->length < HEADER) return violates(r, "too-short");
    uint32_t number = word_at(r->data);
    if (word_at(r->data + 4)) return violates(r, "reserved");
    r->end = HEADER + (uint64_t)ENTRY * number;
    if (r->length < r->end) return violates(r, "too-short");
    *columns = number ? calloc(number, sizeof **columns) : NULL;
    if (number && !*columns) return violates(r, "out-of-memory");
    *count = number;
    for (uint32_t i = 0; i < number; i++) {
        r->defect.column = (int)i;
        if (!read_column(r, r->data + HEADER + ENTRY * i, *columns + i)) return false;
    }
    return true;
}

batch_defect batch_read(uint32_t rows, const uint8_t *data, size_t length, batch_column **columns, size_t *count) {
    reader r = {.data = data, .length = length, .rows = rows, .defect = {NULL, -1}};
    *columns = NULL, *count = 0;
    if (!read_all(&r, columns, count)) {
        free(*columns);
        *columns = NULL, *count = 0;
    }
    return r.defect;
}

batch_datetime batch_unpack_datetime(uint64_t word) {
    return (batch_datetime){
        .year = (int)(word >> 46),
        .month = word >> 42 & 15,
        .day = word >> 37 & 31,
        .hour = word >> 32 & 31,
        .minute = word >> 26 & 63,
        .second = word >> 20 & 63,
        .microsecond = word & 0xfffff,
    };
}

batch_time batch_unpack_time(uint64_t word) {
    return (batch_time){
        .negative = word >> 63,
        .hours = word >> 32 & 1023,
        .minutes = word >> 26 & 63,
        .seconds = word >> 20 & 63,
        .microseconds = word & 0xfffff,
    };
}
