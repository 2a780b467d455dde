/* Sends whose end is told to a function: one call each, whatever happens. */
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

enum { MANY = 500, SOME = 50 };

static const char STALL[] =
    "{\"op\": \"set_fault\", \"fault\": {\"kind\": \"stall\", \"ms\": 60000}}";
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

int main(void) {
    pm_sandbox *sandbox = start_sandbox();
    pm_client *client = sandbox_client(sandbox);
    static pm_call *calls[MANY];

    refused(client);
    submit(client, MANY, NULL, NULL);
    CHECK(pm_client_wait(client, 20000));
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

    /* Closed, waited for, freed: none comes later. */
    pm_client *closed = sandbox_client(sandbox);
    submit(closed, SOME, "closed", NULL);
    pm_client_close(closed);
    CHECK(pm_client_wait(closed, -1));
    each_was_called_once(SOME);
    pm_client_free(closed);
    moment();
    each_was_called_once(SOME);

    /* A submission in a callback, and the client freed by the last. */
    control(sandbox, NO_FAULT);
    struct chain chain = {sandbox_client(sandbox), 20, pm_queue_new()};
    pm_message *message = new_sms();
    CHECK(pm_client_submit_callback(chain.client, message, NULL, goes_on, &chain, NULL, NULL) ==
          PM_OK);
    pm_message_free(message);
    pm_completion *last = pm_queue_next(chain.queue, 20000);
    CHECK(pm_completion_status(last) == PM_OK && pm_completion_user_data(last) == &chain);
    pm_completion_free(last);
    pm_queue_free(chain.queue);

    pm_client_free(client);
    pm_sandbox_free(sandbox);
    return 0;
}
