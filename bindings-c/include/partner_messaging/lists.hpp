/* The messages that the service has, and their pages. */
#ifndef PARTNER_MESSAGING_LISTS_HPP
#define PARTNER_MESSAGING_LISTS_HPP

#include "async.hpp"

#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

namespace partner_messaging {
inline namespace v0 {

#if PARTNER_MESSAGING_EXCEPTIONS
namespace detail {

/// An input iterator over what a list's next() gives. It points to the list,
/// which must neither move nor go meanwhile.
template <class List, class Value> class Iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = const Value *;
    using reference = const Value &;

    Iterator() = default;
    explicit Iterator(List *list) : list_(list) { ++*this; }
    reference operator*() const noexcept { return *current_; }
    pointer operator->() const noexcept { return &*current_; }
    Iterator &operator++() {
        // What throws leaves it at the end, where an error leaves the list.
        List *const list = std::exchange(list_, nullptr);
        current_ = list->next();
        if (current_) {
            list_ = list;
        }
        return *this;
    }
    /// The value that was passed, for `*i++`.
    class Passed {
      public:
        explicit Passed(Value value) : value_(std::move(value)) {}
        const Value &operator*() const noexcept { return value_; }

      private:
        Value value_;
    };
    Passed operator++(int) {
        Passed passed(*std::move(current_));
        ++*this;
        return passed;
    }
    friend bool operator==(const Iterator &a, const Iterator &b) noexcept {
        return a.list_ == b.list_;
    }
    friend bool operator!=(const Iterator &a, const Iterator &b) noexcept { return !(a == b); }

  private:
    List *list_ = nullptr;
    std::optional<Value> current_;
};

} // namespace detail
#endif

/// The pages of a list, one after another; each is fetched when it is asked for.
class Pages {
    auto starting_next() const {
        return [this](const detail::Destination &to) {
            return to.begin(pm_message_iter_submit_next_page, pm_message_iter_submit_next_page_callback, static_cast<const pm_message_iter *>(handle_.get()));
        };
    }

  public:
    /// The next page; nothing after the last one. An error ends the list.
    Result<std::optional<Page>> try_next() {
        pm_page *page = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_message_iter_next_page(handle_.get(), &page, &error);
        const detail::PageHandle owner(page);
        return detail::result<std::optional<Page>>(
            status, error, [&] { return page ? std::optional<Page>(Page(page)) : std::nullopt; });
    }

    /// The same without waiting: the future never throws, and may be dropped. @p call, if given,
    /// is assigned a handle that cancels it.
    std::future<Result<std::optional<Page>>> try_next_async(Call *call = nullptr) {
        return detail::result_future<std::optional<Page>>(call, starting_next());
    }
    /// The same with a function, which is called exactly once with a Result: see Client::send_async().
    template <class F, detail::Takes<F, std::optional<Page>> = 0> Call next_async(F &&function) {
        return detail::call<std::optional<Page>>(std::forward<F>(function), starting_next());
    }
    /// The same with a queue: see Client::submit().
    [[nodiscard]] Result<Call> submit_next(const Queue &queue, void *user_data = nullptr) {
        return detail::submitted(queue, user_data, starting_next());
    }

#if PARTNER_MESSAGING_EXCEPTIONS
    /// The same as try_next(); throws what try_next() would give as an error.
    std::optional<Page> next() { return try_next().value(); }
    /// The same; the future throws what next() would.
    std::future<std::optional<Page>> next_async(Call *call = nullptr) {
        return detail::future<std::optional<Page>>(call, starting_next());
    }

    /// For range-for, once through the list; going on may throw.
    using Iterator = detail::Iterator<Pages, Page>;
    /// Fetches the first page.
    [[nodiscard]] Iterator begin() { return Iterator(this); }
    /// Where the list ends.
    [[nodiscard]] Iterator end() const noexcept { return Iterator(); }
#endif

  private:
    friend class Messages;
    explicit Pages(detail::IterHandle handle) : handle_(std::move(handle)) {}
    detail::IterHandle handle_;
};

/// The messages of a list, from as many pages as it has; each page is fetched
/// when its first message is asked for. It may outlive its client.
class Messages {
    auto starting_next() const {
        return [this](const detail::Destination &to) {
            return to.begin(pm_message_iter_submit_next, pm_message_iter_submit_next_callback, static_cast<const pm_message_iter *>(handle_.get()));
        };
    }

  public:
    /// Takes a C list over.
    explicit Messages(pm_message_iter *handle) : handle_(handle) {}

    /// The next message; nothing after the last one. An error ends the list.
    Result<std::optional<MessageRecord>> try_next() {
        pm_record *record = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_message_iter_next(handle_.get(), &record, &error);
        const detail::RecordHandle owner(record);
        return detail::result<std::optional<MessageRecord>>(status, error, [&] {
            return record ? std::optional<MessageRecord>(MessageRecord(record)) : std::nullopt;
        });
    }

    /// The same without waiting: the future never throws, and may be dropped. @p call, if given,
    /// is assigned a handle that cancels it.
    std::future<Result<std::optional<MessageRecord>>> try_next_async(Call *call = nullptr) {
        return detail::result_future<std::optional<MessageRecord>>(call, starting_next());
    }
    /// The same with a function, which is called exactly once with a Result: see Client::send_async().
    template <class F, detail::Takes<F, std::optional<MessageRecord>> = 0> Call next_async(F &&function) {
        return detail::call<std::optional<MessageRecord>>(std::forward<F>(function), starting_next());
    }
    /// The same with a queue: see Client::submit().
    [[nodiscard]] Result<Call> submit_next(const Queue &queue, void *user_data = nullptr) {
        return detail::submitted(queue, user_data, starting_next());
    }

    /// The same list page by page, with the totals that the service tells.
    [[nodiscard]] Pages pages() && { return Pages(std::move(handle_)); }

#if PARTNER_MESSAGING_EXCEPTIONS
    /// The same as try_next(); throws what it would give as an error.
    std::optional<MessageRecord> next() { return try_next().value(); }
    /// The same; the future throws what next() would.
    std::future<std::optional<MessageRecord>> next_async(Call *call = nullptr) {
        return detail::future<std::optional<MessageRecord>>(call, starting_next());
    }

    /// For range-for, once through the list; going on may throw.
    using Iterator = detail::Iterator<Messages, MessageRecord>;
    /// Fetches the first message.
    [[nodiscard]] Iterator begin() { return Iterator(this); }
    /// Where the list ends.
    [[nodiscard]] Iterator end() const noexcept { return Iterator(); }
#endif

  private:
    detail::IterHandle handle_;
};

} // namespace v0
} // namespace partner_messaging

#endif
