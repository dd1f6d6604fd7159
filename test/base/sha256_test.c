#include "base/sha256.h"

#include "test/support/test.h"

/* The examples of NIST for FIPS 180-4. */
static void makes_the_digests_of_the_standard(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str digest;
    } CASES[] = {
        {STR_INIT(""), STR_INIT("e3b0c44298fc1c149afbf4c8996fb924"
                                "27ae41e4649b934ca495991b7852b855")},
        {STR_INIT("abc"), STR_INIT("ba7816bf8f01cfea414140de5dae2223"
                                   "b00361a396177a9cb410ff61f20015ad")},
        {STR_INIT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
         STR_INIT("248d6a61d20638b8e5c026930c3e6039"
                  "a33ce45964ff2167f6ecedd419db06c1")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(sha256_hex(a, CASES[i].text), CASES[i].digest);
}

static str repeat(arena *a, char c, size_t count) {
    char *text = arena_take(a, count, 1);
    memset(text, c, count);
    return (str){text, count};
}

static void makes_the_digest_of_a_million_letters(void **state) {
    arena *a = *state;
    expect_str(sha256_hex(a, repeat(a, 'a', 1000000)),
               STR("cdc76e5c9914fb9281a1c7e284d73e67"
                   "f1809a48a497200e046d39ccc7112cd0"));
}

/* Where the length still fits into the last block and where it does not; the
 * digests are those of coreutils' sha256sum. */
static void pads_at_the_edge_of_a_block(void **state) {
    arena *a = *state;
    static const struct {
        size_t length;
        str digest;
    } CASES[] = {
        {55, STR_INIT("9f4390f8d30c2dd92ec9f095b65e2b9a"
                      "e9b0a925a5258e241c9f1e910f734318")},
        {56, STR_INIT("b35439a4ac6f0948b6d6f9e3c6af0f5f"
                      "590ce20f1bde7090ef7970686ec6738a")},
        {63, STR_INIT("7d3e74a05d7db15bce4ad9ec0658ea98"
                      "e3f06eeecf16b4c6fff2da457ddc2f34")},
        {64, STR_INIT("ffe054fe7ae0cb6dc65c3af9b61d5209"
                      "f439851db43d0ba5997337df154668eb")},
        {65, STR_INIT("635361c48bb9eab14198e76ea8ab7f1a"
                      "41685d6ad62aa9146d301d4f17eb0ae0")},
        {119, STR_INIT("31eba51c313a5c08226adf18d4a359cf"
                       "dfd8d2e816b13f4af952f7ea6584dcfb")},
        {120, STR_INIT("2f3d335432c70b580af0e8e1b3674a7c"
                       "020d683aa5f73aaaedfdc55af904c21c")},
        {128, STR_INIT("6836cf13bac400e9105071cd6af47084"
                       "dfacad4e5e302c94bfed24e013afb73e")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(sha256_hex(a, repeat(a, 'a', CASES[i].length)),
                   CASES[i].digest);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(makes_the_digests_of_the_standard),
        TEST(makes_the_digest_of_a_million_letters),
        TEST(pads_at_the_edge_of_a_block),
    };
    return cmocka_run_group_tests_name("base/sha256", tests, NULL, NULL);
}
