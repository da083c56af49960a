// Makes the tests of a program known to `wasmysql test`, which runs each in a fresh database.
#ifndef TEST_H
#define TEST_H

#include "wasmysql.h"

typedef struct {
    const char *name;
    void (*run)(wm_conn conn);
} test_case;

// The error of the last call, for TEST_CALL.
extern wm_error_t test_error;

// End the program, and so the test, if a condition or the result of a call is false. A call
// receives &test_error.
#define TEST_CHECK(condition) ((condition) ? (void)0 : test_fail(__FILE__, __LINE__, #condition, NULL))
#define TEST_CALL(call) ((call) ? (void)0 : test_fail(__FILE__, __LINE__, #call, &test_error))

_Noreturn void test_fail(const char *file, int line, const char *text, const wm_error_t *error);

// Lists the tests or runs one, as the arguments of main ask. Without arguments, it runs all in one
// database. Each test receives a connection of the database `main`.
int test_main(int argc, char **argv, const test_case *tests, size_t count);

#endif
