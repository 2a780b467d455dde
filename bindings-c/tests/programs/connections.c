/*
 * Sends two messages by a client with the options of the command line, and says what
 * became of each: connections URL [name value]...
 */
#include "check.h"

static void set(pm_options *options, const char *name, const char *value) {
    if (strcmp(name, "ca_file") == 0)
        pm_options_set_ca_file(options, value);
    else if (strcmp(name, "client_cert_file") == 0)
        pm_options_set_client_cert_file(options, value);
    else if (strcmp(name, "client_key_file") == 0)
        pm_options_set_client_key_file(options, value);
    else if (strcmp(name, "keep_alive") == 0)
        pm_options_set_keep_alive(options, strcmp(value, "true") == 0);
    else
        CHECK(!"an option that this program knows");
}

int main(int argc, char **argv) {
    CHECK(argc >= 2 && argc % 2 == 0);
    pm_options *options = pm_options_new();
    pm_options_set_api_key(options, "sandbox-key");
    pm_options_set_base_url(options, argv[1]);
    for (int i = 2; i < argc; i += 2)
        set(options, argv[i], argv[i + 1]);

    pm_client *client = NULL;
    pm_error *error = NULL;
    pm_status status = pm_client_new(options, &client, &error);
    if (status != PM_OK) {
        printf("%s %s\n", pm_error_kind(error), pm_error_field(error));
        pm_error_free(error);
    }
    for (int i = 0; client != NULL && i < 2; i++) {
        pm_message *message = new_sms();
        pm_receipt *receipt = NULL;
        status = pm_client_send(client, message, NULL, &receipt, &error);
        if (status == PM_OK)
            puts("sent");
        else
            printf("%s %s\n", pm_outcome_name(pm_error_outcome(error)), pm_error_kind(error));
        pm_error_free(error);
        pm_receipt_free(receipt);
        pm_message_free(message);
    }
    pm_client_free(client);
    pm_options_free(options);
    return 0;
}
