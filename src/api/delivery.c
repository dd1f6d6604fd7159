#include "api/delivery.h"

#include "api/accept_encoding.h"
#include "api/entity_tag.h"
#include "base/attr.h"

enum {
    COMPRESS_FROM = 1024,

    /* Hashing and compressing so much takes 0.3 ms; longer than that would
     * be felt by others. */
    LARGE = 128 * 1024,

    /* Bodies in memory up to this are written over, larger ones given back. */
    KEPT = 64 * 1024,
};

delivery delivery_new(const app *application) {
    delivery d = {
        .pool = application->blocking,
        .tag_from =
            application->etag_size > 0 ? application->etag_size : SIZE_MAX,
        .compress_from =
            application->is_uncompressed ? SIZE_MAX : COMPRESS_FROM,
    };
    d.from = d.tag_from < d.compress_from ? d.tag_from : d.compress_from;
    return d;
}

/* ---- Whether ------------------------------------------------------------- */

static bool has_header(const http_reply *reply, str name) {
    for (size_t i = 0; i < reply->header_count; i++)
        if (str_equal_ignoring_case(reply->headers[i].name, name))
            return true;
    return false;
}

/* Text of all kinds; what is compressed already is of none. */
static bool is_compressible(const http_reply *reply) {
    static const str ENDINGS[] = {STR_INIT("json"), STR_INIT("xml"),
                                  STR_INIT("javascript")};
    str rest = reply->content_type;
    str type = str_trim(str_split(&rest, ';'));
    if (has_header(reply, STR("Content-Encoding")))
        return false;
    for (size_t i = 0; i < LENGTH(ENDINGS); i++)
        if (str_ends_with(type, ENDINGS[i]))
            return true;
    return str_starts_with(type, STR("text/"));
}

/* A handler's own tag is of a row, not of bytes (row_version.h), and is the same
 * for all codings: nobody asks us for ranges of bytes, and a weak one would not
 * do for If-Match. */
static bool wants_tag(const delivery *d, const http_request *request,
                      const http_reply *reply) {
    return reply->body->len >= d->tag_from && request->method == HTTP_GET &&
           (reply->status == 200 || reply->status == 206) &&
           !has_header(reply, STR("ETag"));
}

static content_coding choose_coding(delivery *d, const http_request *request) {
    unsigned available = 0;
    for (content_coding c = CODING_GZIP; c < CODING_COUNT; c++)
        if (compression_has(&d->codecs, c))
            available |= 1U << c;
    return accept_encoding_choose(request, available);
}

/* ---- The work ------------------------------------------------------------ */

/* What is worked out, perhaps on another thread: nothing of the loop's. */
typedef struct work {
    const compression *codecs;
    const http_request *request;
    const http_reply *reply;
    bool wants_tag;
    content_coding coding;

    bool is_known; /* the client has it */
    bool is_compressed;
    buf compressed;
    char tag[ENTITY_TAG_LENGTH];
} work;

static err *do_work(void *argument) {
    work *w = argument;
    if (w->wants_tag) {
        entity_tag_write(w->reply, w->tag);
        w->is_known =
            entity_tag_is_known(w->request, (str){w->tag, sizeof w->tag});
    }
    if (!w->is_known && w->coding != CODING_IDENTITY)
        w->is_compressed = compression_run(
            w->codecs, w->coding, buf_str(w->reply->body), &w->compressed);
    return NULL;
}

/* False when too many others wait for that: then it leaves as it is. */
static bool run_work(delivery *d, work *w) {
    if (w->reply->body->len < LARGE || d->pool == NULL)
        return do_work(w) == NULL;
    return blocking_run(w->request->arena, d->pool, do_work, w) == NULL;
}

/* ---- The outcome --------------------------------------------------------- */

/* RFC 9110 15.4.5: of the headers, those that tell which answer it was. */
static void reply_unchanged(http_reply *reply) {
    size_t kept = 0;
    for (size_t i = 0; i < reply->header_count; i++)
        if (!str_equal(reply->headers[i].name, STR("Content-Range")))
            reply->headers[kept++] = reply->headers[i];
    reply->header_count = kept;
    reply->status = 304;
    reply->content_type = (str){0};
    buf_clear(reply->body, KEPT);
}

static void put_compressed(http_reply *reply, work *w) {
    buf *body = reply->body;
    http_reply_add(reply, STR("Content-Encoding"),
                   content_coding_name(w->coding));
    if (body->capacity <= KEPT) {
        body->len = 0;
        buf_append(body, buf_str(&w->compressed));
        return;
    }
    buf before = *body;
    *body = w->compressed;
    w->compressed = before;
}

void delivery_prepare(delivery *d, const http_request *request,
                      http_reply *reply) {
    work w = {
        .codecs = &d->codecs,
        .request = request,
        .reply = reply,
        .wants_tag = wants_tag(d, request, reply),
        .compressed = buf_new(reply->body->max),
    };
    if (reply->body->len >= d->compress_from && is_compressible(reply)) {
        w.coding = choose_coding(d, request);
        http_reply_add(reply, STR("Vary"), STR("Accept-Encoding"));
    }
    if ((!w.wants_tag && w.coding == CODING_IDENTITY) || !run_work(d, &w))
        return;
    if (w.wants_tag)
        http_reply_add(reply, STR("ETag"),
                       arena_copy(request->arena, (str){w.tag, sizeof w.tag}));
    if (w.is_known)
        reply_unchanged(reply);
    else if (w.is_compressed)
        put_compressed(reply, &w);
    buf_free(&w.compressed);
}
