/* The library's threads: all end on demand, and begin again when they are needed. */
#include "check.h"

#include <dirent.h>

static const char STALL_ONCE[] =
    "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"stall\", \"ms\": 300}}";

/* A thread that has ended, and was joined, is seen for a moment more. */
static int threads(void) {
    DIR *tasks = opendir("/proc/self/task");
    CHECK(tasks != NULL);
    int count = 0;
    for (struct dirent *task; (task = readdir(tasks)) != NULL;)
        count += task->d_name[0] != '.';
    closedir(tasks);
    return count;
}

/* By a name, so that it is looked up, on a thread of its own. */
static pm_client *client_by_name(const pm_sandbox *sandbox) {
    char url[64];
    snprintf(url, sizeof url, "http://localhost%s", strrchr(pm_sandbox_url(sandbox), ':'));
    return new_client(url, pm_sandbox_api_key(sandbox));
}

static void submit(const pm_client *client, pm_queue *queue) {
    pm_message *message = new_sms();
    pm_error *error = NULL;
    pm_status status = pm_client_submit(client, message, NULL, queue, NULL, NULL, &error);
    CHECK_OK(status, error);
    pm_message_free(message);
}

static void take_sent(pm_queue *queue, int timeout_ms) {
    pm_completion *completion = pm_queue_next(queue, timeout_ms);
    CHECK(completion != NULL && pm_completion_status(completion) == PM_OK);
    CHECK(pm_receipt_attempts(pm_completion_receipt(completion)) == 1);
    pm_completion_free(completion);
}

static void shut_down_in_callback(pm_completion *completion, void *refused) {
    *(bool *)refused = !pm_shutdown();
    pm_completion_free(completion);
}

static void submit_callback(const pm_client *client, pm_callback callback, void *user_data) {
    pm_message *message = new_sms();
    pm_error *error = NULL;
    pm_status status = pm_client_submit_callback(client, message, NULL, callback, user_data, NULL, &error);
    CHECK_OK(status, error);
    pm_message_free(message);
}

int main(void) {
    /* Nothing runs yet. */
    CHECK(pm_shutdown() && threads() == 1);
    pm_sandbox *sandbox = start_sandbox();
    const int without = threads();
    pm_client *client = client_by_name(sandbox);
    pm_queue *queue = pm_queue_new();

    for (int round = 0; round < 3; round++) {
        send_sms(client);
        submit(client, queue);
        take_sent(queue, PATIENCE);
        CHECK(threads() > without);
        CHECK(pm_shutdown());
        WAIT_UNTIL(threads() == without);
    }

    /* What is in flight comes to its end first. */
    control(sandbox, STALL_ONCE);
    submit(client, queue);
    CHECK(pm_shutdown());
    take_sent(queue, 0);
    WAIT_UNTIL(threads() == without);

    /* A client that is closed before has it end at once. */
    control(sandbox, "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"stall\"}}");
    pm_client *closed = client_by_name(sandbox);
    submit(closed, queue);
    pm_client_close(closed);
    CHECK(pm_shutdown());
    pm_completion *completion = pm_queue_next(queue, 0);
    CHECK_TEXT(pm_error_kind(pm_completion_error(completion)), "closed");
    pm_completion_free(completion);
    pm_client_free(closed);
    control(sandbox, "{\"op\": \"reset\"}");

    /* Not from a callback, which runs on such a thread. */
    bool refused = false;
    submit_callback(client, shut_down_in_callback, &refused);
    CHECK(pm_shutdown() && refused);
    WAIT_UNTIL(threads() == without);

    pm_queue_free(queue);
    pm_client_free(client);
    pm_sandbox_free(sandbox);
    CHECK(pm_shutdown());
    WAIT_UNTIL(threads() == 1);
    return 0;
}
