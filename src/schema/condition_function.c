#include "schema/condition_function.h"

#include "base/assert.h"
#include "base/attr.h"

#define ANYWHERE (USE_POLICY | USE_VALIDATE | USE_DATABASE)
#define IN_SERVER (USE_POLICY | USE_VALIDATE)

/* Of several names the first is ours, the others are those that ZenStack's two
 * versions have. */
static const condition_function_spec FUNCTIONS[] = {
    {.name = STR_INIT("now"),
     .id = FUNCTION_NOW,
     .uses = IN_SERVER,
     .result = SCALAR_DATETIME},
    {.name = STR_INIT("contains"),
     .id = FUNCTION_CONTAINS,
     .uses = ANYWHERE,
     .result = SCALAR_BOOLEAN,
     .required = 2,
     .parameters = {PARAMETER_TEXT, PARAMETER_TEXT, PARAMETER_SWITCH}},
    {.name = STR_INIT("startsWith"),
     .id = FUNCTION_STARTS_WITH,
     .uses = ANYWHERE,
     .result = SCALAR_BOOLEAN,
     .required = 2,
     .parameters = {PARAMETER_TEXT, PARAMETER_TEXT, PARAMETER_SWITCH}},
    {.name = STR_INIT("endsWith"),
     .id = FUNCTION_ENDS_WITH,
     .uses = ANYWHERE,
     .result = SCALAR_BOOLEAN,
     .required = 2,
     .parameters = {PARAMETER_TEXT, PARAMETER_TEXT, PARAMETER_SWITCH}},
    {.name = STR_INIT("has"),
     .id = FUNCTION_HAS,
     .uses = IN_SERVER,
     .result = SCALAR_BOOLEAN,
     .required = 2,
     .parameters = {PARAMETER_LIST, PARAMETER_ELEMENT}},
    {.name = STR_INIT("hasSome"),
     .id = FUNCTION_HAS_SOME,
     .uses = IN_SERVER,
     .result = SCALAR_BOOLEAN,
     .required = 2,
     .parameters = {PARAMETER_LIST, PARAMETER_ELEMENTS}},
    {.name = STR_INIT("hasEvery"),
     .id = FUNCTION_HAS_EVERY,
     .uses = IN_SERVER,
     .result = SCALAR_BOOLEAN,
     .required = 2,
     .parameters = {PARAMETER_LIST, PARAMETER_ELEMENTS}},
    {.name = STR_INIT("isEmpty"),
     .id = FUNCTION_IS_EMPTY,
     .uses = IN_SERVER,
     .result = SCALAR_BOOLEAN,
     .required = 1,
     .parameters = {PARAMETER_LIST}},
    {.name = STR_INIT("check"),
     .id = FUNCTION_CHECK,
     .uses = USE_POLICY,
     .result = SCALAR_BOOLEAN,
     .required = 1,
     .parameters = {PARAMETER_ROW, PARAMETER_OPERATION}},
    {.name = STR_INIT("can"),
     .id = FUNCTION_CAN,
     .uses = USE_POLICY,
     .result = SCALAR_BOOLEAN,
     .required = 1,
     .parameters = {PARAMETER_VERB, PARAMETER_ROW},
     .is_of_auth = true},
    {.name = STR_INIT("currentModel"),
     .id = FUNCTION_CURRENT_MODEL,
     .uses = USE_POLICY,
     .result = SCALAR_STRING,
     .parameters = {PARAMETER_CASE}},
    {.name = STR_INIT("currentOperation"),
     .id = FUNCTION_CURRENT_OPERATION,
     .uses = USE_POLICY,
     .result = SCALAR_STRING,
     .parameters = {PARAMETER_CASE}},
    {.name = STR_INIT("length"),
     .id = FUNCTION_LENGTH,
     .uses = ANYWHERE,
     .result = SCALAR_INT,
     .required = 1,
     .parameters = {PARAMETER_COUNTABLE}},
    {.name = STR_INIT("regex"),
     .id = FUNCTION_REGEX,
     .uses = USE_VALIDATE,
     .result = SCALAR_BOOLEAN,
     .required = 2,
     .parameters = {PARAMETER_TEXT, PARAMETER_PATTERN}},
    {.name = STR_INIT("isEmail"),
     .id = FUNCTION_EMAIL,
     .uses = USE_VALIDATE,
     .result = SCALAR_BOOLEAN,
     .required = 1,
     .parameters = {PARAMETER_TEXT}},
    {.name = STR_INIT("email"),
     .id = FUNCTION_EMAIL,
     .uses = USE_VALIDATE,
     .result = SCALAR_BOOLEAN,
     .required = 1,
     .parameters = {PARAMETER_TEXT}},
    {.name = STR_INIT("isUrl"),
     .id = FUNCTION_URL,
     .uses = USE_VALIDATE,
     .result = SCALAR_BOOLEAN,
     .required = 1,
     .parameters = {PARAMETER_TEXT}},
    {.name = STR_INIT("url"),
     .id = FUNCTION_URL,
     .uses = USE_VALIDATE,
     .result = SCALAR_BOOLEAN,
     .required = 1,
     .parameters = {PARAMETER_TEXT}},
    {.name = STR_INIT("isDateTime"),
     .id = FUNCTION_DATETIME,
     .uses = USE_VALIDATE,
     .result = SCALAR_BOOLEAN,
     .required = 1,
     .parameters = {PARAMETER_TEXT}},
    {.name = STR_INIT("datetime"),
     .id = FUNCTION_DATETIME,
     .uses = USE_VALIDATE,
     .result = SCALAR_BOOLEAN,
     .required = 1,
     .parameters = {PARAMETER_TEXT}},
};

const condition_function_spec *condition_function_find(str name,
                                                       bool is_of_auth) {
    for (size_t i = 0; i < LENGTH(FUNCTIONS); i++) {
        if (FUNCTIONS[i].is_of_auth == is_of_auth &&
            str_equal(FUNCTIONS[i].name, name))
            return &FUNCTIONS[i];
    }
    return NULL;
}

str condition_function_name(condition_function id) {
    for (size_t i = 0; i < LENGTH(FUNCTIONS); i++) {
        if (FUNCTIONS[i].id == id)
            return FUNCTIONS[i].name;
    }
    PANIC("no such function");
}

void condition_function_offer(nearest *n, bool is_of_auth, condition_use use) {
    for (size_t i = 0; i < LENGTH(FUNCTIONS); i++) {
        if (FUNCTIONS[i].is_of_auth == is_of_auth &&
            (FUNCTIONS[i].uses & (unsigned)use) != 0)
            nearest_offer(n, FUNCTIONS[i].name);
    }
}
