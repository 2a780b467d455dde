/* Calls that don't wait: how they begin, and the three ways in which they end. */
#ifndef PARTNER_MESSAGING_ASYNC_HPP
#define PARTNER_MESSAGING_ASYNC_HPP

#include "result.hpp"

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace partner_messaging {
inline namespace v0 {

/// A call that was begun, to cancel it. It may be dropped: the call goes on.
class Call {
  public:
    Call() = default;
    /// Takes a C handle over.
    explicit Call(pm_call *handle) noexcept : handle_(handle) {}
    /// Ends the call at once with its true outcome; never waits.
    void cancel() const noexcept { pm_cancel(handle_.get()); }

  private:
    detail::CallHandle handle_;
};

/// Which call a completion is of. Later versions may add others.
enum class CallKind : std::int32_t {
    /// None.
    none = PM_CALL_NONE,
    /// Client::submit(), which gives a Receipt.
    send = PM_CALL_SEND,
    /// Client::submit_with_fallback(), which gives a FallbackReceipt.
    send_with_fallback = PM_CALL_SEND_WITH_FALLBACK,
    /// Client::submit_get_message(), which gives a MessageRecord.
    get_message = PM_CALL_GET_MESSAGE,
    /// Client::submit_wait_for_status(), which gives a MessageRecord.
    wait_for_status = PM_CALL_WAIT_FOR_STATUS,
    /// Messages::submit_next(), which gives a MessageRecord, or none at the end.
    next = PM_CALL_NEXT,
    /// Pages::submit_next(), which gives a Page, or none at the end.
    next_page = PM_CALL_NEXT_PAGE,
    /// Client::submit_get_balance(), which gives a Balance.
    get_balance = PM_CALL_GET_BALANCE,
    /// Client::submit_request(), which gives a Reply.
    request = PM_CALL_REQUEST,
};

namespace detail {

using SharedCompletion = std::shared_ptr<const pm_completion>;

inline SharedCompletion shared(pm_completion *completion) {
    return SharedCompletion(completion, [](const pm_completion *it) {
        pm_completion_free(const_cast<pm_completion *>(it));
    });
}

/// What a call of this kind gave; the type is one of those of CallKind.
template <class T> T value_of(const SharedCompletion &completion) {
    const pm_completion *it = completion.get();
    if constexpr (std::is_same_v<T, FallbackReceipt>) {
        return FallbackReceipt{Receipt(pm_completion_receipt(it)),
                               entries<FallbackStep>(pm_completion_trail(it), pm_trail_count)};
    } else if constexpr (std::is_same_v<T, Receipt>) {
        return Receipt(pm_completion_receipt(it));
    } else if constexpr (std::is_same_v<T, MessageRecord>) {
        return MessageRecord(pm_completion_record(it));
    } else if constexpr (std::is_same_v<T, std::optional<MessageRecord>>) {
        return optional_record<MessageRecord>(pm_completion_record(it));
    } else if constexpr (std::is_same_v<T, std::optional<Page>>) {
        return optional_record<Page>(pm_completion_page(it));
    } else if constexpr (std::is_same_v<T, Balance>) {
        return Balance(pm_completion_balance(it));
    } else {
        static_assert(std::is_same_v<T, Reply>, "no call gives this");
        // The answer is the completion's, and lives with it.
        return Reply(std::shared_ptr<const pm_reply>(completion, pm_completion_reply(it)));
    }
}

/// What a completion holds: a T or an error.
template <class T> Result<T> taken(const SharedCompletion &completion) {
    if (const pm_error *error = pm_completion_error(completion.get())) {
        return Error(error);
    }
    return value_of<T>(completion);
}

/// Whether calls of a kind give a T.
template <class T> bool gives(pm_call_kind kind) noexcept {
    switch (kind) {
    case PM_CALL_SEND: return std::is_same_v<T, Receipt>;
    case PM_CALL_SEND_WITH_FALLBACK: return std::is_same_v<T, FallbackReceipt>;
    case PM_CALL_GET_MESSAGE:
    case PM_CALL_WAIT_FOR_STATUS: return std::is_same_v<T, MessageRecord>;
    case PM_CALL_NEXT: return std::is_same_v<T, std::optional<MessageRecord>>;
    case PM_CALL_NEXT_PAGE: return std::is_same_v<T, std::optional<Page>>;
    case PM_CALL_GET_BALANCE: return std::is_same_v<T, Balance>;
    case PM_CALL_REQUEST: return std::is_same_v<T, Reply>;
    default: return false;
    }
}

} // namespace detail

/// What a submitted call ended in, as a Queue gives it. Copies are cheap.
class Completion {
  public:
    /// Takes a C handle over.
    explicit Completion(pm_completion *handle) : completion_(detail::shared(handle)) {}

    /// Which call it is of.
    [[nodiscard]] CallKind kind() const noexcept {
        return static_cast<CallKind>(pm_completion_kind(completion_.get()));
    }
    /// What was given when the call was submitted.
    [[nodiscard]] void *user_data() const noexcept { return pm_completion_user_data(completion_.get()); }
    /// What the call gave, or why it failed. The type is the one that CallKind names for the
    /// kind; the program ends where it is another.
    template <class T = Receipt> [[nodiscard]] Result<T> result() const {
        if (!detail::gives<T>(pm_completion_kind(completion_.get()))) {
            std::terminate();
        }
        return detail::taken<T>(completion_);
    }

  private:
    detail::SharedCompletion completion_;
};

/// Where calls that were submitted end, for an event loop: it has a file descriptor that
/// is readable while there is something in it. Any number of threads may use it.
class Queue {
  public:
    /// A new one. If the process has no file descriptors left, fd() is -1, and what is
    /// submitted to it is refused.
    Queue() : handle_(pm_queue_new()) {}

    /// What poll() and epoll look at, without EPOLLET: when it is readable, take with
    /// next(0ms) until there is nothing. It is the queue's: don't read it, don't close it.
    [[nodiscard]] int fd() const noexcept { return pm_queue_fd(get()); }
    /// How many completions are in it.
    [[nodiscard]] std::size_t size() const noexcept { return pm_queue_length(get()); }
    /// The next completion; nothing when the time is over, and after wake().
    [[nodiscard]] std::optional<Completion> next(std::chrono::milliseconds timeout) const {
        return take(timeout.count() < 0 ? 0 : timeout.count());
    }
    /// The same without an end.
    [[nodiscard]] std::optional<Completion> next() const { return take(-1); }
    /// Makes one next(), waiting or to come, give nothing.
    void wake() const noexcept { pm_queue_wake(get()); }

    /// The C handle, which stays this object's.
    [[nodiscard]] pm_queue *get() const noexcept { return handle_.get(); }

  private:
    std::optional<Completion> take(std::int64_t timeout) const {
        pm_completion *const completion = pm_queue_next(get(), timeout);
        return completion ? std::optional<Completion>(Completion(completion)) : std::nullopt;
    }

    detail::Handle<pm_queue, pm_queue_free> handle_;
};

namespace detail {

/// Where a call that is begun ends: in a function or in a queue.
struct Destination {
    pm_callback callback;
    const pm_queue *queue;
    void *user_data;
    pm_call **call;
    pm_error **error;

    /// Begins it by the one or the other of its two C functions.
    template <class Queued, class Called, class... Arguments>
    pm_status begin(Queued queued, Called called, Arguments... arguments) const {
        return callback ? called(arguments..., callback, user_data, call, error)
                        : queued(arguments..., queue, user_data, call, error);
    }
    /// Refuses what was moved from, which C would take for what is absent.
    pm_status refuse(const char *argument, bool is_at_stake) const {
        *error = pm_error_new_config(argument, "must not have been moved from", is_at_stake);
        return PM_CONFIG_ERROR;
    }
};

/// Whether F is a function for what calls give that give a T.
template <class F, class T>
using Takes = std::enable_if_t<std::is_invocable_v<std::decay_t<F> &, Result<T>>, int>;

/// On the library's thread: nothing may be thrown out of it.
template <class T, class Function> void settle(pm_completion *completion, void *user_data) noexcept {
    const SharedCompletion shared_completion = shared(completion);
    const std::unique_ptr<Function> function(static_cast<Function *>(user_data));
    std::invoke(*function, taken<T>(shared_completion));
}

/// Begins a call that ends in a function: on the library's thread, or here if it can't begin.
template <class T, class F, class Start>
void begin(F &&function, pm_call **call, const Start &start) {
    using Function = std::decay_t<F>;
    auto kept = std::make_unique<Function>(std::forward<F>(function));
    pm_error *error = nullptr;
    // It may be called before this returns.
    if (start(Destination{&settle<T, Function>, nullptr, kept.get(), call, &error}) == PM_OK) {
        static_cast<void>(kept.release());
    } else {
        const ErrorHandle owner(error);
        std::invoke(*kept, Result<T>(Error(error)));
    }
}

template <class T, class F, class Start> Call call(F &&function, const Start &start) {
    pm_call *handle = nullptr;
    begin<T>(std::forward<F>(function), &handle, start);
    return Call(handle);
}

/// The same for a function that settles the promise of a future.
template <class T, class Value, class Settle, class Start>
std::future<Value> promised(Settle settle, Call *call, const Start &start) {
    std::promise<Value> promise;
    std::future<Value> future = promise.get_future();
    pm_call *handle = nullptr;
    begin<T>([promise = std::move(promise), settle](Result<T> result) mutable {
        settle(promise, std::move(result));
    }, call ? &handle : nullptr, start);
    if (call) {
        *call = Call(handle);
    }
    return future;
}

template <class T, class Start> std::future<Result<T>> result_future(Call *call, const Start &start) {
    const auto settle = [](std::promise<Result<T>> &promise, Result<T> result) {
        promise.set_value(std::move(result));
    };
    return promised<T, Result<T>>(settle, call, start);
}

#if PARTNER_MESSAGING_EXCEPTIONS
template <class T, class Start> std::future<T> future(Call *call, const Start &start) {
    const auto settle = [](std::promise<T> &promise, Result<T> result) {
        if (result) {
            promise.set_value(*std::move(result));
        } else {
            promise.set_exception(exception(result.error()));
        }
    };
    return promised<T, T>(settle, call, start);
}
#endif

/// Begins a call that ends in a queue.
template <class Start> Result<Call> submitted(const Queue &queue, void *user_data, const Start &start) {
    pm_call *call = nullptr;
    pm_error *error = nullptr;
    const pm_status status = start(Destination{nullptr, queue.get(), user_data, &call, &error});
    return result<Call>(status, error, [&] { return Call(call); });
}

} // namespace detail

} // namespace v0
} // namespace partner_messaging

#endif
