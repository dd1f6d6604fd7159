/*
 * How long a server takes from exec to its first answer.
 *
 *     bench_start PORT PATH COMMAND [ARGUMENT...]
 *
 * Starts the command, asks for PATH over and over until the answer is a 200,
 * prints the milliseconds and kills it. In C, so that the clock is not that of
 * a busy script.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool is_answered(uint16_t port, const char *path) {
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    char request[512];
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                          "Connection: close\r\n\r\n",
                          path);
    char reply[64] = "";
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_ok =
        connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        send(fd, request, (size_t)length, MSG_NOSIGNAL) == length &&
        recv(fd, reply, sizeof reply - 1, 0) > 0 &&
        strncmp(reply, "HTTP/1.1 200", 12) == 0;
    close(fd);
    return is_ok;
}

static pid_t start(char **command) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
                                     O_WRONLY, 0);
    pid_t pid = 0;
    int rc = posix_spawnp(&pid, command[0], &actions, NULL, command, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (rc != 0) {
        fprintf(stderr, "bench_start: %s: %s\n", command[0], strerror(rc));
        exit(1);
    }
    return pid;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fputs("usage: bench_start PORT PATH COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    uint16_t port = (uint16_t)strtoul(argv[1], NULL, 10);
    double begin = now_ms();
    pid_t pid = start(argv + 3);
    bool is_up = is_answered(port, argv[2]);
    while (!is_up && now_ms() - begin < PATIENCE_MS) {
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
        is_up = is_answered(port, argv[2]);
    }
    double took = now_ms() - begin;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    if (!is_up) {
        fputs("bench_start: no answer\n", stderr);
        return 1;
    }
    printf("%.2f\n", took);
    return 0;
}
