#include "core/impersonation.h"

#include "base/buf.h"
#include "core/claim_path.h"

enum { CLAIMS_MAX = 1024 * 1024 };

/* Of another scheme there is no token, as without the header. */
static bool take_token(str authorization, str *out) {
    static const str SCHEME = STR_INIT("Bearer ");
    bool is_bearer = authorization.len >= SCHEME.len &&
                     str_equal_ignoring_case(
                         str_slice(authorization, 0, SCHEME.len), SCHEME);
    if (is_bearer)
        *out =
            str_trim(str_slice(authorization, SCHEME.len, authorization.len));
    return is_bearer;
}

/* Adds a member to an object's text. */
static str with_role(arena *a, str object, str role) {
    CLEANUP(buf_free) buf out = buf_new(CLAIMS_MAX);
    str inside = str_trim(str_slice(object, 1, object.len - 1));
    buf_append_char(&out, '{');
    buf_append(&out, inside);
    buf_append(&out,
               str_is_empty(inside) ? STR("\"role\":") : STR(",\"role\":"));
    json_write_string(&out, role);
    buf_append_char(&out, '}');
    return arena_copy(a, buf_str(&out));
}

static err *be_anonymous(arena *a, const impersonation *i, bearer *out) {
    if (str_is_empty(i->anonymous_role))
        return err_new(a, ERR_TOKEN_REQUIRED, "Anonymous access is disabled");
    *out = (bearer){.role = i->anonymous_role,
                    .claims = with_role(a, STR("{}"), i->anonymous_role),
                    .is_anonymous = true};
    return NULL;
}

static str text_of(arena *a, const json *tree) {
    CLEANUP(buf_free) buf out = buf_new(CLAIMS_MAX);
    json_write(&out, tree);
    return arena_copy(a, buf_str(&out));
}

/* To PostgreSQL none is not a role but the end of impersonation: what runs as it
 * runs as the server's own user. */
static err *check_role(arena *a, str role) {
    return str_equal(role, STR("none"))
               ? err_new(a, ERR_TOKEN_CLAIMS,
                         "JWT names the role none, which is nobody")
               : NULL;
}

/* A token without a role is for what is anonymous, too. */
static err *be_bearer(arena *a, const impersonation *i, const json *claims,
                      bearer *out) {
    const json *role = claim_path_find(claims, i->role_claim);
    out->claims = text_of(a, claims);
    if (role != NULL && role->kind == JSON_STRING) {
        TRY(check_role(a, role->text));
        out->role = role->text;
    } else if (!str_is_empty(i->anonymous_role)) {
        out->role = i->anonymous_role;
        out->is_anonymous = true;
    } else {
        return err_new(a, ERR_TOKEN_REQUIRED, "Anonymous access is disabled");
    }
    if (json_find(claims, STR("role")) == NULL)
        out->claims = with_role(a, out->claims, out->role);
    return NULL;
}

err *impersonation_of(arena *a, const impersonation *i, str authorization,
                      int64_t now_s, bearer *out) {
    str token;
    const json *claims;
    *out = (bearer){0};
    if (!take_token(authorization, &token))
        return be_anonymous(a, i, out);
    if (i->keys == NULL)
        return err_new(a, ERR_TOKEN_SECRET, "Server lacks JWT secret");
    TRY(token_verify(a, i->keys, i->audience, now_s, token, &claims));
    return be_bearer(a, i, claims, out);
}
