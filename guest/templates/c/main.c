// A plugin that counts page visits.
#include <inttypes.h>
#include <stdlib.h>

#include "visits.h"

_Noreturn static void fail(wm_error_t *error) {
    wm_print_error(stderr, error);
    exit(1);
}

int main(void) {
    static const char *const visits[][2] = {{"/", "Ada"}, {"/about", "Ada"}, {"/", "Grace"}};
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ); // print each line at once: a trap discards the buffer
    wm_error_t error;
    wm_engine engine;
    wm_conn conn;
    if (!wm_connect("main", &engine, &error) || !wm_acquire(engine, &conn, &error)) fail(&error);
    for (size_t i = 0; i < sizeof visits / sizeof *visits; i++) {
        if (!visit(conn, visits[i][0], visits[i][1], &error)) fail(&error);
    }
    page pages[10];
    int count = visited_pages(conn, pages, 10, &error);
    if (count < 0) fail(&error);
    for (int i = 0; i < count && i < 10; i++) printf("%-8s%3" PRIu64 " visits\n", pages[i].path, pages[i].visits);
    wm_release(conn);
    wm_disconnect(engine);
}
