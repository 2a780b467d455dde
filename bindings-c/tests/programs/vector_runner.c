/*
 * Sends what it is told on its input, line by line, and prints what came of it;
 * tests/vectors.rs drives it. A line is a command and its arguments; texts are
 * an x and hexadecimal bytes.
 */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include <partner_messaging.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *why, const char *what) {
    fprintf(stderr, "vector_runner: %s: %s\n", why, what);
    exit(3);
}

static void die_if(int failed, const char *why) {
    if (failed)
        die(why, "");
}

/* Turns x and hexadecimal digits into text, in place. */
static char *text_of(char *argument) {
    if (argument == NULL || argument[0] != 'x')
        die("not a text", argument ? argument : "(nothing)");
    size_t length = (strlen(argument) - 1) / 2;
    for (size_t i = 0; i < length; i++) {
        char pair[3] = {argument[1 + 2 * i], argument[2 + 2 * i], 0};
        argument[i] = (char)strtoul(pair, NULL, 16);
    }
    argument[length] = 0;
    return argument;
}

static void print_text(const char *name, const char *text) {
    if (text == NULL)
        return;
    printf("%s x", name);
    for (; *text; text++)
        printf("%02x", (unsigned)(unsigned char)*text);
    putchar('\n');
}

static void print_number(const char *name, long long number) { printf("%s %lld\n", name, number); }

static void set_text(pm_options *options, const char *name, const char *text) {
    static const struct {
        const char *name;
        void (*set)(pm_options *, const char *);
    } setters[] = {
        {"api_key", pm_options_set_api_key},   {"base_url", pm_options_set_base_url},
        {"proxy", pm_options_set_proxy},       {"ca_file", pm_options_set_ca_file},
        {"user_agent", pm_options_set_user_agent},
    };
    for (size_t i = 0; i < sizeof setters / sizeof *setters; i++)
        if (strcmp(setters[i].name, name) == 0) {
            setters[i].set(options, text);
            return;
        }
    die("no such option", name);
}

static void set_number(pm_options *options, const char *name, const char *text) {
    unsigned long long number = strtoull(text, NULL, 10);
    if (strcmp(name, "timeout_ms") == 0)
        pm_options_set_timeout_ms(options, number);
    else if (strcmp(name, "connect_timeout_ms") == 0)
        pm_options_set_connect_timeout_ms(options, number);
    else if (strcmp(name, "max_retries") == 0)
        pm_options_set_max_retries(options, (uint32_t)number);
    else if (strcmp(name, "max_connections") == 0)
        pm_options_set_max_connections(options, (uint32_t)number);
    else if (strcmp(name, "max_response_bytes") == 0)
        pm_options_set_max_response_bytes(options, number);
    else if (strcmp(name, "http2") == 0)
        pm_options_set_http2(options, number != 0);
    else if (strcmp(name, "trust_env") == 0)
        pm_options_set_trust_env(options, number != 0);
    else if (strcmp(name, "allow_http") == 0)
        pm_options_set_allow_http(options, number != 0);
    else
        die("no such option", name);
}

static void set_call_number(pm_call_options *options, const char *name, const char *text) {
    unsigned long long number = strtoull(text, NULL, 10);
    if (strcmp(name, "timeout_ms") == 0)
        pm_call_options_set_timeout_ms(options, number);
    else if (strcmp(name, "max_retries") == 0)
        pm_call_options_set_max_retries(options, (uint32_t)number);
    else
        die("no such option of a call", name);
}

static void print_receipt(const pm_receipt *receipt) {
    print_number("ok", 1);
    print_text("message_id", pm_receipt_message_id(receipt));
    print_text("recipient", pm_receipt_recipient(receipt));
    print_text("channel", pm_receipt_channel(receipt));
    print_text("status", pm_receipt_status(receipt));
    print_text("cost", pm_receipt_cost(receipt));
    print_text("currency", pm_receipt_currency(receipt));
    print_text("message", pm_receipt_message(receipt));
    print_text("raw", pm_receipt_raw(receipt));
    print_number("replayed", pm_receipt_replayed(receipt));
    print_number("attempts", pm_receipt_attempts(receipt));
}

static void print_error(const pm_error *error) {
    print_number("ok", 0);
    print_text("class", pm_error_class_name(error));
    if (pm_error_outcome(error) != PM_OUTCOME_NONE)
        print_text("outcome", pm_outcome_name(pm_error_outcome(error)));
    print_text("kind", pm_error_kind(error));
    print_text("code", pm_error_code(error));
    print_text("field", pm_error_field(error));
    print_text("request_id", pm_error_request_id(error));
    print_text("body", pm_error_body(error));
    print_text("text", pm_error_message(error));
    print_number("attempts", pm_error_attempts(error));
    if (pm_error_http_status(error) != 0)
        print_number("status", pm_error_http_status(error));
    if (pm_error_retry_after_ms(error) >= 0)
        print_number("retry_after_ms", pm_error_retry_after_ms(error));
}

#include "vector_calls.h"
#include "vector_journal.h"

static void send_blocking(const pm_client *client, const pm_message *message,
                          const pm_call_options *options) {
    pm_receipt *receipt = NULL;
    pm_error *error = NULL;
    if (pm_client_send(client, message, options, &receipt, &error) == PM_OK)
        print_receipt(receipt);
    else
        print_error(error);
    pm_receipt_free(receipt);
    pm_error_free(error);
}

static void send_submitted(const pm_client *client, const pm_message *message,
                           const pm_call_options *options) {
    pm_error *error = NULL;
    pm_queue *queue = pm_queue_new();
    if (pm_client_submit(client, message, options, queue, queue, NULL, &error) == PM_OK) {
        pm_completion *completion = pm_queue_next(queue, -1);
        if (pm_completion_user_data(completion) != queue)
            die("another's completion", "");
        if (pm_completion_status(completion) == PM_OK)
            print_receipt(pm_completion_receipt(completion));
        else
            print_error(pm_completion_error(completion));
        pm_completion_free(completion);
    } else {
        print_error(error);
    }
    pm_error_free(error);
    pm_queue_free(queue);
}

/* Makes the call, by a queue or not. */
static void work(int submitted, const pm_client *client, const pm_journal *journal, const pm_message *message,
                 const char *op, struct arguments *given, const pm_call_options *call_options) {
    if (op != NULL && strncmp(op, "journal_", 8) == 0)
        ask_journal(op, journal, client, given, call_options);
    else if (op != NULL && submitted && strncmp(op, "list_", 5) != 0)
        submit_call(op, client, given, call_options);
    else if (op != NULL)
        make_call(op, client, given, call_options);
    else if (message == NULL)
        print_number("ok", 1);
    else if (submitted)
        send_submitted(client, message, call_options);
    else
        send_blocking(client, message, call_options);
}

/* The client, made by the first that needs it; NULL when it can't be, which is printed. */
static pm_client *client_of(pm_client **client, const pm_options *options) {
    pm_error *error = NULL;
    if (*client == NULL && pm_client_new(options, client, &error) != PM_OK)
        print_error(error);
    pm_error_free(error);
    return *client;
}

/* Reads a line of any length; NULL at the end. */
static char *read_line(void) {
    size_t length = 0, room = 4096;
    char *line = malloc(room);
    int c;
    while ((c = getchar()) != EOF && c != '\n') {
        if (length + 1 == room)
            line = realloc(line, room *= 2);
        line[length++] = (char)c;
    }
    if (c == EOF && length == 0) {
        free(line);
        return NULL;
    }
    line[length] = 0;
    return line;
}

int main(int argc, char **argv) {
    int submitted = argc == 2 && strcmp(argv[1], "submit") == 0;
    pm_options *options = pm_options_new();
    pm_call_options *call_options = pm_call_options_new();
    pm_message *message = NULL;
    struct arguments given;
    char *line, *op = NULL;
    int spending = 0, records = 0;
    pm_client *client = NULL;
    pm_journal *journal = NULL;
    pm_queue *begun = NULL;
    begin_arguments(&given);
    while ((line = read_line()) != NULL) {
        char *arguments[4] = {0};
        size_t count = 0;
        for (char *word = strtok(line, " "); word && count < 4; word = strtok(NULL, " "))
            arguments[count++] = word;
        const char *command = arguments[0];
        if (strcmp(command, "text") == 0) {
            set_text(options, arguments[1], text_of(arguments[2]));
        } else if (strcmp(command, "number") == 0) {
            set_number(options, arguments[1], arguments[2]);
        } else if (strcmp(command, "header") == 0) {
            pm_options_add_header(options, text_of(arguments[1]), text_of(arguments[2]));
        } else if (strcmp(command, "call_number") == 0) {
            set_call_number(call_options, arguments[1], arguments[2]);
        } else if (strcmp(command, "call_header") == 0) {
            pm_call_options_add_header(call_options, text_of(arguments[1]), text_of(arguments[2]));
        } else if (strcmp(command, "whatsapp") == 0) {
            message = pm_message_new_whatsapp(text_of(arguments[1]), text_of(arguments[2]),
                                              text_of(arguments[3]));
        } else if (strcmp(command, "sms") == 0) {
            message = pm_message_new_sms(text_of(arguments[1]), text_of(arguments[2]));
        } else if (strcmp(command, "sms_template") == 0) {
            message = pm_message_new_sms_template(text_of(arguments[1]), text_of(arguments[2]),
                                                  text_of(arguments[3]));
        } else if (strcmp(command, "email") == 0) {
            message = pm_message_new_email(text_of(arguments[1]), text_of(arguments[2]),
                                           text_of(arguments[3]));
        } else if (strcmp(command, "json") == 0) {
            message = pm_message_new_json(text_of(arguments[1]));
        } else if (strcmp(command, "sender_id") == 0) {
            pm_message_set_sender_id(message, text_of(arguments[1]));
        } else if (strcmp(command, "variable") == 0) {
            pm_message_set_variable(message, text_of(arguments[1]), text_of(arguments[2]));
        } else if (strcmp(command, "endpoint") == 0) {
            pm_options_set_endpoint(options, text_of(arguments[1]), text_of(arguments[2]));
        } else if (strcmp(command, "fallback_code") == 0) {
            pm_call_options_add_fallback_code(call_options, text_of(arguments[1]));
        } else if (strcmp(command, "argument") == 0) {
            set_argument(&given, arguments[1], text_of(arguments[2]));
        } else if (strcmp(command, "argument_number") == 0 && strcmp(arguments[1], "page") == 0) {
            pm_filter_set_page(given.filter, (uint32_t)strtoul(arguments[2], NULL, 10));
        } else if (strcmp(command, "argument_number") == 0 && strcmp(arguments[1], "limit") == 0) {
            pm_filter_set_limit(given.filter, (uint32_t)strtoul(arguments[2], NULL, 10));
        } else if (strcmp(command, "query") == 0) {
            given.queries[given.query_count][0] = strdup(text_of(arguments[1]));
            given.queries[given.query_count++][1] = strdup(text_of(arguments[2]));
        } else if (strcmp(command, "statuses") == 0) {
            given.statuses_given = 1;
        } else if (strcmp(command, "status") == 0) {
            given.statuses[given.status_count++] = strdup(text_of(arguments[1]));
        } else if (strcmp(command, "body") == 0) {
            given.body = strdup(text_of(arguments[1]));
        } else if (strcmp(command, "idempotent") == 0) {
            given.idempotent = atoi(arguments[1]);
        } else if (strcmp(command, "wanted_header") == 0) {
            given.wanted_headers[given.wanted_count++] = strdup(text_of(arguments[1]));
        } else if (strcmp(command, "next") == 0) {
            given.messages[given.message_count++] = message;
            message = NULL;
        } else if (strcmp(command, "next_of") == 0) {
            given.keys[given.message_count] = strdup(text_of(arguments[1]));
            given.messages[given.message_count++] = message;
            message = NULL;
        } else if (strcmp(command, "call_key") == 0) {
            pm_call_options_set_key(call_options, text_of(arguments[1]));
        } else if (strcmp(command, "used_by") == 0) {
            use_journal(text_of(arguments[1]), text_of(arguments[2]));
        } else if (strcmp(command, "journal") == 0) {
            journal = open_journal(text_of(arguments[1]));
            pm_options_set_journal_handle(options, journal);
        } else if (strcmp(command, "spending") == 0) {
            spending = 1;
        } else if (strcmp(command, "records") == 0) {
            records = 1;
        } else if (strcmp(command, "do") == 0) {
            op = strdup(arguments[1]);
        } else if (strcmp(command, "run") == 0 || strcmp(command, "step") == 0 || strcmp(command, "begin") == 0) {
            const int is_last = strcmp(command, "run") == 0;
            if (client_of(&client, options) == NULL)
                die_if(!is_last, "no client for a step");
            else if (strcmp(command, "begin") == 0)
                begun = begin(client, message, call_options);
            else
                work(submitted, client, journal, message, op, &given, call_options);
            if (client != NULL && spending)
                print_spending(client);
            if (records)
                print_records("records_after", journal);
            puts("end");
            fflush(stdout);
            pm_message_free(message);
            pm_call_options_free(call_options);
            call_options = pm_call_options_new();
            message = NULL;
            end_arguments(&given);
            begin_arguments(&given);
            free(op);
            op = NULL;
            spending = records = 0;
            if (is_last) {
                /* What goes on ends with its client. */
                pm_client_close(client);
                pm_client_free(client);
                pm_queue_free(begun);
                pm_journal_free(journal);
                pm_options_free(options);
                client = NULL;
                begun = NULL;
                journal = NULL;
                options = pm_options_new();
            }
        } else {
            die("no such command", command);
        }
        free(line);
    }
    end_arguments(&given);
    pm_message_free(message);
    pm_call_options_free(call_options);
    pm_options_free(options);
    return 0;
}
