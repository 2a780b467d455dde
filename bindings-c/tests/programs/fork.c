/* A client in the children of its process. */
#include "check.h"

#include <sys/wait.h>
#include <unistd.h>

static pm_client *client;
static pm_queue *queue;

static void in_child(void (*work)(void)) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        alarm(PATIENCE / 1000);
        work();
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void submit_and_wait(pm_queue *to) {
    pm_message *message = new_sms();
    pm_error *error = NULL;
    pm_status status = pm_client_submit(client, message, NULL, to, NULL, NULL, &error);
    CHECK_OK(status, error);
    pm_message_free(message);
    pm_completion *completion = pm_queue_next(to, PATIENCE);
    CHECK(completion != NULL && pm_completion_status(completion) == PM_OK);
    pm_completion_free(completion);
}

static void send_in_child(void) {
    for (int i = 0; i < 3; i++)
        send_sms(client);
}

static void send_in_grandchild(void) {
    send_sms(client);
    in_child(send_in_child);
    send_sms(client);
}

static void submit_in_child(void) {
    pm_queue *own = pm_queue_new();
    submit_and_wait(own);
    pm_queue_free(own);
    /* The inherited queue is the parent's, and says so. */
    pm_message *message = new_sms();
    pm_error *error = NULL;
    CHECK(pm_client_submit(client, message, NULL, queue, NULL, NULL, &error) == PM_CONFIG_ERROR);
    CHECK_TEXT(pm_error_kind(error), "forked");
    CHECK_TEXT(pm_error_field(error), "queue");
    pm_error_free(error);
    pm_message_free(message);
    CHECK(pm_queue_next(queue, -1) == NULL);
    pm_queue_wake(queue);
}

static void free_unused(void) {
    pm_client_free(client);
    pm_queue_free(queue);
}

static void use_and_free(void) {
    send_sms(client);
    submit_in_child();
    free_unused();
}

static void close_in_child(void) { pm_client_close(client); }

int main(void) {
    pm_sandbox *sandbox = start_sandbox();
    client = sandbox_client(sandbox);
    queue = pm_queue_new();
    /* A client that was not used yet, then one with connections and a thread. */
    in_child(send_in_child);
    send_sms(client);
    submit_and_wait(queue);

    void (*const works[])(void) = {send_in_child,   send_in_grandchild, submit_in_child,
                                   free_unused,     use_and_free,       close_in_child};
    for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
        in_child(works[i]);
        /* What a child does is nothing to the parent. */
        alarm(PATIENCE / 1000);
        send_sms(client);
        submit_and_wait(queue);
        alarm(0);
    }
    pm_queue_free(queue);
    pm_client_free(client);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
