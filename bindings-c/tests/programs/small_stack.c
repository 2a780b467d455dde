/* Threads with as little stack as the header says that a call needs. */
#include "check.h"

#include <pthread.h>

/* The header's number. */
enum { STACK = 128 * 1024 };

static pm_sandbox *sandbox;

static void *work(void *nothing) {
    (void)nothing;
    pm_client *client = sandbox_client(sandbox);
    send_sms(client);
    pm_message *wrong = pm_message_new_json("{\"channel\": [[[[[[[[]]]]]]]]}");
    pm_error *error = NULL;
    CHECK(pm_client_send(client, wrong, NULL, NULL, &error) == PM_INVALID_MESSAGE);
    pm_error_free(error);
    pm_balance *balance = NULL;
    CHECK(pm_client_get_balance(client, NULL, &balance, NULL) == PM_OK);
    pm_balance_free(balance);
    pm_queue *queue = pm_queue_new();
    pm_message *message = new_sms();
    CHECK(pm_client_submit(client, message, NULL, queue, NULL, NULL, NULL) == PM_OK);
    pm_completion_free(pm_queue_next(queue, -1));
    pm_message_free(message);
    pm_message_free(wrong);
    pm_queue_free(queue);
    pm_client_free(client);
    return NULL;
}

int main(int argc, char **argv) {
    sandbox = start_sandbox();
    pthread_attr_t attributes;
    pthread_t thread;
    CHECK(pthread_attr_init(&attributes) == 0);
    const size_t stack = argc > 1 ? (size_t)atoi(argv[1]) * 1024 : (size_t)STACK;
    CHECK(pthread_attr_setstacksize(&attributes, stack) == 0);
    CHECK(pthread_create(&thread, &attributes, work, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    pthread_attr_destroy(&attributes);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
