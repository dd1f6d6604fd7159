/* What is compressed is what comes out again, by the libraries' own
 * decompressors. */
#include "io/compression.h"

#include <brotli/decode.h>
#include <dlfcn.h>
#include <stdio.h>

#include "test/support/test.h"

typedef struct decoders {
    __typeof__(libdeflate_alloc_decompressor) *alloc;
    __typeof__(libdeflate_free_decompressor) *free;
    __typeof__(libdeflate_gzip_decompress) *gunzip;
    __typeof__(BrotliDecoderDecompress) *unbrotli;
} decoders;

static void find(void *to, const char *file, const char *name) {
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    void *function = dlsym(library, name);
    assert_non_null(function);
    memcpy(to, &function, sizeof function);
}

static decoders load_decoders(void) {
    decoders d;
    find(&d.alloc, "libdeflate.so.0", "libdeflate_alloc_decompressor");
    find(&d.free, "libdeflate.so.0", "libdeflate_free_decompressor");
    find(&d.gunzip, "libdeflate.so.0", "libdeflate_gzip_decompress");
    find(&d.unbrotli, "libbrotlidec.so.1", "BrotliDecoderDecompress");
    return d;
}

static str decode(arena *a, content_coding coding, str packed, size_t room) {
    decoders d = load_decoders();
    char *to = arena_alloc(a, room, 1);
    size_t len = room;
    if (coding == CODING_BROTLI) {
        BrotliDecoderResult result = d.unbrotli(
            packed.len, (const uint8_t *)packed.ptr, &len, (uint8_t *)to);
        assert_int_equal(result, BROTLI_DECODER_RESULT_SUCCESS);
        return (str){to, len};
    }
    struct libdeflate_decompressor *inflate = d.alloc();
    assert_int_equal(d.gunzip(inflate, packed.ptr, packed.len, to, room, &len),
                     LIBDEFLATE_SUCCESS);
    d.free(inflate);
    return (str){to, len};
}

static str text_of(arena *a, size_t len) {
    char *text = arena_alloc(a, len + 64, 1);
    size_t at = 0;
    for (unsigned i = 0; at < len; i++)
        at += (size_t)snprintf(text + at, 64, "{\"id\":%u,\"n\":\"%x\"},", i,
                               i * 2654435761U);
    return (str){text, len};
}

static void makes_texts_smaller_and_gives_them_back(void **state) {
    arena *a = *state;
    static const size_t SIZES[] = {100, 1024, 16384, 16385, 70000, 3000000};
    compression c = {0};
    for (content_coding coding = CODING_GZIP; coding < CODING_COUNT; coding++) {
        assert_true(compression_has(&c, coding));
        for (size_t i = 0; i < LENGTH(SIZES); i++) {
            CLEANUP(buf_free) buf out = buf_new(4 << 20);
            str text = text_of(a, SIZES[i]);
            assert_true(compression_run(&c, coding, text, &out));
            assert_true(out.len < text.len);
            assert_true(i == 0 || out.len < text.len * 6 / 10);
            expect_str(decode(a, coding, buf_str(&out), text.len + 1), text);
        }
    }
}

static void leaves_alone_what_does_not_get_smaller(void **state) {
    arena *a = *state;
    compression c = {0};
    unsigned char *noise = arena_alloc(a, 5000, 1);
    unsigned x = 1;
    for (size_t i = 0; i < 5000; i++)
        noise[i] = (unsigned char)((x = x * 1664525 + 1013904223) >> 24);
    str texts[] = {{(char *)noise, 5000}, STR(""), STR("x"), STR("xyz")};
    for (content_coding coding = CODING_GZIP; coding < CODING_COUNT; coding++) {
        assert_true(compression_has(&c, coding));
        for (size_t i = 0; i < LENGTH(texts); i++) {
            CLEANUP(buf_free) buf out = buf_new(1 << 20);
            assert_false(compression_run(&c, coding, texts[i], &out));
            assert_int_equal(out.len, 0);
        }
    }
}

static void stays_within_the_maximum(void **state) {
    compression c = {0};
    assert_true(compression_has(&c, CODING_GZIP));
    CLEANUP(buf_free) buf out = buf_new(1000);
    assert_false(compression_run(&c, CODING_GZIP, text_of(*state, 2000), &out));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(makes_texts_smaller_and_gives_them_back),
        TEST(leaves_alone_what_does_not_get_smaller),
        TEST(stays_within_the_maximum),
    };
    return cmocka_run_group_tests_name("io/compression", tests, NULL, NULL);
}
