#include "lua/script_api.h"

#include "lua/script.h"
#include "lua/script_crypto.h"
#include "lua/script_data.h"
#include "lua/script_error.h"
#include "lua/script_http.h"
#include "lua/script_job.h"
#include "lua/script_json.h"
#include "lua/script_refuse.h"
#include "lua/script_row.h"
#include "lua/script_test.h"
#include "lua/script_tools.h"
#include "lua/script_transaction.h"

void script_api_open(lua_State *L) {
    script_error_prepare(L);
    script_json_prepare(L);
    sandbox_push_globals(L);
    lua_newtable(L);
    script_add_functions(L);
    script_refuse_add_functions(L);
    script_row_prepare(L);
    script_data_add_functions(L);
    script_transaction_add(L);
    script_job_add_functions(L);
    script_test_add_functions(L);
    script_tools_add(L);
    script_crypto_add(L);
    script_http_add(L);
    script_json_push_null(L);
    lua_setfield(L, -2, "null");
    sandbox_freeze(L);
    lua_setfield(L, -2, "tenon");
    lua_pop(L, 1);
}
