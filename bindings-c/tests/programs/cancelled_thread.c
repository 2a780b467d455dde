/* pthread_cancel() of a thread in a call: held off until the library has returned. */
#include "check.h"

#include <pthread.h>
#include <time.h>

static const char STALL_ONCE[] =
    "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"stall\", \"ms\": 400}}";

static pm_client *client;
static pm_queue *queue;
/* What the thread's call gave, and whether it has returned. */
static pm_status given;
static bool returned, told;

static void moment(void) {
    const struct timespec time = {0, 20 * 1000 * 1000};
    nanosleep(&time, NULL);
}

static void *sends(void *nothing) {
    pm_message *message = new_sms();
    given = pm_client_send(client, message, NULL, NULL, NULL);
    pm_message_free(message);
    returned = true;
    pthread_testcancel();
    return nothing;
}

static void *takes(void *nothing) {
    pm_completion_free(pm_queue_next(queue, 300));
    returned = true;
    pthread_testcancel();
    return nothing;
}

/* An event's function runs on the thread of the call, and has cancellation points. */
static void note(const pm_event *event, void *user_data) {
    (void)event;
    (void)user_data;
    moment();
    told = true;
}

static void cancelled_in(void *(*work)(void *)) {
    returned = false;
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, work, NULL) == 0);
    moment();
    CHECK(pthread_cancel(thread) == 0);
    void *ended = NULL;
    CHECK(pthread_join(thread, &ended) == 0);
    CHECK(ended == PTHREAD_CANCELED);
}

int main(void) {
    pm_sandbox *sandbox = start_sandbox();
    pm_options *options = pm_options_new();
    pm_options_set_base_url(options, pm_sandbox_url(sandbox));
    pm_options_set_api_key(options, pm_sandbox_api_key(sandbox));
    pm_options_set_event_callback(options, note, NULL);
    pm_error *error = NULL;
    const pm_status status = pm_client_new(options, &client, &error);
    CHECK_OK(status, error);
    pm_options_free(options);
    queue = pm_queue_new();

    control(sandbox, STALL_ONCE);
    cancelled_in(sends);
    CHECK(returned && given == PM_OK && told);
    cancelled_in(takes);
    CHECK(returned);
    /* What was cut short left all in order. */
    send_sms(client);

    pm_queue_free(queue);
    pm_client_free(client);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
