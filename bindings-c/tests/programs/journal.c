/* Sends with keys, and the journal that remembers them. */
#include "check.h"

#include <dirent.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/pm-journal-XXXXXX";
static char path[64];
static pm_sandbox *sandbox;

/* A client of the sandbox whose journal is open, or is opened by its path for NULL. */
static pm_client *client_with(const pm_journal *journal, pm_event_callback told, void *user_data) {
    pm_options *options = pm_options_new();
    pm_options_set_base_url(options, pm_sandbox_url(sandbox));
    pm_options_set_api_key(options, pm_sandbox_api_key(sandbox));
    pm_options_set_max_retries(options, 0);
    pm_options_set_event_callback(options, told, user_data);
    if (journal)
        pm_options_set_journal_handle(options, journal);
    else
        pm_options_set_journal(options, path);
    pm_client *client = NULL;
    pm_error *error = NULL;
    const pm_status status = pm_client_new(options, &client, &error);
    CHECK_OK(status, error);
    pm_options_free(options);
    return client;
}

static pm_journal *open_journal(void) {
    pm_journal *journal = NULL;
    pm_error *error = NULL;
    const pm_status status = pm_journal_open(path, &journal, &error);
    CHECK_OK(status, error);
    return journal;
}

static pm_status send_text(const pm_client *client, const char *key, const char *text, pm_receipt **receipt,
                           pm_error **error) {
    pm_message *message = pm_message_new_sms("+6591234567", text);
    pm_call_options *options = pm_call_options_new();
    pm_call_options_set_key(options, key);
    const pm_status status = pm_client_send(client, message, options, receipt, error);
    pm_call_options_free(options);
    pm_message_free(message);
    return status;
}

/* Sends under a key; tells whether the journal answered. */
static bool is_replayed(const pm_client *client, const char *key) {
    pm_receipt *receipt = NULL;
    pm_error *error = NULL;
    const pm_status status = send_text(client, key, "Hello", &receipt, &error);
    CHECK_OK(status, error);
    const bool replayed = pm_receipt_replayed(receipt);
    CHECK(pm_receipt_attempts(receipt) == (replayed ? 0 : 1));
    CHECK((pm_receipt_recipient(receipt) == NULL) == replayed);
    pm_receipt_free(receipt);
    return replayed;
}

static void fails(pm_status status, pm_status wanted, pm_error *error, const char *field, const char *words) {
    CHECK(status == wanted && pm_error_status(error) == wanted);
    if (field)
        CHECK_TEXT(pm_error_field(error), field);
    if (strstr(pm_error_message(error), words) == NULL) {
        fprintf(stderr, "%s lacks %s\n", pm_error_message(error), words);
        exit(1);
    }
    pm_error_free(error);
}

static void what_a_key_does(pm_journal *journal) {
    pm_client *one = client_with(NULL, NULL, NULL), *other = client_with(journal, NULL, NULL);
    const int before = recorded(sandbox);
    CHECK(!is_replayed(one, "order-1"));
    CHECK(is_replayed(other, "order-1") && is_replayed(one, "order-1"));
    CHECK(recorded(sandbox) == before + 1);
    pm_error *error = NULL;
    pm_status status = send_text(one, "order-1", "Something else", NULL, &error);
    fails(status, PM_INVALID_MESSAGE, error, "key", "another message");
    error = NULL;
    status = send_text(one, "", "Hello", NULL, &error);
    fails(status, PM_INVALID_MESSAGE, error, "key", "must not be empty");
    pm_client *without = sandbox_client(sandbox);
    error = NULL;
    status = send_text(without, "order-1", "Hello", NULL, &error);
    fails(status, PM_CONFIG_ERROR, error, "key", "needs a journal");
    pm_client_free(without);
    CHECK(recorded(sandbox) == before + 1);

    /* Of two that share a file, one is closed with its client; the handle is not. */
    pm_client_close(one);
    error = NULL;
    status = send_text(one, "order-1", "Hello", NULL, &error);
    fails(status, PM_TRANSPORT_ERROR, error, NULL, "closed");
    CHECK(is_replayed(other, "order-1"));
    pm_client_free(one);
    pm_client_free(other);
}

static void of_one_origin(pm_journal *journal) {
    pm_options *options = pm_options_new();
    pm_options_set_base_url(options, "http://127.0.0.1:9");
    pm_options_set_api_key(options, "key");
    pm_options_set_journal_handle(options, journal);
    pm_client *client = NULL;
    pm_error *error = NULL;
    pm_status status = pm_client_new(options, &client, &error);
    fails(status, PM_CONFIG_ERROR, error, "journal", "http://127.0.0.1:9");
    /* The last setter counts; one that can't be used is told. */
    pm_options_set_journal(options, "/dev/null/journal.db");
    error = NULL;
    status = pm_client_new(options, &client, &error);
    fails(status, PM_JOURNAL_ERROR, error, NULL, "/dev/null/journal.db");
    pm_options_set_journal_handle(options, NULL);
    error = NULL;
    status = pm_client_new(options, &client, &error);
    fails(status, PM_CONFIG_ERROR, error, "journal", "NULL");
    pm_options_free(options);
}

static void what_it_remembers(pm_journal *journal) {
    pm_client *client = client_with(journal, NULL, NULL);
    control(sandbox, "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"close_after_read\"}}");
    pm_error *error = NULL;
    CHECK(send_text(client, "order-2", "Hello", NULL, &error) == PM_UNKNOWN);
    pm_error_free(error);
    error = NULL;
    CHECK(send_text(client, "order-2", "Hello", NULL, &error) == PM_UNKNOWN);
    CHECK(pm_error_attempts(error) == 0 && pm_error_outcome(error) == PM_OUTCOME_UNKNOWN);
    pm_error_free(error);
    error = NULL;

    pm_journal_record *record = NULL;
    CHECK_OK(pm_journal_get(journal, "order-2", &record, &error), error);
    CHECK_TEXT(pm_journal_record_key(record), "order-2");
    CHECK_TEXT(pm_journal_record_channel(record), "SMS");
    CHECK(pm_journal_record_outcome(record) == PM_OUTCOME_UNKNOWN && !pm_journal_record_resolved(record));
    CHECK(pm_journal_record_message_id(record) == NULL && pm_journal_record_conflict(record) == NULL);
    pm_journal_record_free(record);
    CHECK_OK(pm_journal_get(journal, "nothing", &record, &error), error);
    CHECK(record == NULL);

    pm_status status = pm_journal_resolve(journal, "order-1", PM_OUTCOME_NOT_SENT, NULL, &record, &error);
    fails(status, PM_CONFIG_ERROR, error, "key", "only what is unknown");
    error = NULL;
    status = pm_journal_resolve(journal, "order-2", PM_OUTCOME_SENT, NULL, &record, &error);
    fails(status, PM_CONFIG_ERROR, error, "message_id", "must be given");
    error = NULL;
    status = pm_journal_resolve(journal, "order-2", PM_OUTCOME_NONE, NULL, &record, &error);
    fails(status, PM_CONFIG_ERROR, error, "outcome", "must be");
    error = NULL;

    /* The service's list has it. */
    const char *const keys[] = {"order-2", "nothing"};
    pm_message *message = new_sms();
    const pm_message *const messages[] = {message, message};
    pm_journal_iter *found = NULL;
    CHECK_OK(pm_journal_reconcile(journal, client, keys, messages, 2, NULL, &found, &error), error);
    CHECK_OK(pm_journal_iter_next(found, &record, &error), error);
    CHECK(pm_journal_record_outcome(record) == PM_OUTCOME_SENT && pm_journal_record_resolved(record));
    CHECK_TEXT(pm_journal_record_cost(record), "0.05");
    pm_journal_record_free(record);
    CHECK_OK(pm_journal_iter_next(found, &record, &error), error);
    CHECK(record == NULL);
    pm_journal_iter_free(found);
    pm_message_free(message);
    CHECK(is_replayed(client, "order-2"));

    pm_journal_iter *sent = NULL;
    CHECK_OK(pm_journal_records(journal, PM_OUTCOME_SENT, &sent, &error), error);
    const char *const wanted[] = {"order-1", "order-2"};
    for (int i = 0; i < 2; i++) {
        CHECK_OK(pm_journal_iter_next(sent, &record, &error), error);
        CHECK_TEXT(pm_journal_record_key(record), wanted[i]);
        CHECK(pm_journal_record_ended_at(record) != NULL);
        pm_journal_record_free(record);
    }
    CHECK_OK(pm_journal_iter_next(sent, &record, &error), error);
    CHECK(record == NULL);
    pm_journal_iter_free(sent);

    pm_journal_counts *counts = NULL;
    CHECK_OK(pm_journal_summary(journal, &counts, &error), error);
    CHECK(pm_journal_counts_sent(counts) == 2 && pm_journal_counts_unknown(counts) == 0);
    const pm_journal_totals *totals = pm_journal_counts_totals(counts);
    CHECK(pm_journal_totals_count(totals) == 1 && pm_journal_totals_messages(totals, 0) == 2);
    CHECK_TEXT(pm_journal_totals_cost(totals, 0), "0.10");
    pm_journal_counts_free(counts);
    pm_client_free(client);
}

/* A line for each event: its step and its outcome. */
static char seen[512];

static void note(const pm_event *event, void *user_data) {
    (void)user_data;
    /* On a busy machine any function may be slow. */
    if (strcmp(pm_event_step(event), "slow_callback") == 0)
        return;
    const size_t used = strlen(seen);
    snprintf(seen + used, sizeof seen - used, "%s %s\n", pm_event_step(event), pm_outcome_name(pm_event_outcome(event)));
    CHECK(strstr(pm_event_text(event), "order-3") == NULL);
}

static void what_is_told(pm_journal *journal) {
    pm_client *client = client_with(journal, note, NULL);
    CHECK(!is_replayed(client, "order-3") && is_replayed(client, "order-3"));
    CHECK_TEXT(seen, "claimed none\nattempt none\nended sent\nreplayed none\nended sent\n");
    pm_client_free(client);
}

/* Of a call that waits for another one's end. */
static bool has_waited;

static void note_waiting(const pm_event *event, void *user_data) {
    (void)user_data;
    has_waited |= strcmp(pm_event_step(event), "waiting") == 0;
}

static void two_at_once(pm_journal *journal) {
    pm_client *client = client_with(journal, note_waiting, NULL);
    control(sandbox, "{\"op\": \"push_fault\", \"fault\": {\"kind\": \"stall\", \"ms\": 3000}}");
    const int before = recorded(sandbox);
    pm_message *message = new_sms();
    pm_call_options *options = pm_call_options_new();
    pm_call_options_set_key(options, "order-4");
    pm_queue *queue = pm_queue_new();
    pm_error *error = NULL;
    CHECK_OK(pm_client_submit(client, message, options, queue, NULL, NULL, &error), error);
    WAIT_UNTIL(recorded(sandbox) > before);
    CHECK_OK(pm_client_submit(client, message, options, queue, NULL, NULL, &error), error);
    int replayed = 0;
    for (int i = 0; i < 2; i++) {
        pm_completion *completion = pm_queue_next(queue, -1);
        CHECK(pm_completion_status(completion) == PM_OK);
        replayed += pm_receipt_replayed(pm_completion_receipt(completion));
        pm_completion_free(completion);
    }
    CHECK(replayed == 1 && recorded(sandbox) == before + 1 && has_waited);
    pm_queue_free(queue);
    pm_call_options_free(options);
    pm_message_free(message);
    pm_client_free(client);
}

static void ask_within(pm_completion *completion, void *user_data) {
    pm_error *error = NULL;
    const pm_status status = pm_journal_get(user_data, "order-1", NULL, &error);
    fails(status, PM_CONFIG_ERROR, error, "journal", "callback");
    pm_completion_free(completion);
}

static void not_within_a_callback(pm_journal *journal) {
    pm_client *client = client_with(journal, NULL, NULL);
    pm_message *message = new_sms();
    pm_error *error = NULL;
    CHECK_OK(pm_client_submit_callback(client, message, NULL, ask_within, journal, NULL, &error), error);
    CHECK(pm_client_wait(client, -1));
    pm_message_free(message);
    pm_client_free(client);
}

/* The signals that a thread of the library blocks, all but the two that can't be: as
   Linux tells them, of every thread by this name. Gives the number of such threads. */
static int threads_that_block_signals(void) {
    int count = 0;
    DIR *threads = opendir("/proc/self/task");
    CHECK(threads != NULL);
    for (struct dirent *thread; (thread = readdir(threads)) != NULL;) {
        char file[300], line[256];
        snprintf(file, sizeof file, "/proc/self/task/%s/status", thread->d_name);
        FILE *status = thread->d_name[0] == '.' ? NULL : fopen(file, "r");
        if (status == NULL)
            continue;
        bool is_ours = false;
        while (fgets(line, sizeof line, status)) {
            if (strncmp(line, "Name:\tpartner-messagi", 21) == 0)
                is_ours = true;
            if (is_ours && strncmp(line, "SigBlk:\t", 8) == 0) {
                const unsigned long long blocked = strtoull(line + 8, NULL, 16);
                /* SIGTERM and SIGINT stand for all. */
                CHECK((blocked >> 14 & 1) && (blocked >> 1 & 1));
                count++;
            }
        }
        fclose(status);
    }
    closedir(threads);
    return count;
}

static void in_a_child(pm_journal *journal) {
    pm_client *client = client_with(journal, NULL, NULL);
    CHECK(!is_replayed(client, "order-5"));
    CHECK(threads_that_block_signals() > 0);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        alarm(PATIENCE / 1000);
        CHECK(is_replayed(client, "order-5") && !is_replayed(client, "order-6"));
        CHECK(threads_that_block_signals() == 1);
        pm_client_close(client);
        pm_journal_close(journal);
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    /* What the child closed was its own. */
    CHECK(is_replayed(client, "order-6") && !is_replayed(client, "order-7"));
    pm_client_free(client);
}

static void purged_and_closed(pm_journal *journal) {
    pm_client *client = client_with(journal, NULL, NULL);
    uint64_t purged = 17;
    pm_error *error = NULL;
    CHECK_OK(pm_journal_purge(journal, "2020-01-01", &purged, &error), error);
    CHECK(purged == 0);
    CHECK_OK(pm_journal_purge(journal, "2999-01-01T00:00:00Z", &purged, &error), error);
    CHECK(purged == 7);
    pm_status status = pm_journal_purge(journal, "soon", &purged, &error);
    fails(status, PM_CONFIG_ERROR, error, "before", "RFC 3339");
    CHECK(purged == 0 && !is_replayed(client, "order-1"));

    pm_journal_close(journal);
    pm_journal_close(journal);
    error = NULL;
    status = send_text(client, "order-1", "Hello", NULL, &error);
    fails(status, PM_JOURNAL_ERROR, error, NULL, "closed");
    error = NULL;
    status = pm_journal_get(journal, "order-1", NULL, &error);
    fails(status, PM_JOURNAL_ERROR, error, NULL, "closed");
    pm_client_free(client);
}

int main(void) {
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/journal.db", folder);
    sandbox = start_sandbox();
    pm_journal *journal = open_journal();
    what_a_key_does(journal);
    of_one_origin(journal);
    what_it_remembers(journal);
    what_is_told(journal);
    two_at_once(journal);
    not_within_a_callback(journal);
    in_a_child(journal);
    purged_and_closed(journal);
    pm_journal_free(journal);
    pm_sandbox_free(sandbox);
    static const char *const files[] = {"", "-wal", "-shm", "-lock"};
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
        char file[80];
        snprintf(file, sizeof file, "%s%s", path, files[i]);
        remove(file);
    }
    CHECK(rmdir(folder) == 0);
    return end_of_test();
}
