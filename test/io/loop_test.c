#include "io/loop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <uv.h>

#include "base/attr.h"
#include "test/support/test.h"

/* Runs what was begun until nothing is left. */
static void run_out(loop *l) {
    loop_stop(l);
    loop_run(l);
}

static void ends_when_stopped_and_nothing_is_left(void **state) {
    (void)state;
    loop *l = loop_new();
    run_out(l);
    run_out(l);
    loop_free(l);
}

static void count_timer(uv_timer_t *timer) {
    int *left = timer->data;
    if (--*left == 0)
        uv_close((uv_handle_t *)timer, NULL);
}

static void stays_while_a_handle_is_open(void **state) {
    (void)state;
    loop *l = loop_new();
    uv_timer_t timer;
    int left = 5;
    uv_timer_init(loop_uv(l), &timer);
    timer.data = &left;
    uv_timer_start(&timer, count_timer, 1, 1);
    run_out(l);
    assert_int_equal(left, 0);
    loop_free(l);
}

/* ---- Hooks -------------------------------------------------------------- */

typedef struct counting_hook {
    loop_hook hook;
    int runs;
    int again; /* how often it asks for itself */
    loop *loop;
} counting_hook;

static void count_run(loop_hook *hook) {
    counting_hook *h = CONTAINER_OF(hook, counting_hook, hook);
    h->runs++;
    if (h->again-- > 0)
        loop_request_turn_end(h->loop, hook);
}

static void runs_a_hook_once_however_often_it_was_asked_for(void **state) {
    (void)state;
    loop *l = loop_new();
    counting_hook h = {.hook.run = count_run};
    for (int i = 0; i < 3; i++)
        loop_request_turn_end(l, &h.hook);
    run_out(l);
    assert_int_equal(h.runs, 1);
    run_out(l);
    assert_int_equal(h.runs, 1);
    loop_free(l);
}

static void runs_a_hook_again_when_it_asks_for_itself(void **state) {
    (void)state;
    loop *l = loop_new();
    counting_hook h = {.hook.run = count_run, .again = 100, .loop = l};
    loop_request_turn_end(l, &h.hook);
    run_out(l);
    assert_int_equal(h.runs, 101);
    loop_free(l);
}

/* ---- Messages ----------------------------------------------------------- */

enum { SENDERS = 4, MESSAGES = 20000 };

typedef struct letter {
    loop_message message;
    struct sender *sender;
    int number;
} letter;

typedef struct sender {
    loop *loop;
    letter *letters;
    int received;
    bool is_in_order;
    int *left; /* of all senders */
    pthread_t thread;
} sender;

static void receive(loop_message *message) {
    letter *received = CONTAINER_OF(message, letter, message);
    sender *from = received->sender;
    from->is_in_order = from->is_in_order && received->number == from->received;
    from->received++;
    if (--*from->left == 0)
        loop_stop(from->loop);
}

static void *send_all(void *argument) {
    sender *s = argument;
    for (int i = 0; i < MESSAGES; i++) {
        s->letters[i] = (letter){{.deliver = receive}, s, i};
        loop_post(s->loop, &s->letters[i].message);
    }
    return NULL;
}

static void receives_from_many_threads_in_each_ones_order(void **state) {
    arena *a = *state;
    loop *l = loop_new();
    int left = SENDERS * MESSAGES;
    sender senders[SENDERS];
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (sender){.loop = l, .is_in_order = true, .left = &left};
        senders[i].letters = arena_new_array(a, letter, MESSAGES);
        pthread_create(&senders[i].thread, NULL, send_all, &senders[i]);
    }
    loop_run(l);
    for (int i = 0; i < SENDERS; i++) {
        pthread_join(senders[i].thread, NULL);
        assert_int_equal(senders[i].received, MESSAGES);
        assert_true(senders[i].is_in_order);
    }
    loop_free(l);
}

static void *send_last(void *argument) {
    letter *last = argument;
    loop_post(last->sender->loop, &last->message);
    return NULL;
}

/* Delivering the message ends the loop while its sender is still inside
 * loop_post. */
static void may_be_freed_by_the_message_it_ended_on(void **state) {
    (void)state;
    for (int round = 0; round < 500; round++) {
        int left = 1;
        sender s = {.loop = loop_new(), .is_in_order = true, .left = &left};
        letter last = {{.deliver = receive}, &s, 0};
        pthread_create(&s.thread, NULL, send_last, &last);
        loop_run(s.loop);
        loop_free(s.loop);
        pthread_join(s.thread, NULL);
        assert_int_equal(left, 0);
    }
}

/* ---- Deadlines ---------------------------------------------------------- */

static void saturates_far_deadlines(void **state) {
    (void)state;
    loop *l = loop_new();
    assert_true(deadline_in(l, 5).at_ms == loop_now(l) + 5);
    assert_true(deadline_in(l, INT64_MAX).at_ms == deadline_never().at_ms);
    loop_free(l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(ends_when_stopped_and_nothing_is_left),
        TEST(stays_while_a_handle_is_open),
        TEST(runs_a_hook_once_however_often_it_was_asked_for),
        TEST(runs_a_hook_again_when_it_asks_for_itself),
        TEST(receives_from_many_threads_in_each_ones_order),
        TEST(may_be_freed_by_the_message_it_ended_on),
        TEST(saturates_far_deadlines),
    };
    return cmocka_run_group_tests_name("io/loop", tests, NULL, NULL);
}
