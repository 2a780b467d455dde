/*
 * What the other headers of C++ stand on: handles, and strings in both directions.
 */
#ifndef PARTNER_MESSAGING_SUPPORT_HPP
#define PARTNER_MESSAGING_SUPPORT_HPP

#if __cplusplus < 201703L
#error "partner_messaging.hpp needs C++17 or later, for example -std=c++17"
#endif

#include "../partner_messaging.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// 1 where exceptions can be thrown; 0 leaves out what throws them.
#ifndef PARTNER_MESSAGING_EXCEPTIONS
#ifdef __cpp_exceptions
#define PARTNER_MESSAGING_EXCEPTIONS 1
#else
#define PARTNER_MESSAGING_EXCEPTIONS 0
#endif
#endif

namespace partner_messaging {
/// What fits libpartner_messaging.so.0: code compiled for another has other names, and the two
/// can live in one program.
inline namespace v0 {

/// A string argument: whatever is a string. NULL, and one with a NUL in it, is
/// refused by the call that it is for. C copies it.
class StringArgument {
  public:
    /// A C string, which has to outlive this, or NULL.
    StringArgument(const char *string) noexcept : borrowed_(string) {}
    /// Any other string.
    template <class String,
              class = std::enable_if_t<std::is_convertible_v<const String &, std::string_view> &&
                                       !std::is_convertible_v<const String &, const char *>>>
    StringArgument(const String &string)
        : owned_(std::string_view(string)), is_owned_(owned_.find('\0') == std::string::npos) {}

    /// As C takes it, while this lives; NULL for what is no string for C.
    [[nodiscard]] const char *get() const noexcept {
        return is_owned_ ? owned_.c_str() : borrowed_;
    }

  private:
    std::string owned_;
    const char *borrowed_ = nullptr;
    bool is_owned_ = false;
};

namespace detail {

template <class T, void (*Free)(T *)> struct Deleter {
    void operator()(T *handle) const noexcept { Free(handle); }
};
template <class T, void (*Free)(T *)> using Handle = std::unique_ptr<T, Deleter<T, Free>>;

using ClientHandle = Handle<pm_client, pm_client_free>;
using MessageHandle = Handle<pm_message, pm_message_free>;
using ReceiptHandle = Handle<pm_receipt, pm_receipt_free>;
using ErrorHandle = Handle<pm_error, pm_error_free>;
using CallHandle = Handle<pm_call, pm_call_free>;
using CompletionHandle = Handle<pm_completion, pm_completion_free>;
using RecordHandle = Handle<pm_record, pm_record_free>;
using IterHandle = Handle<pm_message_iter, pm_message_iter_free>;
using PageHandle = Handle<pm_page, pm_page_free>;
using BalanceHandle = Handle<pm_balance, pm_balance_free>;
using SpendingHandle = Handle<pm_spending, pm_spending_free>;
using TrailHandle = Handle<pm_trail, pm_trail_free>;
using JournalHandle = Handle<pm_journal, pm_journal_free>;
using JournalIterHandle = Handle<pm_journal_iter, pm_journal_iter_free>;
using JournalRecordHandle = Handle<pm_journal_record, pm_journal_record_free>;
using JournalCountsHandle = Handle<pm_journal_counts, pm_journal_counts_free>;
using SandboxHandle = Handle<pm_sandbox, pm_sandbox_free>;
using StringHandle = Handle<char, pm_string_free>;

inline std::string text(const char *text) { return text ? std::string(text) : std::string(); }

inline std::optional<std::string> optional_text(const char *text) {
    return text ? std::optional<std::string>(text) : std::nullopt;
}

inline std::optional<int> optional_status(std::int32_t status) {
    return status == 0 ? std::nullopt : std::optional<int>(status);
}

inline std::optional<std::uint64_t> optional_number(std::int64_t number) {
    return number < 0 ? std::nullopt : std::optional<std::uint64_t>(static_cast<std::uint64_t>(number));
}

inline std::optional<bool> optional_bool(std::int32_t value) {
    return value < 0 ? std::nullopt : std::optional<bool>(value != 0);
}

inline std::optional<std::chrono::milliseconds> optional_duration(std::int64_t milliseconds) {
    return milliseconds < 0 ? std::nullopt : std::optional(std::chrono::milliseconds(milliseconds));
}

/// What a record has in it, if it has.
template <class Record, class Handle> std::optional<Record> optional_record(const Handle *handle) {
    return handle ? std::optional<Record>(Record(handle)) : std::nullopt;
}

/// The entries of a C list: by a handle of each, or by the list and an index.
template <class Entry, class List>
std::vector<Entry> entries(const List *list, std::size_t (*count)(const List *)) {
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < count(list); i++) {
        entries.emplace_back(list, i);
    }
    return entries;
}
template <class Entry, class List, class Handle>
std::vector<Entry> entries(const List *list, std::size_t (*count)(const List *),
                           const Handle *(*entry)(const List *, std::size_t)) {
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < count(list); i++) {
        entries.emplace_back(entry(list, i));
    }
    return entries;
}

/// The names and values of a C handle.
template <class Handle>
std::vector<std::pair<std::string, std::string>>
pairs(const Handle *handle, std::size_t (*count)(const Handle *),
      const char *(*name)(const Handle *, std::size_t), const char *(*value)(const Handle *, std::size_t)) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (std::size_t i = 0; i < count(handle); i++) {
        pairs.emplace_back(text(name(handle, i)), text(value(handle, i)));
    }
    return pairs;
}

inline std::uint64_t count(std::chrono::milliseconds duration) {
    return duration.count() < 0 ? 0 : static_cast<std::uint64_t>(duration.count());
}

} // namespace detail

} // namespace v0
} // namespace partner_messaging

#endif
