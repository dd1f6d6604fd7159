#include "io/thread.h"

#include <string.h>

err *thread_start(arena *a, const char *name, void *(*fn)(void *argument),
                  void *argument, pthread_t *out) {
    int error = pthread_create(out, NULL, fn, argument);
    if (error != 0)
        return err_new(a, ERR_UNAVAILABLE, "cannot start thread '%s': %s", name,
                       strerror(error));
    pthread_setname_np(*out, name);
    return NULL;
}
