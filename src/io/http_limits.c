#include "io/http_limits.h"

http_limits http_limits_default(void) {
    return (http_limits){
        .head_bytes = 32 * 1024,
        .header_count = 100,
        .body_bytes = 16 * 1024 * 1024,
        .reply_bytes = 64 * 1024 * 1024,
        .connections = 16 * 1024,
        .waiting_bytes = 128 * 1024 * 1024,
        .serving_bytes = 128 * 1024 * 1024,
        .head_ms = 10 * 1000,
        .body_ms = 30 * 1000,
        .body_rate = 500,
        .idle_ms = 75 * 1000,
        .write_ms = 30 * 1000,
        .request_ms = 30 * 1000,
    };
}
