/* Reads and lists that several threads have to do with, and the ledger of all faces. */
#include "check.h"

#include <pthread.h>
#include <time.h>

enum { THREADS = 4, MESSAGES = 60, LIMIT = 4 };

static const char NEVER_DELIVERED[] =
    "{\"op\": \"set_state\", \"state\": {\"delivery\": {\"after_ms\": null}}}";

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* What the threads took of one list: every message once. */
static char taken[MESSAGES + 1][64];
static int taken_count;
static pthread_mutex_t taking = PTHREAD_MUTEX_INITIALIZER;

static void *take(void *list) {
    for (;;) {
        pm_record *record = NULL;
        pm_error *error = NULL;
        pm_status status = pm_message_iter_next(list, &record, &error);
        CHECK_OK(status, error);
        if (record == NULL)
            return NULL;
        pthread_mutex_lock(&taking);
        CHECK(taken_count < MESSAGES);
        snprintf(taken[taken_count++], sizeof *taken, "%s", pm_record_message_id(record));
        pthread_mutex_unlock(&taking);
        pm_record_free(record);
    }
}

static int by_text(const void *a, const void *b) { return strcmp(a, b); }

static pm_message_iter *new_list(const pm_client *client) {
    pm_filter *filter = pm_filter_new();
    pm_filter_set_limit(filter, LIMIT);
    pm_message_iter *list = NULL;
    pm_error *error = NULL;
    pm_status status = pm_client_list_messages(client, filter, NULL, &list, &error);
    CHECK_OK(status, error);
    pm_filter_free(filter);
    return list;
}

static void threads_share_a_list(const pm_sandbox *sandbox, const pm_client *client) {
    for (int i = 0; i < MESSAGES; i++)
        send_sms(client);
    control(sandbox, "{\"op\": \"clear_requests\"}");
    pm_message_iter *list = new_list(client);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, take, list) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pm_message_iter_free(list);
    CHECK(taken_count == MESSAGES && recorded(sandbox) == MESSAGES / LIMIT);
    qsort(taken, MESSAGES, sizeof *taken, by_text);
    for (int i = 1; i < MESSAGES; i++)
        CHECK(strcmp(taken[i - 1], taken[i]) != 0);
}

/* Left in the middle: nothing more is asked for. Then page by page, and back. */
static void a_list_can_be_left(const pm_sandbox *sandbox, const pm_client *client) {
    control(sandbox, "{\"op\": \"clear_requests\"}");
    pm_message_iter *list = new_list(client);
    pm_record *record = NULL, *after = NULL;
    CHECK(pm_message_iter_next(list, &record, NULL) == PM_OK && record != NULL);
    pm_page *page = NULL;
    CHECK(pm_message_iter_next_page(list, &page, NULL) == PM_OK);
    CHECK(pm_page_number(page) == 2 && pm_page_count(page) == LIMIT && pm_page_total(page) == MESSAGES);
    CHECK(pm_page_total_pages(page) == MESSAGES / LIMIT && pm_page_has_more(page) == 1);
    CHECK(pm_page_message(page, LIMIT - 1) != NULL && pm_page_message(page, LIMIT) == NULL);
    CHECK(pm_page_message(page, (size_t)-1) == NULL && strstr(pm_page_raw(page), "messageId") != NULL);
    pm_page_free(page);
    CHECK(pm_message_iter_next(list, &after, NULL) == PM_OK);
    CHECK(strcmp(pm_record_message_id(record), pm_record_message_id(after)) != 0);
    pm_record_free(record);
    pm_record_free(after);
    CHECK(recorded(sandbox) == 3);
    pm_message_iter_free(list);
    CHECK(recorded(sandbox) == 3);
}

static void a_closed_client_ends_its_lists(const pm_sandbox *sandbox) {
    pm_client *client = sandbox_client(sandbox);
    pm_message_iter *list = new_list(client);
    pm_record *record = NULL;
    for (int i = 0; i < LIMIT; i++) {
        CHECK(pm_message_iter_next(list, &record, NULL) == PM_OK && record != NULL);
        pm_record_free(record);
        /* What was fetched before is given all the same. */
        pm_client_close(client);
    }
    pm_error *error = NULL;
    CHECK(pm_message_iter_next(list, &record, &error) == PM_TRANSPORT_ERROR && record == NULL);
    CHECK_TEXT(pm_error_kind(error), "closed");
    CHECK(pm_error_outcome(error) == PM_OUTCOME_NONE);
    pm_error_free(error);
    CHECK(pm_message_iter_next(list, &record, NULL) == PM_OK && record == NULL);
    pm_client_free(client);
    pm_message_iter_free(list);
}

static void *close_soon(void *client) {
    struct timespec time = {0, 200 * 1000 * 1000};
    nanosleep(&time, NULL);
    pm_client_close(client);
    return NULL;
}

static pm_status wait_for_status(const pm_client *client, const char *id, pm_error **error) {
    return pm_client_wait_for_status(client, id, NULL, 0, NULL, NULL, error);
}

static pm_status get_message(const pm_client *client, const char *id, pm_error **error) {
    return pm_client_get_message(client, id, NULL, NULL, error);
}

static pm_status list_messages(const pm_client *client, const char *id, pm_error **error) {
    (void)id;
    pm_message_iter *list = new_list(client);
    pm_status status = pm_message_iter_next(list, NULL, error);
    pm_message_iter_free(list);
    return status;
}

/* A call that waits ends at once when another thread closes its client. */
static void closing_ends(const pm_sandbox *sandbox, const char *id,
                         pm_status (*read)(const pm_client *, const char *, pm_error **)) {
    pm_client *client = sandbox_client(sandbox);
    pthread_t closer;
    pm_error *error = NULL;
    double begun = now();
    CHECK(pthread_create(&closer, NULL, close_soon, client) == 0);
    CHECK(read(client, id, &error) == PM_TRANSPORT_ERROR);
    CHECK(now() - begun > 0.15);
    CHECK_TEXT(pm_error_kind(error), "closed");
    CHECK(pm_error_outcome(error) == PM_OUTCOME_NONE);
    pthread_join(closer, NULL);
    pm_error_free(error);
    pm_client_free(client);
}

static void closing_ends_reads(const pm_sandbox *sandbox, const pm_client *client) {
    control(sandbox, NEVER_DELIVERED);
    pm_message *message = new_sms();
    pm_receipt *receipt = NULL;
    CHECK(pm_client_send(client, message, NULL, &receipt, NULL) == PM_OK);
    const char *id = pm_receipt_message_id(receipt);
    closing_ends(sandbox, id, wait_for_status);

    /* At its deadline, waiting gives what was seen last. */
    pm_call_options *options = pm_call_options_new();
    pm_call_options_set_timeout_ms(options, 2000);
    pm_record *record = NULL;
    CHECK(pm_client_wait_for_status(client, id, NULL, 0, options, &record, NULL) == PM_OK);
    CHECK_TEXT(pm_record_status(record), "SENT");
    pm_record_free(record);
    pm_call_options_free(options);

    control(sandbox, "{\"op\": \"set_fault\", \"fault\": {\"kind\": \"stall\"}}");
    closing_ends(sandbox, id, get_message);
    closing_ends(sandbox, id, list_messages);
    control(sandbox, "{\"op\": \"set_fault\", \"fault\": null}");
    pm_receipt_free(receipt);
    pm_message_free(message);
}

/* An amount with two decimals, in cents. */
static long long cents(const char *amount) {
    long long whole = 0;
    unsigned part = 0;
    CHECK(sscanf(amount, "%lld.%2u", &whole, &part) == 2);
    return whole * 100 + (long long)part;
}

static long long balance(const pm_client *client) {
    pm_balance *balance = NULL;
    CHECK(pm_client_get_balance(client, NULL, &balance, NULL) == PM_OK);
    long long amount = cents(pm_balance_amount(balance));
    pm_balance_free(balance);
    return amount;
}

static long long spent(const pm_client *client, unsigned long long messages) {
    pm_spending *spending = NULL;
    CHECK(pm_client_spending(client, &spending, NULL) == PM_OK);
    long long sum = 0;
    for (size_t i = 0; i < pm_spending_count(spending); i++) {
        sum += cents(pm_spending_cost(spending, i));
        messages -= pm_spending_messages(spending, i);
        CHECK(pm_spending_unpriced(spending, i) == 0);
    }
    CHECK(messages == 0);
    pm_spending_free(spending);
    return sum;
}

static void *send_some(void *client) {
    for (int i = 0; i < 10; i++)
        send_sms(client);
    return NULL;
}

static void freed(pm_completion *completion, void *user_data) {
    (void)user_data;
    CHECK(pm_completion_status(completion) == PM_OK);
    pm_completion_free(completion);
}

/* The balance sinks by what the ledger says, whichever way messages were sent. */
static void all_faces_have_one_ledger(const pm_sandbox *sandbox) {
    pm_client *client = sandbox_client(sandbox);
    const long long before = balance(client);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, send_some, client) == 0);
    pm_message *whatsapp = pm_message_new_whatsapp("+6591234567", "+6581234567", "HX");
    const pm_message *messages[] = {whatsapp};
    CHECK(pm_client_submit_callback(client, whatsapp, NULL, freed, NULL, NULL, NULL) == PM_OK);
    CHECK(pm_client_submit_with_fallback_callback(client, messages, 1, NULL, freed, NULL, NULL, NULL) ==
          PM_OK);
    CHECK(pm_client_send_with_fallback(client, messages, 1, NULL, NULL, NULL, NULL) == PM_OK);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK(pm_client_wait(client, PATIENCE));
    const long long ledger = spent(client, THREADS * 10 + 3);
    CHECK(ledger == THREADS * 10 * 5 + 3 * 12 && before - balance(client) == ledger);
    pm_message_free(whatsapp);
    pm_client_free(client);
}

int main(void) {
    pm_sandbox *sandbox = start_sandbox();
    pm_client *client = sandbox_client(sandbox);
    threads_share_a_list(sandbox, client);
    a_list_can_be_left(sandbox, client);
    a_closed_client_ends_its_lists(sandbox);
    closing_ends_reads(sandbox, client);
    all_faces_have_one_ledger(sandbox);
    pm_client_free(client);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
