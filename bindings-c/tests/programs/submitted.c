/* Submitted calls other than sends: fallback, reads and requests. */
#include "check.h"

#define GARBAGE(type) ((type *)(uintptr_t)0x11)

static const char NO_WHATSAPP[] =
    "{\"op\": \"set_state\", \"state\": {\"channels\": {\"WHATSAPP\": \"not_configured\"}}}";
static const char NO_CHANNEL_ONCE[] =
    "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"code\", \"code\": \"CHANNEL_CONFIG_NOT_FOUND\"}}";
static const char STALL_ONCE[] = "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"stall\"}}";
static const char NEVER_DELIVERED[] =
    "{\"op\": \"set_state\", \"state\": {\"delivery\": {\"after_ms\": null}}}";

/* The next completion, which has to come soon and to have this user data. */
static pm_completion *next(pm_queue *queue, const void *user_data) {
    pm_completion *completion = pm_queue_next(queue, PATIENCE);
    CHECK(completion != NULL && pm_completion_user_data(completion) == user_data);
    return completion;
}

/* A read that ended in an error of this kind. */
static void check_read_failed(pm_completion *completion, const char *kind) {
    const pm_error *error = pm_completion_error(completion);
    CHECK(pm_completion_status(completion) == PM_TRANSPORT_ERROR);
    CHECK_TEXT(pm_error_kind(error), kind);
    CHECK(pm_error_outcome(error) == PM_OUTCOME_NONE);
    CHECK(pm_completion_record(completion) == NULL && pm_completion_balance(completion) == NULL);
    pm_completion_free(completion);
}

/* A call that was not submitted, for an argument. */
static void check_refused(pm_status status, pm_call **call, pm_error **error, const char *field,
                          pm_outcome outcome) {
    CHECK(status == PM_CONFIG_ERROR && *call == NULL);
    CHECK_TEXT(pm_error_field(*error), field);
    CHECK(pm_error_outcome(*error) == outcome);
    pm_error_free(*error);
    *call = GARBAGE(pm_call);
    *error = GARBAGE(pm_error);
}

static void null_is_refused(const pm_client *client, const pm_queue *queue) {
    pm_call *call = GARBAGE(pm_call);
    pm_error *error = GARBAGE(pm_error);
    const pm_outcome none = PM_OUTCOME_NONE, not_sent = PM_OUTCOME_NOT_SENT;
    check_refused(pm_client_submit_get_message(NULL, "1", NULL, queue, NULL, &call, &error), &call, &error,
                  "client", none);
    check_refused(pm_client_submit_get_message(client, "1", NULL, NULL, NULL, &call, &error), &call, &error,
                  "queue", none);
    check_refused(pm_client_submit_get_message(client, NULL, NULL, queue, NULL, &call, &error), &call,
                  &error, "message_id", none);
    const char *statuses[] = {NULL};
    check_refused(
        pm_client_submit_wait_for_status(client, "1", statuses, 1, NULL, queue, NULL, &call, &error), &call,
        &error, "final_statuses", none);
    check_refused(pm_client_submit_get_balance(client, NULL, NULL, NULL, &call, &error), &call, &error,
                  "queue", none);
    check_refused(pm_client_submit_request(client, NULL, NULL, queue, NULL, &call, &error), &call, &error,
                  "request", not_sent);
    check_refused(
        pm_client_submit_with_fallback_callback(client, NULL, 0, NULL, NULL, NULL, &call, &error), &call,
        &error, "callback", not_sent);
    pm_message *bad = pm_message_new_sms("+6591234567", "\xff"), *good = new_sms();
    const pm_message *messages[] = {good, bad};
    CHECK(pm_client_submit_with_fallback(client, messages, 2, NULL, queue, NULL, &call, &error) ==
          PM_INVALID_MESSAGE);
    CHECK(call == NULL);
    CHECK_TEXT(pm_error_field(error), "messages[1].content");
    pm_error_free(error);
    CHECK(pm_client_submit_get_balance(NULL, NULL, NULL, NULL, NULL, NULL) == PM_CONFIG_ERROR);
    /* What was refused makes no completion. */
    CHECK(pm_client_wait(client, 0) && pm_queue_next(queue, 0) == NULL);
    pm_message_free(good);
    pm_message_free(bad);

    CHECK(pm_completion_trail(NULL) == NULL && pm_completion_record(NULL) == NULL);
    CHECK(pm_completion_balance(NULL) == NULL && pm_completion_reply(NULL) == NULL);
}

/* A completion has what its call gives, and nothing else. */
static void each_gives_its_own(const pm_client *client, pm_queue *queue) {
    pm_message *message = new_sms();
    CHECK(pm_client_submit(client, message, NULL, queue, message, NULL, NULL) == PM_OK);
    pm_completion *sent = next(queue, message);
    const pm_receipt *receipt = pm_completion_receipt(sent);
    CHECK(receipt != NULL && pm_completion_trail(sent) == NULL && pm_completion_record(sent) == NULL);
    CHECK(pm_completion_balance(sent) == NULL && pm_completion_reply(sent) == NULL);
    pm_message_free(message);

    char id[64];
    snprintf(id, sizeof id, "%s", pm_receipt_message_id(receipt));
    CHECK(pm_client_submit_get_message(client, id, NULL, queue, id, NULL, NULL) == PM_OK);
    memset(id, 'x', 8);
    pm_completion *got = next(queue, id);
    CHECK_TEXT(pm_record_message_id(pm_completion_record(got)), pm_receipt_message_id(receipt));
    CHECK(pm_completion_status(got) == PM_OK && pm_completion_error(got) == NULL);
    CHECK(pm_completion_receipt(got) == NULL && pm_completion_balance(got) == NULL);
    pm_completion_free(got);
    pm_completion_free(sent);

    CHECK(pm_client_submit_get_balance(client, NULL, queue, NULL, NULL, NULL) == PM_OK);
    pm_completion *balance = next(queue, NULL);
    CHECK_TEXT(pm_balance_currency(pm_completion_balance(balance)), "SGD");
    CHECK(pm_completion_record(balance) == NULL && pm_completion_receipt(balance) == NULL);
    pm_completion_free(balance);

    pm_request *request = pm_request_new("GET", "/partner/credit/balance");
    CHECK(pm_client_submit_request(client, request, NULL, queue, NULL, NULL, NULL) == PM_OK);
    pm_request_free(request);
    pm_completion *reply = next(queue, NULL);
    CHECK(pm_reply_http_status(pm_completion_reply(reply)) == 200);
    CHECK(strstr(pm_reply_data(pm_completion_reply(reply)), "SGD") != NULL);
    CHECK(pm_completion_receipt(reply) == NULL && pm_completion_trail(reply) == NULL);
    pm_completion_free(reply);
}

/* WhatsApp and SMS, which are freed once they are submitted. */
static pm_status submit_two(const pm_client *client, pm_queue *queue, pm_callback callback, void *user_data,
                            pm_call **call) {
    pm_message *whatsapp = pm_message_new_whatsapp("+6591234567", "+6581234567", "HX"), *sms = new_sms();
    const pm_message *messages[] = {whatsapp, sms};
    pm_status status =
        callback ? pm_client_submit_with_fallback_callback(client, messages, 2, NULL, callback, user_data,
                                                           call, NULL)
                 : pm_client_submit_with_fallback(client, messages, 2, NULL, queue, user_data, call, NULL);
    pm_message_free(whatsapp);
    pm_message_free(sms);
    return status;
}

static void check_fell_back(const pm_completion *completion) {
    CHECK(pm_completion_status(completion) == PM_OK);
    const pm_trail *trail = pm_completion_trail(completion);
    CHECK(pm_trail_count(trail) == 2);
    CHECK(pm_trail_outcome(trail, 0) == PM_OUTCOME_REJECTED && pm_trail_outcome(trail, 1) == PM_OUTCOME_SENT);
    CHECK_TEXT(pm_trail_channel(trail, 0), "WHATSAPP");
    CHECK_TEXT(pm_trail_message_id(trail, 1), pm_receipt_message_id(pm_completion_receipt(completion)));
    CHECK(pm_trail_channel(trail, 2) == NULL && pm_trail_outcome(trail, 2) == PM_OUTCOME_NONE);
}

static void fell_back(pm_completion *completion, void *called) {
    check_fell_back(completion);
    ++*(int *)called;
    pm_completion_free(completion);
}

static void fallback(const pm_sandbox *sandbox, const pm_client *client, pm_queue *queue) {
    control(sandbox, NO_WHATSAPP);
    CHECK(submit_two(client, queue, NULL, queue, NULL) == PM_OK);
    pm_completion *completion = next(queue, queue);
    check_fell_back(completion);
    pm_completion_free(completion);
    int called = 0;
    CHECK(submit_two(client, NULL, fell_back, &called, NULL) == PM_OK);
    CHECK(pm_client_wait(client, PATIENCE) && called == 1);

    /* Cancelled with the second message under way: it stops there, and tells of both. */
    control(sandbox, "{\"op\": \"clear_requests\"}");
    control(sandbox, NO_CHANNEL_ONCE);
    control(sandbox, STALL_ONCE);
    pm_call *call = NULL;
    CHECK(submit_two(client, queue, NULL, queue, &call) == PM_OK);
    while (recorded(sandbox) < 2)
        CHECK(pm_queue_next(queue, 5) == NULL);
    pm_cancel(call);
    pm_call_free(call);
    completion = next(queue, queue);
    CHECK(pm_completion_status(completion) == PM_UNKNOWN);
    CHECK_TEXT(pm_error_kind(pm_completion_error(completion)), "cancelled");
    CHECK(pm_completion_receipt(completion) == NULL);
    const pm_trail *trail = pm_completion_trail(completion);
    CHECK(pm_trail_count(trail) == 2 && pm_trail_outcome(trail, 1) == PM_OUTCOME_UNKNOWN);
    CHECK_TEXT(pm_trail_code(trail, 0), "CHANNEL_CONFIG_NOT_FOUND");
    CHECK_TEXT(pm_trail_kind(trail, 1), "cancelled");
    CHECK(recorded(sandbox) == 2);
    pm_completion_free(completion);
}

static void waiting_ends_when_it_is_told(const pm_sandbox *sandbox, pm_queue *queue) {
    control(sandbox, NEVER_DELIVERED);
    pm_client *client = sandbox_client(sandbox);
    pm_message *message = new_sms();
    pm_receipt *receipt = NULL;
    CHECK(pm_client_send(client, message, NULL, &receipt, NULL) == PM_OK);
    pm_message_free(message);
    const char *id = pm_receipt_message_id(receipt);

    pm_call *call = NULL;
    CHECK(pm_client_submit_wait_for_status(client, id, NULL, 0, NULL, queue, queue, &call, NULL) == PM_OK);
    CHECK(pm_queue_next(queue, 100) == NULL);
    pm_cancel(call);
    pm_call_free(call);
    check_read_failed(next(queue, queue), "cancelled");

    /* A status that it has already ends the waiting at once. */
    const char *statuses[] = {"sent"};
    CHECK(pm_client_submit_wait_for_status(client, id, statuses, 1, NULL, queue, queue, NULL, NULL) == PM_OK);
    pm_completion *completion = next(queue, queue);
    CHECK_TEXT(pm_record_status(pm_completion_record(completion)), "SENT");
    pm_completion_free(completion);

    CHECK(pm_client_submit_wait_for_status(client, id, NULL, 0, NULL, queue, queue, NULL, NULL) == PM_OK);
    CHECK(pm_queue_next(queue, 100) == NULL && !pm_client_wait(client, 0));
    pm_client_close(client);
    check_read_failed(next(queue, queue), "closed");
    CHECK(pm_client_submit_get_balance(client, NULL, queue, queue, NULL, NULL) == PM_OK);
    check_read_failed(next(queue, queue), "closed");
    pm_client_free(client);
    pm_receipt_free(receipt);

    /* Freed with a read under way, which goes on. */
    client = sandbox_client(sandbox);
    control(sandbox, "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"stall\", \"ms\": 100}}");
    CHECK(pm_client_submit_get_balance(client, NULL, queue, queue, NULL, NULL) == PM_OK);
    pm_client_free(client);
    completion = next(queue, queue);
    CHECK(pm_balance_amount(pm_completion_balance(completion)) != NULL);
    pm_completion_free(completion);
}

/* Within a callback, what would wait is refused; a read may be submitted. */
struct within {
    pm_client *client;
    pm_message_iter *iter;
    pm_queue *queue;
};

static void check_would_wait(pm_status status, pm_error *error, pm_outcome outcome) {
    CHECK(status == PM_CONFIG_ERROR && pm_error_outcome(error) == outcome);
    pm_error_free(error);
}

static void reads_within(pm_completion *completion, void *user_data) {
    struct within *within = user_data;
    pm_client *client = within->client;
    pm_completion_free(completion);
    pm_error *error = NULL;
    const pm_outcome none = PM_OUTCOME_NONE;
    pm_status status = pm_client_get_balance(client, NULL, NULL, &error);
    check_would_wait(status, error, none);
    status = pm_client_get_message(client, "1", NULL, NULL, &error);
    check_would_wait(status, error, none);
    status = pm_client_wait_for_status(client, "1", NULL, 0, NULL, NULL, &error);
    check_would_wait(status, error, none);
    status = pm_message_iter_next(within->iter, NULL, &error);
    check_would_wait(status, error, none);
    status = pm_message_iter_next_page(within->iter, NULL, &error);
    check_would_wait(status, error, none);
    status = pm_client_send_with_fallback(client, NULL, 0, NULL, NULL, NULL, &error);
    check_would_wait(status, error, PM_OUTCOME_NOT_SENT);
    pm_spending *spending = NULL;
    CHECK(pm_client_spending(client, &spending, NULL) == PM_OK);
    pm_spending_free(spending);
    CHECK(pm_client_submit_get_balance(client, NULL, within->queue, within, NULL, NULL) == PM_OK);
}

static void within_a_callback(const pm_sandbox *sandbox, pm_queue *queue) {
    struct within within = {sandbox_client(sandbox), NULL, queue};
    CHECK(pm_client_list_messages(within.client, NULL, NULL, &within.iter, NULL) == PM_OK);
    pm_message *message = new_sms();
    CHECK(pm_client_submit_callback(within.client, message, NULL, reads_within, &within, NULL, NULL) ==
          PM_OK);
    pm_message_free(message);
    pm_completion *completion = next(queue, &within);
    CHECK(pm_completion_balance(completion) != NULL);
    pm_completion_free(completion);
    CHECK(pm_client_wait(within.client, PATIENCE));
    /* The list was not begun by what was refused. */
    pm_record *record = NULL;
    CHECK(pm_message_iter_next(within.iter, &record, NULL) == PM_OK && record != NULL);
    pm_record_free(record);
    pm_message_iter_free(within.iter);
    pm_client_free(within.client);
}

int main(void) {
    pm_sandbox *sandbox = start_sandbox();
    pm_client *client = sandbox_client(sandbox);
    pm_queue *queue = pm_queue_new();
    null_is_refused(client, queue);
    CHECK(recorded(sandbox) == 0);
    each_gives_its_own(client, queue);
    fallback(sandbox, client, queue);
    waiting_ends_when_it_is_told(sandbox, queue);
    within_a_callback(sandbox, queue);
    CHECK(pm_queue_next(queue, 0) == NULL);
    pm_queue_free(queue);
    pm_client_free(client);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
