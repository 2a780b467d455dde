/* The calls of a client that don't wait. */
#ifndef PARTNER_MESSAGING_CALLS_HPP
#define PARTNER_MESSAGING_CALLS_HPP

#include "async.hpp"
#include "messages.hpp"

#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace partner_messaging {
inline namespace v0 {

namespace detail {

/// Statuses as C takes them: NULL for none given, which is not the same as an empty list.
class Statuses {
  public:
    explicit Statuses(const std::optional<std::vector<std::string>> &statuses) : given_(statuses) {
        if (given_) {
            for (const std::string &status : *given_) {
                // One with a NUL in it is no string for C, and refused.
                texts_.push_back(status.find('\0') == std::string::npos ? status.c_str() : nullptr);
            }
            count_ = texts_.size();
            texts_.push_back(nullptr);
        }
    }
    [[nodiscard]] const char *const *data() const noexcept { return given_ ? texts_.data() : nullptr; }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }

  private:
    const std::optional<std::vector<std::string>> &given_;
    std::vector<const char *> texts_;
    std::size_t count_ = 0;
};

} // namespace detail

/// What a Client does without waiting: every call of the service with a future, with a
/// function, and with a queue.
class AsyncCalls {
  private:
    /// Begins a call whose C functions are given the client, these arguments and the options.
    template <class Queued, class Called, class... Arguments>
    pm_status begin(const detail::Destination &to, const CallOptions &options, bool is_at_stake,
                    Queued queued, Called called, Arguments... arguments) const {
        if (!options.get()) {
            return to.refuse("options", is_at_stake);
        }
        const pm_call_options *const taken = options.get();
        return to.begin(queued, called, static_cast<const pm_client *>(get()), arguments..., taken);
    }

    // What each of these gives is used before what it refers to goes.
    auto starting_send(const Message &message, const CallOptions &options) const {
        return [this, &message, &options](const detail::Destination &to) {
            return begin(to, options, true, pm_client_submit, pm_client_submit_callback, message.get());
        };
    }
    template <class List> auto starting_send_with_fallback(const List &messages, const CallOptions &options) const {
        return [this, handles = detail::handles(messages), &options](const detail::Destination &to) {
            return begin(to, options, true, pm_client_submit_with_fallback,
                         pm_client_submit_with_fallback_callback, handles.data(), handles.size());
        };
    }
    auto starting_get_message(const StringArgument &message_id, const CallOptions &options) const {
        return [this, &message_id, &options](const detail::Destination &to) {
            return begin(to, options, false, pm_client_submit_get_message,
                         pm_client_submit_get_message_callback, message_id.get());
        };
    }
    auto starting_wait_for_status(const StringArgument &message_id, const CallOptions &options,
                                  const std::optional<std::vector<std::string>> &final_statuses) const {
        return [this, &message_id, &options, &final_statuses](const detail::Destination &to) {
            const detail::Statuses statuses(final_statuses);
            return begin(to, options, false, pm_client_submit_wait_for_status,
                         pm_client_submit_wait_for_status_callback, message_id.get(), statuses.data(),
                         statuses.size());
        };
    }
    auto starting_get_balance(const CallOptions &options) const {
        return [this, &options](const detail::Destination &to) {
            return begin(to, options, false, pm_client_submit_get_balance,
                         pm_client_submit_get_balance_callback);
        };
    }
    auto starting_request(const Request &request, const CallOptions &options) const {
        return [this, &request, &options](const detail::Destination &to) {
            return begin(to, options, true, pm_client_submit_request, pm_client_submit_request_callback,
                         static_cast<const pm_request *>(request.get()));
        };
    }

  public:
    /// Sends one message in the background. The future never throws; it may be dropped, the
    /// send goes on. @p call, if given, is assigned a handle that cancels the send.
    std::future<Result<Receipt>> try_send_async(
        const Message &message, const CallOptions &options = CallOptions(), Call *call = nullptr) const {
        return detail::result_future<Receipt>(call, starting_send(message, options));
    }
    /// The same without options of its own.
    std::future<Result<Receipt>> try_send_async(const Message &message, Call *call) const {
        return try_send_async(message, CallOptions(), call);
    }
    /// The same with a function, which is called exactly once with a Result<Receipt>: on the
    /// library's thread, where what pm_callback says holds, or at once on this one if the call
    /// can't begin. It must not throw: the program ends then. It is kept until it was called.
    template <class F, detail::Takes<F, Receipt> = 0>
    Call send_async(const Message &message, const CallOptions &options, F &&function) const {
        return detail::call<Receipt>(std::forward<F>(function), starting_send(message, options));
    }
    /// The same without options of its own.
    template <class F, detail::Takes<F, Receipt> = 0> Call send_async(const Message &message, F &&function) const {
        return send_async(message, CallOptions(), std::forward<F>(function));
    }
    /// The same with a queue, to which a Completion comes exactly once if this gives a Call.
    /// @p user_data is handed back by it.
    [[nodiscard]] Result<Call> submit(
        const Message &message, const Queue &queue, void *user_data = nullptr, const CallOptions &options = CallOptions()) const {
        return detail::submitted(queue, user_data, starting_send(message, options));
    }
#if PARTNER_MESSAGING_EXCEPTIONS
    /// Like try_send_async(); the future throws what send() would.
    std::future<Receipt> send_async(
        const Message &message, const CallOptions &options = CallOptions(), Call *call = nullptr) const {
        return detail::future<Receipt>(call, starting_send(message, options));
    }
    /// The same without options of its own.
    std::future<Receipt> send_async(const Message &message, Call *call) const {
        return send_async(message, CallOptions(), call);
    }
#endif

    /// Client::try_send_with_fallback() in the background, as try_send_async() does it.
    std::future<Result<FallbackReceipt>> try_send_with_fallback_async(
        const MessageList &messages, const CallOptions &options = CallOptions(), Call *call = nullptr) const {
        return detail::result_future<FallbackReceipt>(call, starting_send_with_fallback(messages, options));
    }
    /// The same without options of its own.
    std::future<Result<FallbackReceipt>> try_send_with_fallback_async(const MessageList &messages, Call *call) const {
        return try_send_with_fallback_async(messages, CallOptions(), call);
    }
    /// The same with a function, as send_async() does it.
    template <class F, detail::Takes<F, FallbackReceipt> = 0>
    Call send_with_fallback_async(const MessageList &messages, const CallOptions &options, F &&function) const {
        return detail::call<FallbackReceipt>(std::forward<F>(function), starting_send_with_fallback(messages, options));
    }
    /// The same without options of its own.
    template <class F, detail::Takes<F, FallbackReceipt> = 0> Call send_with_fallback_async(const MessageList &messages, F &&function) const {
        return send_with_fallback_async(messages, CallOptions(), std::forward<F>(function));
    }
    /// The same with a queue, as submit() does it.
    [[nodiscard]] Result<Call> submit_with_fallback(
        const MessageList &messages, const Queue &queue, void *user_data = nullptr, const CallOptions &options = CallOptions()) const {
        return detail::submitted(queue, user_data, starting_send_with_fallback(messages, options));
    }
#if PARTNER_MESSAGING_EXCEPTIONS
    /// Like try_send_with_fallback_async(); the future throws what send_with_fallback() would.
    std::future<FallbackReceipt> send_with_fallback_async(
        const MessageList &messages, const CallOptions &options = CallOptions(), Call *call = nullptr) const {
        return detail::future<FallbackReceipt>(call, starting_send_with_fallback(messages, options));
    }
    /// The same without options of its own.
    std::future<FallbackReceipt> send_with_fallback_async(const MessageList &messages, Call *call) const {
        return send_with_fallback_async(messages, CallOptions(), call);
    }
#endif

    /// Client::try_send_with_fallback() in the background, as try_send_async() does it. The messages stand between braces.
    std::future<Result<FallbackReceipt>> try_send_with_fallback_async(
        BracedMessages messages, const CallOptions &options = CallOptions(), Call *call = nullptr) const {
        return detail::result_future<FallbackReceipt>(call, starting_send_with_fallback(messages, options));
    }
    /// The same without options of its own.
    std::future<Result<FallbackReceipt>> try_send_with_fallback_async(BracedMessages messages, Call *call) const {
        return try_send_with_fallback_async(messages, CallOptions(), call);
    }
    /// The same with a function, as send_async() does it.
    template <class F, detail::Takes<F, FallbackReceipt> = 0>
    Call send_with_fallback_async(BracedMessages messages, const CallOptions &options, F &&function) const {
        return detail::call<FallbackReceipt>(std::forward<F>(function), starting_send_with_fallback(messages, options));
    }
    /// The same without options of its own.
    template <class F, detail::Takes<F, FallbackReceipt> = 0> Call send_with_fallback_async(BracedMessages messages, F &&function) const {
        return send_with_fallback_async(messages, CallOptions(), std::forward<F>(function));
    }
    /// The same with a queue, as submit() does it.
    [[nodiscard]] Result<Call> submit_with_fallback(
        BracedMessages messages, const Queue &queue, void *user_data = nullptr, const CallOptions &options = CallOptions()) const {
        return detail::submitted(queue, user_data, starting_send_with_fallback(messages, options));
    }
#if PARTNER_MESSAGING_EXCEPTIONS
    /// Like try_send_with_fallback_async(); the future throws what send_with_fallback() would.
    std::future<FallbackReceipt> send_with_fallback_async(
        BracedMessages messages, const CallOptions &options = CallOptions(), Call *call = nullptr) const {
        return detail::future<FallbackReceipt>(call, starting_send_with_fallback(messages, options));
    }
    /// The same without options of its own.
    std::future<FallbackReceipt> send_with_fallback_async(BracedMessages messages, Call *call) const {
        return send_with_fallback_async(messages, CallOptions(), call);
    }
#endif

    /// Client::try_get_message() in the background, as try_send_async() does it.
    std::future<Result<MessageRecord>> try_get_message_async(
        const StringArgument &message_id, const CallOptions &options = CallOptions(), Call *call = nullptr) const {
        return detail::result_future<MessageRecord>(call, starting_get_message(message_id, options));
    }
    /// The same without options of its own.
    std::future<Result<MessageRecord>> try_get_message_async(const StringArgument &message_id, Call *call) const {
        return try_get_message_async(message_id, CallOptions(), call);
    }
    /// The same with a function, as send_async() does it.
    template <class F, detail::Takes<F, MessageRecord> = 0>
    Call get_message_async(const StringArgument &message_id, const CallOptions &options, F &&function) const {
        return detail::call<MessageRecord>(std::forward<F>(function), starting_get_message(message_id, options));
    }
    /// The same without options of its own.
    template <class F, detail::Takes<F, MessageRecord> = 0> Call get_message_async(const StringArgument &message_id, F &&function) const {
        return get_message_async(message_id, CallOptions(), std::forward<F>(function));
    }
    /// The same with a queue, as submit() does it.
    [[nodiscard]] Result<Call> submit_get_message(
        const StringArgument &message_id, const Queue &queue, void *user_data = nullptr, const CallOptions &options = CallOptions()) const {
        return detail::submitted(queue, user_data, starting_get_message(message_id, options));
    }
#if PARTNER_MESSAGING_EXCEPTIONS
    /// Like try_get_message_async(); the future throws what get_message() would.
    std::future<MessageRecord> get_message_async(
        const StringArgument &message_id, const CallOptions &options = CallOptions(), Call *call = nullptr) const {
        return detail::future<MessageRecord>(call, starting_get_message(message_id, options));
    }
    /// The same without options of its own.
    std::future<MessageRecord> get_message_async(const StringArgument &message_id, Call *call) const {
        return get_message_async(message_id, CallOptions(), call);
    }
#endif

    /// Client::try_wait_for_status() in the background, as try_send_async() does it.
    std::future<Result<MessageRecord>> try_wait_for_status_async(
        const StringArgument &message_id, const CallOptions &options = CallOptions(), Call *call = nullptr,
        const std::optional<std::vector<std::string>> &final_statuses = {}) const {
        return detail::result_future<MessageRecord>(call, starting_wait_for_status(message_id, options, final_statuses));
    }
    /// The same without options of its own.
    std::future<Result<MessageRecord>> try_wait_for_status_async(const StringArgument &message_id, Call *call) const {
        return try_wait_for_status_async(message_id, CallOptions(), call);
    }
    /// The same with a function, as send_async() does it.
    template <class F, detail::Takes<F, MessageRecord> = 0>
    Call wait_for_status_async(const StringArgument &message_id, const CallOptions &options, F &&function,
        const std::optional<std::vector<std::string>> &final_statuses = {}) const {
        return detail::call<MessageRecord>(std::forward<F>(function), starting_wait_for_status(message_id, options, final_statuses));
    }
    /// The same without options of its own.
    template <class F, detail::Takes<F, MessageRecord> = 0> Call wait_for_status_async(const StringArgument &message_id, F &&function) const {
        return wait_for_status_async(message_id, CallOptions(), std::forward<F>(function));
    }
    /// The same with a queue, as submit() does it.
    [[nodiscard]] Result<Call> submit_wait_for_status(
        const StringArgument &message_id, const Queue &queue, void *user_data = nullptr, const CallOptions &options = CallOptions(),
        const std::optional<std::vector<std::string>> &final_statuses = {}) const {
        return detail::submitted(queue, user_data, starting_wait_for_status(message_id, options, final_statuses));
    }
#if PARTNER_MESSAGING_EXCEPTIONS
    /// Like try_wait_for_status_async(); the future throws what wait_for_status() would.
    std::future<MessageRecord> wait_for_status_async(
        const StringArgument &message_id, const CallOptions &options = CallOptions(), Call *call = nullptr,
        const std::optional<std::vector<std::string>> &final_statuses = {}) const {
        return detail::future<MessageRecord>(call, starting_wait_for_status(message_id, options, final_statuses));
    }
    /// The same without options of its own.
    std::future<MessageRecord> wait_for_status_async(const StringArgument &message_id, Call *call) const {
        return wait_for_status_async(message_id, CallOptions(), call);
    }
#endif

    /// Client::try_get_balance() in the background, as try_send_async() does it.
    std::future<Result<Balance>> try_get_balance_async(
        const CallOptions &options = CallOptions(), Call *call = nullptr) const {
        return detail::result_future<Balance>(call, starting_get_balance(options));
    }
    /// The same without options of its own.
    std::future<Result<Balance>> try_get_balance_async(Call *call) const {
        return try_get_balance_async(CallOptions(), call);
    }
    /// The same with a function, as send_async() does it.
    template <class F, detail::Takes<F, Balance> = 0>
    Call get_balance_async(const CallOptions &options, F &&function) const {
        return detail::call<Balance>(std::forward<F>(function), starting_get_balance(options));
    }
    /// The same without options of its own.
    template <class F, detail::Takes<F, Balance> = 0> Call get_balance_async(F &&function) const {
        return get_balance_async(CallOptions(), std::forward<F>(function));
    }
    /// The same with a queue, as submit() does it.
    [[nodiscard]] Result<Call> submit_get_balance(
        const Queue &queue, void *user_data = nullptr, const CallOptions &options = CallOptions()) const {
        return detail::submitted(queue, user_data, starting_get_balance(options));
    }
#if PARTNER_MESSAGING_EXCEPTIONS
    /// Like try_get_balance_async(); the future throws what get_balance() would.
    std::future<Balance> get_balance_async(
        const CallOptions &options = CallOptions(), Call *call = nullptr) const {
        return detail::future<Balance>(call, starting_get_balance(options));
    }
    /// The same without options of its own.
    std::future<Balance> get_balance_async(Call *call) const {
        return get_balance_async(CallOptions(), call);
    }
#endif

    /// Client::try_request() in the background, as try_send_async() does it.
    std::future<Result<Reply>> try_request_async(
        const Request &request, const CallOptions &options = CallOptions(), Call *call = nullptr) const {
        return detail::result_future<Reply>(call, starting_request(request, options));
    }
    /// The same without options of its own.
    std::future<Result<Reply>> try_request_async(const Request &request, Call *call) const {
        return try_request_async(request, CallOptions(), call);
    }
    /// The same with a function, as send_async() does it.
    template <class F, detail::Takes<F, Reply> = 0>
    Call request_async(const Request &request, const CallOptions &options, F &&function) const {
        return detail::call<Reply>(std::forward<F>(function), starting_request(request, options));
    }
    /// The same without options of its own.
    template <class F, detail::Takes<F, Reply> = 0> Call request_async(const Request &request, F &&function) const {
        return request_async(request, CallOptions(), std::forward<F>(function));
    }
    /// The same with a queue, as submit() does it.
    [[nodiscard]] Result<Call> submit_request(
        const Request &request, const Queue &queue, void *user_data = nullptr, const CallOptions &options = CallOptions()) const {
        return detail::submitted(queue, user_data, starting_request(request, options));
    }
#if PARTNER_MESSAGING_EXCEPTIONS
    /// Like try_request_async(); the future throws what request() would.
    std::future<Reply> request_async(
        const Request &request, const CallOptions &options = CallOptions(), Call *call = nullptr) const {
        return detail::future<Reply>(call, starting_request(request, options));
    }
    /// The same without options of its own.
    std::future<Reply> request_async(const Request &request, Call *call) const {
        return request_async(request, CallOptions(), call);
    }
#endif

    /// The C handle, which stays this object's. The object may go while such calls are under
    /// way: they end all the same.
    [[nodiscard]] pm_client *get() const noexcept { return handle_.get(); }

  protected:
    /// @cond
    explicit AsyncCalls(pm_client *handle) noexcept : handle_(handle) {}
    /// @endcond

  private:
    detail::ClientHandle handle_;
};

} // namespace v0
} // namespace partner_messaging

#endif
