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
 * Handles are move-only and free themselves; what was moved from is refused with
 * a ConfigError wherever it is used. A Client may be used from any number of
 * threads at once. Texts are UTF-8, and copied in both directions: no view has to
 * outlive the call it is given to. One with a NUL in it is refused.
 * What is not said here is as in partner_messaging.h.
 */
#ifndef PARTNER_MESSAGING_HPP
#define PARTNER_MESSAGING_HPP

#include "partner_messaging.h"

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
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

/// What became of a message.
enum class Outcome : pm_outcome {
    none = PM_OUTCOME_NONE,          ///< No message was at stake.
    sent = PM_OUTCOME_SENT,          ///< The service accepted it.
    rejected = PM_OUTCOME_REJECTED,  ///< The service did not take it.
    not_sent = PM_OUTCOME_NOT_SENT,  ///< Proved: no complete request left this process.
    unknown = PM_OUTCOME_UNKNOWN,    ///< It may have been accepted, and may not.
};

/// The stable word for an outcome, for example "not_sent".
[[nodiscard]] inline const char *to_string(Outcome outcome) noexcept {
    return pm_outcome_name(static_cast<pm_outcome>(outcome));
}

namespace detail {

template <class T, void (*Free)(T *)> struct Deleter {
    void operator()(T *handle) const noexcept { Free(handle); }
};
template <class T, void (*Free)(T *)> using Handle = std::unique_ptr<T, Deleter<T, Free>>;

using OptionsHandle = Handle<pm_options, pm_options_free>;
using CallOptionsHandle = Handle<pm_call_options, pm_call_options_free>;
using ClientHandle = Handle<pm_client, pm_client_free>;
using MessageHandle = Handle<pm_message, pm_message_free>;
using ReceiptHandle = Handle<pm_receipt, pm_receipt_free>;
using ErrorHandle = Handle<pm_error, pm_error_free>;
using CallHandle = Handle<pm_call, pm_call_free>;
using CompletionHandle = Handle<pm_completion, pm_completion_free>;
using RecordHandle = Handle<pm_record, pm_record_free>;
using FilterHandle = Handle<pm_filter, pm_filter_free>;
using IterHandle = Handle<pm_message_iter, pm_message_iter_free>;
using PageHandle = Handle<pm_page, pm_page_free>;
using BalanceHandle = Handle<pm_balance, pm_balance_free>;
using SpendingHandle = Handle<pm_spending, pm_spending_free>;
using TrailHandle = Handle<pm_trail, pm_trail_free>;
using RequestHandle = Handle<pm_request, pm_request_free>;
using ReplyHandle = Handle<pm_reply, pm_reply_free>;
using SandboxHandle = Handle<pm_sandbox, pm_sandbox_free>;
using StringHandle = Handle<char, pm_string_free>;

/// A text that ends in NUL; one that has a NUL in it is no text for C, so it is NULL.
class CText {
  public:
    explicit CText(std::string_view text)
        : text_(text), valid_(text.find('\0') == std::string_view::npos) {}
    [[nodiscard]] const char *get() const noexcept { return valid_ ? text_.c_str() : nullptr; }

  private:
    std::string text_;
    bool valid_;
};

inline std::string text(const char *text) { return text ? std::string(text) : std::string(); }

inline std::optional<std::string> optional_text(const char *text) {
    return text ? std::optional<std::string>(text) : std::nullopt;
}

inline std::uint64_t count(std::chrono::milliseconds duration) {
    return duration.count() < 0 ? 0 : static_cast<std::uint64_t>(duration.count());
}

} // namespace detail

/// What became of one message of a send_with_fallback().
struct FallbackStep {
    std::string channel;                   ///< For example "WHATSAPP".
    Outcome outcome = Outcome::none;       ///< What became of it.
    std::optional<std::string> kind;       ///< What went wrong, unless it was sent.
    std::optional<int> http_status;        ///< Of the answer, if it failed and there was one.
    std::optional<std::string> code;       ///< The service's, if it refused.
    std::optional<std::string> message_id; ///< If it was sent.
    unsigned attempts = 0;                 ///< How many requests it took.
};

namespace detail {

inline std::vector<FallbackStep> steps(const pm_trail *trail) {
    std::vector<FallbackStep> steps;
    for (std::size_t i = 0; i < pm_trail_count(trail); i++) {
        FallbackStep step;
        step.channel = text(pm_trail_channel(trail, i));
        step.outcome = static_cast<Outcome>(pm_trail_outcome(trail, i));
        step.kind = optional_text(pm_trail_kind(trail, i));
        if (const int answer = pm_trail_http_status(trail, i); answer != 0) {
            step.http_status = answer;
        }
        step.code = optional_text(pm_trail_code(trail, i));
        step.message_id = optional_text(pm_trail_message_id(trail, i));
        step.attempts = pm_trail_attempts(trail, i);
        steps.push_back(std::move(step));
    }
    return steps;
}

} // namespace detail

/// Why a call failed, and what that means for the message. Copies are cheap.
class Error {
  public:
    /// Copies what a C error says, and what became of the messages before it.
    explicit Error(const pm_error *error, const pm_trail *trail = nullptr)
        : facts_(std::make_shared<const Facts>(error, trail)) {}

    /// For what C can't tell from the defaults: options or a filter that were moved from.
    [[nodiscard]] static Error moved_from(const char *argument, Outcome outcome) {
        return Error(std::make_shared<const Facts>(argument, outcome));
    }
    /// Moving copies, too: no error is ever empty.
    Error(const Error &) noexcept = default;
    /// The same.
    Error &operator=(const Error &) noexcept = default;
    ~Error() = default;

    /// What happened, what that means for the message, and what to do; for people.
    [[nodiscard]] const std::string &message() const noexcept { return facts_->message; }
    /// What became of the message.
    [[nodiscard]] Outcome outcome() const noexcept { return facts_->outcome; }
    /// The class of the error as a status of the C library.
    [[nodiscard]] pm_status status() const noexcept { return facts_->status; }
    /// The stable word for what went wrong, for example "timeout".
    [[nodiscard]] const std::string &kind() const noexcept { return facts_->kind; }
    /// The name of the exception's class.
    [[nodiscard]] const std::string &class_name() const noexcept { return facts_->class_name; }
    /// The option or the message's field at fault.
    [[nodiscard]] const std::optional<std::string> &field() const noexcept { return facts_->field; }
    /// How many requests were begun.
    [[nodiscard]] unsigned attempts() const noexcept { return facts_->attempts; }
    /// The time from the start of the call to its end.
    [[nodiscard]] std::chrono::milliseconds elapsed() const noexcept { return facts_->elapsed; }
    /// The HTTP status of the answer, if there was one.
    [[nodiscard]] std::optional<int> http_status() const noexcept { return facts_->http_status; }
    /// The service's own code, for example "INSUFFICIENT_CREDIT".
    [[nodiscard]] const std::optional<std::string> &code() const noexcept { return facts_->code; }
    /// The id that the service gave the request.
    [[nodiscard]] const std::optional<std::string> &request_id() const noexcept {
        return facts_->request_id;
    }
    /// How long the service asked to wait.
    [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after() const noexcept {
        return facts_->retry_after;
    }
    /// The beginning of the answer's body, made safe to print.
    [[nodiscard]] const std::optional<std::string> &body() const noexcept { return facts_->body; }
    /// What became of each message of a send_with_fallback() that was tried;
    /// empty for other calls.
    [[nodiscard]] const std::vector<FallbackStep> &trail() const noexcept { return facts_->trail; }

  private:
    struct Facts {
        Facts(const pm_error *error, const pm_trail *steps)
            : outcome(static_cast<Outcome>(pm_error_outcome(error))), status(pm_error_status(error)),
              kind(detail::text(pm_error_kind(error))),
              class_name(detail::text(pm_error_class_name(error))),
              message(detail::text(pm_error_message(error))),
              field(detail::optional_text(pm_error_field(error))),
              code(detail::optional_text(pm_error_code(error))),
              request_id(detail::optional_text(pm_error_request_id(error))),
              body(detail::optional_text(pm_error_body(error))), attempts(pm_error_attempts(error)),
              elapsed(pm_error_elapsed_ms(error)), trail(detail::steps(steps)) {
            if (const int answer = pm_error_http_status(error); answer != 0) {
                http_status = answer;
            }
            if (const std::int64_t pause = pm_error_retry_after_ms(error); pause >= 0) {
                retry_after = std::chrono::milliseconds(pause);
            }
        }

        Facts(const char *argument, Outcome at_stake)
            : outcome(at_stake), status(PM_CONFIG_ERROR), kind("config"), class_name("ConfigError"),
              message(std::string(argument) + ": must not have been moved from. Nothing was sent."), field(argument) {}

        Outcome outcome;
        pm_status status;
        std::string kind;
        std::string class_name;
        std::string message;
        std::optional<std::string> field;
        std::optional<std::string> code;
        std::optional<std::string> request_id;
        std::optional<std::string> body;
        unsigned attempts = 0;
        std::chrono::milliseconds elapsed{0};
        std::vector<FallbackStep> trail;
        std::optional<int> http_status;
        std::optional<std::chrono::milliseconds> retry_after;
    };

    explicit Error(std::shared_ptr<const Facts> facts) noexcept : facts_(std::move(facts)) {}

    // Shared, so that copying never throws.
    std::shared_ptr<const Facts> facts_;
};

#if PARTNER_MESSAGING_EXCEPTIONS

/// Base of all exceptions of this library; by itself only a fault of the
/// library or of the machine. what() is for people.
class PartnerMessagingError : public std::runtime_error, public Error {
  public:
    explicit PartnerMessagingError(const Error &error)
        : std::runtime_error(error.message()), Error(error) {}
};

/// Options are unusable. Nothing was sent.
class ConfigError : public PartnerMessagingError {
    using PartnerMessagingError::PartnerMessagingError;
};
/// The message was refused before any I/O; see field(). Nothing was sent.
class InvalidMessageError : public PartnerMessagingError {
    using PartnerMessagingError::PartnerMessagingError;
};
/// Nothing was sent, because the network did not allow it.
class TransportError : public PartnerMessagingError {
    using PartnerMessagingError::PartnerMessagingError;
};
/// A send whose answer never came or could not be read: the message may have
/// been sent, and may not.
class OutcomeUnknownError : public PartnerMessagingError {
    using PartnerMessagingError::PartnerMessagingError;
};
/// A read's answer is not the documented envelope.
class ProtocolError : public PartnerMessagingError {
    using PartnerMessagingError::PartnerMessagingError;
};
/// The service refused; see code() and http_status().
class ApiError : public PartnerMessagingError {
    using PartnerMessagingError::PartnerMessagingError;
};
/// The request's structure is invalid.
class InvalidRequestError : public ApiError {
    using ApiError::ApiError;
};
/// The request's validation failed.
class ValidationError : public ApiError {
    using ApiError::ApiError;
};
/// The organisation was not found.
class OrgNotFoundError : public ApiError {
    using ApiError::ApiError;
};
/// The organisation is not active.
class OrgInactiveError : public ApiError {
    using ApiError::ApiError;
};
/// The app was not found.
class AppNotFoundError : public ApiError {
    using ApiError::ApiError;
};
/// The app is not active.
class AppInactiveError : public ApiError {
    using ApiError::ApiError;
};
/// The credit does not cover the message.
class InsufficientCreditError : public ApiError {
    using ApiError::ApiError;
};
/// The channel is not configured.
class ChannelConfigNotFoundError : public ApiError {
    using ApiError::ApiError;
};
/// The channel has no credentials.
class ChannelCredentialsNotFoundError : public ApiError {
    using ApiError::ApiError;
};
/// The message was not found, or is another's.
class MessageNotFoundError : public ApiError {
    using ApiError::ApiError;
};
/// The page or the limit is invalid.
class InvalidPaginationError : public ApiError {
    using ApiError::ApiError;
};
/// The API key was refused.
class AuthenticationError : public ApiError {
    using ApiError::ApiError;
};
/// There were too many requests; see retry_after().
class RateLimitError : public ApiError {
    using ApiError::ApiError;
};

namespace detail {

template <class Exception> std::exception_ptr make_exception(const Error &error) {
    return std::make_exception_ptr(Exception(error));
}

/// The exception of the class that the library names. A class that a later
/// library added is thrown as the one above it.
inline std::exception_ptr exception(const Error &error, std::string_view class_name) {
    struct Class {
        std::string_view name;
        std::exception_ptr (*make)(const Error &);
    };
    static constexpr Class classes[] = {
        {"ConfigError", make_exception<ConfigError>},
        {"InvalidMessageError", make_exception<InvalidMessageError>},
        {"TransportError", make_exception<TransportError>},
        {"OutcomeUnknownError", make_exception<OutcomeUnknownError>},
        {"ProtocolError", make_exception<ProtocolError>},
        {"ApiError", make_exception<ApiError>},
        {"InvalidRequestError", make_exception<InvalidRequestError>},
        {"ValidationError", make_exception<ValidationError>},
        {"OrgNotFoundError", make_exception<OrgNotFoundError>},
        {"OrgInactiveError", make_exception<OrgInactiveError>},
        {"AppNotFoundError", make_exception<AppNotFoundError>},
        {"AppInactiveError", make_exception<AppInactiveError>},
        {"InsufficientCreditError", make_exception<InsufficientCreditError>},
        {"ChannelConfigNotFoundError", make_exception<ChannelConfigNotFoundError>},
        {"ChannelCredentialsNotFoundError", make_exception<ChannelCredentialsNotFoundError>},
        {"MessageNotFoundError", make_exception<MessageNotFoundError>},
        {"InvalidPaginationError", make_exception<InvalidPaginationError>},
        {"AuthenticationError", make_exception<AuthenticationError>},
        {"RateLimitError", make_exception<RateLimitError>},
    };
    for (const Class &candidate : classes) {
        if (candidate.name == class_name) {
            return candidate.make(error);
        }
    }
    switch (error.status()) {
    case PM_CONFIG_ERROR: return make_exception<ConfigError>(error);
    case PM_INVALID_MESSAGE: return make_exception<InvalidMessageError>(error);
    case PM_TRANSPORT_ERROR: return make_exception<TransportError>(error);
    case PM_OUTCOME_UNKNOWN: return make_exception<OutcomeUnknownError>(error);
    case PM_PROTOCOL_ERROR: return make_exception<ProtocolError>(error);
    case PM_API_ERROR: return make_exception<ApiError>(error);
    default: return make_exception<PartnerMessagingError>(error);
    }
}

inline std::exception_ptr exception(const Error &error) {
    return exception(error, error.class_name());
}

} // namespace detail

#endif

/// What a call gives, or why it failed. What it doesn't hold must not be asked for.
template <class T> class [[nodiscard]] Result {
  public:
    /// With a value.
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    /// With an error.
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    /// Whether there is a value.
    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    /// The same.
    [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

    /// The value. The program ends if there is none.
    [[nodiscard]] T &operator*() & noexcept { return there(std::get_if<0>(&state_)); }
    /// The same.
    [[nodiscard]] const T &operator*() const & noexcept { return there(std::get_if<0>(&state_)); }
    /// The same.
    [[nodiscard]] T &&operator*() && noexcept { return std::move(**this); }
    /// The same.
    [[nodiscard]] T *operator->() noexcept { return &**this; }
    /// The same.
    [[nodiscard]] const T *operator->() const noexcept { return &**this; }

    /// The error. The program ends if there is none.
    [[nodiscard]] const Error &error() const noexcept { return there(std::get_if<1>(&state_)); }

#if PARTNER_MESSAGING_EXCEPTIONS
    /// The value; throws the error's exception if there is none.
    [[nodiscard]] T &value() & {
        check();
        return **this;
    }
    [[nodiscard]] const T &value() const & {
        check();
        return **this;
    }
    [[nodiscard]] T value() && {
        check();
        return std::move(**this);
    }
#endif

  private:
    template <class U> static U &there(U *held) noexcept {
        if (held == nullptr) {
            std::terminate();
        }
        return *held;
    }
#if PARTNER_MESSAGING_EXCEPTIONS
    void check() const {
        if (!has_value()) {
            std::rethrow_exception(detail::exception(error()));
        }
    }
#endif

    std::variant<T, Error> state_;
};

namespace detail {

/// What a C call gave, made into a T: by `make` if it succeeded. Frees the error.
template <class T, class Make> Result<T> result(pm_status status, pm_error *error, Make make) {
    const ErrorHandle owner(error);
    if (status != PM_OK) {
        return Error(error);
    }
    return Result<T>(make());
}

} // namespace detail

/// The service's word that it accepted a message. All but message_id and raw
/// may be absent.
struct Receipt {
    std::string message_id;               ///< The service's id of the message.
    std::optional<std::string> recipient; ///< As the service gave it back.
    std::optional<std::string> channel;   ///< For example "SMS".
    std::optional<std::string> status;    ///< For example "SENT"; an open set.
    std::optional<std::string> cost;      ///< Exact decimal text, for example "0.12".
    std::optional<std::string> currency;  ///< For example "SGD".
    std::optional<std::string> message;   ///< The service's own remark.
    std::string raw;                      ///< The answer's "data" object, JSON text.
    unsigned attempts = 0;                ///< How many requests it took.
    std::chrono::milliseconds elapsed{0}; ///< From the start of the call.

    Receipt() = default;
    /// Copies what a C receipt says.
    explicit Receipt(const pm_receipt *receipt)
        : message_id(detail::text(pm_receipt_message_id(receipt))),
          recipient(detail::optional_text(pm_receipt_recipient(receipt))),
          channel(detail::optional_text(pm_receipt_channel(receipt))),
          status(detail::optional_text(pm_receipt_status(receipt))),
          cost(detail::optional_text(pm_receipt_cost(receipt))),
          currency(detail::optional_text(pm_receipt_currency(receipt))),
          message(detail::optional_text(pm_receipt_message(receipt))),
          raw(detail::text(pm_receipt_raw(receipt))), attempts(pm_receipt_attempts(receipt)),
          elapsed(pm_receipt_elapsed_ms(receipt)) {}
};

/// The receipt of a message that was accepted by way of a fallback.
struct FallbackReceipt {
    Receipt receipt;                 ///< That of the message that was accepted.
    std::vector<FallbackStep> trail; ///< What was tried, in order; the last was sent.
};

/// A message as the service has it now. All but message_id and raw may be
/// absent. Its members are an assumption: the document doesn't describe reads.
struct MessageRecord {
    std::string message_id;                ///< The service's id of the message.
    std::optional<std::string> recipient;  ///< As the service gives it.
    std::optional<std::string> channel;    ///< For example "SMS".
    std::optional<std::string> status;     ///< For example "DELIVERED"; an open set.
    std::optional<std::string> cost;       ///< Exact decimal text, for example "0.12".
    std::optional<std::string> currency;   ///< For example "SGD".
    std::optional<std::string> created_at; ///< As the service wrote it.
    std::optional<std::string> updated_at; ///< As the service wrote it.
    std::string raw;                       ///< The whole record, JSON text.

    MessageRecord() = default;
    /// Copies what a C record says.
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
};

/// One page of a list of messages; what the service does not tell is absent.
struct Page {
    std::vector<MessageRecord> messages;     ///< In the service's order.
    unsigned number = 0;                     ///< From 1, as it was asked for.
    std::optional<std::int64_t> limit;       ///< How many messages a page has.
    std::optional<std::int64_t> total;       ///< How many messages there are in all.
    std::optional<std::int64_t> total_pages; ///< How many pages there are in all.
    std::optional<bool> has_more;            ///< Whether there are more pages.
    std::string raw;                         ///< The answer's whole "data", JSON text.

    Page() = default;
    /// Copies what a C page says.
    explicit Page(const pm_page *page)
        : number(pm_page_number(page)), limit(told(pm_page_limit(page))),
          total(told(pm_page_total(page))), total_pages(told(pm_page_total_pages(page))),
          raw(detail::text(pm_page_raw(page))) {
        if (const auto more = pm_page_has_more(page); more >= 0) {
            has_more = more != 0;
        }
        for (std::size_t i = 0; i < pm_page_count(page); i++) {
            messages.emplace_back(pm_page_message(page, i));
        }
    }

  private:
    static std::optional<std::int64_t> told(std::int64_t number) {
        return number < 0 ? std::nullopt : std::optional<std::int64_t>(number);
    }
};

/// The credit that is left.
struct Balance {
    std::string amount;                  ///< Exact decimal text, for example "99.88".
    std::optional<std::string> currency; ///< For example "SGD".
    std::string raw;                     ///< The answer's "data" object, JSON text.

    Balance() = default;
    /// Copies what a C balance says.
    explicit Balance(const pm_balance *balance)
        : amount(detail::text(pm_balance_amount(balance))),
          currency(detail::optional_text(pm_balance_currency(balance))),
          raw(detail::text(pm_balance_raw(balance))) {}
};

/// What the messages of one channel cost, in one currency.
struct Spending {
    std::string channel;                 ///< For example "SMS".
    std::optional<std::string> currency; ///< For example "SGD".
    std::string cost;                    ///< The sum: exact decimal text.
    std::uint64_t messages = 0;          ///< How many were sent.
    std::uint64_t unpriced = 0;          ///< How many of them have no cost on their receipt.
};

/// The service's answer to a Request: a success envelope.
class Reply {
  public:
    /// Takes a C reply over.
    explicit Reply(pm_reply *handle) : handle_(handle) {}
    /// 200 to 299.
    [[nodiscard]] int http_status() const noexcept { return pm_reply_http_status(handle_.get()); }
    /// The envelope's "data", JSON text.
    [[nodiscard]] std::optional<std::string> data() const {
        return detail::optional_text(pm_reply_data(handle_.get()));
    }
    /// The envelope's own message.
    [[nodiscard]] std::optional<std::string> message() const {
        return detail::optional_text(pm_reply_message(handle_.get()));
    }
    /// The first value of a header, by its name in whatever case.
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const {
        return detail::optional_text(pm_reply_header(handle_.get(), detail::CText(name).get()));
    }
    /// How many requests it took.
    [[nodiscard]] unsigned attempts() const noexcept { return pm_reply_attempts(handle_.get()); }

  private:
    detail::ReplyHandle handle_;
};

/// Which messages to list, and in pages of what size; by default all of them.
class Filter {
  public:
    Filter() : handle_(pm_filter_new()) {}

    /// Only those of one channel, for example "SMS".
    Filter &channel(std::string_view channel) {
        pm_filter_set_channel(get(), detail::CText(channel).get());
        return *this;
    }
    /// Only those with one status, for example "DELIVERED".
    Filter &status(std::string_view status) {
        pm_filter_set_status(get(), detail::CText(status).get());
        return *this;
    }
    /// Only those to one recipient.
    Filter &recipient(std::string_view recipient) {
        pm_filter_set_recipient(get(), detail::CText(recipient).get());
        return *this;
    }
    /// Only those from one sender.
    Filter &sender(std::string_view sender) {
        pm_filter_set_sender(get(), detail::CText(sender).get());
        return *this;
    }
    /// Only those taken at this time or later: a date, or a time with its offset (RFC 3339).
    Filter &since(std::string_view time) {
        pm_filter_set_since(get(), detail::CText(time).get());
        return *this;
    }
    /// Only those taken before this time.
    Filter &until(std::string_view time) {
        pm_filter_set_until(get(), detail::CText(time).get());
        return *this;
    }
    /// The page to begin with, from 1.
    Filter &page(std::uint32_t page) {
        pm_filter_set_page(get(), page);
        return *this;
    }
    /// How many messages to ask for at a time: 1 to 1000. Default: 50.
    Filter &limit(std::uint32_t limit) {
        pm_filter_set_limit(get(), limit);
        return *this;
    }
    /// Adds any further parameter of the query.
    Filter &query(std::string_view name, std::string_view value) {
        pm_filter_add_query(get(), detail::CText(name).get(), detail::CText(value).get());
        return *this;
    }

    /// The C handle, which stays this object's.
    [[nodiscard]] pm_filter *get() const noexcept { return handle_.get(); }

  private:
    detail::FilterHandle handle_;
};

/// A request to any endpoint of the service.
class Request {
  public:
    /// With a method (GET, POST, PUT, PATCH or DELETE) and a path that begins with a slash.
    Request(std::string_view method, std::string_view path)
        : handle_(pm_request_new(detail::CText(method).get(), detail::CText(path).get())) {}
    /// Adds a parameter of the query.
    Request &query(std::string_view name, std::string_view value) {
        pm_request_add_query(get(), detail::CText(name).get(), detail::CText(value).get());
        return *this;
    }
    /// The body: the text of any JSON value. Not for GET.
    Request &json(std::string_view json) {
        pm_request_set_json(get(), detail::CText(json).get());
        return *this;
    }
    /// Whether making the request twice does no more than making it once.
    Request &idempotent(bool idempotent) {
        pm_request_set_idempotent(get(), idempotent);
        return *this;
    }

    /// The C handle, which stays this object's.
    [[nodiscard]] pm_request *get() const noexcept { return handle_.get(); }

  private:
    detail::RequestHandle handle_;
};

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
#if PARTNER_MESSAGING_EXCEPTIONS
    /// The same; throws what try_next() would give as an error.
    std::optional<Page> next() { return try_next().value(); }

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
    /// The same list page by page, with the totals that the service tells.
    [[nodiscard]] Pages pages() && { return Pages(std::move(handle_)); }

#if PARTNER_MESSAGING_EXCEPTIONS
    /// The same as try_next(); throws what it would give as an error.
    std::optional<MessageRecord> next() { return try_next().value(); }

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

/// The options of a client. All have defaults but the API key; Client's
/// constructor refuses what can't be used.
class Options {
  public:
    Options() : handle_(pm_options_new()) {}

    /// Default: the environment variable PARTNER_MESSAGING_API_KEY.
    Options &api_key(std::string_view key) {
        pm_options_set_api_key(get(), detail::CText(key).get());
        return *this;
    }
    /// Default: PARTNER_MESSAGING_BASE_URL, else the documented address.
    Options &base_url(std::string_view url) {
        pm_options_set_base_url(get(), detail::CText(url).get());
        return *this;
    }
    /// The one deadline of a call. Default: 30 s.
    Options &timeout(std::chrono::milliseconds timeout) {
        pm_options_set_timeout_ms(get(), detail::count(timeout));
        return *this;
    }
    /// How long making one connection may take. Default: 5 s.
    Options &connect_timeout(std::chrono::milliseconds timeout) {
        pm_options_set_connect_timeout_ms(get(), detail::count(timeout));
        return *this;
    }
    /// How often a call may be tried again. Default: 2.
    Options &max_retries(std::uint32_t retries) {
        pm_options_set_max_retries(get(), retries);
        return *this;
    }
    /// How many requests may be under way at once. Default: 100.
    Options &max_connections(std::uint32_t connections) {
        pm_options_set_max_connections(get(), connections);
        return *this;
    }
    /// Whether to use HTTP/2 where the server offers it. Default: true.
    Options &http2(bool http2) {
        pm_options_set_http2(get(), http2);
        return *this;
    }
    /// The proxy to go through.
    Options &proxy(std::string_view url) {
        pm_options_set_proxy(get(), detail::CText(url).get());
        return *this;
    }
    /// Whether the proxy variables of the environment count. Default: true.
    Options &trust_env(bool trust) {
        pm_options_set_trust_env(get(), trust);
        return *this;
    }
    /// A PEM file of certificates to trust besides the platform's roots.
    Options &ca_file(std::string_view path) {
        pm_options_set_ca_file(get(), detail::CText(path).get());
        return *this;
    }
    /// Whether plain http may go to other hosts than loopback. Default: false.
    Options &allow_http(bool allow) {
        pm_options_set_allow_http(get(), allow);
        return *this;
    }
    /// Adds a header to send with every request.
    Options &header(std::string_view name, std::string_view value) {
        pm_options_add_header(get(), detail::CText(name).get(), detail::CText(value).get());
        return *this;
    }
    /// The User-Agent to send.
    Options &user_agent(std::string_view user_agent) {
        pm_options_set_user_agent(get(), detail::CText(user_agent).get());
        return *this;
    }
    /// How many bytes an answer's body may have. Default: 1 MiB.
    Options &max_response_bytes(std::uint64_t bytes) {
        pm_options_set_max_response_bytes(get(), bytes);
        return *this;
    }

    /// Where the service has an endpoint that the published document doesn't
    /// describe: "get_message", "list_messages" or "get_balance".
    Options &endpoint(std::string_view name, std::string_view path) {
        pm_options_set_endpoint(get(), detail::CText(name).get(), detail::CText(path).get());
        return *this;
    }

    /// The C handle, which stays this object's.
    [[nodiscard]] pm_options *get() const noexcept { return handle_.get(); }

  private:
    detail::OptionsHandle handle_;
};

/// What one call may have different from its client.
class CallOptions {
  public:
    CallOptions() : handle_(pm_call_options_new()) {}

    /// The call's deadline, from its start.
    CallOptions &timeout(std::chrono::milliseconds timeout) {
        pm_call_options_set_timeout_ms(get(), detail::count(timeout));
        return *this;
    }
    /// How often this call may be tried again.
    CallOptions &max_retries(std::uint32_t retries) {
        pm_call_options_set_max_retries(get(), retries);
        return *this;
    }
    /// Adds a header to send with this call; it replaces the client's of the same name.
    CallOptions &header(std::string_view name, std::string_view value) {
        pm_call_options_add_header(get(), detail::CText(name).get(), detail::CText(value).get());
        return *this;
    }

    /// For send_with_fallback(): adds a code of the service after which the next
    /// message is tried. The first one takes the place of the default.
    CallOptions &fallback_code(std::string_view code) {
        pm_call_options_add_fallback_code(get(), detail::CText(code).get());
        return *this;
    }

    /// The C handle, which stays this object's.
    [[nodiscard]] pm_call_options *get() const noexcept { return handle_.get(); }

  private:
    detail::CallOptionsHandle handle_;
};

/// Anything that can be sent, any number of times: WhatsApp, Sms, Email or Json.
class Message {
  public:
    /// The C handle, which stays this object's.
    [[nodiscard]] pm_message *get() const noexcept { return handle_.get(); }

  protected:
    /// @cond
    explicit Message(pm_message *handle) : handle_(handle) {}
    void set_variable(std::string_view name, std::string_view value) {
        pm_message_set_variable(get(), detail::CText(name).get(), detail::CText(value).get());
    }
    /// @endcond

  private:
    detail::MessageHandle handle_;
};

/// A WhatsApp message by a template.
class WhatsApp : public Message {
  public:
    /// Recipient and sender are phone numbers in E.164 form.
    WhatsApp(std::string_view to, std::string_view from, std::string_view template_id)
        : Message(pm_message_new_whatsapp(detail::CText(to).get(), detail::CText(from).get(),
                                          detail::CText(template_id).get())) {}
    /// Puts a value in the template's place called "1", "2" and so on.
    WhatsApp &variable(std::string_view name, std::string_view value) & {
        set_variable(name, value);
        return *this;
    }
    /// The same for a message in the making.
    WhatsApp &&variable(std::string_view name, std::string_view value) && {
        set_variable(name, value);
        return std::move(*this);
    }
};

/// An SMS: free text or a template.
class Sms : public Message {
  public:
    /// An SMS with free text.
    [[nodiscard]] static Sms text(std::string_view to, std::string_view content) {
        return Sms(pm_message_new_sms(detail::CText(to).get(), detail::CText(content).get()));
    }
    /// An SMS by a template.
    [[nodiscard]] static Sms from_template(std::string_view to, std::string_view sender_id,
                                           std::string_view template_id) {
        return Sms(pm_message_new_sms_template(detail::CText(to).get(), detail::CText(sender_id).get(),
                                               detail::CText(template_id).get()));
    }
    /// Puts a value in the template's place called "1", "2" and so on.
    Sms &variable(std::string_view name, std::string_view value) & {
        set_variable(name, value);
        return *this;
    }
    /// The same for a message in the making.
    Sms &&variable(std::string_view name, std::string_view value) && {
        set_variable(name, value);
        return std::move(*this);
    }
    /// Names the sender.
    Sms &sender_id(std::string_view sender_id) & {
        pm_message_set_sender_id(get(), detail::CText(sender_id).get());
        return *this;
    }
    /// The same for a message in the making.
    Sms &&sender_id(std::string_view sender_id) && {
        pm_message_set_sender_id(get(), detail::CText(sender_id).get());
        return std::move(*this);
    }

  private:
    using Message::Message;
};

/// An email with an HTML body.
class Email : public Message {
  public:
    /// To an address, with a subject and a body.
    Email(std::string_view to, std::string_view subject, std::string_view html_content)
        : Message(pm_message_new_email(detail::CText(to).get(), detail::CText(subject).get(),
                                       detail::CText(html_content).get())) {}
};

/// A message in its wire form: a JSON object with any channel and any field.
class Json : public Message {
  public:
    /// With the text of the object.
    explicit Json(std::string_view json) : Message(pm_message_new_json(detail::CText(json).get())) {}
};

/// The messages of a send with fallback, in order.
using MessageList = std::vector<std::reference_wrapper<const Message>>;

namespace detail {

inline std::vector<const pm_message *> handles(const MessageList &messages) {
    std::vector<const pm_message *> handles;
    for (const Message &message : messages) {
        handles.push_back(message.get());
    }
    return handles;
}

/// What a completion holds: a T or an error.
template <class T> Result<T> taken(const pm_completion *completion) {
    const pm_trail *trail = pm_completion_trail(completion);
    if (const pm_error *error = pm_completion_error(completion)) {
        return Error(error, trail);
    }
    Receipt receipt(pm_completion_receipt(completion));
    if constexpr (std::is_same_v<T, FallbackReceipt>) {
        return FallbackReceipt{std::move(receipt), steps(trail)};
    } else {
        return receipt;
    }
}

} // namespace detail

/// Cancels an asynchronous send.
class Call {
  public:
    Call() = default;
    /// Ends the send at once with its true outcome; never waits.
    void cancel() const noexcept { pm_cancel(handle_.get()); }

  private:
    friend class Client;
    detail::CallHandle handle_;
};

/// A client of the service, for any number of threads at once.
///
/// The same in a child of the process; a future belongs to the process it was made in.
class Client {
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
    /// The same with options for this call.
    Result<Receipt> try_send(const Message &message, const CallOptions &options) const {
        if (!options.get()) {
            return Error::moved_from("options", Outcome::not_sent);
        }
        return send_with(message, options.get());
    }

    /// Sends one message in the background. The future never throws; it may be
    /// dropped, the send goes on. @p call, if given, is assigned a handle that
    /// cancels the send.
    [[nodiscard]] std::future<Result<Receipt>> try_send_async(const Message &message,
                                                              Call *call = nullptr) const {
        return submit<ResultPromise<Receipt>>(message, nullptr, call);
    }
    /// The same with options for this call.
    [[nodiscard]] std::future<Result<Receipt>> try_send_async(const Message &message,
                                                              const CallOptions &options,
                                                              Call *call = nullptr) const {
        return submit<ResultPromise<Receipt>>(message, &options, call);
    }

    /// Sends the first of these messages that the service takes: one that it
    /// refuses because its channel can't be used is followed by the next one.
    /// What was tried is in the result's trail, and in the error's.
    Result<FallbackReceipt> try_send_with_fallback(const MessageList &messages,
                                                   const CallOptions &options = CallOptions()) const {
        if (!options.get()) {
            return Error::moved_from("options", Outcome::not_sent);
        }
        const std::vector<const pm_message *> handles = detail::handles(messages);
        pm_receipt *receipt = nullptr;
        pm_trail *trail = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_client_send_with_fallback(get(), handles.data(), handles.size(),
                                                              options.get(), &receipt, &trail, &error);
        const detail::ReceiptHandle receipt_owner(receipt);
        const detail::TrailHandle trail_owner(trail);
        const detail::ErrorHandle error_owner(error);
        if (status != PM_OK) {
            return Error(error, trail);
        }
        return FallbackReceipt{Receipt(receipt), detail::steps(trail)};
    }

    /// The same in the background, as try_send_async() does it.
    [[nodiscard]] std::future<Result<FallbackReceipt>>
    try_send_with_fallback_async(const MessageList &messages,
                                 const CallOptions &options = CallOptions(),
                                 Call *call = nullptr) const {
        return submit<ResultPromise<FallbackReceipt>>(messages, &options, call);
    }

    /// Asks what became of a message that was accepted before.
    Result<MessageRecord> try_get_message(std::string_view message_id,
                                          const CallOptions &options = CallOptions()) const {
        if (!options.get()) {
            return Error::moved_from("options", Outcome::none);
        }
        pm_record *record = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_client_get_message(get(), detail::CText(message_id).get(),
                                                       options.get(), &record, &error);
        const detail::RecordHandle owner(record);
        return detail::result<MessageRecord>(status, error, [&] { return MessageRecord(record); });
    }

    /// Waits until a message's status is final, or the deadline passes: where the
    /// status is not final, the time was over. With @p final_statuses, those are final.
    Result<MessageRecord>
    try_wait_for_status(std::string_view message_id, const CallOptions &options = CallOptions(),
                        const std::optional<std::vector<std::string>> &final_statuses = {}) const {
        if (!options.get()) {
            return Error::moved_from("options", Outcome::none);
        }
        const std::vector<detail::CText> texts =
            final_statuses ? std::vector<detail::CText>(final_statuses->begin(), final_statuses->end())
                           : std::vector<detail::CText>();
        std::vector<const char *> statuses;
        for (const detail::CText &text : texts) {
            statuses.push_back(text.get());
        }
        const std::size_t count = statuses.size();
        // Not NULL where statuses are given, even if they are none.
        statuses.push_back(nullptr);
        pm_record *record = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_client_wait_for_status(
            get(), detail::CText(message_id).get(), final_statuses ? statuses.data() : nullptr, count,
            options.get(), &record, &error);
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
    [[nodiscard]] std::future<FallbackReceipt>
    send_with_fallback_async(const MessageList &messages,
                             const CallOptions &options = CallOptions(),
                             Call *call = nullptr) const {
        return submit<ThrowingPromise<FallbackReceipt>>(messages, &options, call);
    }
    MessageRecord get_message(std::string_view message_id,
                              const CallOptions &options = CallOptions()) const {
        return try_get_message(message_id, options).value();
    }
    MessageRecord
    wait_for_status(std::string_view message_id, const CallOptions &options = CallOptions(),
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
    /// The same with options for this call.
    Receipt send(const Message &message, const CallOptions &options) const {
        return try_send(message, options).value();
    }

    /// Like try_send_async(); the future throws what send() would.
    [[nodiscard]] std::future<Receipt> send_async(const Message &message, Call *call = nullptr) const {
        return submit<ThrowingPromise<Receipt>>(message, nullptr, call);
    }
    /// The same with options for this call.
    [[nodiscard]] std::future<Receipt> send_async(const Message &message, const CallOptions &options,
                                                  Call *call = nullptr) const {
        return submit<ThrowingPromise<Receipt>>(message, &options, call);
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

    /// The C handle, which stays this object's. The object may go while
    /// asynchronous sends are under way: their futures are settled all the same.
    [[nodiscard]] pm_client *get() const noexcept { return handle_.get(); }

  private:
    explicit Client(pm_client *handle) : handle_(handle) {}

    Result<Receipt> send_with(const Message &message, const pm_call_options *options) const {
        pm_receipt *receipt = nullptr;
        pm_error *error = nullptr;
        const pm_status status = pm_client_send(get(), message.get(), options, &receipt, &error);
        const detail::ReceiptHandle owner(receipt);
        return detail::result<Receipt>(status, error, [&] { return Receipt(receipt); });
    }

    Result<std::vector<Spending>> ledger(pm_status (*read)(const pm_client *, pm_spending **,
                                                           pm_error **)) const {
        pm_spending *spending = nullptr;
        pm_error *error = nullptr;
        const pm_status status = read(get(), &spending, &error);
        const detail::SpendingHandle owner(spending);
        return detail::result<std::vector<Spending>>(status, error, [&] {
            std::vector<Spending> entries;
            for (std::size_t i = 0; i < pm_spending_count(spending); i++) {
                entries.push_back({detail::text(pm_spending_channel(spending, i)),
                                   detail::optional_text(pm_spending_currency(spending, i)),
                                   detail::text(pm_spending_cost(spending, i)),
                                   pm_spending_messages(spending, i),
                                   pm_spending_unpriced(spending, i)});
            }
            return entries;
        });
    }

    template <class T> struct ResultPromise {
        using Taken = T;
        using Value = Result<T>;
        std::promise<Value> promise;
        void settle(Result<T> result) { promise.set_value(std::move(result)); }
    };
#if PARTNER_MESSAGING_EXCEPTIONS
    template <class T> struct ThrowingPromise {
        using Taken = T;
        using Value = T;
        std::promise<Value> promise;
        void settle(Result<T> result) {
            if (result) {
                promise.set_value(*std::move(result));
            } else {
                promise.set_exception(detail::exception(result.error()));
            }
        }
    };
#endif

    pm_status begin(const Message &message, const pm_call_options *options, pm_callback callback,
                    void *user_data, pm_call **call, pm_error **error) const {
        return pm_client_submit_callback(get(), message.get(), options, callback, user_data, call, error);
    }
    pm_status begin(const MessageList &messages, const pm_call_options *options, pm_callback callback,
                    void *user_data, pm_call **call, pm_error **error) const {
        const std::vector<const pm_message *> handles = detail::handles(messages);
        return pm_client_submit_with_fallback_callback(get(), handles.data(), handles.size(), options,
                                                       callback, user_data, call, error);
    }

    template <class Promise, class Sent>
    std::future<typename Promise::Value> submit(const Sent &sent, const CallOptions *options,
                                                Call *call) const {
        auto promise = std::make_unique<Promise>();
        auto future = promise->promise.get_future();
        if (options && !options->get()) {
            promise->settle(Error::moved_from("options", Outcome::not_sent));
            return future;
        }
        pm_call *handle = nullptr;
        pm_error *error = nullptr;
        // The future is taken first: the promise may be settled before this returns.
        if (begin(sent, options ? options->get() : nullptr, &settle<Promise>, promise.get(),
                  call ? &handle : nullptr, &error) == PM_OK) {
            static_cast<void>(promise.release());
            if (call) {
                call->handle_.reset(handle);
            }
        } else {
            const detail::ErrorHandle owner(error);
            promise->settle(Error(error));
        }
        return future;
    }

    /// On the library's thread: nothing may be thrown out of it.
    template <class Promise> static void settle(pm_completion *taken, void *user_data) noexcept {
        const detail::CompletionHandle completion(taken);
        const std::unique_ptr<Promise> promise(static_cast<Promise *>(user_data));
        promise->settle(detail::taken<typename Promise::Taken>(completion.get()));
    }

    detail::ClientHandle handle_;
};

/// A real server on loopback that speaks the service's API, for development
/// and for a program's own tests.
class Sandbox {
  public:
    /// A sandbox with a configuration in JSON, or why there is none.
    [[nodiscard]] static Result<Sandbox> try_start(std::string_view config) {
        const detail::CText text(config);
        // NULL would mean the defaults; what is no text is no configuration either.
        return start(text.get() ? text.get() : "");
    }
    /// A sandbox as it is by default.
    [[nodiscard]] static Result<Sandbox> try_start() { return start(nullptr); }

    /// Carries out a command in JSON and returns its answer in JSON.
    Result<std::string> try_control(std::string_view command) const {
        char *answer = nullptr;
        pm_error *error = nullptr;
        const pm_status status =
            pm_sandbox_control(get(), detail::CText(command).get(), &answer, &error);
        const detail::StringHandle owner(answer);
        return detail::result<std::string>(status, error, [&] { return detail::text(answer); });
    }

#if PARTNER_MESSAGING_EXCEPTIONS
    Sandbox() : Sandbox(try_start().value()) {}
    /// With a configuration in JSON.
    explicit Sandbox(std::string_view config) : Sandbox(try_start(config).value()) {}

    /// Like try_control(), but throws.
    std::string control(std::string_view command) const { return try_control(command).value(); }
#endif

    /// The base URL.
    [[nodiscard]] std::string url() const { return detail::text(pm_sandbox_url(get())); }
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

} // namespace partner_messaging

#endif
