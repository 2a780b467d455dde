/*
 * Every function with arguments chosen at random from what a careless caller
 * passes: nothing crashes, out-parameters are set on every path, and every
 * submitted call makes one completion.
 *
 *     ./hostile [rounds] [seed]
 */
/* NULL is refused where it must not be, too. */
#define PM_NONNULL(parameter)
#include "hostile_values.h"

#include <poll.h>

#define GARBAGE(type) ((type *)(uintptr_t)0x11)

/* Submitted calls, and the completions of each kind. The last is counted on
   the library's thread, and read when pm_client_wait() says that it is done. */
static unsigned begun, taken, told;

/* Where an error may be written, and whether the caller wants it. */
typedef struct {
    pm_error *error;
    bool wanted;
} place;

static place any_place(void) {
    const place there = {GARBAGE(pm_error), below(4) != 0};
    return there;
}

static pm_error **out(place *there) { return there->wanted ? &there->error : NULL; }

/* An error has all it must have, or there is none. Frees it. */
static void check_error(pm_status status, const place *there) {
    CHECK(strcmp(pm_status_name(status), "?") != 0 && status != PM_INTERNAL_ERROR);
    if (!there->wanted)
        return;
    CHECK((there->error != NULL) == (status != PM_OK));
    CHECK(pm_error_status(there->error) == status);
    read_error(there->error);
    pm_error_free(there->error);
}

/* What a call hands over is there if it succeeded, read and freed. */
#define CHECK_GIVEN(value, status, read, free)                                                     \
    do {                                                                                           \
        CHECK(((value) != NULL) == ((status) == PM_OK));                                           \
        read(value);                                                                               \
        free(value);                                                                               \
    } while (0)

static void hear(pm_completion *completion, void *user_data) {
    CHECK(pm_completion_user_data(completion) == user_data);
    read_completion(completion);
    pm_completion_free(completion);
    told++;
}

static void hear_event(const pm_event *event, void *user_data) {
    CHECK(user_data == huge);
    read_event(event);
    read_event(NULL);
}

static void hear_line(const char *line, void *user_data) {
    CHECK(user_data == huge);
    is_text(line);
}

static void make_error(void) {
    pm_error *error = pm_error_new_config(any_text(), any_text(), below(2));
    CHECK(pm_error_status(error) == PM_CONFIG_ERROR && pm_error_message(error) != NULL);
    CHECK(pm_error_field(error) != NULL && pm_error_trail(error) != NULL);
    pm_error_free(error);
}

static void make_client(const pm_journal *journal) {
    pm_options *options = any_options(hear_event, journal);
    pm_client *client = GARBAGE(pm_client);
    place there = any_place();
    const bool wanted = below(8);
    const pm_status status = pm_client_new(options, wanted ? &client : NULL, out(&there));
    CHECK(!wanted || (client != NULL) == (status == PM_OK));
    check_error(status, &there);
    pm_options_free(options);
    if (wanted) {
        if (below(2))
            pm_client_close(client);
        CHECK(pm_client_wait(client, -1));
        pm_client_free(client);
    }
}

static const pm_client *any_client(const pm_client *client) { return below(16) ? client : NULL; }

static void send(const pm_client *client) {
    pm_message *message = any_message();
    pm_call_options *options = any_call_options();
    pm_receipt *receipt = GARBAGE(pm_receipt);
    place there = any_place();
    const pm_status status = pm_client_send(any_client(client), message, options, &receipt, out(&there));
    if (receipt != NULL)
        snprintf(known_id, sizeof known_id, "%s", pm_receipt_message_id(receipt));
    CHECK_GIVEN(receipt, status, read_receipt, pm_receipt_free);
    check_error(status, &there);
    pm_call_options_free(options);
    pm_message_free(message);
}

static void send_with_fallback(const pm_client *client) {
    pm_message *owned[] = {any_message(), any_message()};
    const pm_message *const messages[] = {owned[0], owned[1]};
    pm_call_options *options = any_call_options();
    pm_receipt *receipt = GARBAGE(pm_receipt);
    pm_trail *trail = GARBAGE(pm_trail);
    place there = any_place();
    const pm_status status = pm_client_send_with_fallback(any_client(client), below(8) ? messages : NULL,
                                                          any_count(2), options, &receipt, &trail, out(&there));
    CHECK(trail != NULL || status != PM_OK);
    read_trail(trail);
    pm_trail_free(trail);
    CHECK_GIVEN(receipt, status, read_receipt, pm_receipt_free);
    check_error(status, &there);
    pm_call_options_free(options);
    pm_message_free(owned[0]);
    pm_message_free(owned[1]);
}

/* Options of a wait for a status, which goes on until their deadline. */
static pm_call_options *short_options(void) {
    pm_call_options *options = pm_call_options_new();
    pm_call_options_set_timeout_ms(options, 1 + below(3));
    return options;
}

static void read_message(const pm_client *client) {
    const char *const statuses[] = {any_text(), mostly("SENT")};
    const char *id = mostly(known_id);
    pm_call_options *options = below(2) ? any_call_options() : short_options();
    pm_call_options *brief = short_options();
    pm_record *record = GARBAGE(pm_record);
    place there = any_place();
    pm_status status;
    if (below(8))
        status = pm_client_get_message(any_client(client), id, options, &record, out(&there));
    else
        status = pm_client_wait_for_status(any_client(client), id, below(2) ? statuses : NULL, any_count(2),
                                           brief, &record, out(&there));
    CHECK_GIVEN(record, status, read_record, pm_record_free);
    check_error(status, &there);
    pm_call_options_free(options);
    pm_call_options_free(brief);
}

static void list_messages(const pm_client *client) {
    pm_filter *filter = any_filter();
    pm_call_options *options = any_call_options();
    pm_message_iter *iter = GARBAGE(pm_message_iter);
    place there = any_place();
    pm_status status = pm_client_list_messages(any_client(client), filter, options, &iter, out(&there));
    CHECK((iter != NULL) == (status == PM_OK));
    check_error(status, &there);
    pm_filter_free(filter);
    pm_call_options_free(options);
    for (unsigned i = below(4); i > 0; i--) {
        there = any_place();
        if (below(2)) {
            pm_record *record = GARBAGE(pm_record);
            status = pm_message_iter_next(iter, &record, out(&there));
            CHECK(record == NULL || status == PM_OK);
            read_record(record);
            pm_record_free(record);
        } else {
            pm_page *page = GARBAGE(pm_page);
            status = pm_message_iter_next_page(iter, below(8) ? &page : NULL, out(&there));
            if (page != GARBAGE(pm_page)) {
                CHECK(page == NULL || status == PM_OK);
                read_page(page);
                pm_page_free(page);
            }
        }
        check_error(status, &there);
    }
    pm_message_iter_free(iter);
}

static void ask(const pm_client *client) {
    pm_call_options *options = any_call_options();
    place there = any_place();
    pm_status status;
    if (below(2)) {
        pm_balance *balance = GARBAGE(pm_balance);
        status = pm_client_get_balance(any_client(client), options, &balance, out(&there));
        CHECK_GIVEN(balance, status, read_balance, pm_balance_free);
    } else {
        pm_spending *spending = GARBAGE(pm_spending);
        status = below(4) ? pm_client_spending(any_client(client), &spending, out(&there))
                          : pm_client_reset_spending(any_client(client), &spending, out(&there));
        CHECK_GIVEN(spending, status, read_spending, pm_spending_free);
    }
    check_error(status, &there);
    pm_call_options_free(options);
}

static void request(const pm_client *client) {
    pm_request *any = any_request();
    pm_call_options *options = any_call_options();
    pm_reply *reply = GARBAGE(pm_reply);
    place there = any_place();
    const pm_status status = pm_client_request(any_client(client), any, options, &reply, out(&there));
    CHECK_GIVEN(reply, status, read_reply, pm_reply_free);
    check_error(status, &there);
    pm_call_options_free(options);
    pm_request_free(any);
}

/* Everything that a journal can be asked. */
static void ask_journal(const pm_journal *some, const pm_client *client) {
    const pm_journal *journal = any_journal(some);
    pm_message *owned[] = {any_message(), new_sms()};
    const pm_message *const messages[] = {owned[0], owned[1]};
    const char *const keys[] = {any_key(), any_text()};
    pm_call_options *options = any_call_options();
    pm_journal_record *record = GARBAGE(pm_journal_record);
    pm_journal_iter *iter = GARBAGE(pm_journal_iter);
    pm_journal_counts *counts = GARBAGE(pm_journal_counts);
    uint64_t purged = 17;
    place there = any_place();
    pm_error **const error = out(&there);
    pm_status status;
    switch (below(6)) {
    case 0:
        status = pm_journal_get(journal, mostly(any_key()), &record, error);
        CHECK(record == NULL || status == PM_OK);
        break;
    case 1:
        status = pm_journal_resolve(journal, mostly(any_key()), (pm_outcome)(100 + below(8)),
                                    below(2) ? any_text() : NULL, &record, error);
        CHECK((record != NULL) == (status == PM_OK));
        break;
    case 2: status = pm_journal_records(journal, (pm_outcome)(100 + below(6)), &iter, error); break;
    case 3:
        status = pm_journal_reconcile(journal, any_client(client), below(8) ? keys : NULL,
                                      below(8) ? messages : NULL, any_count(2), options, &iter, error);
        break;
    case 4:
        status = pm_journal_summary(journal, &counts, error);
        CHECK_GIVEN(counts, status, read_journal_counts, pm_journal_counts_free);
        break;
    default:
        status = pm_journal_purge(journal, any_text(), below(8) ? &purged : NULL, error);
        CHECK(purged == 17 || purged == 0 || status == PM_OK);
        break;
    }
    check_error(status, &there);
    if (record != GARBAGE(pm_journal_record)) {
        read_journal_record(record);
        pm_journal_record_free(record);
    }
    if (iter != GARBAGE(pm_journal_iter)) {
        CHECK((iter != NULL) == (status == PM_OK));
        for (unsigned i = below(12); i > 0; i--) {
            there = any_place();
            status = pm_journal_iter_next(iter, &record, out(&there));
            CHECK(record == NULL || status == PM_OK);
            check_error(status, &there);
            read_journal_record(record);
            pm_journal_record_free(record);
        }
        pm_journal_iter_free(iter);
    }
    pm_call_options_free(options);
    pm_message_free(owned[0]);
    pm_message_free(owned[1]);
}

static void open_journal(void) {
    pm_journal *journal = GARBAGE(pm_journal);
    place there = any_place();
    const bool wanted = below(8);
    const pm_status status = pm_journal_open(any_path(), wanted ? &journal : NULL, out(&there));
    CHECK(!wanted || (journal != NULL) == (status == PM_OK));
    check_error(status, &there);
    if (!wanted)
        return;
    for (unsigned i = below(3); i > 0; i--)
        pm_journal_close(journal);
    ask_journal(journal, NULL);
    pm_journal_free(journal);
}

static void submit(const pm_client *some, const pm_queue *queue) {
    const pm_client *client = any_client(some);
    const pm_queue *to = below(8) ? queue : NULL;
    const pm_callback function = below(8) ? hear : NULL;
    pm_message *owned[] = {any_message(), any_message()};
    const pm_message *const messages[] = {owned[0], owned[1]};
    const char *const statuses[] = {any_text(), "SENT"};
    const char *id = mostly(known_id);
    pm_request *any = any_request();
    pm_message_iter *iter = NULL;
    if (below(8)) {
        const pm_status listed = pm_client_list_messages(some, NULL, NULL, &iter, NULL);
        CHECK(listed == PM_OK);
    }
    pm_call_options *options = any_call_options(), *brief = short_options();
    pm_call *call = GARBAGE(pm_call);
    place there = any_place();
    pm_call **const handle = below(2) ? &call : NULL;
    pm_error **const error = out(&there);
    pm_status status;
    switch (below(16)) {
    case 0: status = pm_client_submit(client, owned[0], options, to, huge, handle, error); break;
    case 1: status = pm_client_submit_callback(client, owned[0], options, function, huge, handle, error); break;
    case 2:
        status = pm_client_submit_with_fallback(client, messages, any_count(2), options, to, huge, handle, error);
        break;
    case 3:
        status = pm_client_submit_with_fallback_callback(client, below(2) ? messages : NULL, any_count(2), options,
                                                         function, huge, handle, error);
        break;
    case 4: status = pm_client_submit_get_message(client, id, options, to, huge, handle, error); break;
    case 5:
        status = pm_client_submit_wait_for_status(client, id, below(2) ? statuses : NULL, any_count(2), brief, to,
                                                  huge, handle, error);
        break;
    case 6: status = pm_client_submit_get_balance(client, options, to, huge, handle, error); break;
    case 7: status = pm_client_submit_request(client, any, options, to, huge, handle, error); break;
    case 8:
        status = pm_client_submit_get_message_callback(client, id, options, function, huge, handle, error);
        break;
    case 9:
        status = pm_client_submit_wait_for_status_callback(client, id, below(2) ? statuses : NULL, any_count(2),
                                                           brief, function, huge, handle, error);
        break;
    case 10:
        status = pm_client_submit_get_balance_callback(client, options, function, huge, handle, error);
        break;
    case 11:
        status = pm_client_submit_request_callback(client, any, options, function, huge, handle, error);
        break;
    case 12: status = pm_message_iter_submit_next(iter, to, huge, handle, error); break;
    case 13: status = pm_message_iter_submit_next_callback(iter, function, huge, handle, error); break;
    case 14: status = pm_message_iter_submit_next_page(iter, to, huge, handle, error); break;
    default: status = pm_message_iter_submit_next_page_callback(iter, function, huge, handle, error); break;
    }
    pm_message_iter_free(iter);
    begun += status == PM_OK;
    check_error(status, &there);
    if (handle != NULL) {
        CHECK((call != NULL) == (status == PM_OK));
        pm_cancel(below(2) ? call : NULL);
        pm_call_free(call);
    }
    pm_call_options_free(options);
    pm_call_options_free(brief);
    pm_request_free(any);
    pm_message_free(owned[0]);
    pm_message_free(owned[1]);
}

static bool take(const pm_queue *queue) {
    pm_completion *completion = pm_queue_next(queue, 0);
    const bool there = completion != NULL;
    taken += there;
    read_completion(completion);
    pm_completion_free(completion);
    return there;
}

static void look_into(const pm_queue *queue) {
    CHECK(pm_queue_next(NULL, -1) == NULL && pm_queue_fd(NULL) == -1 && pm_queue_fd(queue) >= 0);
    pm_queue_wake(below(8) ? queue : NULL);
    while (below(4))
        take(below(8) ? queue : NULL);
    CHECK(pm_queue_length(below(8) ? queue : NULL) <= begun);
    pm_queue *own = pm_queue_new();
    CHECK(own != NULL);
    pm_queue_free(below(8) ? own : (pm_queue_free(own), (pm_queue *)NULL));
}

static void start(void) {
    static const char *const configs[] = {"{}", "{\"api_key\": 1}", "{\"state\": {\"balance\": \"-\"}}"};
    pm_sandbox *sandbox = GARBAGE(pm_sandbox);
    place there = any_place();
    const bool wanted = below(8);
    const pm_status status =
        pm_sandbox_start(below(2) ? any_text() : configs[below(3)], wanted ? &sandbox : NULL, out(&there));
    check_error(status, &there);
    if (!wanted)
        return;
    CHECK((sandbox != NULL) == (status == PM_OK));
    IS_TEXT(pm_sandbox_url, sandbox);
    IS_TEXT(pm_sandbox_api_key, sandbox);
    for (unsigned i = below(3); i > 0; i--)
        pm_sandbox_stop(sandbox);
    pm_sandbox_free(sandbox);
}

static void command(const pm_sandbox *sandbox) {
    static const char *const commands[] = {"{\"op\": \"fly\"}", "{\"op\": 1}", "{\"op\": \"state\"}",
                                           "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"no\"}}"};
    char *answer = GARBAGE(char);
    place there = any_place();
    const char *text = below(2) ? any_text() : commands[below(4)];
    const pm_status status = pm_sandbox_control(below(8) ? sandbox : NULL, text, &answer, out(&there));
    CHECK_GIVEN(answer, status, may_be_text, pm_string_free);
    check_error(status, &there);
    is_text(pm_status_name((pm_status)any_number()));
    is_text(pm_outcome_name((pm_outcome)any_number()));
    is_text(pm_call_kind_name((pm_call_kind)any_number()));
    is_text(pm_version());
    CHECK(pm_version_number() >= 100);
}

/* What is there without a handle. */
static void read_nothing(void) {
    read_error(NULL);
    read_receipt(NULL);
    read_record(NULL);
    read_page(NULL);
    read_balance(NULL);
    read_spending(NULL);
    read_trail(NULL);
    read_reply(NULL);
    read_completion(NULL);
    read_event(NULL);
    read_journal_record(NULL);
    read_journal_counts(NULL);
    pm_journal_close(NULL);
    pm_client_close(NULL);
    CHECK(pm_client_wait(NULL, -1) && pm_client_in_flight(NULL) == 0 && pm_queue_length(NULL) == 0);
}

static pm_client *told_client(const pm_sandbox *sandbox, const pm_journal *journal) {
    pm_options *options = pm_options_new();
    pm_options_set_journal_handle(options, journal);
    pm_options_set_base_url(options, pm_sandbox_url(sandbox));
    pm_options_set_api_key(options, pm_sandbox_api_key(sandbox));
    pm_options_set_event_callback(options, hear_event, huge);
    pm_client *client = NULL;
    pm_error *error = NULL;
    const pm_status status = pm_client_new(options, &client, &error);
    CHECK_OK(status, error);
    pm_options_free(options);
    return client;
}

int main(int argc, char **argv) {
    const unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 2000;
    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    state = (state + 1) * UINT64_C(0x9e3779b97f4a7c15);
    memset(huge, 'x', sizeof huge - 1);
    pm_sandbox *sandbox = start_sandbox();
    CHECK(mkdtemp(journal_folder) != NULL);
    snprintf(journal_path, sizeof journal_path, "%s/journal.db", journal_folder);
    pm_journal *journal = NULL;
    pm_error *error = NULL;
    const pm_status status = pm_journal_open(journal_path, &journal, &error);
    CHECK_OK(status, error);
    pm_client *client = told_client(sandbox, journal);
    pm_queue *queue = pm_queue_new();
    read_nothing();
    CHECK(pm_shutdown());
    pm_set_log_callback(NULL, huge);
    pm_set_log_callback(hear_line, huge);
    for (unsigned i = 0; i < rounds; i++) {
        switch (below(24)) {
        case 0:
        case 1: make_client(journal); make_error(); break;
        case 2: command(sandbox); break;
        case 3: send_with_fallback(client); break;
        case 4:
        case 5: read_message(client); break;
        case 6:
        case 7: list_messages(client); break;
        case 8: ask(client); break;
        case 9:
        case 10: request(client); break;
        case 11: look_into(queue); break;
        case 12:
            if (below(16) == 0)
                start();
            break;
        case 13:
        case 14:
        case 15:
        case 16: submit(client, queue); break;
        case 17:
            if (below(4) == 0)
                open_journal();
            break;
        case 18:
        case 19:
        case 20: ask_journal(journal, client); break;
        default: send(client); break;
        }
    }
    CHECK(pm_client_wait(client, PATIENCE));
    struct pollfd readable = {.fd = pm_queue_fd(queue), .events = POLLIN};
    while (poll(&readable, 1, 0) == 1)
        take(queue);
    CHECK(taken + told == begun);
    /* What went before left it in order. */
    control(sandbox, "{\"op\": \"reset\"}");
    send_sms(client);
    pm_queue_free(queue);
    pm_client_free(client);
    pm_journal_free(journal);
    pm_sandbox_free(sandbox);
    static const char *const files[] = {"", "-wal", "-shm", "-lock"};
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", journal_path, files[i]);
        remove(path);
    }
    remove(journal_folder);
    printf("%u rounds, %u calls submitted\n", rounds, begun);
    return end_of_test();
}
