/*
 * Everything that can be read from what the library hands over, to the last
 * byte, and from NULL. It runs on the library's thread, too, so nothing in it
 * is left to chance.
 */
#ifndef HOSTILE_VALUES_H
#define HOSTILE_VALUES_H

#include "hostile_arguments.h"

static void is_text(const char *text) { CHECK(text != NULL && strlen(text) < sizeof huge); }
static void may_be_text(const char *text) { CHECK(text == NULL || strlen(text) < sizeof huge); }

/* A text that is there whenever its handle is. */
#define IS_TEXT(getter, handle) ((handle) ? is_text(getter(handle)) : CHECK_NULL(getter(handle)))
#define CHECK_NULL(pointer) check_null((const void *)(pointer))
static void check_null(const void *pointer) { CHECK(pointer == NULL); }

/* The indices to look at: those that are there, and two beyond. */
static size_t after(size_t index, size_t count) { return index == count ? SIZE_MAX : index + 1; }
#define EACH(index, count) (size_t index = 0; index != SIZE_MAX; index = after(index, count))

static void read_trail(const pm_trail *trail);

static void read_error(const pm_error *error) {
    read_trail(pm_error_trail(error));
    CHECK((pm_error_trail(error) != NULL) == (error != NULL));
    IS_TEXT(pm_error_kind, error);
    IS_TEXT(pm_error_class_name, error);
    IS_TEXT(pm_error_message, error);
    may_be_text(pm_error_field(error));
    may_be_text(pm_error_code(error));
    may_be_text(pm_error_request_id(error));
    may_be_text(pm_error_body(error));
    const int32_t answer = pm_error_http_status(error);
    CHECK(answer == 0 || (answer >= 100 && answer < 1000));
    CHECK(pm_error_attempts(error) < 1000 && pm_error_elapsed_ms(error) >= 0);
    CHECK(pm_error_retry_after_ms(error) >= -1);
    CHECK(strcmp(pm_outcome_name(pm_error_outcome(error)), "?") != 0);
    CHECK((pm_error_status(error) == PM_OK) == (error == NULL));
}

static void read_receipt(const pm_receipt *receipt) {
    IS_TEXT(pm_receipt_message_id, receipt);
    IS_TEXT(pm_receipt_raw, receipt);
    may_be_text(pm_receipt_recipient(receipt));
    may_be_text(pm_receipt_channel(receipt));
    may_be_text(pm_receipt_status(receipt));
    may_be_text(pm_receipt_cost(receipt));
    may_be_text(pm_receipt_currency(receipt));
    may_be_text(pm_receipt_message(receipt));
    CHECK((pm_receipt_attempts(receipt) > 0) == (receipt != NULL && !pm_receipt_replayed(receipt)));
    CHECK(pm_receipt_elapsed_ms(receipt) >= 0);
}

static void read_record(const pm_record *record) {
    IS_TEXT(pm_record_message_id, record);
    IS_TEXT(pm_record_raw, record);
    may_be_text(pm_record_recipient(record));
    may_be_text(pm_record_channel(record));
    may_be_text(pm_record_status(record));
    may_be_text(pm_record_cost(record));
    may_be_text(pm_record_currency(record));
    may_be_text(pm_record_created_at(record));
    may_be_text(pm_record_updated_at(record));
}

static void read_page(const pm_page *page) {
    const size_t count = pm_page_count(page);
    for EACH(i, count) {
        const pm_record *record = pm_page_message(page, i);
        CHECK((record != NULL) == (i < count));
        read_record(record);
    }
    CHECK(pm_page_message(page, SIZE_MAX) == NULL);
    CHECK((pm_page_number(page) > 0) == (page != NULL));
    CHECK(pm_page_limit(page) >= -1 && pm_page_total(page) >= -1 && pm_page_total_pages(page) >= -1);
    const int32_t more = pm_page_has_more(page);
    CHECK(more >= -1 && more <= 1);
    IS_TEXT(pm_page_raw, page);
}

static void read_balance(const pm_balance *balance) {
    IS_TEXT(pm_balance_amount, balance);
    IS_TEXT(pm_balance_raw, balance);
    may_be_text(pm_balance_currency(balance));
}

static void read_spending(const pm_spending *spending) {
    const size_t count = pm_spending_count(spending);
    for EACH(i, count) {
        CHECK((pm_spending_channel(spending, i) != NULL) == (i < count));
        CHECK((pm_spending_cost(spending, i) != NULL) == (i < count));
        may_be_text(pm_spending_currency(spending, i));
        CHECK(pm_spending_messages(spending, i) >= pm_spending_unpriced(spending, i));
    }
    CHECK(pm_spending_channel(spending, SIZE_MAX) == NULL);
}

static void read_trail(const pm_trail *trail) {
    const size_t count = pm_trail_count(trail);
    for EACH(i, count) {
        CHECK((pm_trail_channel(trail, i) != NULL) == (i < count));
        CHECK((pm_trail_outcome(trail, i) != PM_OUTCOME_NONE) == (i < count));
        may_be_text(pm_trail_kind(trail, i));
        may_be_text(pm_trail_code(trail, i));
        may_be_text(pm_trail_message_id(trail, i));
        CHECK(pm_trail_http_status(trail, i) < 1000 && pm_trail_attempts(trail, i) < 1000);
    }
    CHECK(pm_trail_channel(trail, SIZE_MAX) == NULL);
}

static void read_reply(const pm_reply *reply) {
    static const char *const names[] = {NULL, "", "content-type", "CONTENT-TYPE", "a b", "\xff", huge};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        may_be_text(pm_reply_header(reply, names[i]));
    const int32_t answer = pm_reply_http_status(reply);
    CHECK(reply ? answer >= 200 && answer < 300 : answer == 0);
    const size_t count = pm_reply_header_count(reply);
    for EACH(i, count) {
        const char *name = pm_reply_header_name(reply, i);
        CHECK((name != NULL) == (i < count) && (pm_reply_header_value(reply, i) != NULL) == (i < count));
        CHECK((pm_reply_header(reply, name) != NULL) == (i < count));
    }
    CHECK(pm_reply_elapsed_ms(reply) >= 0);
    may_be_text(pm_reply_data(reply));
    may_be_text(pm_reply_message(reply));
    CHECK((pm_reply_attempts(reply) > 0) == (reply != NULL && !pm_reply_replayed(reply)));
}

static void read_journal_record(const pm_journal_record *record) {
    IS_TEXT(pm_journal_record_key, record);
    IS_TEXT(pm_journal_record_claim_id, record);
    IS_TEXT(pm_journal_record_claimed_at, record);
    IS_TEXT(pm_journal_record_deadline, record);
    may_be_text(pm_journal_record_ended_at(record));
    may_be_text(pm_journal_record_channel(record));
    may_be_text(pm_journal_record_kind(record));
    may_be_text(pm_journal_record_code(record));
    may_be_text(pm_journal_record_message_id(record));
    may_be_text(pm_journal_record_cost(record));
    may_be_text(pm_journal_record_currency(record));
    CHECK(strcmp(pm_outcome_name(pm_journal_record_outcome(record)), "?") != 0);
    CHECK(!pm_journal_record_resolved(record) || pm_journal_record_outcome(record) != PM_OUTCOME_NONE);
    const pm_journal_conflict *conflict = pm_journal_record_conflict(record);
    IS_TEXT(pm_journal_conflict_at, conflict);
    may_be_text(pm_journal_conflict_message_id(conflict));
    CHECK((pm_journal_conflict_outcome(conflict) != PM_OUTCOME_NONE) == (conflict != NULL));
}

static void read_journal_counts(const pm_journal_counts *counts) {
    const pm_journal_totals *totals = pm_journal_counts_totals(counts);
    CHECK((totals != NULL) == (counts != NULL));
    uint64_t sum = 0;
    const size_t count = pm_journal_totals_count(totals);
    for EACH(i, count) {
        CHECK((pm_journal_totals_channel(totals, i) != NULL) == (i < count));
        CHECK((pm_journal_totals_cost(totals, i) != NULL) == (i < count));
        may_be_text(pm_journal_totals_currency(totals, i));
        CHECK(pm_journal_totals_messages(totals, i) >= pm_journal_totals_unpriced(totals, i));
        CHECK(strcmp(pm_outcome_name(pm_journal_totals_outcome(totals, i)), "?") != 0);
        sum += pm_journal_totals_messages(totals, i);
    }
    CHECK(pm_journal_totals_channel(totals, SIZE_MAX) == NULL);
    CHECK(sum == pm_journal_counts_sent(counts) + pm_journal_counts_rejected(counts) +
                     pm_journal_counts_not_sent(counts) + pm_journal_counts_unknown(counts) +
                     pm_journal_counts_in_progress(counts));
    CHECK(pm_journal_counts_conflicts(counts) <= sum);
}

/* A completion has an error, or one of the things that calls give. */
static void read_completion(const pm_completion *completion) {
    read_receipt(pm_completion_receipt(completion));
    read_trail(pm_completion_trail(completion));
    read_record(pm_completion_record(completion));
    read_page(pm_completion_page(completion));
    read_balance(pm_completion_balance(completion));
    read_reply(pm_completion_reply(completion));
    read_error(pm_completion_error(completion));
    const int given = (pm_completion_receipt(completion) != NULL) + (pm_completion_record(completion) != NULL) +
                      (pm_completion_balance(completion) != NULL) + (pm_completion_reply(completion) != NULL) +
                      (pm_completion_page(completion) != NULL);
    const pm_call_kind kind = pm_completion_kind(completion);
    CHECK((kind == PM_CALL_NONE) == (completion == NULL) && strcmp(pm_call_kind_name(kind), "?") != 0);
    /* The end of a list is neither. */
    const int list_ended = pm_completion_status(completion) == PM_OK && given == 0;
    CHECK(!list_ended || kind == PM_CALL_NEXT || kind == PM_CALL_NEXT_PAGE);
    CHECK(given + list_ended + (pm_completion_error(completion) != NULL) == (completion != NULL));
    CHECK((pm_completion_status(completion) == PM_OK) == (given == 1 || list_ended));
    CHECK(pm_completion_user_data(completion) == (completion ? huge : NULL));
}

static void read_event(const pm_event *event) {
    IS_TEXT(pm_event_step, event);
    IS_TEXT(pm_event_text, event);
    IS_TEXT(pm_event_call, event);
    may_be_text(pm_event_channel(event));
    may_be_text(pm_event_recipient(event));
    may_be_text(pm_event_kind(event));
    CHECK(pm_event_attempts(event) < 1000 && pm_event_http_status(event) < 1000);
    CHECK(strcmp(pm_outcome_name(pm_event_outcome(event)), "?") != 0);
    CHECK(pm_event_pause_ms(event) >= -1 && pm_event_elapsed_ms(event) >= -1);
}

#endif
