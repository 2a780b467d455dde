/* What the test programs share: checks that stay in optimised builds. */
#ifndef CHECK_H
#define CHECK_H

#include <partner_messaging.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define CHECK_TEXT(text, wanted)                                                                   \
    do {                                                                                           \
        const char *there_ = (text);                                                               \
        if (there_ == NULL || strcmp(there_, (wanted)) != 0) {                                     \
            fprintf(stderr, "%s:%d: %s is %s, not %s\n", __FILE__, __LINE__, #text,                \
                    there_ ? there_ : "NULL", (wanted));                                           \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* CHECK(status == PM_OK), which prints the error. */
#define CHECK_OK(status, error)                                                                    \
    do {                                                                                           \
        pm_status status_ = (status);                                                              \
        if (status_ != PM_OK || (error) != NULL) {                                                 \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, pm_status_name(status_),        \
                    (error) ? pm_error_message(error) : "no error");                               \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* After these milliseconds something hangs: a busy machine may take its time. */
enum { PATIENCE = 300000 };

/* A hundredth of a second. */
static inline void pause_shortly(void) { poll(NULL, 0, 10); }

/* Waits until it is true, as long as a busy machine needs. */
#define WAIT_UNTIL(condition)                                                                      \
    do {                                                                                           \
        for (int rounds_ = 0; !(condition); rounds_++) {                                           \
            if (rounds_ == PATIENCE / 10) {                                                        \
                fprintf(stderr, "%s:%d: never: %s\n", __FILE__, __LINE__, #condition);             \
                exit(1);                                                                           \
            }                                                                                      \
            pause_shortly();                                                                       \
        }                                                                                          \
    } while (0)

static inline pm_sandbox *start_sandbox(void) {
    pm_sandbox *sandbox = NULL;
    pm_error *error = NULL;
    pm_status status =
        pm_sandbox_start("{\"state\": {\"balance\": \"1000000.00\"}}", &sandbox, &error);
    CHECK_OK(status, error);
    return sandbox;
}

static inline pm_client *new_client(const char *url, const char *key) {
    pm_options *options = pm_options_new();
    pm_options_set_base_url(options, url);
    pm_options_set_api_key(options, key);
    pm_options_set_timeout_ms(options, PATIENCE);
    pm_client *client = NULL;
    pm_error *error = NULL;
    pm_status status = pm_client_new(options, &client, &error);
    CHECK_OK(status, error);
    pm_options_free(options);
    return client;
}

static inline pm_client *sandbox_client(const pm_sandbox *sandbox) {
    return new_client(pm_sandbox_url(sandbox), pm_sandbox_api_key(sandbox));
}

static inline void control(const pm_sandbox *sandbox, const char *command) {
    pm_error *error = NULL;
    pm_status status = pm_sandbox_control(sandbox, command, NULL, &error);
    CHECK_OK(status, error);
}

/* How many API requests the sandbox has on record. */
static inline int recorded(const pm_sandbox *sandbox) {
    char *requests = NULL;
    pm_error *error = NULL;
    pm_status status = pm_sandbox_control(sandbox, "{\"op\": \"requests\"}", &requests, &error);
    CHECK_OK(status, error);
    int count = 0;
    for (const char *at = requests; (at = strstr(at, "\"http_version\"")) != NULL; at++)
        count++;
    pm_string_free(requests);
    return count;
}

/* What main() returns: of the library nothing runs any more, and nothing is lost. */
static inline int end_of_test(void) {
    CHECK(pm_shutdown());
    return 0;
}

static inline pm_message *new_sms(void) { return pm_message_new_sms("+6591234567", "Hello"); }

/* Sends an SMS that has to arrive. */
static inline void send_sms(const pm_client *client) {
    pm_message *message = new_sms();
    pm_receipt *receipt = NULL;
    pm_error *error = NULL;
    pm_status status = pm_client_send(client, message, NULL, &receipt, &error);
    CHECK_OK(status, error);
    CHECK(pm_receipt_message_id(receipt) != NULL);
    pm_receipt_free(receipt);
    pm_message_free(message);
}

#endif
