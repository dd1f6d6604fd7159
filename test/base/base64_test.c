#include "base/base64.h"

#include "base/rand.h"
#include "test/support/test.h"

/* RFC 4648, section 10, and the bytes where the alphabets differ. */
static void reads_what_it_writes(void **state) {
    arena *a = *state;
    static const struct {
        str bytes;
        str standard;
        str url;
    } CASES[] = {
        {STR_INIT(""), STR_INIT(""), STR_INIT("")},
        {STR_INIT("f"), STR_INIT("Zg=="), STR_INIT("Zg")},
        {STR_INIT("fo"), STR_INIT("Zm8="), STR_INIT("Zm8")},
        {STR_INIT("foo"), STR_INIT("Zm9v"), STR_INIT("Zm9v")},
        {STR_INIT("foob"), STR_INIT("Zm9vYg=="), STR_INIT("Zm9vYg")},
        {STR_INIT("fooba"), STR_INIT("Zm9vYmE="), STR_INIT("Zm9vYmE")},
        {STR_INIT("foobar"), STR_INIT("Zm9vYmFy"), STR_INIT("Zm9vYmFy")},
        {STR_INIT("\0\0"), STR_INIT("AAA="), STR_INIT("AAA")},
        {STR_INIT("\xFF\xEF\xBE\xFF"), STR_INIT("/+++/w=="),
         STR_INIT("_---_w")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        for (base64_form form = BASE64_STANDARD; form <= BASE64_URL; form++) {
            str want = form == BASE64_URL ? CASES[i].url : CASES[i].standard;
            CLEANUP(buf_free) buf out = buf_new(100);
            base64_encode(&out, CASES[i].bytes, form);
            expect_str(buf_str(&out), want);
            str back;
            assert_true(base64_decode(a, want, form, &back));
            expect_str(back, CASES[i].bytes);
        }
    }
}

static void refuses_other_spellings(void **state) {
    arena *a = *state;
    static const struct {
        const char *text;
        base64_form form;
    } CASES[] = {
        {"Zg", BASE64_STANDARD},
        {"Zg=", BASE64_STANDARD},
        {"Zg===", BASE64_STANDARD},
        {"Z===", BASE64_STANDARD},
        {"====", BASE64_STANDARD},
        {"=", BASE64_STANDARD},
        {"==", BASE64_STANDARD},
        {"Zm9v====", BASE64_STANDARD},
        {"Zg==Zg==", BASE64_STANDARD},
        {"Zh==", BASE64_STANDARD},
        {"Zm9=", BASE64_STANDARD},
        {"Zm9v\n", BASE64_STANDARD},
        {"Zm 9", BASE64_STANDARD},
        {"_---", BASE64_STANDARD},
        {"Zm9\xC3", BASE64_STANDARD},
        {"Zg==", BASE64_URL},
        {"Z", BASE64_URL},
        {"Zm9vY", BASE64_URL},
        {"Zh", BASE64_URL},
        {"Zm9", BASE64_URL},
        {"/+++", BASE64_URL},
        {"Zm8=", BASE64_URL},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str out = STR("untouched");
        if (base64_decode(a, str_of(CASES[i].text), CASES[i].form, &out))
            fail_msg("%s is accepted", CASES[i].text);
        expect_str(out, STR("untouched"));
    }
}

static void keeps_all_bytes_of_all_lengths(void **state) {
    arena *a = *state;
    rand_source r = rand_seeded(3);
    char bytes[200];
    rand_bytes(&r, bytes, sizeof bytes);
    CLEANUP(buf_free) buf out = buf_new(1000);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        for (base64_form form = BASE64_STANDARD; form <= BASE64_URL; form++) {
            buf_clear(&out, 1000);
            base64_encode(&out, (str){bytes, len}, form);
            str back;
            assert_true(base64_decode(a, buf_str(&out), form, &back));
            expect_str(back, ((str){bytes, len}));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_what_it_writes),
        TEST(refuses_other_spellings),
        TEST(keeps_all_bytes_of_all_lengths),
    };
    return cmocka_run_group_tests_name("base/base64", tests, NULL, NULL);
}
