/* What a client tells of its calls, to a function and to standard error. */
#include "check.h"

#include <sys/stat.h>
#include <unistd.h>

/* A line for each event: what the getters say. */
static char seen[4096];

static const char *or_none(const char *text) { return text ? text : "-"; }

static void note(const pm_event *event, void *user_data) {
    CHECK(user_data == seen);
    /* On a busy machine any function may be slow. */
    if (strcmp(pm_event_step(event), "slow_callback") == 0)
        return;
    const size_t used = strlen(seen);
    snprintf(seen + used, sizeof seen - used, "%s %s %s %u %s %s %d %d %d\n", pm_event_step(event),
             pm_event_channel(event), pm_event_recipient(event), (unsigned)pm_event_attempts(event),
             pm_outcome_name(pm_event_outcome(event)), or_none(pm_event_kind(event)),
             (int)pm_event_http_status(event), pm_event_pause_ms(event) >= 0,
             pm_event_elapsed_ms(event) >= 0);
    CHECK_TEXT(pm_event_call(event), "send");
    CHECK(strstr(pm_event_text(event), "secret") == NULL);
    CHECK(strstr(pm_event_text(event), "+6591234567") == NULL);
}

static pm_client *telling_client(const pm_sandbox *sandbox) {
    pm_options *options = pm_options_new();
    pm_options_set_base_url(options, pm_sandbox_url(sandbox));
    pm_options_set_api_key(options, pm_sandbox_api_key(sandbox));
    pm_options_set_event_callback(options, note, seen);
    pm_client *client = NULL;
    pm_error *error = NULL;
    pm_status status = pm_client_new(options, &client, &error);
    CHECK_OK(status, error);
    pm_options_free(options);
    return client;
}

static void retried(const pm_sandbox *sandbox) {
    control(sandbox, "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"respond\", \"status\": 429, "
                     "\"headers\": {\"retry-after\": \"0\"}, \"body\": {}}}");
}

/* What a log callback was given, each line with its line feed. */
static char lines[1024];

static void keep_line(const char *line, void *user_data) {
    CHECK(user_data == lines && strchr(line, '\n') == NULL);
    const size_t used = strlen(lines);
    snprintf(lines + used, sizeof lines - used, "%s\n", line);
    CHECK(!pm_shutdown());
}

static size_t size_of(FILE *file) {
    struct stat status;
    CHECK(fstat(fileno(file), &status) == 0);
    return (size_t)status.st_size;
}

int main(void) {
    pm_sandbox *sandbox = start_sandbox();
    pm_client *client = telling_client(sandbox);
    pm_message *message = pm_message_new_sms("+6591234567", "secret");
    const char wanted[] = "attempt SMS *******4567 1 none - 0 0 0\n"
                          "retry SMS *******4567 1 none api 0 1 0\n"
                          "attempt SMS *******4567 2 none - 0 0 0\n"
                          "ended SMS *******4567 2 sent - 0 0 1\n";
    retried(sandbox);
    CHECK(pm_client_send(client, message, NULL, NULL, NULL) == PM_OK);
    CHECK_TEXT(seen, wanted);

    seen[0] = '\0';
    retried(sandbox);
    pm_queue *queue = pm_queue_new();
    CHECK(pm_client_submit(client, message, NULL, queue, NULL, NULL, NULL) == PM_OK);
    pm_completion *completion = pm_queue_next(queue, PATIENCE);
    /* The last event comes before the completion. */
    CHECK_TEXT(seen, wanted);
    pm_completion_free(completion);

    seen[0] = '\0';
    control(sandbox, "{\"op\": \"set_state\", \"state\": {\"balance\": \"0.00\"}}");
    CHECK(pm_client_send(client, message, NULL, NULL, NULL) == PM_API_ERROR);
    CHECK_TEXT(seen, "attempt SMS *******4567 1 none - 0 0 0\n"
                     "ended SMS *******4567 1 rejected api 402 0 1\n");

    /* Without an event there is nothing to tell. */
    CHECK(!pm_event_step(NULL) && !pm_event_text(NULL) && !pm_event_channel(NULL));
    CHECK(!pm_event_recipient(NULL) && !pm_event_kind(NULL) && pm_event_attempts(NULL) == 0);
    CHECK(pm_event_outcome(NULL) == PM_OUTCOME_NONE && pm_event_http_status(NULL) == 0);
    CHECK(pm_event_pause_ms(NULL) == -1 && pm_event_elapsed_ms(NULL) == -1);
    pm_options_set_event_callback(NULL, note, seen);

    pm_message_free(message);
    pm_queue_free(queue);
    pm_client_free(client);

    /* Standard error gets the same lines if the environment asks for them, and
       one that nobody reads does no harm. */
    int ends[2];
    CHECK(pipe(ends) == 0);
    close(ends[0]);
    const int kept = dup(2);
    CHECK(dup2(ends[1], 2) == 2);
    CHECK(setenv("PARTNER_MESSAGING_LOG", "debug", 1) == 0);
    control(sandbox, "{\"op\": \"reset\"}");
    client = sandbox_client(sandbox);
    send_sms(client);
    CHECK(dup2(kept, 2) == 2);
    FILE *log = tmpfile();
    CHECK(log != NULL && dup2(fileno(log), 2) == 2);
    send_sms(client);
    CHECK(dup2(kept, 2) == 2);
    char text[1024] = "";
    rewind(log);
    const size_t size = fread(text, 1, sizeof text - 1, log);
    text[size] = '\0';
    const char first[] = "partner-messaging: send SMS to *******4567: attempt 1 [POST /partner/message/send]\n"
                         "partner-messaging: send SMS to *******4567: sent after 1 attempts and ";
    CHECK(strncmp(text, first, sizeof first - 1) == 0);

    /* A function of the program gets them instead, until there is none. */
    pm_set_log_callback(keep_line, lines);
    CHECK(dup2(fileno(log), 2) == 2);
    send_sms(client);
    CHECK(strncmp(lines, first, sizeof first - 1) == 0);
    CHECK(size_of(log) == size);
    pm_set_log_callback(NULL, NULL);
    lines[0] = '\0';
    send_sms(client);
    CHECK(dup2(kept, 2) == 2);
    CHECK(lines[0] == '\0' && size_of(log) > size);
    pm_client_free(client);
    fclose(log);
    pm_sandbox_free(sandbox);
    return end_of_test();
}
