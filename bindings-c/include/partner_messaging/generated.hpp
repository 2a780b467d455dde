/*
 * GENERATED from the core's public types by `cargo xtask generate`: change those.
 */
#ifndef PARTNER_MESSAGING_GENERATED_HPP
#define PARTNER_MESSAGING_GENERATED_HPP

#include "support.hpp"

#include <functional>
#include <tuple>

namespace partner_messaging {
inline namespace v0 {

class Journal;
class Event;

namespace detail {
inline const pm_journal *handle(const Journal &journal) noexcept;
inline void tell_events(pm_options *options, std::function<void(const Event &)> function);
}

/// What became of a message.
enum class Outcome : std::int32_t {
    /// No message was at stake.
    none = PM_OUTCOME_NONE,
    /// The service accepted the message; the receipt carries its id.
    sent = PM_OUTCOME_SENT,
    /// The service answered that it did not take the message.
    rejected = PM_OUTCOME_REJECTED,
    /// No complete request left this process, so nothing can have been accepted.
    not_sent = PM_OUTCOME_NOT_SENT,
    /// The message may have been accepted, and may not: sending it again may deliver it twice.
    unknown = PM_OUTCOME_UNKNOWN,
};

/// What became of one message of a send_with_fallback().
struct FallbackStep {
    /// The message's channel.
    std::string channel;
    /// What became of it.
    Outcome outcome = Outcome::none;
    /// What went wrong, unless it was sent.
    std::optional<std::string> kind;
    /// The HTTP status of the answer, if it failed and there was one.
    std::optional<int> http_status;
    /// The service's code, if it refused.
    std::optional<std::string> code;
    /// The message's id, if it was sent.
    std::optional<std::string> message_id;
    /// How many requests it took.
    std::uint32_t attempts = 0;

    FallbackStep() = default;
    /// Copies what C has.
    explicit FallbackStep(const pm_trail *trail, std::size_t index)
        : channel(detail::text(pm_trail_channel(trail, index))),
          outcome(static_cast<Outcome>(pm_trail_outcome(trail, index))),
          kind(detail::optional_text(pm_trail_kind(trail, index))),
          http_status(detail::optional_status(pm_trail_http_status(trail, index))),
          code(detail::optional_text(pm_trail_code(trail, index))),
          message_id(detail::optional_text(pm_trail_message_id(trail, index))),
          attempts(pm_trail_attempts(trail, index)) {}

    /// Whether all members are equal.
    friend bool operator==(const FallbackStep &a, const FallbackStep &b) {
        return std::tie(a.channel, a.outcome, a.kind, a.http_status, a.code, a.message_id, a.attempts) ==
               std::tie(b.channel, b.outcome, b.kind, b.http_status, b.code, b.message_id, b.attempts);
    }
    /// Whether one member differs.
    friend bool operator!=(const FallbackStep &a, const FallbackStep &b) { return !(a == b); }
};

/// The service's word that it accepted a message: its outcome is always `sent`.
///
/// All but `message_id` and `raw` may be absent; their absence does not change the outcome.
struct Receipt {
    /// The service's id of the message.
    std::string message_id;
    /// The recipient, as the service gave it back.
    std::optional<std::string> recipient;
    /// The channel, as the service gave it back.
    std::optional<std::string> channel;
    /// The message's status, for example `SENT`; an open set.
    std::optional<std::string> status;
    /// What the message costs, exactly as the service wrote it. Exact decimal text, for example
    /// `0.12`.
    std::optional<std::string> cost;
    /// The currency of `cost`, for example `SGD`.
    std::optional<std::string> currency;
    /// The envelope's own message, for example `Message sent successfully.`
    std::optional<std::string> message;
    /// Whether the journal answered: the message was accepted before, and this call sent nothing.
    /// Then there are `message_id`, `channel`, `cost` and `currency`, and no more.
    bool replayed = false;
    /// How many requests it took: 1 unless earlier ones provably sent nothing or were refused; 0
    /// where the journal answered.
    std::uint32_t attempts = 0;
    /// The time from the start of the call to the receipt.
    std::chrono::milliseconds elapsed{0};
    /// The envelope's whole `data` object: JSON, as the service wrote it.
    std::string raw;

    Receipt() = default;
    /// Copies what C has.
    explicit Receipt(const pm_receipt *receipt)
        : message_id(detail::text(pm_receipt_message_id(receipt))),
          recipient(detail::optional_text(pm_receipt_recipient(receipt))),
          channel(detail::optional_text(pm_receipt_channel(receipt))),
          status(detail::optional_text(pm_receipt_status(receipt))),
          cost(detail::optional_text(pm_receipt_cost(receipt))),
          currency(detail::optional_text(pm_receipt_currency(receipt))),
          message(detail::optional_text(pm_receipt_message(receipt))),
          replayed(pm_receipt_replayed(receipt)),
          attempts(pm_receipt_attempts(receipt)),
          elapsed(std::chrono::milliseconds(pm_receipt_elapsed_ms(receipt))),
          raw(detail::text(pm_receipt_raw(receipt))) {}

    /// Whether all members are equal.
    friend bool operator==(const Receipt &a, const Receipt &b) {
        return std::tie(a.message_id, a.recipient, a.channel, a.status, a.cost, a.currency, a.message, a.replayed, a.attempts, a.elapsed, a.raw) ==
               std::tie(b.message_id, b.recipient, b.channel, b.status, b.cost, b.currency, b.message, b.replayed, b.attempts, b.elapsed, b.raw);
    }
    /// Whether one member differs.
    friend bool operator!=(const Receipt &a, const Receipt &b) { return !(a == b); }
};

/// The receipt of a message that was accepted by way of send_with_fallback().
struct FallbackReceipt {
    /// The accepted message's receipt.
    Receipt receipt;
    /// What became of each message that was tried, in order; the last was sent.
    std::vector<FallbackStep> trail;

    /// Whether all members are equal.
    friend bool operator==(const FallbackReceipt &a, const FallbackReceipt &b) {
        return std::tie(a.receipt, a.trail) ==
               std::tie(b.receipt, b.trail);
    }
    /// Whether one member differs.
    friend bool operator!=(const FallbackReceipt &a, const FallbackReceipt &b) { return !(a == b); }
};

/// A message as the service has it now.
///
/// Reading messages is not in the published document: that a record has the members of a receipt,
/// and the names of its timestamps, are assumptions. All but `message_id` and `raw` may be absent.
struct MessageRecord {
    /// The service's id of the message.
    std::string message_id;
    /// The recipient.
    std::optional<std::string> recipient;
    /// The channel.
    std::optional<std::string> channel;
    /// The status, for example `SENT` or `DELIVERED`; an open set.
    std::optional<std::string> status;
    /// What the message costs, exactly as the service wrote it. Exact decimal text, for example
    /// `0.12`.
    std::optional<std::string> cost;
    /// The currency of `cost`.
    std::optional<std::string> currency;
    /// When the service took the message, as it wrote it (`createdAt`).
    std::optional<std::string> created_at;
    /// When the status last changed, as the service wrote it (`updatedAt`).
    std::optional<std::string> updated_at;
    /// The whole record: JSON, as the service wrote it.
    std::string raw;

    MessageRecord() = default;
    /// Copies what C has.
    explicit MessageRecord(const pm_record *record)
        : message_id(detail::text(pm_record_message_id(record))),
          recipient(detail::optional_text(pm_record_recipient(record))),
          channel(detail::optional_text(pm_record_channel(record))),
          status(detail::optional_text(pm_record_status(record))),
          cost(detail::optional_text(pm_record_cost(record))),
          currency(detail::optional_text(pm_record_currency(record))),
          created_at(detail::optional_text(pm_record_created_at(record))),
          updated_at(detail::optional_text(pm_record_updated_at(record))),
          raw(detail::text(pm_record_raw(record))) {}

    /// Whether all members are equal.
    friend bool operator==(const MessageRecord &a, const MessageRecord &b) {
        return std::tie(a.message_id, a.recipient, a.channel, a.status, a.cost, a.currency, a.created_at, a.updated_at, a.raw) ==
               std::tie(b.message_id, b.recipient, b.channel, b.status, b.cost, b.currency, b.created_at, b.updated_at, b.raw);
    }
    /// Whether one member differs.
    friend bool operator!=(const MessageRecord &a, const MessageRecord &b) { return !(a == b); }
};

/// One page of a list of messages.
///
/// The list's form is not in the published document. What is read: the list is the envelope's
/// `data` itself, or the member `messages` of it, or its only member that is a list; the totals are
/// members of `data` or of its member `pagination`.
struct Page {
    /// The messages, in the service's order.
    std::vector<MessageRecord> messages;
    /// The page's number, from 1, as it was asked for.
    std::uint32_t number = 0;
    /// How many messages a page has, if the service says so.
    std::optional<std::uint64_t> limit;
    /// How many messages there are in all, if the service says so.
    std::optional<std::uint64_t> total;
    /// How many pages there are in all, if the service says so.
    std::optional<std::uint64_t> total_pages;
    /// Whether there are more pages, if the service says so.
    std::optional<bool> has_more;
    /// The envelope's whole `data`: JSON, as the service wrote it.
    std::string raw;

    Page() = default;
    /// Copies what C has.
    explicit Page(const pm_page *page)
        : messages(detail::entries<MessageRecord>(page, pm_page_count, pm_page_message)),
          number(pm_page_number(page)),
          limit(detail::optional_number(pm_page_limit(page))),
          total(detail::optional_number(pm_page_total(page))),
          total_pages(detail::optional_number(pm_page_total_pages(page))),
          has_more(detail::optional_bool(pm_page_has_more(page))),
          raw(detail::text(pm_page_raw(page))) {}

    /// Whether all members are equal.
    friend bool operator==(const Page &a, const Page &b) {
        return std::tie(a.messages, a.number, a.limit, a.total, a.total_pages, a.has_more, a.raw) ==
               std::tie(b.messages, b.number, b.limit, b.total, b.total_pages, b.has_more, b.raw);
    }
    /// Whether one member differs.
    friend bool operator!=(const Page &a, const Page &b) { return !(a == b); }
};

/// The credit that is left.
///
/// Asking for it is not in the published document: that the answer's `data` has `balance` (or
/// `amount`) and `currency` is an assumption.
struct Balance {
    /// The amount, exactly as the service wrote it. Exact decimal text, for example `0.12`.
    std::string amount;
    /// Its currency, for example `SGD`.
    std::optional<std::string> currency;
    /// The envelope's whole `data` object: JSON, as the service wrote it.
    std::string raw;

    Balance() = default;
    /// Copies what C has.
    explicit Balance(const pm_balance *balance)
        : amount(detail::text(pm_balance_amount(balance))),
          currency(detail::optional_text(pm_balance_currency(balance))),
          raw(detail::text(pm_balance_raw(balance))) {}

    /// Whether all members are equal.
    friend bool operator==(const Balance &a, const Balance &b) {
        return std::tie(a.amount, a.currency, a.raw) ==
               std::tie(b.amount, b.currency, b.raw);
    }
    /// Whether one member differs.
    friend bool operator!=(const Balance &a, const Balance &b) { return !(a == b); }
};

/// What the messages of one channel cost, in one currency.
struct Spending {
    /// The channel, as the receipts say, else as the messages said.
    std::string channel;
    /// The currency, if the receipts say.
    std::optional<std::string> currency;
    /// The sum of the costs, exact. Exact decimal text, for example `0.12`.
    std::string cost;
    /// How many messages were sent.
    std::uint64_t messages = 0;
    /// How many of them have no cost on their receipt, so that `cost` is without theirs.
    std::uint64_t unpriced = 0;

    Spending() = default;
    /// Copies what C has.
    explicit Spending(const pm_spending *spending, std::size_t index)
        : channel(detail::text(pm_spending_channel(spending, index))),
          currency(detail::optional_text(pm_spending_currency(spending, index))),
          cost(detail::text(pm_spending_cost(spending, index))),
          messages(pm_spending_messages(spending, index)),
          unpriced(pm_spending_unpriced(spending, index)) {}

    /// Whether all members are equal.
    friend bool operator==(const Spending &a, const Spending &b) {
        return std::tie(a.channel, a.currency, a.cost, a.messages, a.unpriced) ==
               std::tie(b.channel, b.currency, b.cost, b.messages, b.unpriced);
    }
    /// Whether one member differs.
    friend bool operator!=(const Spending &a, const Spending &b) { return !(a == b); }
};

/// The service's answer to a Request: a success envelope.
class Reply {
  public:
    /// Takes a C handle over.
    explicit Reply(pm_reply *handle) : handle_(handle, pm_reply_free) {}
    /// Shares what has an owner already.
    explicit Reply(std::shared_ptr<const pm_reply> handle) noexcept : handle_(std::move(handle)) {}
    /// The HTTP status, 200 to 299.
    [[nodiscard]] int http_status() const {
        return pm_reply_http_status(handle_.get());
    }
    /// The envelope's own message.
    [[nodiscard]] std::optional<std::string> message() const {
        return detail::optional_text(pm_reply_message(handle_.get()));
    }
    /// The answer's headers: names in lower case and values.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> headers() const {
        return detail::pairs<pm_reply>(handle_.get(), pm_reply_header_count, pm_reply_header_name, pm_reply_header_value);
    }
    /// The first value of a header, by its name in whatever case.
    [[nodiscard]] std::optional<std::string> header(const StringArgument &name) const {
        return detail::optional_text(pm_reply_header(handle_.get(), name.get()));
    }
    /// Whether the journal answered: the request was carried out before, and this call made none.
    /// Then there is nothing of the answer: no data, no headers, status 200.
    [[nodiscard]] bool replayed() const {
        return pm_reply_replayed(handle_.get());
    }
    /// How many requests it took; 0 where the journal answered.
    [[nodiscard]] std::uint32_t attempts() const {
        return pm_reply_attempts(handle_.get());
    }
    /// The time from the start of the call to the answer.
    [[nodiscard]] std::chrono::milliseconds elapsed() const {
        return std::chrono::milliseconds(pm_reply_elapsed_ms(handle_.get()));
    }
    /// The envelope's `data`: JSON, as the service wrote it.
    [[nodiscard]] std::optional<std::string> data() const {
        return detail::optional_text(pm_reply_data(handle_.get()));
    }

  private:
    std::shared_ptr<const pm_reply> handle_;
};

/// What a call told of a key after the record had said something else: a person resolved it
/// wrongly, or the service gave one message id twice.
struct JournalConflict {
    /// What became of the message according to the call.
    Outcome outcome = Outcome::none;
    /// The service's id of the message, if it accepted one.
    std::optional<std::string> message_id;
    /// When the call told it: RFC 3339, UTC, to the millisecond.
    std::string at;

    JournalConflict() = default;
    /// Copies what C has.
    explicit JournalConflict(const pm_journal_conflict *journal_conflict)
        : outcome(static_cast<Outcome>(pm_journal_conflict_outcome(journal_conflict))),
          message_id(detail::optional_text(pm_journal_conflict_message_id(journal_conflict))),
          at(detail::text(pm_journal_conflict_at(journal_conflict))) {}

    /// Whether all members are equal.
    friend bool operator==(const JournalConflict &a, const JournalConflict &b) {
        return std::tie(a.outcome, a.message_id, a.at) ==
               std::tie(b.outcome, b.message_id, b.at);
    }
    /// Whether one member differs.
    friend bool operator!=(const JournalConflict &a, const JournalConflict &b) { return !(a == b); }
};

/// What a journal has under one key: what became of its message. It holds neither the message's
/// text nor its recipient.
struct JournalRecord {
    /// The key, as the caller gave it.
    std::string key;
    /// What became of the message; absent while its call is in progress.
    Outcome outcome = Outcome::none;
    /// Whether a person said so, or a look at the service's list: the call itself did not.
    bool resolved = false;
    /// The channel: of the accepted message, else of the one that was to be sent.
    std::optional<std::string> channel;
    /// Why the call failed, if it did.
    std::optional<std::string> kind;
    /// The service's own code, if it refused with one.
    std::optional<std::string> code;
    /// The service's id of the accepted message.
    std::optional<std::string> message_id;
    /// What the message cost, exact. Exact decimal text, for example `0.12`.
    std::optional<std::string> cost;
    /// The currency of `cost`.
    std::optional<std::string> currency;
    /// When the key was claimed for the call: RFC 3339, UTC, to the millisecond.
    std::string claimed_at;
    /// After this moment nothing of the call leaves its process any more.
    std::string deadline;
    /// When the outcome was recorded or resolved.
    std::optional<std::string> ended_at;
    /// The id of the claim: each call that claims the key has another.
    std::string claim_id;
    /// What contradicts the record, if anything does.
    std::optional<JournalConflict> conflict;

    JournalRecord() = default;
    /// Copies what C has.
    explicit JournalRecord(const pm_journal_record *journal_record)
        : key(detail::text(pm_journal_record_key(journal_record))),
          outcome(static_cast<Outcome>(pm_journal_record_outcome(journal_record))),
          resolved(pm_journal_record_resolved(journal_record)),
          channel(detail::optional_text(pm_journal_record_channel(journal_record))),
          kind(detail::optional_text(pm_journal_record_kind(journal_record))),
          code(detail::optional_text(pm_journal_record_code(journal_record))),
          message_id(detail::optional_text(pm_journal_record_message_id(journal_record))),
          cost(detail::optional_text(pm_journal_record_cost(journal_record))),
          currency(detail::optional_text(pm_journal_record_currency(journal_record))),
          claimed_at(detail::text(pm_journal_record_claimed_at(journal_record))),
          deadline(detail::text(pm_journal_record_deadline(journal_record))),
          ended_at(detail::optional_text(pm_journal_record_ended_at(journal_record))),
          claim_id(detail::text(pm_journal_record_claim_id(journal_record))),
          conflict(detail::optional_record<JournalConflict>(pm_journal_record_conflict(journal_record))) {}

    /// Whether all members are equal.
    friend bool operator==(const JournalRecord &a, const JournalRecord &b) {
        return std::tie(a.key, a.outcome, a.resolved, a.channel, a.kind, a.code, a.message_id, a.cost, a.currency, a.claimed_at, a.deadline, a.ended_at, a.claim_id, a.conflict) ==
               std::tie(b.key, b.outcome, b.resolved, b.channel, b.kind, b.code, b.message_id, b.cost, b.currency, b.claimed_at, b.deadline, b.ended_at, b.claim_id, b.conflict);
    }
    /// Whether one member differs.
    friend bool operator!=(const JournalRecord &a, const JournalRecord &b) { return !(a == b); }
};

/// The part of a JournalSummary with one outcome, channel and currency.
struct JournalTotal {
    /// What became of these messages; absent while their calls are in progress.
    Outcome outcome = Outcome::none;
    /// Their channel.
    std::string channel;
    /// The currency of their costs, if the receipts say.
    std::optional<std::string> currency;
    /// How many there are.
    std::uint64_t messages = 0;
    /// The sum of their costs, exact. Exact decimal text, for example `0.12`.
    std::string cost;
    /// How many accepted ones have no cost, so that `cost` is without theirs.
    std::uint64_t unpriced = 0;

    JournalTotal() = default;
    /// Copies what C has.
    explicit JournalTotal(const pm_journal_totals *journal_totals, std::size_t index)
        : outcome(static_cast<Outcome>(pm_journal_totals_outcome(journal_totals, index))),
          channel(detail::text(pm_journal_totals_channel(journal_totals, index))),
          currency(detail::optional_text(pm_journal_totals_currency(journal_totals, index))),
          messages(pm_journal_totals_messages(journal_totals, index)),
          cost(detail::text(pm_journal_totals_cost(journal_totals, index))),
          unpriced(pm_journal_totals_unpriced(journal_totals, index)) {}

    /// Whether all members are equal.
    friend bool operator==(const JournalTotal &a, const JournalTotal &b) {
        return std::tie(a.outcome, a.channel, a.currency, a.messages, a.cost, a.unpriced) ==
               std::tie(b.outcome, b.channel, b.currency, b.messages, b.cost, b.unpriced);
    }
    /// Whether one member differs.
    friend bool operator!=(const JournalTotal &a, const JournalTotal &b) { return !(a == b); }
};

/// Counts and costs of all that a journal has ever recorded; what was purged is in them.
struct JournalSummary {
    /// How many messages the service accepted.
    std::uint64_t sent = 0;
    /// How many it refused.
    std::uint64_t rejected = 0;
    /// How many provably did not leave.
    std::uint64_t not_sent = 0;
    /// How many may have been accepted.
    std::uint64_t unknown = 0;
    /// How many calls are in progress.
    std::uint64_t in_progress = 0;
    /// How many records have a conflict.
    std::uint64_t conflicts = 0;
    /// The same by outcome, channel and currency, in that order.
    std::vector<JournalTotal> totals;

    JournalSummary() = default;
    /// Copies what C has.
    explicit JournalSummary(const pm_journal_counts *journal_counts)
        : sent(pm_journal_counts_sent(journal_counts)),
          rejected(pm_journal_counts_rejected(journal_counts)),
          not_sent(pm_journal_counts_not_sent(journal_counts)),
          unknown(pm_journal_counts_unknown(journal_counts)),
          in_progress(pm_journal_counts_in_progress(journal_counts)),
          conflicts(pm_journal_counts_conflicts(journal_counts)),
          totals(detail::entries<JournalTotal>(pm_journal_counts_totals(journal_counts), pm_journal_totals_count)) {}

    /// Whether all members are equal.
    friend bool operator==(const JournalSummary &a, const JournalSummary &b) {
        return std::tie(a.sent, a.rejected, a.not_sent, a.unknown, a.in_progress, a.conflicts, a.totals) ==
               std::tie(b.sent, b.rejected, b.not_sent, b.unknown, b.in_progress, b.conflicts, b.totals);
    }
    /// Whether one member differs.
    friend bool operator!=(const JournalSummary &a, const JournalSummary &b) { return !(a == b); }
};

/// Why a call failed, and what that means for the message.
///
/// An error says three things in one sentence each: what happened, what that means for the message,
/// and what to do. The same facts are available as fields. No error ever holds the API key, a
/// message's text or a whole recipient.
class ErrorFields {
  public:
    /// Copies what C has.
    explicit ErrorFields(const pm_error *error) : fields_(std::make_shared<const Fields>(error)) {}
    /// Moving copies, too: none is ever empty.
    ErrorFields(const ErrorFields &) noexcept = default;
    /// The same.
    ErrorFields &operator=(const ErrorFields &) noexcept = default;
    ~ErrorFields() = default;
    /// The class of the error, by whose name every language has one.
    [[nodiscard]] const std::string &class_name() const noexcept {
        return fields_->class_name;
    }
    /// The stable word for what went wrong.
    [[nodiscard]] const std::string &kind() const noexcept {
        return fields_->kind;
    }
    /// What became of the message; absent when none was at stake, as in a read.
    [[nodiscard]] Outcome outcome() const noexcept {
        return fields_->outcome;
    }
    /// The option or the message's field at fault: an option by its name (`api_key`), a message's
    /// field by its name on the wire (`templateId`).
    [[nodiscard]] const std::optional<std::string> &field() const noexcept {
        return fields_->field;
    }
    /// How many requests were begun for this call, the failed one included; 0 when the call was
    /// refused before any I/O.
    [[nodiscard]] std::uint32_t attempts() const noexcept {
        return fields_->attempts;
    }
    /// The time from the start of the call to its end.
    [[nodiscard]] std::chrono::milliseconds elapsed() const noexcept {
        return fields_->elapsed;
    }
    /// What happened, what that means for the message, and what to do: the whole text, for people.
    [[nodiscard]] const std::string &message() const noexcept {
        return fields_->message;
    }
    /// The HTTP status of the answer, if there was one.
    [[nodiscard]] std::optional<int> http_status() const noexcept {
        return fields_->http_status;
    }
    /// The service's own code, for example `INSUFFICIENT_CREDIT`.
    [[nodiscard]] const std::optional<std::string> &code() const noexcept {
        return fields_->code;
    }
    /// The id that the service gave the request (`x-request-id`, or Cloud Run's trace id; an
    /// assumption, the API document names none).
    [[nodiscard]] const std::optional<std::string> &request_id() const noexcept {
        return fields_->request_id;
    }
    /// How long the service asked to wait (`Retry-After`, RFC 9110 section 10.2.3).
    [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after() const noexcept {
        return fields_->retry_after;
    }
    /// The beginning of the answer's body: at most 2 KiB, control characters escaped, the message's
    /// own texts and the key redacted.
    [[nodiscard]] const std::optional<std::string> &body() const noexcept {
        return fields_->body;
    }
    /// What became of each message of a send_with_fallback() that was tried, in order; empty for
    /// other calls.
    [[nodiscard]] const std::vector<FallbackStep> &trail() const noexcept {
        return fields_->trail;
    }

  private:
    struct Fields {
        explicit Fields(const pm_error *error)
            : class_name(detail::text(pm_error_class_name(error))),
              kind(detail::text(pm_error_kind(error))),
              outcome(static_cast<Outcome>(pm_error_outcome(error))),
              field(detail::optional_text(pm_error_field(error))),
              attempts(pm_error_attempts(error)),
              elapsed(std::chrono::milliseconds(pm_error_elapsed_ms(error))),
              message(detail::text(pm_error_message(error))),
              http_status(detail::optional_status(pm_error_http_status(error))),
              code(detail::optional_text(pm_error_code(error))),
              request_id(detail::optional_text(pm_error_request_id(error))),
              retry_after(detail::optional_duration(pm_error_retry_after_ms(error))),
              body(detail::optional_text(pm_error_body(error))),
              trail(detail::entries<FallbackStep>(pm_error_trail(error), pm_trail_count)) {}
        std::string class_name;
        std::string kind;
        Outcome outcome = Outcome::none;
        std::optional<std::string> field;
        std::uint32_t attempts = 0;
        std::chrono::milliseconds elapsed{0};
        std::string message;
        std::optional<int> http_status;
        std::optional<std::string> code;
        std::optional<std::string> request_id;
        std::optional<std::chrono::milliseconds> retry_after;
        std::optional<std::string> body;
        std::vector<FallbackStep> trail;
    };
    std::shared_ptr<const Fields> fields_;
};

/// The options of a client. All have defaults but the API key; nothing is checked before the client
/// is made.
class Options {
  public:
    Options() : handle_(pm_options_new()) {}

    /// The key that authenticates every request (header `x-api-key`). Default: the environment
    /// variable `PARTNER_MESSAGING_API_KEY`.
    Options &api_key(const StringArgument &key) & {
        pm_options_set_api_key(get(), key.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options api_key(const StringArgument &key) && {
        return std::move(this->api_key(key));
    }

    /// Where the service is: an `https` origin, with a path if it lies under one. Default: the
    /// environment variable `PARTNER_MESSAGING_BASE_URL`, else the base URL of the API document.
    Options &base_url(const StringArgument &url) & {
        pm_options_set_base_url(get(), url.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options base_url(const StringArgument &url) && {
        return std::move(this->base_url(url));
    }

    /// The one deadline of a call, over queueing, every attempt and every pause. Default: 30
    /// seconds.
    Options &timeout(std::chrono::milliseconds timeout) & {
        pm_options_set_timeout_ms(get(), detail::count(timeout));
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options timeout(std::chrono::milliseconds timeout) && {
        return std::move(this->timeout(timeout));
    }

    /// How long making one connection may take. Name, TCP, proxy and TLS count; the addresses of a
    /// name share it, so that each is tried. Default: 5 seconds.
    Options &connect_timeout(std::chrono::milliseconds timeout) & {
        pm_options_set_connect_timeout_ms(get(), detail::count(timeout));
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options connect_timeout(std::chrono::milliseconds timeout) && {
        return std::move(this->connect_timeout(timeout));
    }

    /// How often a call may be tried again when nothing was sent, or a read met a transient
    /// failure. Default: 2.
    ///
    /// All calls of a client share a budget for that, so that an outage is not multiplied: a
    /// hundred retries at once, and one more for every ten calls. Where it ends a call, the error
    /// says so. Retries after a 429 use neither: they are bound by the deadline only. 0 turns them
    /// off, too.
    Options &max_retries(std::uint32_t retries) & {
        pm_options_set_max_retries(get(), retries);
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options max_retries(std::uint32_t retries) && {
        return std::move(this->max_retries(retries));
    }

    /// How many requests may be under way at once, and how many connections open: over HTTP/1.1
    /// each request has one of its own, over HTTP/2 all share one. Further calls wait for a slot.
    /// Default: 100.
    Options &max_connections(std::uint32_t connections) & {
        pm_options_set_max_connections(get(), connections);
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options max_connections(std::uint32_t connections) && {
        return std::move(this->max_connections(connections));
    }

    /// The longest pause that a 429 of the service imposes on the whole client. It is its
    /// `Retry-After`, or, without one, a pause that grows from 0.5 to 8 seconds; a longer
    /// `Retry-After` binds only the call that got it. Default: 60 seconds.
    Options &max_hold(std::chrono::milliseconds pause) & {
        pm_options_set_max_hold_ms(get(), detail::count(pause));
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options max_hold(std::chrono::milliseconds pause) && {
        return std::move(this->max_hold(pause));
    }

    /// How many submitted calls a client has at most, with those that have ended and whose result
    /// nobody has taken yet; a further one is refused. For languages whose calls are submitted to
    /// queues (C, C++). Default: 10,000.
    Options &max_queued(std::uint32_t calls) & {
        pm_options_set_max_queued(get(), calls);
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options max_queued(std::uint32_t calls) && {
        return std::move(this->max_queued(calls));
    }

    /// How many messages may leave in a second, retries counted: no second has more. What is beyond
    /// waits within its deadline. A fraction is left out; below 1 it is one message in so many
    /// seconds. Clients that share a journal share the count, those of other processes and, on a
    /// server, of other machines, too: each process takes a share for a second, so that a message
    /// costs no round trip of its own. Default: no limit.
    Options &max_rate(double messages) & {
        pm_options_set_max_rate(get(), messages);
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options max_rate(double messages) && {
        return std::move(this->max_rate(messages));
    }

    /// What messages may cost in a currency, for example `SGD` and `100.00`: what is spent and what
    /// those under way may cost at most, by the highest cost seen on their channel, stays within
    /// it. Until a channel's cost is known its messages go one at a time. One that would pass it is
    /// not sent: `SpendLimitError`. A message whose outcome is unknown counts as spent; one in
    /// another currency ends all sending. Default: no limit.
    ///
    /// With a journal what it knows counts, whoever sent it, and a message with a key is counted
    /// with its claim: so all who share the journal stay within the limit together. A message
    /// without a key counts in its own process alone.
    Options &spend_limit(const StringArgument &currency, const StringArgument &amount) & {
        pm_options_set_spend_limit(get(), currency.get(), amount.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options spend_limit(const StringArgument &currency, const StringArgument &amount) && {
        return std::move(this->spend_limit(currency, amount));
    }

    /// What one message costs at most in a currency of the spend_limit(), for example `SGD` and
    /// `0.12`. It is what counts for a message under way, and for one whose receipt has no cost;
    /// without it such a receipt ends all sending. Default: none.
    Options &max_cost(const StringArgument &currency, const StringArgument &amount) & {
        pm_options_set_max_cost(get(), currency.get(), amount.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options max_cost(const StringArgument &currency, const StringArgument &amount) && {
        return std::move(this->max_cost(currency, amount));
    }

    /// Whether to use HTTP/2 where the server offers it (by ALPN). Default: `true`.
    Options &http2(bool http2) & {
        pm_options_set_http2(get(), http2);
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options http2(bool http2) && {
        return std::move(this->http2(http2));
    }

    /// Whether connections are used again. Without, each request has one of its own, over HTTP/1.1.
    /// A connection is not used within a second of the end that the service announced
    /// (`Keep-Alive: timeout=N`), nor after 15 idle seconds. Default: `true`.
    Options &keep_alive(bool keep_alive) & {
        pm_options_set_keep_alive(get(), keep_alive);
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options keep_alive(bool keep_alive) && {
        return std::move(this->keep_alive(keep_alive));
    }

    /// The proxy to go through: `http://[user:password@]host:port`, or with the scheme `https`,
    /// `socks5` or `socks5h` (which has the proxy look the service's name up). It is never used for
    /// loopback. Default: none, or what the environment says.
    Options &proxy(const StringArgument &url) & {
        pm_options_set_proxy(get(), url.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options proxy(const StringArgument &url) && {
        return std::move(this->proxy(url));
    }

    /// Whether these variables of the environment count: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`
    /// (names with their subdomains, addresses, networks, each with `:port` or not, or `*`, as curl
    /// reads them); `SSL_CERT_FILE` (a PEM file) and `SSL_CERT_DIR` (folders of them), which
    /// replace the platform's certificates. Default: `true`.
    Options &trust_env(bool trust) & {
        pm_options_set_trust_env(get(), trust);
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options trust_env(bool trust) && {
        return std::move(this->trust_env(trust));
    }

    /// A PEM file of certificates to trust besides the platform's, or besides those that the
    /// environment replaces them with.
    Options &ca_file(const StringArgument &path) & {
        pm_options_set_ca_file(get(), path.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options ca_file(const StringArgument &path) && {
        return std::move(this->ca_file(path));
    }

    /// A PEM file of the certificate that the client shows where the service wants one (mutual
    /// TLS), followed by those that it was issued by. Default: none.
    Options &client_cert_file(const StringArgument &path) & {
        pm_options_set_client_cert_file(get(), path.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options client_cert_file(const StringArgument &path) && {
        return std::move(this->client_cert_file(path));
    }

    /// A PEM file of the private key, without a password, of client_cert_file(). Default: that file
    /// itself.
    Options &client_key_file(const StringArgument &path) & {
        pm_options_set_client_key_file(get(), path.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options client_key_file(const StringArgument &path) && {
        return std::move(this->client_key_file(path));
    }

    /// Whether plain `http` may go to other hosts than loopback. Default: `false`.
    Options &allow_http(bool allow) & {
        pm_options_set_allow_http(get(), allow);
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options allow_http(bool allow) && {
        return std::move(this->allow_http(allow));
    }

    /// A header to send with every request.
    Options &header(const StringArgument &name, const StringArgument &value) & {
        pm_options_add_header(get(), name.get(), value.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options header(const StringArgument &name, const StringArgument &value) && {
        return std::move(this->header(name, value));
    }

    /// The `User-Agent` to send. Default: the name and the version of this package.
    Options &user_agent(const StringArgument &user_agent) & {
        pm_options_set_user_agent(get(), user_agent.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options user_agent(const StringArgument &user_agent) && {
        return std::move(this->user_agent(user_agent));
    }

    /// How many bytes an answer's body may have. Default: 1 MiB.
    Options &max_response_bytes(std::uint64_t bytes) & {
        pm_options_set_max_response_bytes(get(), bytes);
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options max_response_bytes(std::uint64_t bytes) && {
        return std::move(this->max_response_bytes(bytes));
    }

    /// Where the service has an endpoint that the published document doesn't describe, under the
    /// base URL. `name` is `get_message` (default path `/partner/message/{messageId}`),
    /// `list_messages` (`/partner/message`) or `get_balance` (`/partner/credit/balance`); all three
    /// defaults are assumptions.
    Options &endpoint(const StringArgument &name, const StringArgument &path) & {
        pm_options_set_endpoint(get(), name.get(), path.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options endpoint(const StringArgument &name, const StringArgument &path) && {
        return std::move(this->endpoint(name, path));
    }

    /// Where it is remembered what became of messages that have a key(): a journal. It belongs to
    /// the origin of the client that first used it; a client of another one is refused. Default:
    /// none. Here by the path of a file or a URL: it is opened with the client, and closed with it.
    Options &journal(const StringArgument &journal) & {
        pm_options_set_journal(get(), journal.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options journal(const StringArgument &journal) && {
        return std::move(this->journal(journal));
    }

    /// The same with one that is open, which several clients may share.
    Options &journal(const Journal &journal) & {
        pm_options_set_journal_handle(get(), detail::handle(journal));
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options journal(const Journal &journal) && {
        return std::move(this->journal(journal));
    }

    /// A function that is called at every attempt, retry and end of the calls, for example with
    /// the text of the event to log. It is kept as long as a client made with these options has
    /// calls under way; it must not throw: the program ends then. See pm_event_callback.
    Options &on_event(std::function<void(const Event &)> function) & {
        detail::tell_events(get(), std::move(function));
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options on_event(std::function<void(const Event &)> function) && {
        return std::move(this->on_event(std::move(function)));
    }

    /// The C handle, which stays this object's.
    [[nodiscard]] pm_options *get() const noexcept { return handle_.get(); }

  private:
    detail::Handle<pm_options, pm_options_free> handle_;
};

/// What one call may have different from its client.
class CallOptions {
  public:
    /// Everything as the client has it.
    CallOptions() : handle_(pm_call_options_new()) {}

    /// The call's deadline, from its start.
    CallOptions &timeout(std::chrono::milliseconds timeout) & {
        pm_call_options_set_timeout_ms(get(), detail::count(timeout));
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] CallOptions timeout(std::chrono::milliseconds timeout) && {
        return std::move(this->timeout(timeout));
    }

    /// How often this call may be tried again.
    CallOptions &max_retries(std::uint32_t retries) & {
        pm_call_options_set_max_retries(get(), retries);
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] CallOptions max_retries(std::uint32_t retries) && {
        return std::move(this->max_retries(retries));
    }

    /// A header to send with this call; it replaces the client's of the same name.
    CallOptions &header(const StringArgument &name, const StringArgument &value) & {
        pm_call_options_add_header(get(), name.get(), value.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] CallOptions header(const StringArgument &name, const StringArgument &value) && {
        return std::move(this->header(name, value));
    }

    /// For send_with_fallback(): the codes of the service after which the next message is tried.
    /// Default: `CHANNEL_CONFIG_NOT_FOUND` and `CHANNEL_CREDENTIALS_NOT_FOUND`. Adds one; the first
    /// takes the place of the default.
    CallOptions &fallback_code(const StringArgument &code) & {
        pm_call_options_add_fallback_code(get(), code.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] CallOptions fallback_code(const StringArgument &code) && {
        return std::move(this->fallback_code(code));
    }

    /// The caller's name for what this call is to do at most once: whatever crashes, is repeated or
    /// runs twice at a time, under one key of the client's journal a message is accepted at most
    /// once. Of a send_with_fallback() it is one key for all messages.
    ///
    /// A key is 1 to 255 bytes of UTF-8 without control characters. It stands for one message:
    /// another one with the same key is refused.
    CallOptions &key(const StringArgument &key) & {
        pm_call_options_set_key(get(), key.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] CallOptions key(const StringArgument &key) && {
        return std::move(this->key(key));
    }

    /// The C handle, which stays this object's.
    [[nodiscard]] pm_call_options *get() const noexcept { return handle_.get(); }

  private:
    detail::Handle<pm_call_options, pm_call_options_free> handle_;
};

/// Which messages list_messages() lists, and in pages of what size. By default all of them.
///
/// The API document promises filtering and pagination and describes neither: the names of the
/// query's parameters are assumptions (those of the filters here). query() adds any other.
class Filter {
  public:
    /// All messages.
    Filter() : handle_(pm_filter_new()) {}

    /// Only those of one channel, for example `SMS`.
    Filter &channel(const StringArgument &channel) & {
        pm_filter_set_channel(get(), channel.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Filter channel(const StringArgument &channel) && {
        return std::move(this->channel(channel));
    }

    /// Only those with one status, for example `DELIVERED`.
    Filter &status(const StringArgument &status) & {
        pm_filter_set_status(get(), status.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Filter status(const StringArgument &status) && {
        return std::move(this->status(status));
    }

    /// Only those to one recipient.
    Filter &recipient(const StringArgument &recipient) & {
        pm_filter_set_recipient(get(), recipient.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Filter recipient(const StringArgument &recipient) && {
        return std::move(this->recipient(recipient));
    }

    /// Only those from one sender: a phone number or a sender's name.
    Filter &sender(const StringArgument &sender) & {
        pm_filter_set_sender(get(), sender.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Filter sender(const StringArgument &sender) && {
        return std::move(this->sender(sender));
    }

    /// Only those taken at this time or later: a date, or a time with its offset from UTC (RFC
    /// 3339), such as `2026-11-23T09:00:00Z`.
    Filter &since(const StringArgument &time) & {
        pm_filter_set_since(get(), time.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Filter since(const StringArgument &time) && {
        return std::move(this->since(time));
    }

    /// Only those taken before this time, given as for since().
    Filter &until(const StringArgument &time) & {
        pm_filter_set_until(get(), time.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Filter until(const StringArgument &time) && {
        return std::move(this->until(time));
    }

    /// The page to begin with, from 1. Default: 1.
    Filter &page(std::uint32_t page) & {
        pm_filter_set_page(get(), page);
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Filter page(std::uint32_t page) && {
        return std::move(this->page(page));
    }

    /// How many messages to ask for at a time: 1 to 1000. Default: 50.
    Filter &limit(std::uint32_t limit) & {
        pm_filter_set_limit(get(), limit);
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Filter limit(std::uint32_t limit) && {
        return std::move(this->limit(limit));
    }

    /// Any further parameter of the query.
    Filter &query(const StringArgument &name, const StringArgument &value) & {
        pm_filter_add_query(get(), name.get(), value.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Filter query(const StringArgument &name, const StringArgument &value) && {
        return std::move(this->query(name, value));
    }

    /// The C handle, which stays this object's.
    [[nodiscard]] pm_filter *get() const noexcept { return handle_.get(); }

  private:
    detail::Handle<pm_filter, pm_filter_free> handle_;
};

/// A request to any endpoint of the service, for those that this library has no method for. It goes
/// under the client's base URL, with the key.
class Request {
  public:
    /// A request with `method` (`GET`, `POST`, `PUT`, `PATCH` or `DELETE`) to `path`, which begins
    /// with a slash. Both are checked when the request is made.
    Request(const StringArgument &method, const StringArgument &path) : handle_(pm_request_new(method.get(), path.get())) {}

    /// A parameter of the query.
    Request &query(const StringArgument &name, const StringArgument &value) & {
        pm_request_add_query(get(), name.get(), value.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Request query(const StringArgument &name, const StringArgument &value) && {
        return std::move(this->query(name, value));
    }

    /// The body: the text of any JSON value, sent to the byte.
    Request &json(const StringArgument &json) & {
        pm_request_set_json(get(), json.get());
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Request json(const StringArgument &json) && {
        return std::move(this->json(json));
    }

    /// Whether making the request twice does no more than making it once. Only then it is tried
    /// again when its outcome is unknown. Default: `true` for `GET`, false for the others.
    Request &idempotent(bool idempotent) & {
        pm_request_set_idempotent(get(), idempotent);
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Request idempotent(bool idempotent) && {
        return std::move(this->idempotent(idempotent));
    }

    /// The C handle, which stays this object's.
    [[nodiscard]] pm_request *get() const noexcept { return handle_.get(); }

  private:
    detail::Handle<pm_request, pm_request_free> handle_;
};

} // namespace v0
} // namespace partner_messaging

#endif
