/*
 * Partner Messaging: C++17 over the C library.
 *
 *     using namespace partner_messaging;
 *     Client client(Options().api_key("your_api_key_here"));
 *     Receipt receipt = client.send(Sms::text("+6591234567", "Hello"));
 *
 * A send that fails throws an exception below PartnerMessagingError, whose
 * outcome() says what became of the message. Without exceptions
 * (-fno-exceptions), and for those who like it better, every function that
 * throws has a twin that returns a Result:
 *
 *     Result<Client> client = Client::try_new(options);
 *     Result<Receipt> receipt = client->try_send(Sms::text("+6591234567", "Hello"));
 *     if (!receipt)
 *         std::puts(receipt.error().message().c_str());
 *
 * Calls that don't wait end in a future, in a function or in a queue:
 *
 *     std::future<Receipt> later = client.send_async(message);
 *     client.send_async(message, [](Result<Receipt> receipt) { ... });
 *     Result<Call> call = client.submit(message, queue);
 *
 * Handles are move-only and free themselves; what was moved from is refused with
 * a ConfigError wherever it is used. A Client may be used from any number of
 * threads at once. Texts are UTF-8, and copied in both directions: no view has to
 * outlive the call it is given to. One with a NUL in it is refused.
 * What is not said here is as in partner_messaging.h.
 */
#ifndef PARTNER_MESSAGING_HPP
#define PARTNER_MESSAGING_HPP

#include "partner_messaging/calls.hpp"
#include "partner_messaging/event.hpp"
#include "partner_messaging/lists.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace partner_messaging {
inline namespace v0 {

/// Ends the library's background threads, and waits for that: see pm_shutdown().
inline bool shutdown() noexcept { return pm_shutdown(); }

/// A client of the service, for any number of threads at once.
///
/// The same in a child of the process; a future belongs to the process it was made in.
class Client : public AsyncCalls {
  public:
    /// A client with these options, or ConfigError.
    [[nodiscard]] static Result<Client> try_new(const Options &options) {
        if (!options.get()) {
            return Error::moved_from("options", Outcome::not_sent);
        }
        pm_client *client = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_client_new(options.get(), &client, &error);
        return detail::result<Client>(status, error, [&] { return Client(client); });
    }
    /// The same with the key and the address of the environment.
    [[nodiscard]] static Result<Client> try_new() { return try_new(Options()); }

    /// Sends one message and waits until it is known what became of it.
    Result<Receipt> try_send(const Message &message) const {
        return send_with(message, nullptr);
    }
    /// Like try_send(), with per-call options.
    Result<Receipt> try_send(const Message &message, const CallOptions &options) const {
        if (!options.get()) {
            return Error::moved_from("options", Outcome::not_sent);
        }
        return send_with(message, options.get());
    }

    /// Sends the first of these messages that the service takes: one that it
    /// refuses because its channel can't be used is followed by the next one.
    /// What was tried is in the result's trail, and in the error's.
    Result<FallbackReceipt> try_send_with_fallback(const MessageList &messages,
                                                   const CallOptions &options = CallOptions()) const {
        return send_first(detail::handles(messages), options);
    }
    /// Like try_send_with_fallback() above, with the messages between braces.
    Result<FallbackReceipt> try_send_with_fallback(BracedMessages messages,
                                                   const CallOptions &options = CallOptions()) const {
        return send_first(detail::handles(messages), options);
    }

    /// Asks what became of a message that was accepted before.
    Result<MessageRecord> try_get_message(const StringArgument &message_id,
                                          const CallOptions &options = CallOptions()) const {
        if (!options.get()) {
            return Error::moved_from("options", Outcome::none);
        }
        pm_record *record = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_client_get_message(get(), message_id.get(),
                                                       options.get(), &record, &error);
        const detail::RecordHandle owner(record);
        return detail::result<MessageRecord>(status, error, [&] { return MessageRecord(record); });
    }

    /// Waits until a message's status is final, or the deadline passes: where the
    /// status is not final, the time was over. With @p final_statuses, those are final.
    Result<MessageRecord>
    try_wait_for_status(const StringArgument &message_id, const CallOptions &options = CallOptions(),
                        const std::optional<std::vector<std::string>> &final_statuses = {}) const {
        if (!options.get()) {
            return Error::moved_from("options", Outcome::none);
        }
        const detail::Statuses statuses(final_statuses);
        pm_record *record = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_client_wait_for_status(
            get(), message_id.get(), statuses.data(), statuses.size(), options.get(), &record, &error);
        const detail::RecordHandle owner(record);
        return detail::result<MessageRecord>(status, error, [&] { return MessageRecord(record); });
    }

    /// Lists messages: all pages, each fetched when it is needed.
    Result<Messages> try_list_messages(const Filter &filter = Filter(),
                                       const CallOptions &options = CallOptions()) const {
        if (!filter.get()) {
            return Error::moved_from("filter", Outcome::none);
        }
        if (!options.get()) {
            return Error::moved_from("options", Outcome::none);
        }
        pm_message_iter *iter = nullptr;
        pm_error *error = nullptr;
        const pm_status status =
            pm_client_list_messages(get(), filter.get(), options.get(), &iter, &error);
        return detail::result<Messages>(status, error, [&] { return Messages(iter); });
    }

    /// Asks for the credit that is left.
    Result<Balance> try_get_balance(const CallOptions &options = CallOptions()) const {
        if (!options.get()) {
            return Error::moved_from("options", Outcome::none);
        }
        pm_balance *balance = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_client_get_balance(get(), options.get(), &balance, &error);
        const detail::BalanceHandle owner(balance);
        return detail::result<Balance>(status, error, [&] { return Balance(balance); });
    }

    /// Makes any other request to the service.
    Result<Reply> try_request(const Request &request,
                              const CallOptions &options = CallOptions()) const {
        if (!options.get()) {
            return Error::moved_from("options", Outcome::not_sent);
        }
        pm_reply *reply = nullptr;
        pm_error *error = nullptr;
        const pm_status status =
            pm_client_request(get(), request.get(), options.get(), &reply, &error);
        return detail::result<Reply>(status, error, [&] { return Reply(reply); });
    }

    /// What the messages sent by this client have cost in this process.
    Result<std::vector<Spending>> try_spending() const { return ledger(pm_client_spending); }
    /// The same, and begins a new ledger.
    Result<std::vector<Spending>> try_reset_spending() const {
        return ledger(pm_client_reset_spending);
    }

#if PARTNER_MESSAGING_EXCEPTIONS
    /// Like try_send_with_fallback(), and so on for those below; throws an
    /// exception below PartnerMessagingError where that gives an error.
    FallbackReceipt send_with_fallback(const MessageList &messages,
                                       const CallOptions &options = CallOptions()) const {
        return try_send_with_fallback(messages, options).value();
    }
    FallbackReceipt send_with_fallback(BracedMessages messages,
                                       const CallOptions &options = CallOptions()) const {
        return try_send_with_fallback(messages, options).value();
    }
    MessageRecord get_message(const StringArgument &message_id,
                              const CallOptions &options = CallOptions()) const {
        return try_get_message(message_id, options).value();
    }
    MessageRecord
    wait_for_status(const StringArgument &message_id, const CallOptions &options = CallOptions(),
                    const std::optional<std::vector<std::string>> &final_statuses = {}) const {
        return try_wait_for_status(message_id, options, final_statuses).value();
    }
    [[nodiscard]] Messages list_messages(const Filter &filter = Filter(),
                                         const CallOptions &options = CallOptions()) const {
        return try_list_messages(filter, options).value();
    }
    Balance get_balance(const CallOptions &options = CallOptions()) const {
        return try_get_balance(options).value();
    }
    Reply request(const Request &request, const CallOptions &options = CallOptions()) const {
        return try_request(request, options).value();
    }
    std::vector<Spending> spending() const { return try_spending().value(); }
    std::vector<Spending> reset_spending() const { return try_reset_spending().value(); }

    /// With the key and the address of the environment.
    Client() : Client(Options()) {}
    /// Throws ConfigError for options that can't be used.
    explicit Client(const Options &options) : Client(try_new(options).value()) {}

    /// Like try_send(); throws an exception below PartnerMessagingError unless it was sent.
    Receipt send(const Message &message) const { return try_send(message).value(); }
    /// Like send(), with per-call options.
    Receipt send(const Message &message, const CallOptions &options) const {
        return try_send(message, options).value();
    }

#endif

    /// Refuses later calls, and ends those under way at once with the outcome
    /// they have by then. Waits until the futures of asynchronous sends are settled.
    void close() const noexcept { pm_client_close(get()); }

    /// Waits until no asynchronous send is under way; tells whether there is none.
    bool wait(std::chrono::milliseconds timeout) const noexcept {
        return pm_client_wait(get(), timeout.count() < 0 ? 0 : timeout.count());
    }
    /// The same without an end.
    void wait() const noexcept { pm_client_wait(get(), -1); }

  private:
    explicit Client(pm_client *handle) : AsyncCalls(handle) {}

    Result<Receipt> send_with(const Message &message, const pm_call_options *options) const {
        pm_receipt *receipt = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_client_send(get(), message.get(), options, &receipt, &error);
        const detail::ReceiptHandle owner(receipt);
        return detail::result<Receipt>(status, error, [&] { return Receipt(receipt); });
    }

    Result<FallbackReceipt> send_first(const std::vector<const pm_message *> &handles,
                                       const CallOptions &options) const {
        if (!options.get()) {
            return Error::moved_from("options", Outcome::not_sent);
        }
        pm_receipt *receipt = nullptr;
        pm_trail *trail = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_client_send_with_fallback(get(), handles.data(), handles.size(),
                                                              options.get(), &receipt, &trail, &error);
        const detail::ReceiptHandle receipt_owner(receipt);
        const detail::TrailHandle trail_owner(trail);
        const detail::ErrorHandle error_owner(error);
        if (status != PM_OK) {
            return Error(error);
        }
        return FallbackReceipt{Receipt(receipt), detail::entries<FallbackStep>(trail, pm_trail_count)};
    }

    Result<std::vector<Spending>> ledger(pm_status (*read)(const pm_client *, pm_spending **,
                                                           pm_error **)) const {
        pm_spending *spending = nullptr;
        pm_error *error = nullptr;
        const pm_status status = read(get(), &spending, &error);
        const detail::SpendingHandle owner(spending);
        return detail::result<std::vector<Spending>>(
            status, error, [&] { return detail::entries<Spending>(spending, pm_spending_count); });
    }
};

/// A real server on loopback that speaks the service's API, for development
/// and for a program's own tests.
class Sandbox {
  public:
    /// A sandbox with a configuration in JSON, or why there is none.
    [[nodiscard]] static Result<Sandbox> try_start(const StringArgument &config) {
        // NULL would mean the defaults; what is no string is no configuration either.
        return start(config.get() ? config.get() : "");
    }
    /// A sandbox as it is by default.
    [[nodiscard]] static Result<Sandbox> try_start() { return start(nullptr); }

    /// Carries out a command in JSON and returns its answer in JSON.
    Result<std::string> try_control(const StringArgument &command) const {
        char *answer = nullptr;
        pm_error *error = nullptr;
        const pm_status status =
            pm_sandbox_control(get(), command.get(), &answer, &error);
        const detail::StringHandle owner(answer);
        return detail::result<std::string>(status, error, [&] { return detail::text(answer); });
    }

#if PARTNER_MESSAGING_EXCEPTIONS
    Sandbox() : Sandbox(try_start().value()) {}
    /// With a configuration in JSON.
    explicit Sandbox(const StringArgument &config) : Sandbox(try_start(config).value()) {}

    /// Like try_control(), but throws.
    std::string control(const StringArgument &command) const { return try_control(command).value(); }
#endif

    /// The base URL.
    [[nodiscard]] std::string url() const { return detail::text(pm_sandbox_url(get())); }
    /// The page that shows what it got, live, for a browser.
    [[nodiscard]] std::string inbox_url() const {
        std::string address = url();
        return address.empty() ? address : address + "/";
    }
    /// The key that requests have to carry.
    [[nodiscard]] std::string api_key() const { return detail::text(pm_sandbox_api_key(get())); }
    /// The options of a client of this sandbox.
    [[nodiscard]] Options options() const {
        Options options;
        options.base_url(url()).api_key(api_key());
        return options;
    }
    /// Ends the server and waits until it is gone.
    void stop() const noexcept { pm_sandbox_stop(get()); }

    /// The C handle, which stays this object's.
    [[nodiscard]] pm_sandbox *get() const noexcept { return handle_.get(); }

  private:
    explicit Sandbox(pm_sandbox *handle) : handle_(handle) {}

    static Result<Sandbox> start(const char *config) {
        pm_sandbox *sandbox = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_sandbox_start(config, &sandbox, &error);
        return detail::result<Sandbox>(status, error, [&] { return Sandbox(sandbox); });
    }

    detail::SandboxHandle handle_;
};

} // namespace v0
} // namespace partner_messaging

#include "partner_messaging/journal.hpp"

#endif
