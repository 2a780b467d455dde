/*
 * 16 threads that make, use, cancel, close and free at random, all at once:
 * every submitted send makes exactly one completion or calls its function once.
 *
 *     ./stress [rounds of each thread] [seed]
 */
#include "check.h"

#include <pthread.h>
#include <sched.h>

enum { THREADS = 16, BATCH = 12 };

static unsigned rounds = 12;
static uint64_t seed = 1;
static pm_sandbox *sandbox;
static pm_client *shared;

/* What became of the sends of one thread; callbacks count in it too. */
struct tally {
    pthread_mutex_t mutex;
    uint64_t random;
    unsigned submitted, completed, sent, cancelled, closed;
};
static struct tally tallies[THREADS];

static unsigned below(struct tally *tally, unsigned limit) {
    tally->random ^= tally->random << 13;
    tally->random ^= tally->random >> 7;
    tally->random ^= tally->random << 17;
    return (unsigned)(tally->random >> 33) % limit;
}

/* A send: it may end once. */
struct send {
    struct tally *tally;
    int ends;
};

static void end(pm_completion *completion, void *user_data) {
    struct send *send = user_data;
    struct tally *tally = send->tally;
    const pm_status status = pm_completion_status(completion);
    const char *kind = pm_error_kind(pm_completion_error(completion));
    pthread_mutex_lock(&tally->mutex);
    ++send->ends;
    ++tally->completed;
    tally->sent += status == PM_OK;
    tally->cancelled += kind != NULL && strcmp(kind, "cancelled") == 0;
    tally->closed += kind != NULL && strcmp(kind, "closed") == 0;
    pthread_mutex_unlock(&tally->mutex);
    CHECK(status == PM_OK || strcmp(kind, "cancelled") == 0 || strcmp(kind, "closed") == 0);
    pm_completion_free(completion);
}

static void one_round(struct tally *tally) {
    pm_client *client = below(tally, 2) ? sandbox_client(sandbox) : shared;
    pm_queue *queue = pm_queue_new();
    struct send sends[BATCH];
    pm_call *calls[BATCH];
    int queued = 0;
    for (int i = 0; i < BATCH; i++) {
        sends[i] = (struct send){tally, 0};
        pm_message *message = new_sms();
        pm_error *error = NULL;
        pm_status status;
        if (below(tally, 2)) {
            status = pm_client_submit(client, message, NULL, queue, &sends[i], &calls[i], &error);
            ++queued;
        } else {
            status = pm_client_submit_callback(client, message, NULL, end, &sends[i], &calls[i], &error);
        }
        CHECK_OK(status, error);
        pm_message_free(message);
        if (below(tally, 4) == 0)
            pm_cancel(calls[i]);
        if (below(tally, 8) == 0)
            send_sms(shared);
    }
    if (client != shared && below(tally, 3) == 0)
        pm_client_close(client);
    /* Its callbacks go on to use what stands on this stack: wait, then free. */
    const bool freed_early = client != shared && below(tally, 2) == 0;
    if (!freed_early)
        CHECK(pm_client_wait(client, PATIENCE));
    else
        pm_client_free(client);
    while (queued-- > 0) {
        pm_completion *completion = pm_queue_next(queue, PATIENCE);
        CHECK(completion != NULL);
        end(completion, pm_completion_user_data(completion));
    }
    for (int i = 0; i < BATCH; i++) {
        for (bool ended = false; !ended;) {
            pthread_mutex_lock(&tally->mutex);
            ended = sends[i].ends > 0;
            pthread_mutex_unlock(&tally->mutex);
            if (!ended)
                sched_yield();
        }
        CHECK(sends[i].ends == 1);
        pm_cancel(calls[i]);
        pm_call_free(calls[i]);
    }
    CHECK(pm_queue_next(queue, 0) == NULL);
    pm_queue_free(queue);
    if (client != shared && !freed_early)
        pm_client_free(client);
    tally->submitted += BATCH;
}

static void *run(void *argument) {
    for (unsigned i = 0; i < rounds; i++)
        one_round(argument);
    return NULL;
}

int main(int argc, char **argv) {
    if (argc > 1)
        rounds = (unsigned)strtoul(argv[1], NULL, 10);
    if (argc > 2)
        seed = strtoull(argv[2], NULL, 10);
    sandbox = start_sandbox();
    shared = sandbox_client(sandbox);
    pthread_t threads[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_mutex_init(&tallies[i].mutex, NULL);
        tallies[i].random = (seed + i + 1) * UINT64_C(0x9e3779b97f4a7c15);
        CHECK(pthread_create(&threads[i], NULL, run, &tallies[i]) == 0);
    }
    struct tally all = {.submitted = 0};
    for (unsigned i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        all.submitted += tallies[i].submitted;
        all.completed += tallies[i].completed;
        all.sent += tallies[i].sent;
        all.cancelled += tallies[i].cancelled;
        all.closed += tallies[i].closed;
        pthread_mutex_destroy(&tallies[i].mutex);
    }
    printf("%u submitted, %u completed: %u sent, %u cancelled, %u closed\n", all.submitted,
           all.completed, all.sent, all.cancelled, all.closed);
    CHECK(all.submitted == THREADS * BATCH * rounds && all.completed == all.submitted);
    pm_client_free(shared);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
