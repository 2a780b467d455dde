/* What the machine has no more of is told as that, and nothing is lost. */
#include "check.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

static int taken[4096];
static int count;

static void take_all_descriptors(void) {
    struct rlimit few;
    CHECK(getrlimit(RLIMIT_NOFILE, &few) == 0);
    few.rlim_cur = 64;
    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
    for (int fd; (fd = open("/dev/null", O_RDONLY)) >= 0;)
        taken[count++] = fd;
}

static void give_back_descriptors(void) {
    while (count > 0)
        close(taken[--count]);
}

static void refused(pm_status status, pm_error **error) {
    if (status != PM_RESOURCE_ERROR)
        fprintf(stderr, "%s\n", *error ? pm_error_message(*error) : "no error");
    CHECK(status == PM_RESOURCE_ERROR);
    CHECK(pm_error_status(*error) == PM_RESOURCE_ERROR);
    CHECK_TEXT(pm_error_kind(*error), "internal");
    CHECK(strstr(pm_error_message(*error), "Too many open files") != NULL);
    pm_error_free(*error);
    *error = NULL;
}

int main(void) {
    CHECK_TEXT(pm_status_name(PM_RESOURCE_ERROR), "PM_RESOURCE_ERROR");
    pm_sandbox *sandbox = start_sandbox();
    pm_client *client = sandbox_client(sandbox);
    pm_queue *queue = pm_queue_new();
    pm_message *message = new_sms();
    pm_error *error = NULL;
    pm_options *options = pm_options_new();
    pm_options_set_api_key(options, "key");
    pm_options_set_trust_env(options, false);

    take_all_descriptors();
    pm_client *other = NULL;
    refused(pm_client_new(options, &other, &error), &error);
    CHECK(other == NULL);
    CHECK(pm_queue_new() == NULL);
    pm_sandbox *second = NULL;
    refused(pm_sandbox_start(NULL, &second, &error), &error);
    pm_call *call = NULL;
    refused(pm_client_submit(client, message, NULL, queue, NULL, &call, &error), &error);
    CHECK(call == NULL && pm_queue_next(queue, 0) == NULL && pm_client_wait(client, 0));
    /* A connection that can't be made is that, and nothing was sent. */
    CHECK(pm_client_send(client, message, NULL, NULL, &error) == PM_TRANSPORT_ERROR);
    CHECK_TEXT(pm_error_kind(error), "connect");
    CHECK(pm_error_outcome(error) == PM_OUTCOME_NOT_SENT);
    pm_error_free(error);
    error = NULL;

    give_back_descriptors();
    send_sms(client);
    pm_status status = pm_client_submit(client, message, NULL, queue, NULL, NULL, &error);
    CHECK_OK(status, error);
    pm_completion *completion = pm_queue_next(queue, PATIENCE);
    CHECK(pm_completion_status(completion) == PM_OK);
    pm_completion_free(completion);

    pm_options_free(options);
    pm_message_free(message);
    pm_queue_free(queue);
    pm_client_free(client);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
