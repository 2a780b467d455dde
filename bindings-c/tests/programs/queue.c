/* Submitted sends: every one makes exactly one completion, whatever happens. */
#include "check.h"

#include <dirent.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { MANY = 1000, SOME = 50 };

static const char STALL[] =
    "{\"op\": \"set_fault\", \"fault\": {\"kind\": \"stall\"}}";
static const char NO_FAULT[] = "{\"op\": \"set_fault\", \"fault\": null}";

/* How often each send completed; a send's user data is its place here. */
static int completed[MANY];

static void submit(const pm_client *client, pm_queue *queue, int count, pm_call **calls) {
    memset(completed, 0, sizeof completed);
    for (int i = 0; i < count; i++) {
        pm_message *message = new_sms();
        pm_error *error = NULL;
        pm_status status = pm_client_submit(client, message, NULL, queue, &completed[i],
                                            calls ? &calls[i] : NULL, &error);
        CHECK_OK(status, error);
        pm_message_free(message);
    }
}

/* Takes the completions there are, without waiting; returns how many. */
static int drain(pm_queue *queue, pm_status wanted, const char *kind) {
    int count = 0;
    pm_completion *completion;
    while ((completion = pm_queue_next(queue, 0)) != NULL) {
        int *place = pm_completion_user_data(completion);
        CHECK(place >= completed && place < completed + MANY);
        ++*place;
        ++count;
        const pm_error *error = pm_completion_error(completion);
        if (kind != NULL) {
            /* It had left or had not, and says which. */
            pm_status status = pm_completion_status(completion);
            CHECK(status == PM_UNKNOWN || status == PM_TRANSPORT_ERROR);
            CHECK_TEXT(pm_error_kind(error), kind);
            CHECK(pm_completion_receipt(completion) == NULL);
        } else {
            CHECK(pm_completion_status(completion) == wanted);
            CHECK(error == NULL && pm_receipt_message_id(pm_completion_receipt(completion)));
        }
        pm_completion_free(completion);
    }
    return count;
}

/* Waits by epoll until `count` sends have completed, once each. */
static void expect(pm_queue *queue, int count, const char *kind) {
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};
    CHECK(epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, pm_queue_fd(queue), &event) == 0);
    int taken = 0;
    while (taken < count) {
        CHECK(epoll_wait(epoll, &event, 1, PATIENCE) == 1);
        int drained = drain(queue, PM_OK, kind);
        CHECK(drained > 0);
        taken += drained;
    }
    /* No more, and the descriptor says so. */
    CHECK(epoll_wait(epoll, &event, 1, 50) == 0);
    close(epoll);
    CHECK(taken == count);
    for (int i = 0; i < count; i++)
        CHECK(completed[i] == 1);
}

static void moment(void) {
    struct timespec time = {0, 100 * 1000 * 1000};
    nanosleep(&time, NULL);
}

/* Every thread but the program's own blocks all signals. */
static void threads_block_signals(void) {
    DIR *tasks = opendir("/proc/self/task");
    CHECK(tasks != NULL);
    int others = 0;
    for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
        if (task->d_name[0] == '.' || atoi(task->d_name) == getpid())
            continue;
        char path[300], line[256];
        snprintf(path, sizeof path, "/proc/self/task/%s/status", task->d_name);
        FILE *status = fopen(path, "r");
        /* It may have ended meanwhile. */
        if (status == NULL)
            continue;
        unsigned long long blocked = 0;
        while (fgets(line, sizeof line, status) != NULL)
            if (strncmp(line, "SigBlk:", 7) == 0)
                blocked = strtoull(line + 7, NULL, 16);
        fclose(status);
        /* Standard signals but KILL and STOP, which can't be. */
        const unsigned long long all = 0x7fffffffULL & ~(1ULL << 8) & ~(1ULL << 18);
        CHECK((blocked & all) == all);
        ++others;
    }
    closedir(tasks);
    /* The sandbox's and the library's. */
    CHECK(others >= 2);
}

int main(void) {
    pm_sandbox *sandbox = start_sandbox();
    pm_client *client = sandbox_client(sandbox);
    pm_queue *queue = pm_queue_new();
    static pm_call *calls[MANY];

    /* Nothing yet: waiting ends at its time, and when it is woken. */
    CHECK(pm_queue_next(queue, 0) == NULL && pm_queue_next(queue, 10) == NULL);
    pm_queue_wake(queue);
    CHECK(pm_queue_next(queue, -1) == NULL);

    submit(client, queue, MANY, NULL);
    expect(queue, MANY, NULL);
    threads_block_signals();

    /* Cancelled: at once, and again when it is too late. */
    control(sandbox, STALL);
    submit(client, queue, SOME, calls);
    moment();
    for (int i = 0; i < SOME; i++)
        pm_cancel(calls[i]);
    expect(queue, SOME, "cancelled");
    for (int i = 0; i < SOME; i++) {
        pm_cancel(calls[i]);
        pm_call_free(calls[i]);
    }
    submit(client, queue, SOME, calls);
    for (int i = 0; i < SOME; i++) {
        pm_cancel(calls[i]);
        pm_call_free(calls[i]);
    }
    expect(queue, SOME, "cancelled");

    /* Closed with sends under way. */
    pm_client *closed = sandbox_client(sandbox);
    submit(closed, queue, SOME, NULL);
    moment();
    pm_client_close(closed);
    expect(queue, SOME, "closed");
    pm_client_free(closed);

    /* Freed with sends under way: they go on. */
    control(sandbox, NO_FAULT);
    pm_client *freed = sandbox_client(sandbox);
    submit(freed, queue, SOME, NULL);
    pm_client_free(freed);
    expect(queue, SOME, NULL);

    /* The queue first, the client later; and the other way round. */
    for (int order = 0; order < 2; order++) {
        pm_client *other = sandbox_client(sandbox);
        pm_queue *gone = pm_queue_new();
        submit(other, gone, SOME, calls);
        if (order == 0)
            pm_queue_free(gone);
        pm_client_free(other);
        if (order == 1)
            pm_queue_free(gone);
        for (int i = 0; i < SOME; i++)
            pm_call_free(calls[i]);
    }
    /* A queue with completions in it. */
    submit(client, queue, SOME, NULL);
    moment();
    pm_queue_free(queue);

    pm_client_free(client);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
