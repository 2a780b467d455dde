/*
 * Every function with arguments chosen at random from what a careless caller
 * passes: nothing crashes, and out-parameters are set on every path.
 *
 *     ./hostile [rounds] [seed]
 */
#include "check.h"

static uint64_t state;

static unsigned below(unsigned limit) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % limit;
}

static char huge[1 << 20];

static const char *any_text(void) {
    static char noise[64];
    static const char *const texts[] = {
        NULL, "", " ", "+6591234567", "a@example.com", "\xff\xfe", "\xc3", "caf\xc3\xa9",
        "\xf0\x9f\x98\x80", "{}", "[]", "null", "{\"channel\": \"SMS\"}", "{\"to\": 1e999}", "1", "key",
        "http://127.0.0.1:1", "https://", "HTTPS://user:pw@example.com/?q#f", "a\r\nb: c", "%00%n%s", "[[[[[[[[",
        "{\"channel\": \"SMS\", \"to\": \"+6591234567\", \"content\": \"x\"}", "/dev/null", "/nonexistent",
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

static uint64_t any_number(void) {
    static const uint64_t numbers[] = {0, 1, 2, 1000, UINT32_MAX, (uint64_t)INT64_MAX, UINT64_MAX};
    return numbers[below(sizeof numbers / sizeof *numbers)];
}

static pm_message *any_message(void) {
    pm_message *message = NULL;
    switch (below(6)) {
    case 0: message = pm_message_new_whatsapp(any_text(), any_text(), any_text()); break;
    case 1: message = pm_message_new_sms(any_text(), any_text()); break;
    case 2: message = pm_message_new_sms_template(any_text(), any_text(), any_text()); break;
    case 3: message = pm_message_new_email(any_text(), any_text(), any_text()); break;
    case 4: message = pm_message_new_json(any_text()); break;
    default: break;
    }
    while (below(3) == 0)
        pm_message_set_variable(message, any_text(), any_text());
    if (below(4) == 0)
        pm_message_set_sender_id(message, any_text());
    return message;
}

static pm_options *any_options(void) {
    pm_options *options = below(8) ? pm_options_new() : NULL;
    while (below(6)) {
        switch (below(14)) {
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
        default: pm_options_set_max_response_bytes(options, any_number()); break;
        }
    }
    return options;
}

static pm_call_options *any_call_options(void) {
    pm_call_options *options = below(2) ? pm_call_options_new() : NULL;
    while (below(3) == 0)
        pm_call_options_add_header(options, any_text(), any_text());
    if (below(8) == 0)
        pm_call_options_set_timeout_ms(options, any_number());
    if (below(4) == 0)
        pm_call_options_set_max_retries(options, (uint32_t)any_number());
    return options;
}

/* An error has all it must have, or there is none. */
static void check_error(pm_status status, pm_error *error, bool wanted) {
    CHECK((error != NULL) == (wanted && status != PM_OK));
    if (error != NULL) {
        CHECK(pm_error_status(error) == status && pm_error_kind(error) && pm_error_class_name(error));
        CHECK(strlen(pm_error_message(error)) > 0 && strlen(pm_error_message(error)) < 4096);
        CHECK(strcmp(pm_status_name(status), "?") != 0 && status != PM_INTERNAL_ERROR);
        CHECK(strcmp(pm_outcome_name(pm_error_outcome(error)), "?") != 0);
    }
    pm_error_free(error);
}

static void ignore(pm_completion *completion, void *user_data) {
    CHECK(pm_completion_user_data(completion) == user_data);
    pm_completion_free(completion);
}

#define GARBAGE(type) ((type *)(uintptr_t)0x11)

static void make_client(void) {
    pm_options *options = any_options();
    pm_client *client = GARBAGE(pm_client);
    pm_error *error = GARBAGE(pm_error);
    const bool wanted = below(4), place = below(8);
    const pm_status status = pm_client_new(options, place ? &client : NULL, wanted ? &error : NULL);
    CHECK(!place || (client != NULL) == (status == PM_OK));
    check_error(status, wanted ? error : NULL, wanted);
    pm_options_free(options);
    if (place)
        pm_client_free(client);
}

static void send(pm_client *client, pm_queue *queue) {
    pm_message *message = any_message();
    pm_call_options *options = any_call_options();
    pm_receipt *receipt = GARBAGE(pm_receipt);
    pm_call *call = GARBAGE(pm_call);
    pm_error *error = GARBAGE(pm_error);
    const bool wanted = below(4), place = below(2);
    pm_error **const error_place = wanted ? &error : NULL;
    if (below(16) == 0)
        client = NULL;
    pm_status status;
    if (below(3)) {
        status = pm_client_send(client, message, options, place ? &receipt : NULL, error_place);
        CHECK(!place || (receipt != NULL) == (status == PM_OK));
        if (place)
            pm_receipt_free(receipt);
    } else {
        if (below(2))
            status = pm_client_submit(client, message, options, below(8) ? queue : NULL, &huge,
                                      place ? &call : NULL, error_place);
        else
            status = pm_client_submit_callback(client, message, options, below(8) ? ignore : NULL, &huge,
                                               place ? &call : NULL, error_place);
        CHECK(!place || (call != NULL) == (status == PM_OK));
        if (place) {
            pm_cancel(call);
            pm_call_free(call);
        }
    }
    check_error(status, wanted ? error : NULL, wanted);
    pm_call_options_free(options);
    pm_message_free(message);
    /* The out-parameter of a queue is its result. */
    pm_completion *completion = pm_queue_next(below(8) ? queue : NULL, 0);
    check_error(PM_OK, NULL, false);
    pm_completion_free(completion);
}

static void command(const pm_sandbox *sandbox) {
    static const char *const commands[] = {"{\"op\": \"fly\"}", "{\"op\": 1}", "{\"op\": \"state\"}",
                                           "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"no\"}}"};
    char *answer = GARBAGE(char);
    pm_error *error = GARBAGE(pm_error);
    const char *text = below(2) ? any_text() : commands[below(4)];
    const pm_status status = pm_sandbox_control(below(8) ? sandbox : NULL, text, &answer, &error);
    CHECK((answer != NULL) == (status == PM_OK));
    check_error(status, error, true);
    pm_string_free(answer);
    pm_status_name((pm_status)any_number());
    pm_outcome_name((pm_outcome)any_number());
}

int main(int argc, char **argv) {
    const unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000;
    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    state = (state + 1) * UINT64_C(0x9e3779b97f4a7c15);
    memset(huge, 'x', sizeof huge - 1);
    pm_sandbox *sandbox = start_sandbox();
    pm_client *client = sandbox_client(sandbox);
    pm_queue *queue = pm_queue_new();
    for (unsigned i = 0; i < rounds; i++) {
        switch (below(8)) {
        case 0: make_client(); break;
        case 1: command(sandbox); break;
        default: send(client, queue); break;
        }
    }
    CHECK(pm_client_wait(client, 60000));
    /* What went before left it in order. */
    control(sandbox, "{\"op\": \"reset\"}");
    send_sms(client);
    pm_queue_free(queue);
    pm_client_free(client);
    pm_sandbox_free(sandbox);
    printf("%u rounds\n", rounds);
    return 0;
}
