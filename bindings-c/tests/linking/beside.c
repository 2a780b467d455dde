/* A program with another Rust library, and with functions of its own that are called as
 * what this library bundles: each keeps to its own. The argument is the journal's path. */
#include <partner_messaging.h>
#include <stdio.h>
#include <string.h>

bool other_catches_a_panic(void);
const char *sqlite3_libversion(void);
const char *sqlite3_libversion(void) { return "the program's own"; }

int main(int argc, char **argv) {
    pm_client *client = NULL;
    pm_error *error = NULL;
    pm_receipt *receipt = NULL;
    pm_options *options = pm_options_new();
    pm_call_options *call_options = pm_call_options_new();
    pm_message *message = pm_message_new_sms("+6591234567", "Hello");
    if (argc != 2 || !other_catches_a_panic() || strcmp(sqlite3_libversion(), "the program's own") != 0)
        return 2;
    pm_options_set_journal(options, argv[1]);
    pm_call_options_set_key(call_options, "order-4711");
    if (pm_client_new(options, &client, &error) != PM_OK ||
        pm_client_send(client, message, call_options, &receipt, &error) != PM_OK)
        fprintf(stderr, "%s\n", pm_error_message(error));
    else
        printf("sent as %s, %s\n", pm_receipt_message_id(receipt), sqlite3_libversion());
    pm_receipt_free(receipt);
    pm_error_free(error);
    pm_message_free(message);
    pm_call_options_free(call_options);
    pm_options_free(options);
    pm_client_free(client);
    return other_catches_a_panic() ? 0 : 3;
}
