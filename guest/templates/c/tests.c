// Tests of the plugin. `wasmysql test` runs each in a fresh database with the migrations.
#include "test.h"
#include "visits.h"

static void visits_are_counted(wm_conn conn) {
    TEST_CALL(visit(conn, "/news", "Ada", &test_error));
    TEST_CALL(visit(conn, "/news", "Grace", &test_error));
    page page;
    int count = visited_pages(conn, &page, 1, &test_error);
    TEST_CALL(count >= 0);
    TEST_CHECK(count == 1 && strcmp(page.path, "/news") == 0 && page.visits == 2);
}

static void visit_to_unknown_page_is_refused(wm_conn conn) {
    TEST_CHECK(!visit(conn, "/nowhere", "Ada", &test_error));
    TEST_CHECK(wm_code(&test_error) == 1452);
    TEST_CHECK(visited_pages(conn, NULL, 0, &test_error) == 0);
}

int main(int argc, char **argv) {
    static const test_case tests[] = {
        {"visits_are_counted", visits_are_counted},
        {"visit_to_unknown_page_is_refused", visit_to_unknown_page_is_refused},
    };
    return test_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
