#include "bin/serve_front.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/assert.h"

struct serve_generation {
    arena *own; /* holds this */
    app application;
    atomic_size_t holders;
};

/* What a worker makes of a generation. */
struct served {
    arena *own; /* holds this */
    serve_generation *generation;
    api_service *api;
    size_t under_way; /* requests */
    loop_message is_over;
};

/* ---- Generations --------------------------------------------------------- */

serve_generation *serve_generation_new(arena *own, const app *application) {
    serve_generation *g = arena_new_array(own, serve_generation, 1);
    g->own = own;
    g->application = *application;
    atomic_init(&g->holders, 1);
    return g;
}

static serve_generation *hold(serve_generation *g) {
    atomic_fetch_add(&g->holders, 1);
    return g;
}

void serve_generation_release(serve_generation *g) {
    if (atomic_fetch_sub(&g->holders, 1) == 1)
        arena_free(g->own);
}

/* ---- One worker ---------------------------------------------------------- */

/* Takes the caller's hold of g. */
static served *served_new(const serve_front *f, serve_generation *g) {
    arena *own = arena_new();
    served *s = arena_new_array(own, served, 1);
    s->own = own;
    s->generation = g;
    s->api = api_new(own, &g->application, f->session);
    return s;
}

static void served_free(served *s) {
    serve_generation *g = s->generation;
    arena_free(s->own);
    serve_generation_release(g);
}

static void let_go(loop_message *message) {
    served_free(CONTAINER_OF(message, served, is_over));
}

/* Later: the reply that was made last may still be on its way out. */
static void dismiss(const serve_front *f, served *s) {
    s->is_over.deliver = let_go;
    loop_post(f->loop, &s->is_over);
}

static void serve(http_service *service, const http_request *request,
                  http_reply *reply) {
    serve_front *f = CONTAINER_OF(service, serve_front, http);
    served *s = f->now;
    s->under_way++;
    s->api->http.serve(&s->api->http, request, reply);
    s->under_way--;
    if (UNLIKELY(s != f->now) && s->under_way == 0)
        dismiss(f, s);
}

void serve_front_open(serve_front *f, loop *l, database_session *session,
                      serve_generation *g) {
    *f = (serve_front){.http = {.serve = serve}, .loop = l, .session = session};
    f->now = served_new(f, hold(g));
}

typedef struct replacement {
    loop_message message;
    serve_front *front;
    serve_generation *generation;
} replacement;

static void replace(loop_message *message) {
    replacement *r = CONTAINER_OF(message, replacement, message);
    serve_front *f = r->front;
    served *before = f->now;
    f->now = served_new(f, r->generation);
    if (before->under_way == 0)
        dismiss(f, before);
    free(r);
}

void serve_front_replace(serve_front *f, serve_generation *g) {
    replacement *r = calloc(1, sizeof *r);
    if (r == NULL)
        PANIC("out of memory");
    *r = (replacement){{.deliver = replace}, f, hold(g)};
    loop_post(f->loop, &r->message);
}

void serve_front_close(serve_front *f) {
    ASSERT(f->now->under_way == 0);
    served_free(f->now);
}
