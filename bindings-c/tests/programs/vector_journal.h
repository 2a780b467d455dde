/* Journals of the vectors: what is asked of them, and what came of it as JSON. */
#ifndef VECTOR_JOURNAL_H
#define VECTOR_JOURNAL_H

static pm_journal *open_journal(const char *path) {
    pm_journal *journal = NULL;
    pm_error *error = NULL;
    if (pm_journal_open(path, &journal, &error) != PM_OK)
        die("no journal", pm_error_message(error));
    return journal;
}

/* Has a client of another origin use a journal first. */
static void use_journal(const char *path, const char *base_url) {
    pm_options *options = pm_options_new();
    pm_options_set_api_key(options, "key");
    pm_options_set_base_url(options, base_url);
    pm_options_set_journal(options, path);
    pm_client *client = NULL;
    pm_error *error = NULL;
    if (pm_client_new(options, &client, &error) != PM_OK)
        die("no client", pm_error_message(error));
    pm_client_free(client);
    pm_options_free(options);
}

/* Begins a send, whose completion nobody takes. */
static pm_queue *begin(const pm_client *client, const pm_message *message, const pm_call_options *options) {
    pm_error *error = NULL;
    pm_queue *queue = pm_queue_new();
    if (pm_client_submit(client, message, options, queue, NULL, NULL, &error) != PM_OK)
        die("not begun", pm_error_message(error));
    return queue;
}

static void add_outcome(struct text *text, pm_outcome outcome) {
    add_member(text, "outcome", outcome == PM_OUTCOME_NONE ? NULL : pm_outcome_name(outcome));
}

static void add_journal_record(struct text *text, const pm_journal_record *record) {
    const pm_journal_conflict *conflict = pm_journal_record_conflict(record);
    begin_item(text, "{");
    add_member(text, "key", pm_journal_record_key(record));
    add_outcome(text, pm_journal_record_outcome(record));
    add(text, pm_journal_record_resolved(record) ? ",\"resolved\":true" : ",\"resolved\":false");
    add_member(text, "channel", pm_journal_record_channel(record));
    add_member(text, "kind", pm_journal_record_kind(record));
    add_member(text, "code", pm_journal_record_code(record));
    add_member(text, "message_id", pm_journal_record_message_id(record));
    add_member(text, "cost", pm_journal_record_cost(record));
    add_member(text, "currency", pm_journal_record_currency(record));
    add(text, ",\"conflict\":");
    if (conflict == NULL) {
        add(text, "null}");
        return;
    }
    add(text, "{");
    add_outcome(text, pm_journal_conflict_outcome(conflict));
    add_member(text, "message_id", pm_journal_conflict_message_id(conflict));
    add(text, "}}");
}

/* Prints the records of a list and frees it; what fails is printed instead. */
static void print_list(const char *name, pm_journal_iter *iter) {
    struct text json = {0};
    pm_journal_record *record = NULL;
    pm_error *error = NULL;
    add(&json, "[");
    while (pm_journal_iter_next(iter, &record, &error) == PM_OK && record != NULL) {
        add_journal_record(&json, record);
        pm_journal_record_free(record);
    }
    add(&json, "]");
    if (error != NULL)
        print_error(error);
    else
        print_text(name, json.at);
    pm_error_free(error);
    pm_journal_iter_free(iter);
    free(json.at);
}

static void print_records(const char *name, const pm_journal *journal) {
    pm_journal_iter *iter = NULL;
    pm_error *error = NULL;
    if (pm_journal_records(journal, PM_OUTCOME_NONE, &iter, &error) != PM_OK)
        die("no records", pm_error_message(error));
    print_list(name, iter);
}

static void print_journal_record(const pm_journal_record *record) {
    struct text json = {0};
    print_number("ok", 1);
    if (record == NULL)
        return;
    add(&json, " ");
    add_journal_record(&json, record);
    /* It was written as an item of a list. */
    print_text("record", strchr(json.at, '{'));
    free(json.at);
}

static void add_count(struct text *text, const char *name, uint64_t count) {
    add_number(text, name, (long long)count, -1);
}

static void print_counts(const pm_journal_counts *counts) {
    const pm_journal_totals *totals = pm_journal_counts_totals(counts);
    struct text json = {0};
    add(&json, "{");
    add_count(&json, "sent", pm_journal_counts_sent(counts));
    add_count(&json, "rejected", pm_journal_counts_rejected(counts));
    add_count(&json, "not_sent", pm_journal_counts_not_sent(counts));
    add_count(&json, "unknown", pm_journal_counts_unknown(counts));
    add_count(&json, "in_progress", pm_journal_counts_in_progress(counts));
    add_count(&json, "conflicts", pm_journal_counts_conflicts(counts));
    add(&json, ",\"totals\":[");
    for (size_t i = 0; i < pm_journal_totals_count(totals); i++) {
        begin_item(&json, "{");
        add_outcome(&json, pm_journal_totals_outcome(totals, i));
        add_member(&json, "channel", pm_journal_totals_channel(totals, i));
        add_member(&json, "currency", pm_journal_totals_currency(totals, i));
        add_member(&json, "cost", pm_journal_totals_cost(totals, i));
        add_count(&json, "messages", pm_journal_totals_messages(totals, i));
        add_count(&json, "unpriced", pm_journal_totals_unpriced(totals, i));
        add(&json, "}");
    }
    add(&json, "]}");
    print_number("ok", 1);
    print_text("summary", json.at);
    free(json.at);
}

static pm_outcome outcome_named(const char *word) {
    for (int outcome = PM_OUTCOME_SENT; outcome <= PM_OUTCOME_UNKNOWN; outcome++)
        if (word != NULL && strcmp(pm_outcome_name((pm_outcome)outcome), word) == 0)
            return (pm_outcome)outcome;
    return PM_OUTCOME_NONE;
}

/* Asks the journal, or about it. */
static void ask_journal(const char *op, const pm_journal *journal, const pm_client *client,
                        const struct arguments *given, const pm_call_options *options) {
    pm_journal_record *record = NULL;
    pm_journal_iter *iter = NULL;
    pm_journal_counts *counts = NULL;
    pm_error *error = NULL;
    pm_status status;
    uint64_t purged = 0;
    if (strcmp(op, "journal_get") == 0) {
        status = pm_journal_get(journal, given->key, &record, &error);
        if (status == PM_OK)
            print_journal_record(record);
    } else if (strcmp(op, "journal_resolve") == 0) {
        status = pm_journal_resolve(journal, given->key, outcome_named(given->outcome), given->message_id,
                                    &record, &error);
        if (status == PM_OK)
            print_journal_record(record);
    } else if (strcmp(op, "journal_summary") == 0) {
        status = pm_journal_summary(journal, &counts, &error);
        if (status == PM_OK)
            print_counts(counts);
    } else if (strcmp(op, "journal_purge") == 0) {
        status = pm_journal_purge(journal, given->before, &purged, &error);
        if (status == PM_OK) {
            print_number("ok", 1);
            print_number("purged", (long long)purged);
        }
    } else {
        if (strcmp(op, "journal_records") == 0)
            status = pm_journal_records(journal, outcome_named(given->outcome), &iter, &error);
        else
            status = pm_journal_reconcile(journal, client, (const char *const *)given->keys,
                                          (const pm_message *const *)given->messages, given->message_count,
                                          options, &iter, &error);
        if (status == PM_OK) {
            print_number("ok", 1);
            print_list("records", iter);
        }
    }
    if (status != PM_OK)
        print_error(error);
    pm_journal_record_free(record);
    pm_journal_counts_free(counts);
    pm_error_free(error);
}

#endif
