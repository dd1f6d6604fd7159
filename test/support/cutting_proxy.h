/*
 * cutting_proxy.h: a TCP proxy that misbehaves when it is told to, for tests of
 * what becomes of a request whose answer is lost.
 */
#ifndef TEST_SUPPORT_CUTTING_PROXY_H
#define TEST_SUPPORT_CUTTING_PROXY_H

#include "base/arena.h"

typedef enum cutting_mode {
    CUTTING_NOTHING,
    CUTTING_NEXT,   /* the next answer is lost, and its connection; once */
    CUTTING_COMMIT, /* the same from the word COMMIT of a client on; once */
    CUTTING_ALL,    /* every connection is closed, also new ones */
    CUTTING_SILENT, /* nothing gets through, and nobody is told */
} cutting_mode;

typedef struct cutting_proxy cutting_proxy;

/* In front of 127.0.0.1:port. */
cutting_proxy *cutting_proxy_open(int port);
int cutting_proxy_port(const cutting_proxy *p);
void cutting_proxy_set(cutting_proxy *p, cutting_mode mode);

/* How often clients have said something behind an answer, or at first: trips. */
int cutting_proxy_trips(const cutting_proxy *p);
void cutting_proxy_close(cutting_proxy *p);

#endif
