/* The conventions at the top of the header, one after another. */
/* NULL is refused where it must not be, too. */
#define PM_NONNULL(parameter)
#include "check.h"

#include <signal.h>

static const char BAD[] = "\xff\xfe";

/* What a careless caller leaves in an out-parameter: it must never be looked at. */
#define GARBAGE(type) ((type *)(uintptr_t)0x11)

static void null_handles(void) {
    CHECK(pm_error_status(NULL) == PM_OK);
    CHECK(pm_error_outcome(NULL) == PM_OUTCOME_NONE);
    CHECK(pm_error_http_status(NULL) == 0 && pm_error_attempts(NULL) == 0);
    CHECK(pm_error_elapsed_ms(NULL) == 0 && pm_error_retry_after_ms(NULL) == -1);
    CHECK(!pm_error_kind(NULL) && !pm_error_class_name(NULL) && !pm_error_message(NULL));
    CHECK(!pm_error_field(NULL) && !pm_error_code(NULL) && !pm_error_request_id(NULL));
    CHECK(!pm_error_body(NULL));
    CHECK(!pm_receipt_message_id(NULL) && !pm_receipt_recipient(NULL) && !pm_receipt_channel(NULL));
    CHECK(!pm_receipt_status(NULL) && !pm_receipt_cost(NULL) && !pm_receipt_currency(NULL));
    CHECK(!pm_receipt_message(NULL) && !pm_receipt_raw(NULL) && pm_receipt_attempts(NULL) == 0);
    CHECK(pm_receipt_elapsed_ms(NULL) == 0);
    CHECK(pm_completion_status(NULL) == PM_INTERNAL_ERROR && !pm_completion_user_data(NULL));
    CHECK(!pm_completion_receipt(NULL) && !pm_completion_error(NULL));
    CHECK(!pm_queue_next(NULL, -1) && pm_queue_fd(NULL) == -1);
    CHECK(!pm_sandbox_url(NULL) && !pm_sandbox_api_key(NULL));

    pm_options_set_api_key(NULL, "k");
    pm_options_set_base_url(NULL, "u");
    pm_options_set_timeout_ms(NULL, 1);
    pm_options_set_connect_timeout_ms(NULL, 1);
    pm_options_set_max_retries(NULL, 1);
    pm_options_set_max_connections(NULL, 1);
    pm_options_set_http2(NULL, true);
    pm_options_set_proxy(NULL, "p");
    pm_options_set_trust_env(NULL, true);
    pm_options_set_ca_file(NULL, "f");
    pm_options_set_allow_http(NULL, true);
    pm_options_add_header(NULL, "n", "v");
    pm_options_set_user_agent(NULL, "u");
    pm_options_set_max_response_bytes(NULL, 1);
    pm_call_options_set_timeout_ms(NULL, 1);
    pm_call_options_set_max_retries(NULL, 1);
    pm_call_options_add_header(NULL, "n", "v");
    pm_message_set_variable(NULL, "1", "v");
    pm_message_set_sender_id(NULL, "s");
    pm_client_close(NULL);
    pm_cancel(NULL);
    pm_queue_wake(NULL);
    pm_sandbox_stop(NULL);

    /* Twice, because freeing NULL must not become a habit that hurts. */
    for (int i = 0; i < 2; i++) {
        pm_options_free(NULL);
        pm_call_options_free(NULL);
        pm_client_free(NULL);
        pm_message_free(NULL);
        pm_receipt_free(NULL);
        pm_error_free(NULL);
        pm_call_free(NULL);
        pm_queue_free(NULL);
        pm_completion_free(NULL);
        pm_sandbox_free(NULL);
        pm_string_free(NULL);
    }
}

static void names(void) {
    CHECK_TEXT(pm_version(), PM_VERSION);
    CHECK(pm_version_number() == PM_VERSION_NUMBER && PM_VERSION_NUMBER >= 100);
    char numbers[64];
    snprintf(numbers, sizeof numbers, "%d.%d.%d", PM_VERSION_MAJOR, PM_VERSION_MINOR,
             PM_VERSION_PATCH);
    CHECK(strncmp(numbers, PM_VERSION, strlen(numbers)) == 0);

    CHECK_TEXT(pm_status_name(PM_OK), "PM_OK");
    CHECK_TEXT(pm_status_name(PM_CONFIG_ERROR), "PM_CONFIG_ERROR");
    CHECK_TEXT(pm_status_name(PM_INVALID_MESSAGE), "PM_INVALID_MESSAGE");
    CHECK_TEXT(pm_status_name(PM_TRANSPORT_ERROR), "PM_TRANSPORT_ERROR");
    CHECK_TEXT(pm_status_name(PM_API_ERROR), "PM_API_ERROR");
    CHECK_TEXT(pm_status_name(PM_PROTOCOL_ERROR), "PM_PROTOCOL_ERROR");
    CHECK_TEXT(pm_status_name(PM_UNKNOWN), "PM_UNKNOWN");
    CHECK_TEXT(pm_status_name(PM_INTERNAL_ERROR), "PM_INTERNAL_ERROR");
    CHECK_TEXT(pm_status_name(PM_SPEND_LIMIT_ERROR), "PM_SPEND_LIMIT_ERROR");
    CHECK_TEXT(pm_status_name(PM_JOURNAL_ERROR), "PM_JOURNAL_ERROR");
    CHECK_TEXT(pm_status_name(PM_RESOURCE_ERROR), "PM_RESOURCE_ERROR");
    CHECK_TEXT(pm_status_name(PM_QUEUE_FULL), "PM_QUEUE_FULL");
    CHECK_TEXT(pm_status_name((pm_status)-1), "?");
    CHECK_TEXT(pm_status_name((pm_status)PM_OUTCOME_SENT), "?");
    CHECK_TEXT(pm_outcome_name((pm_outcome)PM_OK), "?");
    CHECK_TEXT(pm_outcome_name(PM_OUTCOME_NONE), "none");
    CHECK_TEXT(pm_outcome_name(PM_OUTCOME_SENT), "sent");
    CHECK_TEXT(pm_outcome_name(PM_OUTCOME_REJECTED), "rejected");
    CHECK_TEXT(pm_outcome_name(PM_OUTCOME_NOT_SENT), "not_sent");
    CHECK_TEXT(pm_outcome_name(PM_OUTCOME_UNKNOWN), "unknown");
    CHECK_TEXT(pm_outcome_name((pm_outcome)99), "?");
}

/* Options with one bad argument are refused by name. */
static void refused_options(pm_options *options, const char *field) {
    pm_client *client = GARBAGE(pm_client);
    pm_error *error = GARBAGE(pm_error);
    CHECK(pm_client_new(options, &client, &error) == PM_CONFIG_ERROR);
    CHECK(client == NULL && error != NULL);
    CHECK(pm_error_status(error) == PM_CONFIG_ERROR);
    CHECK(pm_error_outcome(error) == PM_OUTCOME_NOT_SENT);
    CHECK_TEXT(pm_error_class_name(error), "ConfigError");
    CHECK_TEXT(pm_error_kind(error), "config");
    CHECK_TEXT(pm_error_field(error), field);
    CHECK(strncmp(pm_error_message(error), field, strlen(field)) == 0);
    pm_error_free(error);
    pm_options_free(options);
}

static void bad_options(void) {
    static const struct {
        const char *field;
        void (*set)(pm_options *, const char *);
    } texts[] = {
        {"api_key", pm_options_set_api_key},       {"base_url", pm_options_set_base_url},
        {"proxy", pm_options_set_proxy},           {"ca_file", pm_options_set_ca_file},
        {"user_agent", pm_options_set_user_agent},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        pm_options *options = pm_options_new();
        pm_options_set_api_key(options, "key");
        texts[i].set(options, NULL);
        refused_options(options, texts[i].field);
        options = pm_options_new();
        pm_options_set_api_key(options, "key");
        texts[i].set(options, BAD);
        refused_options(options, texts[i].field);
    }
    pm_options *options = pm_options_new();
    pm_options_set_api_key(options, "key");
    pm_options_add_header(options, "x-tag", NULL);
    refused_options(options, "headers");
    options = pm_options_new();
    pm_options_set_api_key(options, "key");
    pm_options_add_header(options, BAD, "value");
    refused_options(options, "headers");
    options = pm_options_new();
    pm_options_set_api_key(options, "key");
    pm_options_set_timeout_ms(options, (uint64_t)-1);
    refused_options(options, "timeout");
    /* The first fault is the one that is told. */
    options = pm_options_new();
    pm_options_set_proxy(options, NULL);
    pm_options_set_api_key(options, NULL);
    refused_options(options, "proxy");
    /* The key is told by no error. */
    options = pm_options_new();
    pm_options_set_api_key(options, "hunter2\n");
    pm_client *client = NULL;
    pm_error *error = NULL;
    CHECK(pm_client_new(options, &client, &error) == PM_CONFIG_ERROR);
    CHECK(strstr(pm_error_message(error), "hunter2") == NULL);
    pm_error_free(error);
    /* No place for the error is fine; none for the client is not. */
    CHECK(pm_client_new(options, &client, NULL) == PM_CONFIG_ERROR);
    CHECK(pm_client_new(NULL, NULL, NULL) == PM_CONFIG_ERROR);
    pm_options_free(options);
    /* Without options and environment there is no key. */
    refused_options(NULL, "api_key");
}

/* A message with a bad argument is refused by the send, by name. */
static void refused_message(const pm_client *client, pm_message *message, const char *field) {
    pm_queue *queue = pm_queue_new();
    for (int submit = 0; submit < 2; submit++) {
        pm_receipt *receipt = GARBAGE(pm_receipt);
        pm_call *call = GARBAGE(pm_call);
        pm_error *error = GARBAGE(pm_error);
        if (submit) {
            CHECK(pm_client_submit(client, message, NULL, queue, NULL, &call, &error) ==
                  PM_INVALID_MESSAGE);
            CHECK(call == NULL && pm_queue_next(queue, 0) == NULL);
        } else {
            CHECK(pm_client_send(client, message, NULL, &receipt, &error) == PM_INVALID_MESSAGE);
            CHECK(receipt == NULL);
        }
        CHECK(pm_error_outcome(error) == PM_OUTCOME_NOT_SENT && pm_error_attempts(error) == 0);
        CHECK_TEXT(pm_error_class_name(error), "InvalidMessageError");
        CHECK_TEXT(pm_error_kind(error), "invalid_message");
        CHECK_TEXT(pm_error_field(error), field);
        CHECK(strncmp(pm_error_message(error), field, strlen(field)) == 0);
        pm_error_free(error);
    }
    pm_queue_free(queue);
    pm_message_free(message);
}

static void bad_messages(const pm_client *client) {
    const char *const to = "+6591234567";
    const char *const bad[] = {NULL, BAD};
    for (int i = 0; i < 2; i++) {
        refused_message(client, pm_message_new_whatsapp(bad[i], to, "HX"), "to");
        refused_message(client, pm_message_new_whatsapp(to, bad[i], "HX"), "from");
        refused_message(client, pm_message_new_whatsapp(to, to, bad[i]), "templateId");
        refused_message(client, pm_message_new_sms(bad[i], "Hello"), "to");
        refused_message(client, pm_message_new_sms(to, bad[i]), "content");
        refused_message(client, pm_message_new_sms_template(bad[i], "S", "HX"), "to");
        refused_message(client, pm_message_new_sms_template(to, bad[i], "HX"), "senderId");
        refused_message(client, pm_message_new_sms_template(to, "S", bad[i]), "templateId");
        refused_message(client, pm_message_new_email(bad[i], "Hi", "<p>Hi</p>"), "to");
        refused_message(client, pm_message_new_email("a@example.com", bad[i], "<p>"), "subject");
        refused_message(client, pm_message_new_email("a@example.com", "Hi", bad[i]), "htmlContent");
        refused_message(client, pm_message_new_json(bad[i]), "message");
        pm_message *message = pm_message_new_whatsapp(to, to, "HX");
        pm_message_set_variable(message, "1", bad[i]);
        refused_message(client, message, "templateVariables");
        message = pm_message_new_whatsapp(to, to, "HX");
        pm_message_set_variable(message, bad[i], "1");
        refused_message(client, message, "templateVariables");
        message = new_sms();
        pm_message_set_sender_id(message, bad[i]);
        refused_message(client, message, "senderId");
    }
    /* Fields that the form of the message doesn't have. */
    pm_message *message = pm_message_new_email("a@example.com", "Hi", "<p>Hi</p>");
    pm_message_set_variable(message, "1", "x");
    refused_message(client, message, "templateVariables");
    message = pm_message_new_json("{}");
    pm_message_set_variable(message, "1", "x");
    refused_message(client, message, "templateVariables");
    message = pm_message_new_whatsapp(to, to, "HX");
    pm_message_set_sender_id(message, "x");
    refused_message(client, message, "senderId");
    message = pm_message_new_json("{}");
    pm_message_set_sender_id(message, "x");
    refused_message(client, message, "senderId");
    /* What the service needs is the core's to say. */
    refused_message(client, pm_message_new_sms("91234567", "Hello"), "to");
    refused_message(client, NULL, "message");
}

static void bad_calls(const pm_client *client) {
    pm_message *message = new_sms();
    pm_queue *queue = pm_queue_new();
    pm_receipt *receipt = GARBAGE(pm_receipt);
    pm_call *call = GARBAGE(pm_call);
    pm_error *error = GARBAGE(pm_error);
    CHECK(pm_client_send(NULL, message, NULL, &receipt, &error) == PM_CONFIG_ERROR);
    CHECK(receipt == NULL);
    CHECK_TEXT(pm_error_field(error), "client");
    pm_error_free(error);
    CHECK(pm_client_send(NULL, NULL, NULL, NULL, NULL) == PM_CONFIG_ERROR);
    CHECK(pm_client_submit(NULL, message, NULL, queue, NULL, &call, &error) == PM_CONFIG_ERROR);
    CHECK(call == NULL);
    CHECK_TEXT(pm_error_field(error), "client");
    pm_error_free(error);
    CHECK(pm_client_submit(client, message, NULL, NULL, NULL, NULL, &error) == PM_CONFIG_ERROR);
    CHECK_TEXT(pm_error_field(error), "queue");
    pm_error_free(error);

    pm_call_options *options = pm_call_options_new();
    pm_call_options_add_header(options, "x-tag", BAD);
    CHECK(pm_client_send(client, message, options, &receipt, &error) == PM_CONFIG_ERROR);
    CHECK_TEXT(pm_error_field(error), "headers");
    pm_error_free(error);
    pm_call_options_free(options);
    options = pm_call_options_new();
    pm_call_options_set_timeout_ms(options, 0);
    CHECK(pm_client_send(client, message, options, &receipt, &error) == PM_CONFIG_ERROR);
    CHECK_TEXT(pm_error_field(error), "timeout");
    pm_error_free(error);
    pm_call_options_free(options);
    pm_queue_free(queue);
    pm_message_free(message);
}

static void success(const pm_sandbox *sandbox, const pm_client *client) {
    control(sandbox, "{\"op\": \"clear_requests\"}");
    pm_message *message = new_sms();
    pm_message_set_sender_id(message, "Pathomics");
    pm_receipt *receipt = GARBAGE(pm_receipt);
    pm_error *error = GARBAGE(pm_error);
    CHECK(pm_client_send(client, message, NULL, &receipt, &error) == PM_OK);
    CHECK(error == NULL);
    CHECK_TEXT(pm_receipt_recipient(receipt), "+6591234567");
    CHECK_TEXT(pm_receipt_channel(receipt), "SMS");
    CHECK_TEXT(pm_receipt_status(receipt), "SENT");
    CHECK_TEXT(pm_receipt_cost(receipt), "0.05");
    CHECK_TEXT(pm_receipt_currency(receipt), "SGD");
    CHECK(strstr(pm_receipt_raw(receipt), pm_receipt_message_id(receipt)) != NULL);
    CHECK(pm_receipt_attempts(receipt) == 1 && pm_receipt_elapsed_ms(receipt) < PATIENCE);
    pm_receipt_free(receipt);
    /* The receipt and the error may be unwanted. */
    CHECK(pm_client_send(client, message, NULL, NULL, NULL) == PM_OK);
    pm_message_free(message);

    char *answer = GARBAGE(char);
    error = GARBAGE(pm_error);
    CHECK(pm_sandbox_control(sandbox, "{\"op\": \"requests\"}", &answer, &error) == PM_OK);
    CHECK(error == NULL && strstr(answer, "partner-messaging-c/" PM_VERSION) != NULL);
    CHECK(strstr(answer, "Pathomics") != NULL);
    pm_string_free(answer);
}

/* What the service says may have a NUL in it. */
static void nul_from_the_service(const pm_sandbox *sandbox, const pm_client *client) {
    control(sandbox, "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"respond\", \"status\": 200,"
                     "\"body\": {\"success\": true, \"data\": {\"messageId\": \"a\\u0000b\"}}}}");
    pm_message *message = new_sms();
    pm_receipt *receipt = NULL;
    CHECK(pm_client_send(client, message, NULL, &receipt, NULL) == PM_OK);
    CHECK_TEXT(pm_receipt_message_id(receipt), "a\\u0000b");
    CHECK(!pm_receipt_cost(receipt) && !pm_receipt_currency(receipt) && !pm_receipt_message(receipt));
    CHECK(!pm_receipt_status(receipt) && !pm_receipt_channel(receipt));
    pm_receipt_free(receipt);
    pm_message_free(message);
}

static void refusal(const pm_sandbox *sandbox, const pm_client *client) {
    control(sandbox, "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"respond\", \"status\": 402,"
                     "\"body\": {\"success\": false, \"error\": \"No\", \"code\": \"INSUFFICIENT_CREDIT\"}}}");
    pm_message *message = new_sms();
    pm_error *error = NULL;
    CHECK(pm_client_send(client, message, NULL, NULL, &error) == PM_API_ERROR);
    CHECK(pm_error_outcome(error) == PM_OUTCOME_REJECTED && pm_error_http_status(error) == 402);
    CHECK_TEXT(pm_error_class_name(error), "InsufficientCreditError");
    CHECK_TEXT(pm_error_code(error), "INSUFFICIENT_CREDIT");
    CHECK_TEXT(pm_error_kind(error), "api");
    CHECK(pm_error_attempts(error) == 1 && pm_error_body(error) != NULL);
    CHECK(pm_error_retry_after_ms(error) == -1 && pm_error_field(error) == NULL);
    pm_error_free(error);
    pm_message_free(message);
}

static void signals_stay_as_they_were(const pm_client *client) {
    sigset_t before, after, pending;
    sigprocmask(SIG_BLOCK, NULL, &before);
    send_sms(client);
    sigprocmask(SIG_BLOCK, NULL, &after);
    sigpending(&pending);
    for (int signal = 1; signal < 32; signal++) {
        CHECK(sigismember(&before, signal) == sigismember(&after, signal));
        CHECK(sigismember(&pending, signal) == 0);
    }
    /* One that the program itself has pending stays so. */
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigprocmask(SIG_BLOCK, &pipe, NULL);
    raise(SIGPIPE);
    send_sms(client);
    sigpending(&pending);
    CHECK(sigismember(&pending, SIGPIPE) == 1);
    int taken = 0;
    CHECK(sigwait(&pipe, &taken) == 0 && taken == SIGPIPE);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static void sandboxes(void) {
    pm_sandbox *sandbox = GARBAGE(pm_sandbox);
    pm_error *error = GARBAGE(pm_error);
    CHECK(pm_sandbox_start("[]", &sandbox, &error) == PM_CONFIG_ERROR);
    CHECK(sandbox == NULL && pm_error_outcome(error) == PM_OUTCOME_NONE);
    pm_error_free(error);
    CHECK(pm_sandbox_start(BAD, &sandbox, &error) == PM_CONFIG_ERROR);
    CHECK_TEXT(pm_error_field(error), "config");
    pm_error_free(error);
    CHECK(pm_sandbox_start(NULL, NULL, NULL) == PM_CONFIG_ERROR);
    CHECK(pm_sandbox_start("{\"api_key\": \"other\"}", &sandbox, &error) == PM_OK);
    CHECK_TEXT(pm_sandbox_api_key(sandbox), "other");
    CHECK(strncmp(pm_sandbox_url(sandbox), "http://127.0.0.1:", 17) == 0);
    char *answer = GARBAGE(char);
    CHECK(pm_sandbox_control(sandbox, NULL, &answer, &error) == PM_CONFIG_ERROR);
    CHECK(answer == NULL);
    CHECK_TEXT(pm_error_field(error), "command");
    pm_error_free(error);
    CHECK(pm_sandbox_control(sandbox, "{\"op\": \"fly\"}", &answer, &error) == PM_CONFIG_ERROR);
    CHECK_TEXT(pm_error_field(error), "op");
    pm_error_free(error);
    CHECK(pm_sandbox_control(NULL, "{}", NULL, NULL) == PM_CONFIG_ERROR);

    pm_client *client = sandbox_client(sandbox);
    send_sms(client);
    pm_sandbox_stop(sandbox);
    pm_sandbox_stop(sandbox);
    CHECK(pm_sandbox_url(sandbox) != NULL);
    CHECK(pm_sandbox_control(sandbox, "{\"op\": \"state\"}", &answer, NULL) == PM_CONFIG_ERROR);
    pm_call_options *options = pm_call_options_new();
    pm_call_options_set_max_retries(options, 0);
    pm_message *message = new_sms();
    CHECK(pm_client_send(client, message, options, NULL, &error) == PM_TRANSPORT_ERROR);
    CHECK(pm_error_outcome(error) == PM_OUTCOME_NOT_SENT);
    pm_error_free(error);
    pm_message_free(message);
    pm_call_options_free(options);
    pm_client_free(client);
    pm_sandbox_free(sandbox);
}

static void closing(const pm_sandbox *sandbox) {
    pm_client *client = sandbox_client(sandbox);
    send_sms(client);
    pm_client_close(client);
    pm_client_close(client);
    pm_message *message = new_sms();
    pm_error *error = NULL;
    CHECK(pm_client_send(client, message, NULL, NULL, &error) == PM_TRANSPORT_ERROR);
    CHECK_TEXT(pm_error_kind(error), "closed");
    pm_error_free(error);
    /* The first send that is submitted finds the client closed already. */
    pm_queue *queue = pm_queue_new();
    CHECK(pm_client_submit(client, message, NULL, queue, NULL, NULL, NULL) == PM_OK);
    pm_completion *completion = pm_queue_next(queue, -1);
    CHECK(pm_completion_status(completion) == PM_TRANSPORT_ERROR);
    CHECK(pm_completion_receipt(completion) == NULL);
    CHECK_TEXT(pm_error_kind(pm_completion_error(completion)), "closed");
    pm_completion_free(completion);
    pm_queue_free(queue);
    pm_message_free(message);
    pm_client_free(client);
}

int main(void) {
    null_handles();
    names();
    bad_options();
    sandboxes();
    pm_sandbox *sandbox = start_sandbox();
    pm_client *client = sandbox_client(sandbox);
    bad_messages(client);
    bad_calls(client);
    success(sandbox, client);
    nul_from_the_service(sandbox, client);
    refusal(sandbox, client);
    signals_stay_as_they_were(client);
    closing(sandbox);
    pm_client_free(client);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
