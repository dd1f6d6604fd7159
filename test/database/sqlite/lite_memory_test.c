#include "database/sqlite/lite_memory.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "test/support/test.h"

enum { PIECES = 400, ROUNDS = 50 };

static const int SIZES[] = {1, 8, 63, 64, 65, 500, 1200, 2048, 2049, 100000};

static const sqlite3_mem_methods *memory;

static void fill(void *piece, int size, int mark) {
    memset(piece, mark, (size_t)size);
}

static void check(const void *piece, int size, int mark) {
    const unsigned char *bytes = piece;
    for (int i = 0; i < size; i++)
        assert_int_equal(bytes[i], (unsigned char)mark);
}

static void a_piece_is_as_large_as_asked_for_and_aligned(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(SIZES); i++) {
        void *piece = memory->xMalloc(SIZES[i]);
        assert_non_null(piece);
        assert_true(memory->xSize(piece) >= SIZES[i]);
        assert_int_equal(memory->xSize(piece), memory->xRoundup(SIZES[i]));
        assert_int_equal((uintptr_t)piece % 8, 0);
        fill(piece, SIZES[i], 0xa5);
        memory->xFree(piece);
    }
}

static void what_is_given_back_is_handed_out_again(void **state) {
    (void)state;
    void *first = memory->xMalloc(100);
    memory->xFree(first);
    void *second = memory->xMalloc(90);
    assert_ptr_equal(second, first);
    memory->xFree(second);
}

static void two_pieces_never_overlap(void **state) {
    (void)state;
    void *pieces[PIECES];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < PIECES; i++) {
            int size = SIZES[(size_t)i % LENGTH(SIZES)];
            pieces[i] = memory->xMalloc(size);
            fill(pieces[i], size, i);
        }
        for (int i = 0; i < PIECES; i++) {
            check(pieces[i], SIZES[(size_t)i % LENGTH(SIZES)], i);
            memory->xFree(pieces[i]);
        }
    }
}

static void a_resized_piece_keeps_its_bytes(void **state) {
    (void)state;
    for (size_t from = 0; from < LENGTH(SIZES); from++) {
        for (size_t to = 0; to < LENGTH(SIZES); to++) {
            void *piece = memory->xMalloc(SIZES[from]);
            fill(piece, SIZES[from], 7);
            piece = memory->xRealloc(piece, memory->xRoundup(SIZES[to]));
            assert_true(memory->xSize(piece) >= SIZES[to]);
            check(piece, SIZES[from] < SIZES[to] ? SIZES[from] : SIZES[to], 7);
            memory->xFree(piece);
        }
    }
}

typedef struct handover {
    void *pieces[PIECES];
} handover;

static void *take_all(void *argument) {
    handover *h = argument;
    for (int i = 0; i < PIECES; i++) {
        h->pieces[i] = memory->xMalloc(200);
        fill(h->pieces[i], 200, i);
    }
    return NULL;
}

static void *give_all(void *argument) {
    handover *h = argument;
    for (int i = 0; i < PIECES; i++) {
        check(h->pieces[i], 200, i);
        memory->xFree(h->pieces[i]);
    }
    return NULL;
}

static void run(void *(*work)(void *), void *argument) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, work, argument), 0);
    pthread_join(thread, NULL);
}

/* What a thread kept and did not give to the system when it ended, a build that
 * looks for leaks tells of. */
static void another_thread_may_give_back(void **state) {
    (void)state;
    handover h;
    for (int i = 0; i < ROUNDS; i++) {
        run(take_all, &h);
        run(give_all, &h);
    }
}

static void *churn(void *unused) {
    (void)unused;
    for (int i = 0; i < ROUNDS; i++)
        two_pieces_never_overlap(NULL);
    return NULL;
}

static void threads_do_not_disturb_each_other(void **state) {
    (void)state;
    pthread_t threads[4];
    for (size_t i = 0; i < LENGTH(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, churn, NULL), 0);
    for (size_t i = 0; i < LENGTH(threads); i++)
        pthread_join(threads[i], NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_piece_is_as_large_as_asked_for_and_aligned),
        cmocka_unit_test(what_is_given_back_is_handed_out_again),
        cmocka_unit_test(two_pieces_never_overlap),
        cmocka_unit_test(a_resized_piece_keeps_its_bytes),
        cmocka_unit_test(another_thread_may_give_back),
        cmocka_unit_test(threads_do_not_disturb_each_other),
    };
    memory = lite_memory_methods();
    if (memory->xInit(NULL) != SQLITE_OK)
        return EXIT_FAILURE;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    memory->xShutdown(NULL);
    return failed;
}
