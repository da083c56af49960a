// Reads batches from the standard input, one a line: the number of rows and the bytes in
// hexadecimal. Prints each in a line: "defect COLUMN RULE", or "ok", the columns, and the bytes of
// the columns written again. A column is its kind and its values, as vectors.py expects them.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../batch.h"

static uint8_t *from_hex(const char *text, size_t *length) {
    *length = strlen(text) / 2;
    uint8_t *bytes = malloc(*length + 1);
    for (size_t i = 0; i < *length; i++) {
        unsigned byte;
        sscanf(text + 2 * i, "%2x", &byte);
        bytes[i] = (uint8_t)byte;
    }
    return bytes;
}

static void print_hex(const void *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) printf("%02x", ((const uint8_t *)bytes)[i]);
}

static void print_datetime(const batch_column *c, uint32_t row) {
    batch_datetime d = batch_unpack_datetime(c->values.uint64s[row]);
    printf("%04d-%02d-%02d", d.year, d.month, d.day);
    if (c->kind == BATCH_DATETIME) printf("T%02d:%02d:%02d.%06d", d.hour, d.minute, d.second, d.microsecond);
}

static void print_value(const batch_column *c, uint32_t row) {
    if (batch_is_null(c, row)) {
        putchar('~');
        return;
    }
    batch_time t;
    batch_slice text;
    switch (c->kind) {
    case BATCH_SIGNED: printf("%" PRId64, c->values.int64s[row]); break;
    case BATCH_UNSIGNED: printf("%" PRIu64, c->values.uint64s[row]); break;
    case BATCH_FLOAT: printf("%.9g", (double)c->values.floats[row]); break;
    case BATCH_DOUBLE: printf("%.17g", c->values.doubles[row]); break;
    case BATCH_DATE:
    case BATCH_DATETIME: print_datetime(c, row); break;
    case BATCH_TIME:
        t = batch_unpack_time(c->values.uint64s[row]);
        printf("%s%02d:%02d:%02d.%06d", t.negative ? "-" : "", t.hours, t.minutes, t.seconds, t.microseconds);
        break;
    default:
        text = batch_text(c, row);
        print_hex(text.ptr, text.len);
    }
}

// Writes a column again. A raw value is no parameter: it is written as bytes.
static batch_builder rebuild(const batch_column *c) {
    batch_builder b = batch_begin(c->kind == BATCH_RAW ? BATCH_BYTES : c->kind);
    for (uint32_t row = 0; row < c->rows; row++) {
        if (batch_is_null(c, row)) {
            batch_add_null(&b);
            continue;
        }
        switch (c->kind) {
        case BATCH_SIGNED: batch_add_int64(&b, c->values.int64s[row]); break;
        case BATCH_UNSIGNED: batch_add_uint64(&b, c->values.uint64s[row]); break;
        case BATCH_FLOAT: batch_add_float(&b, c->values.floats[row]); break;
        case BATCH_DOUBLE: batch_add_double(&b, c->values.doubles[row]); break;
        case BATCH_DATE:
        case BATCH_DATETIME:
            batch_add_uint64(&b, batch_pack_datetime(batch_unpack_datetime(c->values.uint64s[row])));
            break;
        case BATCH_TIME: batch_add_uint64(&b, batch_pack_time(batch_unpack_time(c->values.uint64s[row]))); break;
        default: batch_add_slice(&b, batch_text(c, row));
        }
    }
    return b;
}

static void convert(uint32_t rows, const char *hex) {
    size_t length, count;
    uint8_t *data = from_hex(hex, &length);
    batch_column *columns;
    batch_defect defect = batch_read(rows, data, length, &columns, &count);
    if (defect.rule) {
        printf("defect %d %s\n", defect.column, defect.rule);
        free(data);
        return;
    }
    printf("ok");
    batch_builder *builders = calloc(count + 1, sizeof *builders);
    for (size_t i = 0; i < count; i++) {
        printf(" %d", columns[i].kind);
        for (uint32_t row = 0; row < rows; row++) {
            putchar(',');
            print_value(&columns[i], row);
        }
        builders[i] = rebuild(&columns[i]);
    }
    batch_buffer written = batch_encode(builders, count);
    putchar(' ');
    print_hex(written.ptr, written.len);
    putchar('\n');
    for (size_t i = 0; i < count; i++) batch_builder_free(&builders[i]);
    free(builders), free(written.ptr), free(columns), free(data);
}

int main(void) {
    static char line[1 << 20];
    while (fgets(line, sizeof line, stdin)) {
        char *hex;
        uint32_t rows = (uint32_t)strtoul(line, &hex, 10);
        hex[strcspn(hex, "\n")] = 0;
        convert(rows, hex + 1);
    }
}
