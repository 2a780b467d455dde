/*
 * Journals: what became of the message under a key, over crashes, processes and machines.
 */
#ifndef PARTNER_MESSAGING_JOURNAL_HPP
#define PARTNER_MESSAGING_JOURNAL_HPP

#include "../partner_messaging.hpp"

namespace partner_messaging {
inline namespace v0 {

/// Records of a journal, one after another; they are read as they are asked for. It may
/// outlive its journal.
class JournalRecords {
  public:
    /// Takes a C list over.
    explicit JournalRecords(pm_journal_iter *handle) : handle_(handle) {}

    /// The next record; nothing after the last one. An error ends the list.
    Result<std::optional<JournalRecord>> try_next() {
        pm_journal_record *record = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_journal_iter_next(handle_.get(), &record, &error);
        const detail::JournalRecordHandle owner(record);
        return detail::result<std::optional<JournalRecord>>(
            status, error, [&] { return detail::optional_record<JournalRecord>(record); });
    }

#if PARTNER_MESSAGING_EXCEPTIONS
    /// The same; throws what try_next() would give as an error.
    std::optional<JournalRecord> next() { return try_next().value(); }

    /// For range-for, once through the list; going on may throw.
    using Iterator = detail::Iterator<JournalRecords, JournalRecord>;
    /// Reads the first record.
    [[nodiscard]] Iterator begin() { return Iterator(this); }
    /// Where the list ends.
    [[nodiscard]] Iterator end() const noexcept { return Iterator(); }
#endif

  private:
    detail::JournalIterHandle handle_;
};

/// The messages of keys, in order.
using KeyedMessages = std::vector<std::pair<std::string, std::reference_wrapper<const Message>>>;

/// An open journal, which several clients and threads may share. It is closed once
/// neither this nor a client has it any more.
class Journal {
  public:
    /// Opens a file, which is made if it doesn't exist, or what a URL names.
    [[nodiscard]] static Result<Journal> try_open(const StringArgument &path_or_url) {
        pm_journal *journal = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_journal_open(path_or_url.get(), &journal, &error);
        return detail::result<Journal>(status, error, [&] { return Journal(journal); });
    }

    /// What is under a key; nothing if there is nothing.
    Result<std::optional<JournalRecord>> try_get(const StringArgument &key) const {
        pm_journal_record *record = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_journal_get(get(), key.get(), &record, &error);
        const detail::JournalRecordHandle owner(record);
        return detail::result<std::optional<JournalRecord>>(
            status, error, [&] { return detail::optional_record<JournalRecord>(record); });
    }

    /// The records in the order of their keys: those with this outcome, or all.
    Result<JournalRecords> try_records(Outcome outcome = Outcome::none) const {
        pm_journal_iter *iter = nullptr;
        pm_error *error = nullptr;
        const pm_status status =
            pm_journal_records(get(), static_cast<pm_outcome>(outcome), &iter, &error);
        return detail::result<JournalRecords>(status, error, [&] { return JournalRecords(iter); });
    }

    /// Counts and costs of all that was ever recorded.
    Result<JournalSummary> try_summary() const {
        pm_journal_counts *counts = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_journal_summary(get(), &counts, &error);
        const detail::JournalCountsHandle owner(counts);
        return detail::result<JournalSummary>(status, error, [&] { return JournalSummary(counts); });
    }

    /// Says that a message whose outcome is unknown was accepted, as @p message_id.
    Result<JournalRecord> try_resolve_sent(const StringArgument &key,
                                           const StringArgument &message_id) const {
        // NULL would mean that there is none.
        return resolve(key, PM_OUTCOME_SENT, message_id.get() ? message_id.get() : "");
    }
    /// Says that a message whose outcome is unknown was not sent, so that its key may be used
    /// again: at your own risk, see pm_journal_resolve().
    Result<JournalRecord> try_resolve_not_sent(const StringArgument &key) const {
        return resolve(key, PM_OUTCOME_NOT_SENT, nullptr);
    }

    /// Looks messages whose outcome is unknown up in the service's list; gives the records of
    /// their keys as they are then. See pm_journal_reconcile().
    Result<std::vector<JournalRecord>> try_reconcile(const Client &client,
                                                     const KeyedMessages &messages,
                                                     const CallOptions &options = CallOptions()) const {
        if (!options.get()) {
            return Error::moved_from("options", Outcome::none);
        }
        std::vector<const char *> keys;
        std::vector<const pm_message *> handles;
        for (const auto &[key, message] : messages) {
            keys.push_back(key.c_str());
            handles.push_back(message.get().get());
        }
        pm_journal_iter *iter = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_journal_reconcile(get(), client.get(), keys.data(), handles.data(),
                                                      keys.size(), options.get(), &iter, &error);
        const detail::ErrorHandle owner(error);
        if (status != PM_OK) {
            return Error(error);
        }
        std::vector<JournalRecord> records;
        JournalRecords list(iter);
        for (;;) {
            auto next = list.try_next();
            if (!next) {
                return next.error();
            }
            if (!*next) {
                return records;
            }
            records.push_back(**std::move(next));
        }
    }

    /// Forgets what ended before a moment, other than unknown; gives the number of records. The
    /// moment is as RFC 3339 writes it, or a day, which begins in UTC.
    Result<std::uint64_t> try_purge(const StringArgument &before) const {
        std::uint64_t purged = 0;
        pm_error *error = nullptr;
        const pm_status status = pm_journal_purge(get(), before.get(), &purged, &error);
        return detail::result<std::uint64_t>(status, error, [&] { return purged; });
    }

#if PARTNER_MESSAGING_EXCEPTIONS
    /// Opens a file or what a URL names; throws JournalError or ConfigError.
    explicit Journal(const StringArgument &path_or_url) : Journal(try_open(path_or_url).value()) {}

    /// Each like the one with try_; throws what that would give as an error.
    std::optional<JournalRecord> get(const StringArgument &key) const { return try_get(key).value(); }
    JournalRecords records(Outcome outcome = Outcome::none) const { return try_records(outcome).value(); }
    JournalSummary summary() const { return try_summary().value(); }
    JournalRecord resolve_sent(const StringArgument &key, const StringArgument &message_id) const {
        return try_resolve_sent(key, message_id).value();
    }
    JournalRecord resolve_not_sent(const StringArgument &key) const {
        return try_resolve_not_sent(key).value();
    }
    std::vector<JournalRecord> reconcile(const Client &client, const KeyedMessages &messages,
                                         const CallOptions &options = CallOptions()) const {
        return try_reconcile(client, messages, options).value();
    }
    std::uint64_t purge(const StringArgument &before) const { return try_purge(before).value(); }
#endif

    /// Closes it for all who share it, and waits until it is: what was asked for is done.
    void close() const noexcept { pm_journal_close(get()); }

    /// The C handle, which stays this object's.
    [[nodiscard]] pm_journal *get() const noexcept { return handle_.get(); }

  private:
    explicit Journal(pm_journal *handle) : handle_(handle) {}

    Result<JournalRecord> resolve(const StringArgument &key, pm_outcome outcome,
                                  const char *message_id) const {
        pm_journal_record *record = nullptr;
        pm_error *error = nullptr;
        const pm_status status =
            pm_journal_resolve(get(), key.get(), outcome, message_id, &record, &error);
        const detail::JournalRecordHandle owner(record);
        return detail::result<JournalRecord>(status, error, [&] { return JournalRecord(record); });
    }

    detail::JournalHandle handle_;
};

namespace detail {
inline const pm_journal *handle(const Journal &journal) noexcept { return journal.get(); }
} // namespace detail

} // namespace v0
} // namespace partner_messaging

#endif
