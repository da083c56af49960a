#include "visits.h"

bool visit(wm_conn conn, const char *path, const char *visitor, wm_error_t *error) {
    wm_value_t params[] = {wm_p_text(path), wm_p_text(visitor)};
    wm_tx tx;
    if (!wm_begin(conn, &tx, error)) return false;
    if (wm_exec(conn, "UPDATE pages SET visits = visits + 1 WHERE path = ?", params, 1, NULL, error) &&
        wm_exec(conn, "INSERT INTO visits (path, visitor) VALUES (?, ?)", params, 2, NULL, error)) {
        return wm_commit(tx, error);
    }
    wm_error_t ignored; // the first error is returned
    if (!wm_rollback(tx, &ignored)) wm_error_free(&ignored);
    return false;
}

int visited_pages(wm_conn conn, page *pages, int size, wm_error_t *error) {
    const char *sql = "SELECT path, visits FROM pages WHERE visits > 0 ORDER BY visits DESC, path";
    wm_rows rows;
    if (!wm_query(conn, sql, NULL, 0, &rows, error)) return -1;
    int count = 0, status;
    while ((status = wm_next(&rows, error)) == 1) {
        if (count < size) {
            batch_slice path = wm_text(&rows, 0);
            snprintf(pages[count].path, sizeof pages[count].path, "%.*s", (int)path.len, path.ptr);
            pages[count].visits = wm_uint64(&rows, 1);
        }
        count++;
    }
    wm_rows_free(&rows);
    return status < 0 ? -1 : count;
}
