/* A daemon that closes descriptors which it takes for its parent's, among them this library's:
 * the calls that meet it end, what is told names the reason, and a client that is made
 * afterwards works. */
#include "check.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int told;

static void on_line(const char *line, void *user_data) {
    (void)user_data;
    CHECK(strstr(line, "has closed file descriptors of this library") != NULL);
    told++;
}

/* Ends, whatever it has come to: never with another's descriptors taken for its own. */
static void ends(const pm_client *client, const pm_queue *queue) {
    pm_message *message = new_sms();
    pm_error *error = NULL;
    if (pm_client_send(client, message, NULL, NULL, &error) != PM_OK)
        CHECK(pm_error_outcome(error) == PM_OUTCOME_NOT_SENT || pm_error_outcome(error) == PM_OUTCOME_UNKNOWN);
    pm_error_free(error);
    if (pm_client_submit(client, message, NULL, queue, NULL, NULL, &error) != PM_OK)
        CHECK(pm_error_outcome(error) == PM_OUTCOME_NOT_SENT || pm_error_outcome(error) == PM_OUTCOME_UNKNOWN);
    pm_error_free(error);
    pm_message_free(message);
}

static void daemon_of(const char *url, const char *key) {
    pm_client *client = new_client(url, key);
    pm_queue *queue = pm_queue_new();
    pm_message *message = new_sms();
    send_sms(client);
    CHECK(pm_client_submit(client, message, NULL, queue, NULL, NULL, NULL) == PM_OK);
    pm_completion_free(pm_queue_next(queue, -1));
    pm_message_free(message);

    pm_set_log_callback(on_line, NULL);
    for (int descriptor = 3; descriptor < 100; descriptor++)
        close(descriptor);
    ends(client, queue);
    WAIT_UNTIL(told > 0);

    /* The right order: close, then make a client. */
    pm_client *fresh = new_client(url, key);
    send_sms(fresh);
    _exit(0);
}

int main(void) {
    pm_sandbox *sandbox = start_sandbox();
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        alarm(PATIENCE / 1000);
        daemon_of(pm_sandbox_url(sandbox), pm_sandbox_api_key(sandbox));
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
