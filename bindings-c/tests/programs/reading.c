/*
 * Reads, lists, fallback and the ledger, where the shared cases don't reach:
 * NULL, laziness, a list that outlives its client, a closed client.
 */
#include "check.h"

#define GARBAGE(type) ((type *)(uintptr_t)0x11)

/* How many API requests the sandbox got since it was asked last. */
static int requests(const pm_sandbox *sandbox) {
    int count = recorded(sandbox);
    control(sandbox, "{\"op\": \"clear_requests\"}");
    return count;
}

/* A call refused for an argument, which is no message's: it has no outcome. */
static void check_refused(pm_status status, pm_error **error, const char *field) {
    CHECK(status == PM_CONFIG_ERROR);
    CHECK_TEXT(pm_error_field(*error), field);
    CHECK(pm_error_outcome(*error) == PM_OUTCOME_NONE);
    pm_error_free(*error);
}

static void null_is_refused(const pm_client *client) {
    pm_error *error = GARBAGE(pm_error);
    pm_record *record = GARBAGE(pm_record);
    check_refused(pm_client_get_message(NULL, "1", NULL, &record, &error), &error, "client");
    CHECK(record == NULL);
    record = GARBAGE(pm_record);
    check_refused(pm_client_get_message(client, NULL, NULL, &record, &error), &error, "message_id");
    CHECK(record == NULL);
    check_refused(pm_client_get_message(client, "\xff", NULL, NULL, &error), &error, "message_id");
    const char *statuses[] = {"SENT", NULL};
    check_refused(pm_client_wait_for_status(client, "1", statuses, 2, NULL, NULL, &error), &error,
                  "final_statuses");
    check_refused(pm_client_wait_for_status(client, "1", statuses, 0, NULL, NULL, &error), &error,
                  "final_statuses");
    pm_balance *balance = GARBAGE(pm_balance);
    check_refused(pm_client_get_balance(NULL, NULL, &balance, &error), &error, "client");
    CHECK(balance == NULL);
    pm_spending *spending = GARBAGE(pm_spending);
    check_refused(pm_client_spending(NULL, &spending, &error), &error, "client");
    CHECK(spending == NULL);
    pm_message_iter *iter = GARBAGE(pm_message_iter);
    check_refused(pm_client_list_messages(NULL, NULL, NULL, &iter, &error), &error, "client");
    CHECK(iter == NULL);
    check_refused(pm_message_iter_next(NULL, &record, &error), &error, "iter");
    CHECK(record == NULL);
    pm_page *page = GARBAGE(pm_page);
    check_refused(pm_message_iter_next_page(NULL, &page, &error), &error, "iter");
    CHECK(page == NULL);

    pm_reply *reply = GARBAGE(pm_reply);
    CHECK(pm_client_request(client, NULL, NULL, &reply, &error) == PM_CONFIG_ERROR);
    CHECK_TEXT(pm_error_field(error), "request");
    CHECK(reply == NULL);
    pm_error_free(error);
    CHECK(pm_client_request(client, NULL, NULL, NULL, NULL) == PM_CONFIG_ERROR);
}

static void getters_take_null(void) {
    CHECK(pm_record_message_id(NULL) == NULL && pm_record_recipient(NULL) == NULL);
    CHECK(pm_record_channel(NULL) == NULL && pm_record_status(NULL) == NULL);
    CHECK(pm_record_cost(NULL) == NULL && pm_record_currency(NULL) == NULL);
    CHECK(pm_record_created_at(NULL) == NULL && pm_record_updated_at(NULL) == NULL);
    CHECK(pm_record_raw(NULL) == NULL);
    CHECK(pm_page_count(NULL) == 0 && pm_page_message(NULL, 0) == NULL && pm_page_number(NULL) == 0);
    CHECK(pm_page_limit(NULL) == -1 && pm_page_total(NULL) == -1 && pm_page_total_pages(NULL) == -1);
    CHECK(pm_page_has_more(NULL) == -1 && pm_page_raw(NULL) == NULL);
    CHECK(pm_balance_amount(NULL) == NULL && pm_balance_currency(NULL) == NULL);
    CHECK(pm_balance_raw(NULL) == NULL);
    CHECK(pm_spending_count(NULL) == 0 && pm_spending_channel(NULL, 0) == NULL);
    CHECK(pm_spending_currency(NULL, 0) == NULL && pm_spending_cost(NULL, 0) == NULL);
    CHECK(pm_spending_messages(NULL, 0) == 0 && pm_spending_unpriced(NULL, 0) == 0);
    CHECK(pm_trail_count(NULL) == 0 && pm_trail_channel(NULL, 0) == NULL);
    CHECK(pm_trail_outcome(NULL, 0) == PM_OUTCOME_NONE && pm_trail_kind(NULL, 0) == NULL);
    CHECK(pm_trail_code(NULL, 0) == NULL && pm_trail_http_status(NULL, 0) == 0);
    CHECK(pm_trail_message_id(NULL, 0) == NULL && pm_trail_attempts(NULL, 0) == 0);
    CHECK(pm_reply_http_status(NULL) == 0 && pm_reply_data(NULL) == NULL);
    CHECK(pm_reply_message(NULL) == NULL && pm_reply_header(NULL, "x") == NULL);
    CHECK(pm_reply_attempts(NULL) == 0);
    pm_filter_set_channel(NULL, "SMS");
    pm_filter_set_limit(NULL, 1);
    pm_filter_add_query(NULL, "a", "b");
    pm_request_add_query(NULL, "a", "b");
    pm_request_set_json(NULL, "{}");
    pm_request_set_idempotent(NULL, true);
    pm_options_set_endpoint(NULL, "get_message", "/");
    pm_call_options_add_fallback_code(NULL, "X");
    pm_record_free(NULL);
    pm_filter_free(NULL);
    pm_message_iter_free(NULL);
    pm_page_free(NULL);
    pm_balance_free(NULL);
    pm_spending_free(NULL);
    pm_trail_free(NULL);
    pm_request_free(NULL);
    pm_reply_free(NULL);
}

static void bad_arguments_are_kept(const pm_client *client) {
    pm_error *error = NULL;
    pm_filter *filter = pm_filter_new();
    pm_filter_set_recipient(filter, "\xff");
    check_refused(pm_client_list_messages(client, filter, NULL, NULL, &error), &error, "recipient");
    pm_filter_free(filter);
    pm_request *request = pm_request_new("GET", NULL);
    CHECK(pm_client_request(client, request, NULL, NULL, &error) == PM_CONFIG_ERROR);
    CHECK_TEXT(pm_error_field(error), "path");
    pm_error_free(error);
    pm_request_free(request);
    pm_options *options = pm_options_new();
    pm_options_set_endpoint(options, NULL, "/x");
    pm_client *none = GARBAGE(pm_client);
    CHECK(pm_client_new(options, &none, &error) == PM_CONFIG_ERROR && none == NULL);
    CHECK_TEXT(pm_error_field(error), "endpoints");
    pm_error_free(error);
    pm_options_free(options);
}

static void lists_are_lazy_and_outlive_their_client(const pm_sandbox *sandbox) {
    pm_client *client = sandbox_client(sandbox);
    for (int n = 0; n < 5; n++)
        send_sms(client);
    requests(sandbox);
    pm_filter *filter = pm_filter_new();
    pm_filter_set_limit(filter, 2);
    pm_message_iter *iter = NULL;
    pm_error *error = NULL;
    pm_status status = pm_client_list_messages(client, filter, NULL, &iter, &error);
    CHECK_OK(status, error);
    pm_filter_free(filter);
    CHECK(requests(sandbox) == 0);
    pm_client_free(client);
    int count = 0;
    for (;;) {
        pm_record *record = GARBAGE(pm_record);
        status = pm_message_iter_next(iter, &record, &error);
        CHECK_OK(status, error);
        if (record == NULL)
            break;
        count++;
        CHECK_TEXT(pm_record_recipient(record), "+6591234567");
        CHECK(requests(sandbox) == count % 2);
        pm_record_free(record);
    }
    CHECK(count == 5);
    /* It stays at its end. */
    pm_page *page = GARBAGE(pm_page);
    status = pm_message_iter_next_page(iter, &page, &error);
    CHECK_OK(status, error);
    CHECK(page == NULL && requests(sandbox) == 0);
    pm_message_iter_free(iter);
}

static void an_error_ends_a_list(const pm_sandbox *sandbox, const pm_client *client) {
    pm_message_iter *iter = NULL;
    CHECK(pm_client_list_messages(client, NULL, NULL, &iter, NULL) == PM_OK);
    control(sandbox, "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"code\", "
                     "\"code\": \"INVALID_PAGINATION\"}}");
    pm_record *record = GARBAGE(pm_record);
    pm_error *error = NULL;
    CHECK(pm_message_iter_next(iter, &record, &error) == PM_API_ERROR && record == NULL);
    CHECK_TEXT(pm_error_class_name(error), "InvalidPaginationError");
    pm_error_free(error);
    error = NULL;
    pm_status status = pm_message_iter_next(iter, &record, &error);
    CHECK_OK(status, error);
    CHECK(record == NULL);
    pm_message_iter_free(iter);
}

/* Sends that wait and sends that are submitted are in one ledger. */
static void the_ledger_is_the_clients(const pm_sandbox *sandbox) {
    pm_client *client = sandbox_client(sandbox);
    pm_queue *queue = pm_queue_new();
    pm_message *message = new_sms();
    send_sms(client);
    CHECK(pm_client_submit(client, message, NULL, queue, NULL, NULL, NULL) == PM_OK);
    pm_completion_free(pm_queue_next(queue, PATIENCE));
    pm_spending *spending = NULL;
    CHECK(pm_client_reset_spending(client, &spending, NULL) == PM_OK);
    CHECK(pm_spending_count(spending) == 1 && pm_spending_messages(spending, 0) == 2);
    CHECK_TEXT(pm_spending_cost(spending, 0), "0.10");
    CHECK_TEXT(pm_spending_channel(spending, 0), "SMS");
    CHECK_TEXT(pm_spending_currency(spending, 0), "SGD");
    CHECK(pm_spending_cost(spending, 1) == NULL);
    pm_spending_free(spending);
    CHECK(pm_client_spending(client, &spending, NULL) == PM_OK && pm_spending_count(spending) == 0);
    pm_spending_free(spending);
    pm_message_free(message);
    pm_queue_free(queue);
    pm_client_free(client);
}

static void fallback_names_what_is_wrong(const pm_sandbox *sandbox, const pm_client *client) {
    requests(sandbox);
    pm_message *good = new_sms();
    pm_message *bad = pm_message_new_sms("+6591234567", NULL);
    const pm_message *with_bad[] = {good, bad}, *with_null[] = {good, NULL};
    pm_receipt *receipt = GARBAGE(pm_receipt);
    pm_trail *trail = GARBAGE(pm_trail);
    pm_error *error = GARBAGE(pm_error);
    CHECK(pm_client_send_with_fallback(client, with_bad, 2, NULL, &receipt, &trail, &error) ==
          PM_INVALID_MESSAGE);
    CHECK(receipt == NULL && trail == NULL);
    CHECK_TEXT(pm_error_field(error), "messages[1].content");
    pm_error_free(error);
    CHECK(pm_client_send_with_fallback(client, with_null, 2, NULL, NULL, NULL, &error) ==
          PM_INVALID_MESSAGE);
    CHECK_TEXT(pm_error_field(error), "messages[1].message");
    pm_error_free(error);
    CHECK(pm_client_send_with_fallback(client, NULL, 2, NULL, NULL, NULL, &error) == PM_INVALID_MESSAGE);
    CHECK_TEXT(pm_error_field(error), "messages");
    pm_error_free(error);
    CHECK(requests(sandbox) == 0);
    pm_message_free(bad);
    pm_message_free(good);
}

static void a_closed_client_reads_nothing(const pm_sandbox *sandbox) {
    pm_client *client = sandbox_client(sandbox);
    pm_client_close(client);
    pm_error *error = NULL;
    CHECK(pm_client_get_balance(client, NULL, NULL, &error) == PM_TRANSPORT_ERROR);
    CHECK_TEXT(pm_error_kind(error), "closed");
    CHECK(pm_error_outcome(error) == PM_OUTCOME_NONE);
    pm_error_free(error);
    pm_client_free(client);
}

int main(void) {
    pm_sandbox *sandbox = start_sandbox();
    pm_client *client = sandbox_client(sandbox);
    null_is_refused(client);
    getters_take_null();
    bad_arguments_are_kept(client);
    CHECK(requests(sandbox) == 0);
    lists_are_lazy_and_outlive_their_client(sandbox);
    an_error_ends_a_list(sandbox, client);
    the_ledger_is_the_clients(sandbox);
    fallback_names_what_is_wrong(sandbox, client);
    a_closed_client_reads_nothing(sandbox);
    pm_client_free(client);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
