/*
 * The first program: sends one SMS.
 *
 *     cc first.c $(pkg-config --cflags --libs partner-messaging) -o first
 *     PARTNER_MESSAGING_API_KEY=... ./first +6591234567
 *
 * The library reads PARTNER_MESSAGING_API_KEY, and PARTNER_MESSAGING_BASE_URL
 * if it is set.
 */
#include <partner_messaging.h>

#include <stdio.h>

static const char *or_none(const char *text) { return text ? text : "-"; }

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s +6591234567\n", argv[0]);
        return 2;
    }

    pm_client *client = NULL;
    pm_error *error = NULL;
    if (pm_client_new(NULL, &client, &error) != PM_OK) {
        fprintf(stderr, "%s\n", pm_error_message(error));
        pm_error_free(error);
        return 2;
    }

    pm_message *message = pm_message_new_sms(argv[1], "Hello from C");
    pm_receipt *receipt = NULL;
    pm_status status = pm_client_send(client, message, NULL, &receipt, &error);
    if (status == PM_OK) {
        printf("sent as %s for %s %s\n", pm_receipt_message_id(receipt),
               or_none(pm_receipt_cost(receipt)), or_none(pm_receipt_currency(receipt)));
    } else if (pm_error_outcome(error) == PM_OUTCOME_UNKNOWN) {
        /* It may have gone out: never send it again without finding out. */
        fprintf(stderr, "perhaps sent: %s\n", pm_error_message(error));
    } else {
        fprintf(stderr, "%s: %s\n", pm_outcome_name(pm_error_outcome(error)), pm_error_message(error));
    }

    pm_receipt_free(receipt);
    pm_error_free(error);
    pm_message_free(message);
    pm_client_free(client);
    return status == PM_OK ? 0 : 1;
}
