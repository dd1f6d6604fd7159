#include "base/sha256_block.h"

#include "base/rand.h"
#include "test/support/test.h"

/* What the processor's instructions make is what the standard's steps make. */
static void each_processor_makes_the_same(void **state) {
    (void)state;
    enum { BLOCKS = 5, ROUNDS = 200 };
    rand_source random = rand_seeded(256);
    unsigned char bytes[BLOCKS * SHA256_BLOCK];
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t fast[SHA256_STATE];
        uint32_t plain[SHA256_STATE];
        rand_bytes(&random, bytes, sizeof bytes);
        rand_bytes(&random, fast, sizeof fast);
        memcpy(plain, fast, sizeof plain);
        size_t count = (size_t)i % (BLOCKS + 1);
        sha256_add_blocks(fast, bytes, count);
        sha256_add_blocks_plainly(plain, bytes, count);
        assert_memory_equal(fast, plain, sizeof plain);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_processor_makes_the_same),
    };
    return cmocka_run_group_tests_name("base/sha256_block", tests, NULL, NULL);
}
