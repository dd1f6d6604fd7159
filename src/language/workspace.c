#include "language/workspace.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/url.h"

enum { MAX_URI = 1 << 16 };

void workspace_free(workspace *w) {
    for (size_t i = 0; i < w->count; i++)
        arena_free(w->items[i].arena);
    free(w->items);
    arena_free(w->arena);
    *w = (workspace){0};
}

void workspace_set_root(workspace *w, str path) {
    if (w->arena == NULL)
        w->arena = arena_new();
    w->root = arena_copy(w->arena, path);
}

static document *find(const workspace *w, str uri) {
    for (size_t i = 0; i < w->count; i++) {
        if (str_equal(w->items[i].uri, uri))
            return &w->items[i];
    }
    return NULL;
}

static document *add(workspace *w) {
    document *items = realloc(w->items, (w->count + 1) * sizeof *items);
    if (items == NULL)
        PANIC("out of memory");
    w->items = items;
    document *made = &items[w->count++];
    *made = (document){.arena = arena_new()};
    return made;
}

void workspace_put(workspace *w, str uri, str text) {
    document *d = find(w, uri);
    if (d == NULL)
        d = add(w);
    arena *fresh = arena_new();
    str kept = arena_copy(fresh, uri);
    str path = kept;
    workspace_path_of_uri(fresh, kept, &path);
    str copy = arena_copy(fresh, text);
    arena_free(d->arena);
    *d = (document){fresh, kept, path, copy};
}

void workspace_remove(workspace *w, str uri) {
    document *d = find(w, uri);
    if (d == NULL)
        return;
    arena_free(d->arena);
    *d = w->items[--w->count];
}

const document *workspace_find(const workspace *w, str uri) {
    return find(w, uri);
}

const document *workspace_find_path(const workspace *w, str path) {
    for (size_t i = 0; i < w->count; i++) {
        if (str_equal(w->items[i].path, path))
            return &w->items[i];
    }
    return NULL;
}

bool workspace_path_of_uri(arena *a, str uri, str *path) {
    if (!str_starts_with(uri, STR("file://")))
        return false;
    str rest = str_slice(uri, strlen("file://"), uri.len);
    return url_decode_path(a, rest, path) == NULL;
}

str workspace_uri_of_path(arena *a, str path) {
    CLEANUP(buf_free) buf out = buf_new(MAX_URI);
    buf_append(&out, STR("file://"));
    bool is_first = true;
    while (path.len > 0 || is_first) {
        if (!is_first)
            buf_append_char(&out, '/');
        is_first = false;
        buf_append(&out, url_encode(a, str_split(&path, '/')));
    }
    return arena_copy(a, buf_str(&out));
}
