/* exit() where one hardly should: in a callback, with calls in flight and a client that
 * functions of atexit() look at. The process ends with its own status, and says nothing. */
#include "check.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static pm_client *client;
static pm_queue *queue;

static void at_exit(void) {
    /* This is the library's thread, or the one that sends: it must not wait for itself. */
    pm_shutdown();
    pm_client_close(client);
    pm_client_free(client);
    pm_queue_free(queue);
}

static void ends(pm_completion *completion, void *user_data) {
    pm_completion_free(completion);
    (void)user_data;
    exit(7);
}

static void ends_at_event(const pm_event *event, void *user_data) {
    (void)user_data;
    if (strcmp(pm_event_step(event), "attempt") == 0)
        exit(7);
}

static void in_callback(const pm_sandbox *sandbox) {
    client = sandbox_client(sandbox);
    queue = pm_queue_new();
    control(sandbox, "{\"op\": \"set_fault\", \"fault\": {\"kind\": \"stall\", \"ms\": 300}}");
    pm_message *message = new_sms();
    for (int i = 0; i < 50; i++)
        CHECK(pm_client_submit(client, message, NULL, queue, NULL, NULL, NULL) == PM_OK);
    CHECK(pm_client_submit_callback(client, message, NULL, ends, NULL, NULL, NULL) == PM_OK);
    pause();
}

static void in_event(const pm_sandbox *sandbox) {
    pm_options *options = pm_options_new();
    pm_options_set_base_url(options, pm_sandbox_url(sandbox));
    pm_options_set_api_key(options, pm_sandbox_api_key(sandbox));
    pm_options_set_event_callback(options, ends_at_event, NULL);
    CHECK(pm_client_new(options, &client, NULL) == PM_OK);
    queue = pm_queue_new();
    send_sms(client);
}

static void in_event_of_submitted(const pm_sandbox *sandbox) {
    pm_options *options = pm_options_new();
    pm_options_set_base_url(options, pm_sandbox_url(sandbox));
    pm_options_set_api_key(options, pm_sandbox_api_key(sandbox));
    pm_options_set_event_callback(options, ends_at_event, NULL);
    CHECK(pm_client_new(options, &client, NULL) == PM_OK);
    queue = pm_queue_new();
    pm_message *message = new_sms();
    CHECK(pm_client_submit(client, message, NULL, queue, NULL, NULL, NULL) == PM_OK);
    pause();
}

int main(void) {
    void (*const ways[])(const pm_sandbox *) = {in_callback, in_event, in_event_of_submitted};
    for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
        int said[2];
        CHECK(pipe(said) == 0);
        const pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            alarm(PATIENCE / 1000);
            CHECK(dup2(said[1], 2) == 2);
            atexit(at_exit);
            ways[i](start_sandbox());
            _exit(1);
        }
        close(said[1]);
        char words[1024];
        const ssize_t length = read(said[0], words, sizeof words - 1);
        CHECK(length >= 0);
        words[length] = '\0';
        CHECK_TEXT(words, "");
        close(said[0]);
        int status = 0;
        CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7);
    }
    return 0;
}
