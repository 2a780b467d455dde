/* pm_client_send: one client, one call after the other. */
#include <partner_messaging.h>

#include "measure.h"

static void send_one(const struct job *job, void *with) {
    pm_message *message = pm_message_new_sms(TO, job->content);
    pm_receipt *receipt = NULL;
    pm_error *error = NULL;
    if (pm_client_send(with, message, NULL, &receipt, &error) != PM_OK) die(pm_error_message(error));
    if (strcmp(pm_receipt_message_id(receipt), MESSAGE_ID) != 0) die("another message id");
    pm_receipt_free(receipt);
    pm_message_free(message);
}

int main(int argc, char **argv) {
    struct job job = job_of(argc, argv);
    pm_options *options = pm_options_new();
    pm_options_set_api_key(options, KEY);
    pm_options_set_base_url(options, job.url);
    if (job.ca) pm_options_set_ca_file(options, job.ca);
    pm_client *client = NULL;
    pm_error *error = NULL;
    if (pm_client_new(options, &client, &error) != PM_OK) die(pm_error_message(error));
    pm_options_free(options);
    measure(&job, send_one, client);
    pm_client_free(client);
    free(job.content);
    return 0;
}
