/* Every call that waits has a form that is submitted to a queue, and one with a function. */
#include "check.h"

enum { SENT = 5 };

/* What a callback was given, to be looked at like what a queue gives. */
struct given {
    pm_completion *completion;
    int times;
};

static void keep(pm_completion *completion, void *user_data) {
    struct given *given = user_data;
    given->completion = completion;
    given->times++;
}

static const pm_sandbox *sandbox;
static pm_client *client;
static pm_queue *queue;
static char id[64];

/* Submits a call of this kind to the queue, or with the function. */
static pm_status submit(pm_call_kind kind, pm_message_iter *iter, struct given *given, pm_call **call) {
    pm_message *message = new_sms();
    const pm_message *const messages[] = {message};
    pm_request *request = pm_request_new("GET", "/partner/credit/balance");
    const char *const statuses[] = {"SENT", "DELIVERED"};
    pm_status status = PM_CONFIG_ERROR;
    const pm_callback callback = given ? keep : NULL;
    switch (kind) {
    case PM_CALL_NONE: break;
    case PM_CALL_SEND:
        status = given ? pm_client_submit_callback(client, message, NULL, callback, given, call, NULL)
                       : pm_client_submit(client, message, NULL, queue, given, call, NULL);
        break;
    case PM_CALL_SEND_WITH_FALLBACK:
        status = given ? pm_client_submit_with_fallback_callback(client, messages, 1, NULL, callback, given,
                                                                 call, NULL)
                       : pm_client_submit_with_fallback(client, messages, 1, NULL, queue, given, call, NULL);
        break;
    case PM_CALL_GET_MESSAGE:
        status = given ? pm_client_submit_get_message_callback(client, id, NULL, callback, given, call, NULL)
                       : pm_client_submit_get_message(client, id, NULL, queue, given, call, NULL);
        break;
    case PM_CALL_WAIT_FOR_STATUS:
        status = given ? pm_client_submit_wait_for_status_callback(client, id, statuses, 2, NULL, callback,
                                                                   given, call, NULL)
                       : pm_client_submit_wait_for_status(client, id, statuses, 2, NULL, queue, given, call,
                                                          NULL);
        break;
    case PM_CALL_NEXT:
        status = given ? pm_message_iter_submit_next_callback(iter, callback, given, call, NULL)
                       : pm_message_iter_submit_next(iter, queue, given, call, NULL);
        break;
    case PM_CALL_NEXT_PAGE:
        status = given ? pm_message_iter_submit_next_page_callback(iter, callback, given, call, NULL)
                       : pm_message_iter_submit_next_page(iter, queue, given, call, NULL);
        break;
    case PM_CALL_GET_BALANCE:
        status = given ? pm_client_submit_get_balance_callback(client, NULL, callback, given, call, NULL)
                       : pm_client_submit_get_balance(client, NULL, queue, given, call, NULL);
        break;
    case PM_CALL_REQUEST:
        status = given ? pm_client_submit_request_callback(client, request, NULL, callback, given, call, NULL)
                       : pm_client_submit_request(client, request, NULL, queue, given, call, NULL);
        break;
    }
    pm_request_free(request);
    pm_message_free(message);
    return status;
}

static pm_message_iter *list(uint32_t limit) {
    pm_filter *filter = pm_filter_new();
    pm_filter_set_limit(filter, limit);
    pm_message_iter *iter = NULL;
    pm_error *error = NULL;
    const pm_status status = pm_client_list_messages(client, filter, NULL, &iter, &error);
    CHECK_OK(status, error);
    pm_filter_free(filter);
    return iter;
}

/* What the call ended in, by the queue or by a function. */
static pm_completion *ended(pm_call_kind kind, pm_message_iter *iter, bool by_function) {
    struct given given = {NULL, 0};
    CHECK(submit(kind, iter, by_function ? &given : NULL, NULL) == PM_OK);
    pm_completion *completion = by_function ? NULL : pm_queue_next(queue, PATIENCE);
    CHECK(pm_client_wait(client, PATIENCE));
    CHECK(given.times == by_function && pm_queue_length(queue) == 0);
    if (by_function) {
        completion = given.completion;
        CHECK(pm_completion_user_data(completion) == &given);
    }
    CHECK(completion != NULL && pm_completion_kind(completion) == kind);
    return completion;
}

static void each_in_both_forms(void) {
    static const char *const names[] = {
        "none", "send", "send_with_fallback", "get_message", "wait_for_status", "next",
        "next_page", "get_balance", "request",
    };
    for (int i = 1; i < 9; i++) {
        const pm_call_kind kind = (pm_call_kind)(PM_CALL_NONE + i);
        CHECK_TEXT(pm_call_kind_name(kind), names[i]);
        for (int by_function = 0; by_function < 2; by_function++) {
            pm_message_iter *iter = list(3);
            pm_completion *completion = ended(kind, iter, by_function);
            CHECK(pm_completion_status(completion) == PM_OK && pm_completion_error(completion) == NULL);
            const bool has_receipt = kind == PM_CALL_SEND || kind == PM_CALL_SEND_WITH_FALLBACK;
            const bool has_record =
                kind == PM_CALL_GET_MESSAGE || kind == PM_CALL_WAIT_FOR_STATUS || kind == PM_CALL_NEXT;
            CHECK((pm_completion_receipt(completion) != NULL) == has_receipt);
            CHECK((pm_completion_record(completion) != NULL) == has_record);
            CHECK((pm_completion_page(completion) != NULL) == (kind == PM_CALL_NEXT_PAGE));
            CHECK((pm_completion_balance(completion) != NULL) == (kind == PM_CALL_GET_BALANCE));
            CHECK((pm_completion_reply(completion) != NULL) == (kind == PM_CALL_REQUEST));
            pm_completion_free(completion);
            pm_message_iter_free(iter);
        }
    }
    CHECK_TEXT(pm_call_kind_name(PM_CALL_NONE), "none");
    CHECK(pm_completion_kind(NULL) == PM_CALL_NONE && pm_completion_page(NULL) == NULL);
}

static void a_list_to_its_end(void) {
    /* One after another, in turn by queue, by function and waiting. */
    pm_message_iter *iter = list(2);
    int listed = 0;
    for (;; listed++) {
        if (listed % 3 == 2) {
            pm_record *record = NULL;
            CHECK(pm_message_iter_next(iter, &record, NULL) == PM_OK && record != NULL);
            pm_record_free(record);
            continue;
        }
        pm_completion *completion = ended(PM_CALL_NEXT, iter, listed % 3 == 1);
        CHECK(pm_completion_status(completion) == PM_OK);
        const bool there = pm_completion_record(completion) != NULL;
        pm_completion_free(completion);
        if (!there)
            break;
    }
    pm_message_iter_free(iter);
    CHECK(listed >= SENT);

    /* All at once: each is given another, and the rest is told of the end. */
    iter = list(2);
    for (int i = 0; i < listed + 3; i++)
        CHECK(submit(PM_CALL_NEXT, iter, NULL, NULL) == PM_OK);
    /* What they need of the list they have. */
    pm_message_iter_free(iter);
    char seen[64][64];
    int there = 0, over = 0;
    for (int i = 0; i < listed + 3; i++) {
        pm_completion *completion = pm_queue_next(queue, PATIENCE);
        CHECK(pm_completion_status(completion) == PM_OK);
        const pm_record *record = pm_completion_record(completion);
        if (record == NULL) {
            over++;
        } else {
            for (int j = 0; j < there; j++)
                CHECK(strcmp(seen[j], pm_record_message_id(record)) != 0);
            snprintf(seen[there++], sizeof seen[0], "%s", pm_record_message_id(record));
        }
        pm_completion_free(completion);
    }
    CHECK(there == listed && over == 3);

    iter = list(2);
    size_t on_pages = 0;
    for (bool more = true; more;) {
        pm_completion *completion = ended(PM_CALL_NEXT_PAGE, iter, on_pages == 0);
        const pm_page *page = pm_completion_page(completion);
        more = page != NULL;
        on_pages += pm_page_count(page);
        pm_completion_free(completion);
    }
    CHECK(on_pages == (size_t)listed);
    pm_message_iter_free(iter);
}

static void failed(const char *kind) {
    pm_completion *completion = pm_queue_next(queue, PATIENCE);
    CHECK(pm_completion_status(completion) == PM_TRANSPORT_ERROR);
    CHECK_TEXT(pm_error_kind(pm_completion_error(completion)), kind);
    CHECK(pm_error_outcome(pm_completion_error(completion)) == PM_OUTCOME_NONE);
    pm_completion_free(completion);
}

static void one_that_waits_for_another_can_be_cancelled(void) {
    control(sandbox, "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"stall\"}}");
    pm_message_iter *iter = list(2);
    pm_call *first = NULL, *second = NULL;
    const int before = recorded(sandbox);
    CHECK(submit(PM_CALL_NEXT_PAGE, iter, NULL, &first) == PM_OK);
    /* It has met the fault, which is there for one call. */
    WAIT_UNTIL(recorded(sandbox) > before);
    CHECK(submit(PM_CALL_NEXT, iter, NULL, &second) == PM_OK);
    pm_cancel(second);
    failed("cancelled");
    CHECK(pm_client_in_flight(client) == 1);
    pm_cancel(first);
    failed("cancelled");
    pm_call_free(first);
    pm_call_free(second);
    pm_message_iter_free(iter);
    control(sandbox, "{\"op\": \"set_fault\", \"fault\": null}");
}

static void refused(pm_status status, const pm_error *error, const char *field) {
    CHECK(status == PM_CONFIG_ERROR && pm_error_outcome(error) == PM_OUTCOME_NONE);
    CHECK_TEXT(pm_error_field(error), field);
}

static void nothing_begins_without_a_function(void) {
    pm_message_iter *iter = list(1);
    pm_error *error = NULL;
    for (int i = 0; i < 7; i++) {
        pm_status status = PM_OK;
        switch (i) {
        case 0: status = pm_client_submit_get_message_callback(client, "1", NULL, NULL, NULL, NULL, &error); break;
        case 1:
            status = pm_client_submit_wait_for_status_callback(client, "1", NULL, 0, NULL, NULL, NULL, NULL,
                                                               &error);
            break;
        case 2: status = pm_client_submit_get_balance_callback(client, NULL, NULL, NULL, NULL, &error); break;
        case 3: status = pm_message_iter_submit_next_callback(iter, NULL, NULL, NULL, &error); break;
        case 4: status = pm_message_iter_submit_next_page_callback(iter, NULL, NULL, NULL, &error); break;
        case 5: status = pm_message_iter_submit_next(NULL, queue, NULL, NULL, &error); break;
        default: status = pm_message_iter_submit_next_page(iter, NULL, NULL, NULL, &error); break;
        }
        refused(status, error, i < 5 ? "callback" : i == 5 ? "iter" : "queue");
        pm_error_free(error);
    }
    pm_message_iter_free(iter);
    CHECK(pm_client_wait(client, 0) && pm_queue_length(queue) == 0);
}

/* A list goes on without the handle of its client, and ends when that was closed. */
static void the_client_goes_first(void) {
    pm_message_iter *iter = list(2);
    pm_client *other = client;
    client = sandbox_client(sandbox);
    pm_message_iter *of_closed = list(2);
    pm_client_close(client);
    pm_client_free(client);
    client = NULL;
    pm_client_free(other);
    CHECK(submit(PM_CALL_NEXT, iter, NULL, NULL) == PM_OK);
    pm_completion *completion = pm_queue_next(queue, PATIENCE);
    CHECK(pm_completion_record(completion) != NULL);
    pm_completion_free(completion);
    CHECK(submit(PM_CALL_NEXT, of_closed, NULL, NULL) == PM_OK);
    failed("closed");
    pm_message_iter_free(iter);
    pm_message_iter_free(of_closed);
}

int main(void) {
    pm_sandbox *started = start_sandbox();
    sandbox = started;
    client = sandbox_client(sandbox);
    queue = pm_queue_new();
    for (int i = 0; i < SENT; i++)
        send_sms(client);
    pm_message *message = new_sms();
    pm_receipt *receipt = NULL;
    CHECK(pm_client_send(client, message, NULL, &receipt, NULL) == PM_OK);
    snprintf(id, sizeof id, "%s", pm_receipt_message_id(receipt));
    pm_receipt_free(receipt);
    pm_message_free(message);

    each_in_both_forms();
    a_list_to_its_end();
    one_that_waits_for_another_can_be_cancelled();
    nothing_begins_without_a_function();
    the_client_goes_first();

    pm_queue_free(queue);
    pm_sandbox_free(started);
    return end_of_test();
}
