#include "test.h"

#include <stdlib.h>

wm_error_t test_error;

_Noreturn void test_fail(const char *file, int line, const char *text, const wm_error_t *error) {
    fprintf(stderr, "%s:%d: %s is false\n", file, line, text);
    if (error) wm_print_error(stderr, error);
    exit(1);
}

static bool has(int argc, char **argv, const char *argument) {
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], argument) == 0) return true;
    }
    return false;
}

static void run(const test_case *test) {
    wm_engine engine;
    wm_conn conn;
    TEST_CALL(wm_connect("main", &engine, &test_error));
    TEST_CALL(wm_acquire(engine, &conn, &test_error));
    test->run(conn);
    wm_release(conn);
    wm_disconnect(engine);
}

// The arguments are those of the test library of Rust.
int test_main(int argc, char **argv, const test_case *tests, size_t count) {
    if (has(argc, argv, "--list")) {
        bool ignored = has(argc, argv, "--ignored");
        for (size_t i = 0; i < count && !ignored; i++) printf("%s: test\n", tests[i].name);
        return 0;
    }
    const char *exact = has(argc, argv, "--exact") ? argv[1] : NULL;
    int passed = 0;
    for (size_t i = 0; i < count; i++) {
        if (exact && strcmp(exact, tests[i].name)) continue;
        run(&tests[i]);
        passed++;
    }
    printf("%d passed, 0 failed\n", passed);
    return passed == 0;
}
