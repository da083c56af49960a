// Reads a value with a function of another kind, which ends the program with a message: test.sh
// compares it. The argument is the number of the case.
#include <stdlib.h>

#include "wasmysql.h"

int main(int argc, char **argv) {
    wm_error_t error;
    wm_engine engine;
    wm_conn conn;
    wm_rows r;
    if (argc != 2 || !wm_connect("main", &engine, &error) || !wm_acquire(engine, &conn, &error) ||
        !wm_query(conn, "SELECT SUM(seq), 'x', -1, NULL FROM seq_1_to_2", NULL, 0, &r, &error)) {
        return 2;
    }
    int number = atoi(argv[1]);
    if (number > 0 && wm_next(&r, &error) != 1) return 2;
    switch (number) {
    case 0: wm_int64(&r, 0); break;
    case 1: wm_int64(&r, 0); break;
    case 2: wm_double(&r, 1); break;
    case 3: wm_uint64(&r, 2); break;
    case 4: wm_text(&r, 3); break;
    case 5: wm_text(&r, 4); break;
    }
    return 0; // not reached
}
