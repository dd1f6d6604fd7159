/*
 * call_arguments.h: what a call of a function is given.
 *
 * By POST a JSON object of named arguments. By GET parameters of the query
 * string, among which are also the filters, the order and the page of the
 * result: a parameter is an argument unless it is a word of the dialect or has
 * an operator in front of its value. ?n=1 is the argument n, ?n=eq.1 a filter;
 * but of a name that only an argument has it is the argument, whatever its
 * value.
 *
 * A function of one argument that is Json takes all of a body that is not an
 * object with that name.
 */
#ifndef API_REST_CALL_ARGUMENTS_H
#define API_REST_CALL_ARGUMENTS_H

#include "api/rest/rest_request.h"
#include "schema/function.h"

typedef struct call_arguments {
    const value *values; /* as the function's; VALUE_DEFAULT: not given */
    str query;           /* the query string without the arguments */
} call_arguments;

/* ERR_UNKNOWN_FUNCTION when an argument is missing or there is none of that
 * name, ERR_BODY, or why a value is not of its type. */
fallible call_arguments_read(arena *a, const rest_request *r, const function *f,
                             call_arguments *out);

/* A parameter of the dialect, such as select, order or tasks.limit. */
bool call_arguments_is_word(str name);

/* ERR_UNKNOWN_FUNCTION with the function that was meant, if one is near. */
fallible call_arguments_refuse(arena *a, const schema *s, str name);

#endif
