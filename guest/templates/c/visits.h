// Counts page visits.
#ifndef VISITS_H
#define VISITS_H

#include "wasmysql.h"

// Records the visitor of a page and counts the visit, in one transaction.
bool visit(wm_conn conn, const char *path, const char *visitor, wm_error_t *error);

// A visited page.
typedef struct {
    char path[201];
    uint64_t visits;
} page;

// Returns the number of visited pages, and stores at most `size` of them, most visits first.
// Returns -1 after an error.
int visited_pages(wm_conn conn, page *pages, int size, wm_error_t *error);

#endif
