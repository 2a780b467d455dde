/*
 * An event loop with thousands of sends in flight: one thread, one epoll.
 *
 *     ./epoll 5000
 *
 * Each send's user data is its job. The loop submits while there is room,
 * sleeps in epoll_wait(), and takes the completions that came.
 */
#include <partner_messaging.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

/* How many may be in flight; the client itself has its max_connections. */
enum { IN_FLIGHT = 4000 };

struct job {
    unsigned number;
    pm_outcome outcome;
};

static int submit(const pm_client *client, pm_queue *queue, struct job *job) {
    pm_message *message = pm_message_new_sms("+6591234567", "Hello from an event loop");
    pm_error *error = NULL;
    pm_status status = pm_client_submit(client, message, NULL, queue, job, NULL, &error);
    if (status != PM_OK) {
        job->outcome = pm_error_outcome(error);
        fprintf(stderr, "%u: %s\n", job->number, pm_error_message(error));
    }
    pm_error_free(error);
    pm_message_free(message);
    return status == PM_OK;
}

static void completed(const pm_completion *completion) {
    struct job *job = pm_completion_user_data(completion);
    const pm_error *error = pm_completion_error(completion);
    job->outcome = error ? pm_error_outcome(error) : PM_OUTCOME_SENT;
    if (error)
        fprintf(stderr, "%u: %s\n", job->number, pm_error_message(error));
}

int main(int argc, char **argv) {
    const unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 5000;
    struct job *jobs = calloc(count ? count : 1, sizeof *jobs);

    pm_options *options = pm_options_new();
    /* The deadline of a send covers the time that it waits for a slot. */
    pm_options_set_timeout_ms(options, 600000);
    pm_client *client = NULL;
    pm_error *error = NULL;
    if (pm_client_new(options, &client, &error) != PM_OK) {
        fprintf(stderr, "%s\n", pm_error_message(error));
        return 1;
    }
    pm_options_free(options);

    pm_queue *queue = pm_queue_new();
    int loop = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    if (jobs == NULL || loop < 0 || epoll_ctl(loop, EPOLL_CTL_ADD, pm_queue_fd(queue), &event) != 0) {
        perror("epoll");
        return 1;
    }

    unsigned submitted = 0, in_flight = 0, most = 0, wakes = 0;
    while (submitted < count || in_flight > 0) {
        while (submitted < count && in_flight < IN_FLIGHT) {
            jobs[submitted].number = submitted;
            in_flight += (unsigned)submit(client, queue, &jobs[submitted++]);
            most = in_flight > most ? in_flight : most;
        }
        if (in_flight > 0 && epoll_wait(loop, &event, 1, -1) < 0)
            continue; /* A signal. */
        wakes++;
        for (pm_completion *done; (done = pm_queue_next(queue, 0)) != NULL; in_flight--) {
            completed(done);
            pm_completion_free(done);
        }
    }

    unsigned sent = 0, rejected = 0, not_sent = 0, unknown = 0;
    for (unsigned i = 0; i < count; i++) {
        switch (jobs[i].outcome) {
        case PM_OUTCOME_SENT: sent++; break;
        case PM_OUTCOME_REJECTED: rejected++; break;
        case PM_OUTCOME_UNKNOWN: unknown++; break;
        case PM_OUTCOME_NOT_SENT:
        case PM_OUTCOME_NONE: not_sent++; break;
        }
    }
    printf("%u sent, %u rejected, %u not sent, %u unknown; %u in flight at most, %u wakes\n", sent, rejected,
           not_sent, unknown, most, wakes);

    close(loop);
    pm_queue_free(queue);
    pm_client_free(client);
    free(jobs);
    /* Ends the library's thread, so that tools that look for leaks find none. */
    pm_shutdown();
    return sent == count ? 0 : 1;
}
