#include "core/text_rule.h"

#include "base/ascii.h"
#include "base/timestamp.h"

enum {
    EMAIL_MAX = 254, /* RFC 5321, 4.5.3.1.3, without the angle brackets */
    LOCAL_MAX = 64,  /* RFC 5321, 4.5.3.1.1 */
    DOMAIN_MAX = 253,
    LABEL_MAX = 63, /* RFC 1035, 2.3.4 */
    TLD_MIN = 2,
    PORT_MAX_DIGITS = 5,
    PORT_MAX = 65535,
};

static bool is_alphanumeric(char c) {
    return ascii_is_letter(c) || ascii_is_digit(c);
}

static bool is_one_of(char c, const char *set) {
    return c != '\0' && strchr(set, c) != NULL;
}

/* RFC 5322, 3.2.3: dot-atom */
static bool is_local(str text) {
    if (text.len == 0 || text.len > LOCAL_MAX || text.ptr[0] == '.' ||
        text.ptr[text.len - 1] == '.')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.' && text.ptr[i - 1] == '.')
            return false;
        if (!is_alphanumeric(c) && !is_one_of(c, ".!#$%&'*+/=?^_`{|}~-"))
            return false;
    }
    return true;
}

static bool is_label(str text) {
    if (text.len == 0 || text.len > LABEL_MAX || text.ptr[0] == '-' ||
        text.ptr[text.len - 1] == '-')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_alphanumeric(text.ptr[i]) && text.ptr[i] != '-')
            return false;
    }
    return true;
}

/* labels: how many there were. The last one is left in *last. */
static bool is_domain(str text, size_t *labels, str *last) {
    if (text.len > DOMAIN_MAX || str_ends_with(text, STR(".")))
        return false;
    for (*labels = 0; text.len > 0; (*labels)++) {
        *last = str_split(&text, '.');
        if (!is_label(*last))
            return false;
    }
    return *labels > 0;
}

static bool has_letter(str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (ascii_is_letter(text.ptr[i]))
            return true;
    }
    return false;
}

bool text_rule_is_email(str text) {
    str domain = text;
    str local = str_split(&domain, '@');
    size_t labels = 0;
    str last = {0};
    return text.len <= EMAIL_MAX && is_local(local) &&
           is_domain(domain, &labels, &last) && labels > 1 &&
           last.len >= TLD_MIN && has_letter(last);
}

static bool is_port(str text) {
    if (text.len == 0 || text.len > PORT_MAX_DIGITS)
        return false;
    int64_t port = 0;
    return ascii_is_digit(text.ptr[0]) && str_parse_int64(text, &port) &&
           port > 0 && port <= PORT_MAX;
}

/* [::1] */
static bool is_ipv6(str text) {
    size_t colons = 0;
    for (size_t i = 0; i < text.len; i++) {
        colons += text.ptr[i] == ':';
        bool is_hex = ascii_is_digit(text.ptr[i]) ||
                      is_one_of(text.ptr[i], "abcdefABCDEF");
        if (!is_hex && text.ptr[i] != ':' && text.ptr[i] != '.')
            return false;
    }
    return colons >= 2;
}

static bool is_authority(str text) {
    if (str_starts_with(text, STR("["))) {
        str rest = text;
        str address = str_split(&rest, ']');
        return is_ipv6(str_slice(address, 1, address.len)) &&
               (rest.len == 0 ? str_ends_with(text, STR("]"))
                              : rest.ptr[0] == ':' &&
                                    is_port(str_slice(rest, 1, rest.len)));
    }
    str port = text;
    str host = str_split(&port, ':');
    size_t labels = 0;
    str last = {0};
    bool has_port = host.len < text.len;
    return is_domain(host, &labels, &last) && (!has_port || is_port(port));
}

static size_t find_any(str text, const char *set) {
    size_t i = 0;
    while (i < text.len && !is_one_of(text.ptr[i], set))
        i++;
    return i;
}

/* Blanks and control characters never; what RFC 3986 has no place for neither,
 * but bytes past ASCII, which browsers encode. */
static bool has_url_characters(str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == 0x7F || is_one_of((char)c, "<>\"{}|\\^`"))
            return false;
    }
    return true;
}

bool text_rule_is_url(str text) {
    str rest = text;
    str scheme = str_take(&rest, find_any(rest, ":"));
    bool is_web = str_equal_ignoring_case(scheme, STR("http")) ||
                  str_equal_ignoring_case(scheme, STR("https"));
    if (!is_web || !str_starts_with(rest, STR("://")) ||
        !has_url_characters(text))
        return false;
    str_take(&rest, sizeof "://" - 1);
    return is_authority(str_take(&rest, find_any(rest, "/?#")));
}

bool text_rule_is_datetime(arena *a, str text) {
    static const size_t DATE_LENGTH = sizeof "2024-01-31" - 1;
    static const size_t SECONDS_LENGTH = sizeof "2024-01-31T12:00:00" - 1;
    if (text.len <= SECONDS_LENGTH || !is_one_of(text.ptr[DATE_LENGTH], "Tt") ||
        text.ptr[SECONDS_LENGTH - 3] != ':')
        return false;
    char last = text.ptr[text.len - 1];
    bool is_zulu = is_one_of(last, "Zz");
    bool has_zone = text.ptr[text.len - 3] == ':' &&
                    is_one_of(text.ptr[text.len - 6], "+-");
    timestamp ignored;
    return (is_zulu || has_zone) && timestamp_parse(a, text, &ignored) == NULL;
}
