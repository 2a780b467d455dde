/* One client, used and closed by many threads. */
#include "check.h"

#include <pthread.h>
#include <time.h>

enum { THREADS = 16, SENDS = 40 };

static pm_client *client;
static char ids[THREADS * SENDS][64];

static void *send_many(void *argument) {
    char(*mine)[64] = argument;
    for (int i = 0; i < SENDS; i++) {
        pm_message *message = new_sms();
        pm_receipt *receipt = NULL;
        pm_error *error = NULL;
        pm_status status = pm_client_send(client, message, NULL, &receipt, &error);
        CHECK_OK(status, error);
        snprintf(mine[i], sizeof mine[i], "%s", pm_receipt_message_id(receipt));
        pm_receipt_free(receipt);
        pm_message_free(message);
    }
    return NULL;
}

static void *send_one(void *message) {
    pm_error *error = NULL;
    pm_status status = pm_client_send(client, message, NULL, NULL, &error);
    /* Its request had left, or had not: either way it ends, and says which. */
    CHECK(status == PM_UNKNOWN || status == PM_TRANSPORT_ERROR);
    CHECK_TEXT(pm_error_kind(error), "closed");
    pm_error_free(error);
    return NULL;
}

static int compare(const void *a, const void *b) { return strcmp(a, b); }

int main(void) {
    pm_sandbox *sandbox = start_sandbox();
    client = sandbox_client(sandbox);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, send_many, ids[i * SENDS]) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    qsort(ids, THREADS * SENDS, sizeof ids[0], compare);
    for (int i = 1; i < THREADS * SENDS; i++)
        CHECK(strcmp(ids[i - 1], ids[i]) != 0);

    /* Closing ends the calls under way; one message serves all threads. */
    control(sandbox, "{\"op\": \"set_fault\", \"fault\": {\"kind\": \"stall\"}}");
    pm_message *message = new_sms();
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, send_one, message) == 0);
    struct timespec moment = {0, 200 * 1000 * 1000};
    nanosleep(&moment, NULL);
    pm_client_close(client);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    pm_message_free(message);
    pm_client_free(client);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
