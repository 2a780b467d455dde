/* What each C program of the benchmark measures of itself. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEY "bench-key"
#define TO "+6591234567"
#define MESSAGE_ID "msg_123456789"

/* A program's command line: <base URL> <warm-up> <sends> <characters>. */
struct job {
    const char *url;
    long warm_up; /* sends before those that are measured */
    long sends;
    char *content;
    const char *ca; /* NULL: plain HTTP */
};

static void die(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static struct job job_of(int argc, char **argv) {
    /* As a server does; libcurl is told to leave signals alone. */
    signal(SIGPIPE, SIG_IGN);
    if (argc != 5) die("usage: <base URL> <warm-up> <sends> <characters>");
    size_t characters = strtoul(argv[4], NULL, 10);
    struct job job = {argv[1], strtol(argv[2], NULL, 10), strtol(argv[3], NULL, 10), malloc(characters + 1),
                      getenv("BENCH_CA")};
    if (!job.content) die("no memory");
    memset(job.content, 'x', characters);
    job.content[characters] = '\0';
    return job;
}

static long long microseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (long long)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* A line of the kernel's account of this process, in kB. */
static long memory(const char *name) {
    char line[256];
    long kilobytes = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, name, strlen(name)) == 0) kilobytes = strtol(line + strlen(name), NULL, 10);
    if (status) fclose(status);
    return kilobytes;
}

/* Warms up, makes the sends, and prints what they took. */
static void measure(const struct job *job, void (*send)(const struct job *, void *), void *with) {
    for (long i = 0; i < job->warm_up; i++) send(job, with);
    long rest = memory("VmRSS:");
    long long cpu = microseconds(CLOCK_PROCESS_CPUTIME_ID), wall = microseconds(CLOCK_MONOTONIC);
    for (long i = 0; i < job->sends; i++) send(job, with);
    cpu = microseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall = microseconds(CLOCK_MONOTONIC) - wall;
    printf("{\"sends\":%ld,\"cpu_us\":%lld,\"wall_us\":%lld,\"rest_kb\":%ld,\"peak_kb\":%ld}\n", job->sends,
           cpu, wall, rest, memory("VmHWM:"));
}
