/* Arguments chosen at random from what a careless caller passes. */
#ifndef HOSTILE_ARGUMENTS_H
#define HOSTILE_ARGUMENTS_H

#include "check.h"

static uint64_t state;

static unsigned below(unsigned limit) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % limit;
}

static char huge[1 << 20];

/* A folder for journals, and the path of one in it. */
static char journal_folder[] = "/tmp/pm-hostile-XXXXXX";
static char journal_path[64];

/* What a caller takes for a journal's place; nothing is made outside of that folder. */
static const char *any_path(void) {
    static const char *const paths[] = {
        NULL, "", ":memory:", "\xff\xfe", "/dev/null/journal.db", "/dev/null", "http://127.0.0.1:1/j", journal_folder,
    };
    const unsigned count = sizeof paths / sizeof *paths;
    const unsigned chosen = below(count + 4);
    return chosen < count ? paths[chosen] : chosen == count ? huge : journal_path;
}

/* A journal that is there, or what a careless caller has instead. */
static const pm_journal *any_journal(const pm_journal *journal) { return below(16) ? journal : NULL; }

/* The id of a message that the sandbox took. */
static char known_id[64];

static const char *any_text(void) {
    static char noise[64];
    static const char *const texts[] = {
        NULL, "", " ", "+6591234567", "a@example.com", "\xff\xfe", "\xc3", "caf\xc3\xa9",
        "\xf0\x9f\x98\x80", "{}", "[]", "null", "{\"channel\": \"SMS\"}", "{\"to\": 1e999}", "1", "key",
        "http://127.0.0.1:1", "https://", "HTTPS://user:pw@example.com/?q#f", "a\r\nb: c", "%00%n%s", "[[[[[[[[",
        "{\"channel\": \"SMS\", \"to\": \"+6591234567\", \"content\": \"x\"}", "/dev/null", "/nonexistent",
        "get_message", "/partner/{messageId}/../x", "2026-11-23", "2026-11-23T09:00:00Z", "SMS", "DELIVERED",
    };
    const unsigned count = sizeof texts / sizeof *texts;
    const unsigned chosen = below(count + 2);
    if (chosen < count)
        return texts[chosen];
    if (chosen == count)
        return huge;
    const unsigned length = below(sizeof noise);
    for (unsigned i = 0; i < length; i++)
        noise[i] = (char)(1 + below(255));
    noise[length] = '\0';
    return noise;
}

/* What stands in its place in most calls, so that some come further. */
static const char *mostly(const char *usual) { return below(4) ? usual : any_text(); }

static uint64_t any_number(void) {
    static const uint64_t numbers[] = {0, 1, 2, 1000, UINT32_MAX, (uint64_t)INT64_MAX, UINT64_MAX};
    return numbers[below(sizeof numbers / sizeof *numbers)];
}

/* How many of `there` things a caller says there are. */
static size_t any_count(size_t there) {
    static const size_t none_at_all[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / sizeof(void *)};
    return below(8) ? below((unsigned)there + 1) : none_at_all[below(3)];
}

static pm_message *any_message(void) {
    pm_message *message = NULL;
    switch (below(7)) {
    case 0: message = pm_message_new_whatsapp(any_text(), any_text(), any_text()); break;
    case 1: message = pm_message_new_sms(any_text(), any_text()); break;
    case 2: message = pm_message_new_sms_template(any_text(), any_text(), any_text()); break;
    case 3: message = pm_message_new_email(any_text(), any_text(), any_text()); break;
    case 4: message = pm_message_new_json(any_text()); break;
    case 5: message = new_sms(); break;
    default: break;
    }
    while (below(3) == 0)
        pm_message_set_variable(message, any_text(), any_text());
    if (below(4) == 0)
        pm_message_set_sender_id(message, any_text());
    return message;
}

static void on_release(void *user_data) { (void)user_data; }

static pm_options *any_options(pm_event_callback told, const pm_journal *journal) {
    pm_options *options = below(8) ? pm_options_new() : NULL;
    while (below(6)) {
        switch (below(28)) {
        case 0: pm_options_set_api_key(options, any_text()); break;
        case 1: pm_options_set_base_url(options, any_text()); break;
        case 2: pm_options_set_timeout_ms(options, any_number()); break;
        case 3: pm_options_set_connect_timeout_ms(options, any_number()); break;
        case 4: pm_options_set_max_retries(options, (uint32_t)any_number()); break;
        case 5: pm_options_set_max_connections(options, (uint32_t)any_number()); break;
        case 6: pm_options_set_http2(options, below(2)); break;
        case 7: pm_options_set_proxy(options, any_text()); break;
        case 8: pm_options_set_trust_env(options, below(2)); break;
        case 9: pm_options_set_ca_file(options, any_text()); break;
        case 10: pm_options_set_allow_http(options, below(2)); break;
        case 11: pm_options_add_header(options, any_text(), any_text()); break;
        case 12: pm_options_set_user_agent(options, any_text()); break;
        case 13: pm_options_set_endpoint(options, any_text(), any_text()); break;
        case 14: pm_options_set_event_callback(options, below(2) ? told : NULL, huge); break;
        case 15: pm_options_set_max_hold_ms(options, any_number()); break;
        case 16: pm_options_set_keep_alive(options, below(2)); break;
        case 17: pm_options_set_client_cert_file(options, any_text()); break;
        case 18: pm_options_set_client_key_file(options, any_text()); break;
        case 19: pm_options_set_max_queued(options, (uint32_t)any_number()); break;
        case 20: pm_options_set_own_thread(options, below(2)); break;
        case 21: pm_options_set_journal(options, any_path()); break;
        case 22: pm_options_set_journal_handle(options, any_journal(journal)); break;
        case 23: {
            const pm_release_callback release = below(2) ? on_release : NULL;
            pm_options_set_event_handler(options, below(2) ? told : NULL, huge, release);
            break;
        }
        case 24: pm_options_set_max_rate(options, (double)any_number()); break;
        case 25: pm_options_set_spend_limit(options, any_text(), any_text()); break;
        case 26: pm_options_set_max_cost(options, any_text(), any_text()); break;
        default: pm_options_set_max_response_bytes(options, any_number()); break;
        }
    }
    return options;
}

/* One of a few keys, so that some are used again. */
static const char *any_key(void) {
    static const char *const keys[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    return keys[below(8)];
}

static pm_call_options *any_call_options(void) {
    pm_call_options *options = below(2) ? pm_call_options_new() : NULL;
    while (below(3) == 0)
        pm_call_options_add_header(options, any_text(), any_text());
    if (below(8) == 0)
        pm_call_options_set_timeout_ms(options, any_number());
    if (below(4) == 0)
        pm_call_options_set_max_retries(options, (uint32_t)any_number());
    if (below(8) == 0)
        pm_call_options_add_fallback_code(options, any_text());
    if (below(4) == 0)
        pm_call_options_set_key(options, mostly(any_key()));
    return options;
}

static pm_filter *any_filter(void) {
    pm_filter *filter = below(4) ? pm_filter_new() : NULL;
    while (below(3) == 0) {
        switch (below(9)) {
        case 0: pm_filter_set_channel(filter, any_text()); break;
        case 1: pm_filter_set_status(filter, any_text()); break;
        case 2: pm_filter_set_recipient(filter, any_text()); break;
        case 3: pm_filter_set_sender(filter, any_text()); break;
        case 4: pm_filter_set_since(filter, any_text()); break;
        case 5: pm_filter_set_until(filter, any_text()); break;
        case 6: pm_filter_set_page(filter, (uint32_t)any_number()); break;
        case 7: pm_filter_set_limit(filter, (uint32_t)any_number()); break;
        default: pm_filter_add_query(filter, any_text(), any_text()); break;
        }
    }
    return filter;
}

static pm_request *any_request(void) {
    pm_request *request =
        below(8) ? pm_request_new(mostly("GET"), mostly("/partner/message?limit=1")) : NULL;
    while (below(4) == 0) {
        switch (below(3)) {
        case 0: pm_request_add_query(request, any_text(), any_text()); break;
        case 1: pm_request_set_json(request, any_text()); break;
        default: pm_request_set_idempotent(request, below(2)); break;
        }
    }
    return request;
}

#endif
