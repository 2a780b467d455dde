/* Sends whose end is told to a function: one call each, whatever happens. */
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

enum { MANY = 500, SOME = 50 };

static const char STALL[] =
    "{\"op\": \"set_fault\", \"fault\": {\"kind\": \"stall\"}}";
static const char NO_FAULT[] = "{\"op\": \"set_fault\", \"fault\": null}";

/* What is checked of a send; its user data. */
struct send {
    pthread_t submitter;
    const char *kind; /* Of the error it ends in; NULL: it is sent. */
    int calls;
};
static struct send sends[MANY];

static void ended(pm_completion *completion, void *user_data) {
    struct send *send = user_data;
    CHECK(pm_completion_user_data(completion) == user_data);
    CHECK(!pthread_equal(pthread_self(), send->submitter));
    sigset_t blocked;
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &blocked) == 0);
    CHECK(sigismember(&blocked, SIGTERM) && sigismember(&blocked, SIGPIPE));
    if (send->kind == NULL)
        CHECK(pm_completion_status(completion) == PM_OK);
    else
        CHECK_TEXT(pm_error_kind(pm_completion_error(completion)), send->kind);
    ++send->calls;
    pm_completion_free(completion);
}

static void submit(const pm_client *client, int count, const char *kind, pm_call **calls) {
    pm_message *message = new_sms();
    for (int i = 0; i < count; i++) {
        sends[i] = (struct send){pthread_self(), kind, 0};
        pm_error *error = NULL;
        pm_status status = pm_client_submit_callback(client, message, NULL, ended, &sends[i],
                                                     calls ? &calls[i] : NULL, &error);
        CHECK_OK(status, error);
    }
    pm_message_free(message);
}

static void each_was_called_once(int count) {
    for (int i = 0; i < count; i++)
        CHECK(sends[i].calls == 1);
}

static void moment(void) {
    struct timespec time = {0, 100 * 1000 * 1000};
    nanosleep(&time, NULL);
}

static void none_begins(const pm_client *closed) {
    pm_message *message = new_sms();
    pm_call *call = (pm_call *)(uintptr_t)0x11;
    pm_error *error = NULL;
    CHECK(pm_client_submit_callback(closed, message, NULL, ended, NULL, &call, &error) == PM_TRANSPORT_ERROR);
    CHECK(call == NULL && pm_error_outcome(error) == PM_OUTCOME_NOT_SENT);
    CHECK_TEXT(pm_error_kind(error), "closed");
    pm_error_free(error);
    const pm_message *const messages[] = {message};
    CHECK(pm_client_submit_with_fallback_callback(closed, messages, 1, NULL, ended, NULL, &call, &error) ==
          PM_TRANSPORT_ERROR);
    CHECK_TEXT(pm_error_kind(error), "closed");
    pm_error_free(error);
    pm_message_free(message);
}

struct lull {
    int begun, ended;
};

static void takes_its_time(pm_completion *completion, void *user_data) {
    struct lull *lull = user_data;
    lull->begun++;
    pm_completion_free(completion);
    moment();
    lull->ended++;
}

/* Closing doesn't wait for the function that closes. */
static void closes(pm_completion *completion, void *user_data) {
    pm_completion_free(completion);
    pm_client_close(user_data);
    pm_client_close(user_data);
}

/* Threads that submit until the client is closed, which waits for all of them. */
static struct {
    pm_client *client;
    pthread_mutex_t mutex;
    bool over;
    unsigned begun, ended;
} race = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void count_end(pm_completion *completion, void *user_data) {
    (void)user_data;
    pm_completion_free(completion);
    pthread_mutex_lock(&race.mutex);
    CHECK(!race.over);
    race.ended++;
    pthread_mutex_unlock(&race.mutex);
}

static void *submit_until_closed(void *nothing) {
    pm_message *message = new_sms();
    while (pm_client_submit_callback(race.client, message, NULL, count_end, NULL, NULL, NULL) == PM_OK) {
        pthread_mutex_lock(&race.mutex);
        race.begun++;
        pthread_mutex_unlock(&race.mutex);
    }
    pm_message_free(message);
    return nothing;
}

static bool some_have_begun(void) {
    pthread_mutex_lock(&race.mutex);
    const bool some = race.begun > 0;
    pthread_mutex_unlock(&race.mutex);
    return some;
}

static void closed_while_threads_submit(const pm_sandbox *sandbox) {
    race.client = sandbox_client(sandbox);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, submit_until_closed, NULL) == 0);
    WAIT_UNTIL(some_have_begun());
    pm_client_close(race.client);
    pthread_mutex_lock(&race.mutex);
    race.over = true;
    pthread_mutex_unlock(&race.mutex);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(race.begun == race.ended);
    pm_client_free(race.client);
}

/* What a callback may do and what is refused in it. */
struct chain {
    pm_client *client;
    int left;
    pm_queue *queue;
};

static void goes_on(pm_completion *completion, void *user_data) {
    struct chain *chain = user_data;
    CHECK(pm_completion_status(completion) == PM_OK);
    pm_completion_free(completion);
    pm_message *message = new_sms();
    pm_error *error = NULL;
    CHECK(pm_client_send(chain->client, message, NULL, NULL, &error) == PM_CONFIG_ERROR);
    CHECK(pm_error_outcome(error) == PM_OUTCOME_NOT_SENT);
    CHECK_TEXT(pm_error_field(error), "client");
    pm_error_free(error);
    /* What would wait for ever gives what there is. */
    CHECK(!pm_client_wait(chain->client, -1));
    CHECK(pm_queue_next(chain->queue, -1) == NULL);
    pm_status status = PM_OK;
    if (--chain->left > 0) {
        status = pm_client_submit_callback(chain->client, message, NULL, goes_on, chain, NULL, &error);
    } else {
        /* The last one frees the client, and ends in the queue by another. */
        pm_client *client = chain->client;
        status = pm_client_submit(client, message, NULL, chain->queue, chain, NULL, &error);
        pm_client_free(client);
    }
    CHECK_OK(status, error);
    pm_message_free(message);
}

static void refused(const pm_client *client) {
    pm_message *message = new_sms();
    pm_call *call = (pm_call *)(uintptr_t)0x11;
    pm_error *error = (pm_error *)(uintptr_t)0x11;
    CHECK(pm_client_submit_callback(client, message, NULL, NULL, NULL, &call, &error) ==
          PM_CONFIG_ERROR);
    CHECK(call == NULL);
    CHECK_TEXT(pm_error_field(error), "callback");
    pm_error_free(error);
    CHECK(pm_client_submit_callback(NULL, message, NULL, ended, NULL, &call, NULL) ==
          PM_CONFIG_ERROR);
    /* The function is not called: its user data would be none. */
    CHECK(pm_client_submit_callback(client, NULL, NULL, ended, NULL, &call, NULL) ==
          PM_INVALID_MESSAGE);
    CHECK(pm_client_wait(client, 0) && pm_client_wait(NULL, -1));
    pm_message_free(message);
}

/* When closing is over, every callback has returned, and none comes any more. */
static void closing_waits(const pm_sandbox *sandbox) {
    pm_client *closed = sandbox_client(sandbox);
    submit(closed, SOME, "closed", NULL);
    pm_client_close(closed);
    each_was_called_once(SOME);
    CHECK(pm_client_wait(closed, 0));
    none_begins(closed);
    pm_client_free(closed);
    moment();
    each_was_called_once(SOME);

    /* So it is for one that takes its time, and for those of other threads. */
    pm_client *slow = sandbox_client(sandbox);
    struct lull lull = {0, 0};
    pm_message *short_message = new_sms();
    CHECK(pm_client_submit_callback(slow, short_message, NULL, takes_its_time, &lull, NULL, NULL) == PM_OK);
    pm_message_free(short_message);
    pm_client_close(slow);
    CHECK(lull.begun == 1 && lull.ended == 1);
    pm_client_free(slow);
    closed_while_threads_submit(sandbox);
    pm_client *closing = sandbox_client(sandbox);
    pm_call *closing_call = NULL;
    pm_message *last_message = new_sms();
    CHECK(pm_client_submit_callback(closing, last_message, NULL, closes, closing, &closing_call, NULL) == PM_OK);
    pm_message_free(last_message);
    pm_cancel(closing_call);
    pm_call_free(closing_call);
    CHECK(pm_client_wait(closing, PATIENCE));
    none_begins(closing);
    pm_client_free(closing);
}

int main(void) {
    pm_sandbox *sandbox = start_sandbox();
    pm_client *client = sandbox_client(sandbox);
    static pm_call *calls[MANY];

    refused(client);
    submit(client, MANY, NULL, NULL);
    CHECK(pm_client_wait(client, PATIENCE));
    each_was_called_once(MANY);

    /* Cancelled, twice. */
    control(sandbox, STALL);
    submit(client, SOME, "cancelled", calls);
    CHECK(!pm_client_wait(client, 100));
    for (int i = 0; i < SOME; i++) {
        pm_cancel(calls[i]);
        pm_cancel(calls[i]);
        pm_call_free(calls[i]);
    }
    CHECK(pm_client_wait(client, -1));
    each_was_called_once(SOME);

    closing_waits(sandbox);

    /* A submission in a callback, and the client freed by the last. */
    control(sandbox, NO_FAULT);
    struct chain chain = {sandbox_client(sandbox), 20, pm_queue_new()};
    pm_message *message = new_sms();
    CHECK(pm_client_submit_callback(chain.client, message, NULL, goes_on, &chain, NULL, NULL) ==
          PM_OK);
    pm_message_free(message);
    pm_completion *last = pm_queue_next(chain.queue, PATIENCE);
    CHECK(pm_completion_status(last) == PM_OK && pm_completion_user_data(last) == &chain);
    pm_completion_free(last);
    pm_queue_free(chain.queue);

    pm_client_free(client);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
