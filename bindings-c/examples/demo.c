/*
 * Sends the four documented messages and prints a line for each, its columns
 * separated by tabs: the form of the message, the outcome, the message's id (or
 * the class of the error), the cost, and how many requests it took.
 */
#include <partner_messaging.h>

#include <stdio.h>

#define TEMPLATE "HXf8aa5a783ac6df54b1d28473f2de4c75"

static const char *or_none(const char *text) { return text ? text : "-"; }

/* Sends a message and frees it; returns whether it failed. */
static int send_and_print(const pm_client *client, const char *form, pm_message *message) {
    pm_receipt *receipt = NULL;
    pm_error *error = NULL;
    pm_status status = pm_client_send(client, message, NULL, &receipt, &error);
    if (status == PM_OK) {
        printf("%s\t%s\t%s\t%s %s\t%u\n", form, pm_outcome_name(PM_OUTCOME_SENT),
               pm_receipt_message_id(receipt), or_none(pm_receipt_cost(receipt)),
               or_none(pm_receipt_currency(receipt)), (unsigned)pm_receipt_attempts(receipt));
    } else {
        printf("%s\t%s\t%s\t-\t%u\n", form, pm_outcome_name(pm_error_outcome(error)),
               pm_error_class_name(error), (unsigned)pm_error_attempts(error));
        fprintf(stderr, "%s\n", pm_error_message(error));
    }
    pm_receipt_free(receipt);
    pm_error_free(error);
    pm_message_free(message);
    return status != PM_OK;
}

int main(void) {
    pm_client *client = NULL;
    pm_error *error = NULL;
    if (pm_client_new(NULL, &client, &error) != PM_OK) {
        fprintf(stderr, "%s\n", pm_error_message(error));
        pm_error_free(error);
        return 1;
    }

    int failed = 0;
    pm_message *whatsapp = pm_message_new_whatsapp("+6591234567", "+6581234567", TEMPLATE);
    pm_message_set_variable(whatsapp, "1", "123456");
    failed |= send_and_print(client, "whatsapp", whatsapp);

    pm_message *sms = pm_message_new_sms_template("+6591234567", "Pathomics", TEMPLATE);
    pm_message_set_variable(sms, "1", "123456");
    failed |= send_and_print(client, "sms-template", sms);

    failed |= send_and_print(client, "sms-text", pm_message_new_sms("+6591234567", "Hello from C"));
    failed |= send_and_print(client, "email",
                             pm_message_new_email("user@example.com", "Hello", "<h1>Hello from C</h1>"));

    pm_client_free(client);
    return failed;
}
