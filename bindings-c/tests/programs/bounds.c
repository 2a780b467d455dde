/* Submitting has a bound, and what was submitted can be counted. */
#include "check.h"

enum { BOUND = 3 };

static const char STALL[] =
    "{\"op\": \"set_fault\", \"fault\": {\"kind\": \"stall\"}}";
static const char NO_FAULT[] = "{\"op\": \"set_fault\", \"fault\": null}";

static pm_options *options_of(const pm_sandbox *sandbox, uint32_t bound) {
    pm_options *options = pm_options_new();
    pm_options_set_base_url(options, pm_sandbox_url(sandbox));
    pm_options_set_api_key(options, pm_sandbox_api_key(sandbox));
    pm_options_set_max_queued(options, bound);
    return options;
}

static pm_client *bounded_client(const pm_sandbox *sandbox, uint32_t bound) {
    pm_options *options = options_of(sandbox, bound);
    pm_client *client = NULL;
    pm_error *error = NULL;
    pm_status status = pm_client_new(options, &client, &error);
    CHECK_OK(status, error);
    pm_options_free(options);
    return client;
}

static pm_status submit(const pm_client *client, pm_queue *queue, pm_call **call) {
    pm_message *message = new_sms();
    const pm_status status = pm_client_submit(client, message, NULL, queue, NULL, call, NULL);
    pm_message_free(message);
    return status;
}

static void full(const pm_client *client, pm_queue *queue) {
    pm_message *message = new_sms();
    pm_call *call = (pm_call *)(uintptr_t)0x11;
    pm_error *error = NULL;
    CHECK(pm_client_submit(client, message, NULL, queue, NULL, &call, &error) == PM_QUEUE_FULL);
    CHECK(call == NULL && pm_error_status(error) == PM_QUEUE_FULL);
    CHECK(pm_error_outcome(error) == PM_OUTCOME_NOT_SENT);
    CHECK_TEXT(pm_error_field(error), "max_queued");
    CHECK_TEXT(pm_error_class_name(error), "TransportError");
    CHECK(strstr(pm_error_message(error), "safe to send it again") != NULL);
    pm_error_free(error);
    /* A read has no outcome. */
    CHECK(pm_client_submit_get_balance(client, NULL, queue, NULL, NULL, &error) == PM_QUEUE_FULL);
    CHECK(pm_error_outcome(error) == PM_OUTCOME_NONE);
    pm_error_free(error);
    pm_message_free(message);
}

/* One at a time, each of which submits the next: what a callback was given counts no more. */
struct chain {
    pm_client *client;
    int left;
};

static void goes_on(pm_completion *completion, void *user_data) {
    struct chain *chain = user_data;
    CHECK(pm_completion_status(completion) == PM_OK);
    pm_completion_free(completion);
    CHECK(pm_client_in_flight(chain->client) == 1);
    if (--chain->left == 0)
        return;
    pm_message *message = new_sms();
    CHECK(pm_client_submit_callback(chain->client, message, NULL, goes_on, chain, NULL, NULL) == PM_OK);
    pm_message_free(message);
}

int main(void) {
    pm_sandbox *sandbox = start_sandbox();
    pm_client *client = bounded_client(sandbox, BOUND);
    pm_queue *queue = pm_queue_new();
    CHECK(pm_client_in_flight(client) == 0 && pm_queue_length(queue) == 0);
    CHECK(pm_client_in_flight(NULL) == 0 && pm_queue_length(NULL) == 0);

    control(sandbox, STALL);
    pm_call *calls[BOUND];
    for (int i = 0; i < BOUND; i++)
        CHECK(submit(client, queue, &calls[i]) == PM_OK);
    CHECK(pm_client_in_flight(client) == BOUND && pm_queue_length(queue) == 0);
    full(client, queue);
    /* A client of another's bound goes on, and so do calls that wait. */
    pm_client *other = sandbox_client(sandbox);
    CHECK(submit(other, queue, NULL) == PM_OK && pm_client_in_flight(other) == 1);
    pm_client_close(other);
    pm_completion *closed = pm_queue_next(queue, PATIENCE);
    CHECK(closed != NULL);
    pm_completion_free(closed);
    pm_client_free(other);

    /* They are counted until somebody takes what they ended in. */
    for (int i = 0; i < BOUND; i++) {
        pm_cancel(calls[i]);
        pm_call_free(calls[i]);
    }
    CHECK(pm_client_wait(client, -1));
    CHECK(pm_client_in_flight(client) == 0 && pm_queue_length(queue) == BOUND);
    pm_queue_wake(queue);
    CHECK(pm_queue_length(queue) == BOUND);
    full(client, queue);
    control(sandbox, NO_FAULT);
    pm_completion_free(pm_queue_next(queue, 0));
    CHECK(pm_queue_length(queue) == BOUND - 1);
    CHECK(submit(client, queue, NULL) == PM_OK);
    CHECK(pm_client_wait(client, PATIENCE));
    full(client, queue);
    /* With a queue goes what is in it. */
    pm_queue_free(queue);
    queue = pm_queue_new();
    for (int i = 0; i < BOUND; i++)
        CHECK(submit(client, queue, NULL) == PM_OK);
    full(client, queue);
    send_sms(client);
    pm_queue_free(queue);
    CHECK(pm_client_wait(client, PATIENCE));

    /* Also while a call that was to bring its completion there is still under way. */
    queue = pm_queue_new();
    for (int i = 0; i < BOUND - 1; i++)
        CHECK(submit(client, queue, NULL) == PM_OK);
    CHECK(pm_client_wait(client, PATIENCE));
    control(sandbox, STALL);
    pm_call *stalled = NULL;
    CHECK(submit(client, queue, &stalled) == PM_OK);
    full(client, queue);
    pm_queue_free(queue);
    queue = pm_queue_new();
    for (int i = 0; i < BOUND - 1; i++)
        CHECK(submit(client, queue, NULL) == PM_OK);
    full(client, queue);
    pm_cancel(stalled);
    pm_call_free(stalled);
    control(sandbox, NO_FAULT);
    pm_queue_free(queue);
    pm_client_free(client);

    struct chain chain = {bounded_client(sandbox, 1), 20};
    pm_message *message = new_sms();
    CHECK(pm_client_submit_callback(chain.client, message, NULL, goes_on, &chain, NULL, NULL) == PM_OK);
    pm_message_free(message);
    for (int waits = 0; chain.client != NULL && !(pm_client_wait(chain.client, PATIENCE) && chain.left == 0); waits++)
        CHECK(waits < 100);
    pm_client_free(chain.client);

    pm_options *none = options_of(sandbox, 0);
    pm_client *refused = NULL;
    pm_error *error = NULL;
    CHECK(pm_client_new(none, &refused, &error) == PM_CONFIG_ERROR && refused == NULL);
    CHECK_TEXT(pm_error_field(error), "max_queued");
    pm_error_free(error);
    pm_options_free(none);

    pm_sandbox_free(sandbox);
    return end_of_test();
}
