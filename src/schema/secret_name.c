#include "schema/secret_name.h"

#include "base/ascii.h"
#include "base/attr.h"

/* Of a longer name the end counts, of a longer word its start. */
enum { NAME_MAX_BYTES = 64, WORD_MAX = 32, WORDS_MAX = NAME_MAX_BYTES };

typedef struct words {
    char text[WORDS_MAX][WORD_MAX];
    size_t length[WORDS_MAX];
    size_t count;
} words;

static bool is_capital(char c) {
    return c >= 'A' && c <= 'Z';
}

/* A word begins behind what is no letter or digit, and where a capital follows
 * a small letter or goes before one: apiKey, API_KEY, APIKey. */
static bool begins_word(str name, size_t i) {
    char c = name.ptr[i];
    if (i == 0 ||
        !(ascii_is_letter(name.ptr[i - 1]) || ascii_is_digit(name.ptr[i - 1])))
        return true;
    if (!is_capital(c))
        return false;
    bool is_end_of_capitals = i + 1 < name.len &&
                              ascii_is_letter(name.ptr[i + 1]) &&
                              !is_capital(name.ptr[i + 1]);
    return !is_capital(name.ptr[i - 1]) || is_end_of_capitals;
}

static words take_apart(str name) {
    words w = {0};
    if (name.len > NAME_MAX_BYTES)
        name = str_slice(name, name.len - NAME_MAX_BYTES, name.len);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!ascii_is_letter(c) && !ascii_is_digit(c))
            continue;
        if (begins_word(name, i))
            w.count++;
        size_t *length = &w.length[w.count - 1];
        if (*length < WORD_MAX)
            w.text[w.count - 1][(*length)++] = ascii_lower(c);
    }
    return w;
}

static bool is_one_of(const words *w, size_t at, const str *list,
                      size_t count) {
    str word = {w->text[at], w->length[at]};
    for (size_t i = 0; i < count; i++)
        if (str_equal(word, list[i]))
            return true;
    return false;
}

/* Two words in one: userpassword, accesstoken, passwordhash. */
static bool is_joined(const words *w, size_t at, bool is_at_end) {
    static const str ENDS[] = {STR_INIT("password"), STR_INIT("passwd"),
                               STR_INIT("secret"), STR_INIT("apikey")};
    str word = {w->text[at], w->length[at]};
    for (size_t i = 0; i < LENGTH(ENDS); i++)
        if (str_ends_with(word, ENDS[i]))
            return true;
    return str_starts_with(word, STR("password")) ||
           (is_at_end && (str_ends_with(word, STR("token")) ||
                          str_ends_with(word, STR("tokens"))));
}

bool secret_name_matches(str name) {
    static const str ANYWHERE[] = {
        STR_INIT("passphrase"), STR_INIT("passcode"),   STR_INIT("pwd"),
        STR_INIT("secrets"),    STR_INIT("credential"), STR_INIT("credentials"),
        STR_INIT("cvv"),        STR_INIT("cvc"),        STR_INIT("otp"),
        STR_INIT("totp"),
    };
    static const str AT_END[] = {STR_INIT("jwt")};
    static const str HASHED[] = {STR_INIT("hash"), STR_INIT("digest"),
                                 STR_INIT("encrypted"), STR_INIT("value")};
    static const str KEYS[] = {STR_INIT("key"), STR_INIT("keys")};
    static const str OF_KEYS[] = {
        STR_INIT("api"),     STR_INIT("private"),    STR_INIT("access"),
        STR_INIT("signing"), STR_INIT("encryption"), STR_INIT("auth"),
    };
    static const str NOT_AT_END[] = {
        STR_INIT("id"),    STR_INIT("at"),   STR_INIT("type"),
        STR_INIT("count"), STR_INIT("name"), STR_INIT("kind"),
    };
    words w = take_apart(name);
    if (w.count == 0 ||
        is_one_of(&w, w.count - 1, NOT_AT_END, LENGTH(NOT_AT_END)))
        return false;
    for (size_t i = 0; i < w.count; i++) {
        bool is_last = i + 1 == w.count;
        bool is_hashed =
            i + 2 == w.count && is_one_of(&w, i + 1, HASHED, LENGTH(HASHED));
        if (is_one_of(&w, i, ANYWHERE, LENGTH(ANYWHERE)) ||
            is_joined(&w, i, is_last || is_hashed) ||
            ((is_last || is_hashed) &&
             is_one_of(&w, i, AT_END, LENGTH(AT_END))) ||
            (!is_last && is_one_of(&w, i, OF_KEYS, LENGTH(OF_KEYS)) &&
             is_one_of(&w, i + 1, KEYS, LENGTH(KEYS))))
            return true;
    }
    return false;
}
