/* A callback that takes its time holds up no client but those of its thread, and is told of. */
#include "check.h"

#include <pthread.h>
#include <time.h>

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool begun, over;
} stage = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void set(bool *what) {
    pthread_mutex_lock(&stage.mutex);
    *what = true;
    pthread_cond_broadcast(&stage.changed);
    pthread_mutex_unlock(&stage.mutex);
}

static void wait_for(const bool *what) {
    pthread_mutex_lock(&stage.mutex);
    while (!*what)
        pthread_cond_wait(&stage.changed, &stage.mutex);
    pthread_mutex_unlock(&stage.mutex);
}

/* How often it was told of a slow callback of each client. */
static int of_own, of_other, of_shared;

static int told(const int *count) {
    pthread_mutex_lock(&stage.mutex);
    const int told = *count;
    pthread_mutex_unlock(&stage.mutex);
    return told;
}

static void note(const pm_event *event, void *user_data) {
    if (strcmp(pm_event_step(event), "slow_callback") != 0)
        return;
    CHECK_TEXT(pm_event_call(event), "send");
    CHECK(pm_event_elapsed_ms(event) >= 100 && strstr(pm_event_text(event), "callback") != NULL);
    CHECK(pm_event_outcome(event) == PM_OUTCOME_NONE && pm_event_recipient(event) == NULL);
    pthread_mutex_lock(&stage.mutex);
    ++*(int *)user_data;
    pthread_mutex_unlock(&stage.mutex);
}

static pm_client *client_of(const pm_sandbox *sandbox, bool own_thread, int *told) {
    pm_options *options = pm_options_new();
    pm_options_set_base_url(options, pm_sandbox_url(sandbox));
    pm_options_set_api_key(options, pm_sandbox_api_key(sandbox));
    pm_options_set_event_callback(options, note, told);
    pm_options_set_own_thread(options, own_thread);
    pm_client *client = NULL;
    pm_error *error = NULL;
    pm_status status = pm_client_new(options, &client, &error);
    CHECK_OK(status, error);
    pm_options_free(options);
    return client;
}

static void submit(const pm_client *client, pm_callback callback, void *user_data) {
    pm_message *message = new_sms();
    pm_error *error = NULL;
    pm_status status = pm_client_submit_callback(client, message, NULL, callback, user_data, NULL, &error);
    CHECK_OK(status, error);
    pm_message_free(message);
}

static void hangs(pm_completion *completion, void *user_data) {
    (void)user_data;
    CHECK(pm_completion_status(completion) == PM_OK);
    pm_completion_free(completion);
    set(&stage.begun);
    wait_for(&stage.over);
}

static void keep_thread(pm_completion *completion, void *user_data) {
    pm_completion_free(completion);
    *(pthread_t *)user_data = pthread_self();
}

static void moment(void) {
    struct timespec time = {0, 150 * 1000 * 1000};
    nanosleep(&time, NULL);
}

static void takes_its_time(pm_completion *completion, void *user_data) {
    (void)user_data;
    pm_completion_free(completion);
    moment();
}

int main(void) {
    pm_sandbox *sandbox = start_sandbox();
    pm_client *own = client_of(sandbox, true, &of_own), *other = client_of(sandbox, true, &of_other);
    pm_client *shared = client_of(sandbox, false, &of_shared);

    /* While one's callback hangs, the calls of the others come to their ends. */
    submit(own, hangs, NULL);
    wait_for(&stage.begun);
    pthread_t others, shareds, owns;
    submit(other, keep_thread, &others);
    submit(shared, keep_thread, &shareds);
    CHECK(pm_client_wait(other, PATIENCE) && pm_client_wait(shared, PATIENCE));
    CHECK(!pthread_equal(others, shareds));
    CHECK(!pm_client_wait(own, 0));

    /* Who submits to it meanwhile has it told, once; and it is told when it returns. */
    CHECK(told(&of_own) == 0);
    moment();
    for (int i = 0; i < 3; i++)
        submit(own, keep_thread, &owns);
    CHECK(told(&of_own) == 1);
    set(&stage.over);
    CHECK(pm_client_wait(own, PATIENCE));
    CHECK(told(&of_own) >= 2);
    CHECK(!pthread_equal(owns, others) && !pthread_equal(owns, shareds));

    const int before = told(&of_shared);
    submit(shared, takes_its_time, NULL);
    CHECK(pm_client_wait(shared, PATIENCE) && told(&of_shared) > before);

    /* Freed with a call in flight: it ends as ever, and then the thread does. */
    submit(own, keep_thread, &owns);
    pm_client_free(own);
    CHECK(pm_shutdown());
    /* Used again after that. */
    submit(other, keep_thread, &others);
    CHECK(pm_client_wait(other, PATIENCE));
    pm_client_close(other);
    pm_client_free(other);
    pm_client_free(shared);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
