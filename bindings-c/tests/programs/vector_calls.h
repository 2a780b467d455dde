/*
 * The calls of the vector runner other than sends: their arguments, and what
 * they come to. What is a list goes out as JSON text.
 */
#ifndef VECTOR_CALLS_H
#define VECTOR_CALLS_H

#include <partner_messaging.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A growing text. */
struct text {
    char *at;
    size_t length, room;
};

static void add(struct text *text, const char *more) {
    size_t length = strlen(more);
    if (text->length + length + 1 > text->room) {
        text->room = 2 * (text->length + length + 1);
        text->at = realloc(text->at, text->room);
    }
    memcpy(text->at + text->length, more, length + 1);
    text->length += length;
}

/* A text as JSON writes it, or null. The cases have no control characters in what is listed. */
static void add_json_text(struct text *text, const char *value) {
    if (value == NULL) {
        add(text, "null");
        return;
    }
    add(text, "\"");
    for (; *value; value++) {
        char one[3] = {*value, 0, 0};
        if (*value == '"' || *value == '\\') {
            one[0] = '\\';
            one[1] = *value;
        }
        add(text, one);
    }
    add(text, "\"");
}

static void add_member(struct text *text, const char *name, const char *value) {
    add(text, text->at[text->length - 1] == '{' ? "\"" : ",\"");
    add(text, name);
    add(text, "\":");
    add_json_text(text, value);
}

/* A number, or null where it is `absent`. */
static void add_number(struct text *text, const char *name, long long number, long long absent) {
    char digits[32];
    add(text, text->at[text->length - 1] == '{' ? "\"" : ",\"");
    add(text, name);
    snprintf(digits, sizeof digits, "%lld", number);
    add(text, "\":");
    add(text, number == absent ? "null" : digits);
}

static void begin_item(struct text *text, const char *bracket) {
    add(text, text->at[text->length - 1] == '[' ? "" : ",");
    add(text, bracket);
}

/* What a call is given. */
struct arguments {
    char *message_id, *method, *path, *body;
    char *key, *outcome, *before;
    int idempotent; /* -1: not given */
    int statuses_given;
    char *statuses[8], *queries[8][2], *wanted_headers[8];
    size_t status_count, query_count, wanted_count;
    pm_filter *filter;
    pm_message *messages[8];
    char *keys[8];
    size_t message_count;
};

static void set_argument(struct arguments *to, const char *name, char *value) {
    static const struct {
        const char *name;
        void (*set)(pm_filter *, const char *);
    } setters[] = {
        {"channel", pm_filter_set_channel}, {"status", pm_filter_set_status},
        {"recipient", pm_filter_set_recipient}, {"sender", pm_filter_set_sender},
        {"since", pm_filter_set_since},     {"until", pm_filter_set_until},
    };
    for (size_t i = 0; i < sizeof setters / sizeof *setters; i++)
        if (strcmp(setters[i].name, name) == 0) {
            setters[i].set(to->filter, value);
            return;
        }
    if (strcmp(name, "key") == 0)
        to->key = strdup(value);
    else if (strcmp(name, "outcome") == 0)
        to->outcome = strdup(value);
    else if (strcmp(name, "before") == 0)
        to->before = strdup(value);
    else if (strcmp(name, "message_id") == 0)
        to->message_id = strdup(value);
    else if (strcmp(name, "method") == 0)
        to->method = strdup(value);
    else if (strcmp(name, "path") == 0)
        to->path = strdup(value);
    else
        die("no such argument", name);
}

static void print_record(const pm_record *record) {
    print_number("ok", 1);
    print_text("message_id", pm_record_message_id(record));
    print_text("recipient", pm_record_recipient(record));
    print_text("channel", pm_record_channel(record));
    print_text("status", pm_record_status(record));
    print_text("cost", pm_record_cost(record));
    print_text("currency", pm_record_currency(record));
    print_text("created_at", pm_record_created_at(record));
    print_text("updated_at", pm_record_updated_at(record));
    print_text("raw", pm_record_raw(record));
}

static void print_trail(const pm_trail *trail) {
    struct text json = {0};
    add(&json, "[");
    for (size_t i = 0; i < pm_trail_count(trail); i++) {
        begin_item(&json, "{");
        add_member(&json, "channel", pm_trail_channel(trail, i));
        add_member(&json, "outcome", pm_outcome_name(pm_trail_outcome(trail, i)));
        add_member(&json, "kind", pm_trail_kind(trail, i));
        add_number(&json, "status", pm_trail_http_status(trail, i), 0);
        add_member(&json, "code", pm_trail_code(trail, i));
        add_member(&json, "message_id", pm_trail_message_id(trail, i));
        add_number(&json, "attempts", pm_trail_attempts(trail, i), -1);
        add(&json, "}");
    }
    add(&json, "]");
    print_text("trail", json.at);
    free(json.at);
}

static void fall_back(const pm_client *client, struct arguments *given, const pm_call_options *options) {
    pm_receipt *receipt = NULL;
    pm_trail *trail = NULL;
    pm_error *error = NULL;
    const pm_message *const *messages = (const pm_message *const *)given->messages;
    if (pm_client_send_with_fallback(client, messages, given->message_count, options, &receipt, &trail,
                                     &error) == PM_OK)
        print_receipt(receipt);
    else
        print_error(error);
    print_trail(trail);
    pm_receipt_free(receipt);
    pm_trail_free(trail);
    pm_error_free(error);
}

static void list_messages(pm_message_iter *iter) {
    struct text ids = {0};
    pm_record *record = NULL;
    pm_error *error = NULL;
    pm_status status;
    add(&ids, "[");
    while ((status = pm_message_iter_next(iter, &record, &error)) == PM_OK && record != NULL) {
        begin_item(&ids, "");
        add_json_text(&ids, pm_record_message_id(record));
        pm_record_free(record);
    }
    add(&ids, "]");
    if (status == PM_OK)
        print_number("ok", 1);
    else
        print_error(error);
    print_text(status == PM_OK ? "ids" : "got", ids.at);
    pm_error_free(error);
    free(ids.at);
}

static void add_page(struct text *pages, const pm_page *page) {
    begin_item(pages, "{");
    add_number(pages, "page", pm_page_number(page), -1);
    add_number(pages, "limit", pm_page_limit(page), -1);
    add_number(pages, "total", pm_page_total(page), -1);
    add_number(pages, "total_pages", pm_page_total_pages(page), -1);
    add(pages, pm_page_has_more(page) < 0   ? ",\"has_more\":null"
               : pm_page_has_more(page) > 0 ? ",\"has_more\":true"
                                            : ",\"has_more\":false");
    add(pages, ",\"ids\":[");
    for (size_t i = 0; i < pm_page_count(page); i++) {
        begin_item(pages, "");
        add_json_text(pages, pm_record_message_id(pm_page_message(page, i)));
    }
    add(pages, "]}");
}

static void list_pages(pm_message_iter *iter) {
    struct text pages = {0};
    pm_page *page = NULL;
    pm_error *error = NULL;
    add(&pages, "[");
    while (pm_message_iter_next_page(iter, &page, &error) == PM_OK && page != NULL) {
        add_page(&pages, page);
        pm_page_free(page);
    }
    add(&pages, "]");
    if (error == NULL) {
        print_number("ok", 1);
        print_text("pages", pages.at);
    } else {
        print_error(error);
    }
    pm_error_free(error);
    free(pages.at);
}

static void list(const pm_client *client, struct arguments *given, const pm_call_options *options,
                 void (*go_through)(pm_message_iter *)) {
    pm_message_iter *iter = NULL;
    pm_error *error = NULL;
    for (size_t i = 0; i < given->query_count; i++)
        pm_filter_add_query(given->filter, given->queries[i][0], given->queries[i][1]);
    if (pm_client_list_messages(client, given->filter, options, &iter, &error) == PM_OK) {
        go_through(iter);
    } else {
        print_error(error);
        print_text("got", "[]");
    }
    pm_message_iter_free(iter);
    pm_error_free(error);
}

static void print_balance(const pm_balance *balance) {
    print_number("ok", 1);
    print_text("amount", pm_balance_amount(balance));
    print_text("currency", pm_balance_currency(balance));
    print_text("raw", pm_balance_raw(balance));
}

static void get_balance(const pm_client *client, const pm_call_options *options) {
    pm_balance *balance = NULL;
    pm_error *error = NULL;
    if (pm_client_get_balance(client, options, &balance, &error) == PM_OK)
        print_balance(balance);
    else
        print_error(error);
    pm_balance_free(balance);
    pm_error_free(error);
}

static pm_request *new_request(const struct arguments *given) {
    pm_request *request = pm_request_new(given->method, given->path);
    for (size_t i = 0; i < given->query_count; i++)
        pm_request_add_query(request, given->queries[i][0], given->queries[i][1]);
    if (given->body)
        pm_request_set_json(request, given->body);
    if (given->idempotent >= 0)
        pm_request_set_idempotent(request, given->idempotent != 0);
    return request;
}

static void print_reply(const pm_reply *reply, const struct arguments *given) {
    print_number("ok", 1);
    print_number("status", pm_reply_http_status(reply));
    print_text("data", pm_reply_data(reply));
    print_text("message", pm_reply_message(reply));
    print_number("replayed", pm_reply_replayed(reply));
    print_number("attempts", pm_reply_attempts(reply));
    for (size_t i = 0; i < given->wanted_count; i++) {
        char name[128];
        snprintf(name, sizeof name, "header:%s", given->wanted_headers[i]);
        print_text(name, pm_reply_header(reply, given->wanted_headers[i]));
    }
}

static void make_request(const pm_client *client, struct arguments *given, const pm_call_options *options) {
    pm_request *request = new_request(given);
    pm_reply *reply = NULL;
    pm_error *error = NULL;
    if (pm_client_request(client, request, options, &reply, &error) == PM_OK)
        print_reply(reply, given);
    else
        print_error(error);
    pm_request_free(request);
    pm_reply_free(reply);
    pm_error_free(error);
}

static void print_spending(const pm_client *client) {
    struct text json = {0};
    pm_spending *spending = NULL;
    if (pm_client_spending(client, &spending, NULL) != PM_OK)
        die("no ledger", "");
    add(&json, "[");
    for (size_t i = 0; i < pm_spending_count(spending); i++) {
        begin_item(&json, "{");
        add_member(&json, "channel", pm_spending_channel(spending, i));
        add_member(&json, "currency", pm_spending_currency(spending, i));
        add_member(&json, "cost", pm_spending_cost(spending, i));
        add_number(&json, "messages", (long long)pm_spending_messages(spending, i), -1);
        add_number(&json, "unpriced", (long long)pm_spending_unpriced(spending, i), -1);
        add(&json, "}");
    }
    add(&json, "]");
    print_text("spending", json.at);
    free(json.at);
    pm_spending_free(spending);
}

static const char *const *statuses_of(const struct arguments *given) {
    return given->statuses_given ? (const char *const *)given->statuses : NULL;
}

static void print_completion(const pm_completion *completion, const struct arguments *given) {
    if (pm_completion_status(completion) != PM_OK)
        print_error(pm_completion_error(completion));
    else if (pm_completion_receipt(completion) != NULL)
        print_receipt(pm_completion_receipt(completion));
    else if (pm_completion_record(completion) != NULL)
        print_record(pm_completion_record(completion));
    else if (pm_completion_balance(completion) != NULL)
        print_balance(pm_completion_balance(completion));
    else
        print_reply(pm_completion_reply(completion), given);
}

static pm_status submit(const char *op, const pm_client *client, const struct arguments *given,
                        const pm_call_options *options, pm_queue *queue, pm_error **error) {
    if (strcmp(op, "get_message") == 0)
        return pm_client_submit_get_message(client, given->message_id, options, queue, queue, NULL, error);
    if (strcmp(op, "wait_for_status") == 0)
        return pm_client_submit_wait_for_status(client, given->message_id, statuses_of(given),
                                                given->status_count, options, queue, queue, NULL, error);
    if (strcmp(op, "get_balance") == 0)
        return pm_client_submit_get_balance(client, options, queue, queue, NULL, error);
    if (strcmp(op, "request") == 0) {
        pm_request *request = new_request(given);
        pm_status status = pm_client_submit_request(client, request, options, queue, queue, NULL, error);
        pm_request_free(request);
        return status;
    }
    if (strcmp(op, "send_with_fallback") != 0)
        die("no such call", op);
    return pm_client_submit_with_fallback(client, (const pm_message *const *)given->messages,
                                          given->message_count, options, queue, queue, NULL, error);
}

/* Makes the call of that name by a queue; lists are not submitted. */
static void submit_call(const char *op, const pm_client *client, struct arguments *given,
                        const pm_call_options *options) {
    pm_error *error = NULL;
    pm_queue *queue = pm_queue_new();
    pm_completion *completion = NULL;
    if (submit(op, client, given, options, queue, &error) == PM_OK) {
        completion = pm_queue_next(queue, -1);
        if (pm_completion_user_data(completion) != queue)
            die("another's completion", op);
        print_completion(completion, given);
    } else {
        print_error(error);
    }
    if (strcmp(op, "send_with_fallback") == 0)
        print_trail(pm_completion_trail(completion));
    else if (pm_completion_trail(completion) != NULL)
        die("another's trail", op);
    pm_completion_free(completion);
    pm_error_free(error);
    pm_queue_free(queue);
}

/* Makes the call of that name. */
static void make_call(const char *op, const pm_client *client, struct arguments *given,
                      const pm_call_options *options) {
    pm_record *record = NULL;
    pm_error *error = NULL;
    if (strcmp(op, "get_message") == 0) {
        if (pm_client_get_message(client, given->message_id, options, &record, &error) == PM_OK)
            print_record(record);
        else
            print_error(error);
    } else if (strcmp(op, "wait_for_status") == 0) {
        if (pm_client_wait_for_status(client, given->message_id, statuses_of(given), given->status_count,
                                      options, &record, &error) == PM_OK)
            print_record(record);
        else
            print_error(error);
    } else if (strcmp(op, "list_messages") == 0) {
        list(client, given, options, list_messages);
    } else if (strcmp(op, "list_pages") == 0) {
        list(client, given, options, list_pages);
    } else if (strcmp(op, "get_balance") == 0) {
        get_balance(client, options);
    } else if (strcmp(op, "request") == 0) {
        make_request(client, given, options);
    } else if (strcmp(op, "send_with_fallback") == 0) {
        fall_back(client, given, options);
    } else {
        die("no such call", op);
    }
    pm_record_free(record);
    pm_error_free(error);
}

static void begin_arguments(struct arguments *given) {
    memset(given, 0, sizeof *given);
    given->idempotent = -1;
    given->filter = pm_filter_new();
}

static void end_arguments(struct arguments *given) {
    free(given->message_id);
    free(given->key);
    free(given->outcome);
    free(given->before);
    free(given->method);
    free(given->path);
    free(given->body);
    for (size_t i = 0; i < given->status_count; i++)
        free(given->statuses[i]);
    for (size_t i = 0; i < given->wanted_count; i++)
        free(given->wanted_headers[i]);
    for (size_t i = 0; i < given->query_count; i++) {
        free(given->queries[i][0]);
        free(given->queries[i][1]);
    }
    for (size_t i = 0; i < given->message_count; i++) {
        pm_message_free(given->messages[i]);
        free(given->keys[i]);
    }
    pm_filter_free(given->filter);
}

#endif
