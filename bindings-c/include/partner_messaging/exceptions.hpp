/*
 * GENERATED from the core's public types by `cargo xtask generate`: change those.
 */
#ifndef PARTNER_MESSAGING_EXCEPTIONS_HPP
#define PARTNER_MESSAGING_EXCEPTIONS_HPP

#include "error.hpp"

#include <exception>
#include <stdexcept>

namespace partner_messaging {
inline namespace v0 {

#if PARTNER_MESSAGING_EXCEPTIONS

/// Base of all; by itself only a fault of this library.
/// what() is for people.
class PartnerMessagingError : public std::runtime_error, public Error {
  public:
    explicit PartnerMessagingError(const Error &error) : std::runtime_error(error.message()), Error(error) {}
};

/// An option can't be used; `field` names it. Nothing was sent.
class ConfigError : public PartnerMessagingError {
    using PartnerMessagingError::PartnerMessagingError;
};

/// The message is refused before any I/O; `field` names what is wrong with it. Nothing was sent.
class InvalidMessageError : public PartnerMessagingError {
    using PartnerMessagingError::PartnerMessagingError;
};

/// Nothing was sent, because the network or the time did not allow it.
class TransportError : public PartnerMessagingError {
    using PartnerMessagingError::PartnerMessagingError;
};

/// A spend limit would be passed, so nothing was sent.
class SpendLimitError : public PartnerMessagingError {
    using PartnerMessagingError::PartnerMessagingError;
};

/// The journal could not be opened, read or written, so nothing was sent.
class JournalError : public PartnerMessagingError {
    using PartnerMessagingError::PartnerMessagingError;
};

/// The service refused; `code` is its own word for why, if it gave one.
class ApiError : public PartnerMessagingError {
    using PartnerMessagingError::PartnerMessagingError;
};

/// The answer to a send never came or could not be read: the message may have been accepted, and
/// may not. Find out before sending it again, or it may go out twice.
class OutcomeUnknownError : public PartnerMessagingError {
    using PartnerMessagingError::PartnerMessagingError;
};

/// The answer to a read is not the documented envelope.
class ProtocolError : public PartnerMessagingError {
    using PartnerMessagingError::PartnerMessagingError;
};

/// `INVALID_REQUEST`: the request's structure is invalid.
class InvalidRequestError : public ApiError {
    using ApiError::ApiError;
};

/// `VALIDATION_ERROR`: the request's validation failed.
class ValidationError : public ApiError {
    using ApiError::ApiError;
};

/// `ORG_NOT_FOUND`: the organisation was not found.
class OrgNotFoundError : public ApiError {
    using ApiError::ApiError;
};

/// `ORG_INACTIVE`: the organisation is not active.
class OrgInactiveError : public ApiError {
    using ApiError::ApiError;
};

/// `APP_NOT_FOUND`: the app was not found.
class AppNotFoundError : public ApiError {
    using ApiError::ApiError;
};

/// `APP_INACTIVE`: the app is not active.
class AppInactiveError : public ApiError {
    using ApiError::ApiError;
};

/// `INSUFFICIENT_CREDIT`: the credit does not cover the message.
class InsufficientCreditError : public ApiError {
    using ApiError::ApiError;
};

/// `CHANNEL_CONFIG_NOT_FOUND`: the channel is not configured.
class ChannelConfigNotFoundError : public ApiError {
    using ApiError::ApiError;
};

/// `CHANNEL_CREDENTIALS_NOT_FOUND`: the channel has no credentials.
class ChannelCredentialsNotFoundError : public ApiError {
    using ApiError::ApiError;
};

/// `MESSAGE_NOT_FOUND`: the message was not found, or is another's.
class MessageNotFoundError : public ApiError {
    using ApiError::ApiError;
};

/// `INVALID_PAGINATION`: the page or the limit is invalid.
class InvalidPaginationError : public ApiError {
    using ApiError::ApiError;
};

/// Status 401 or 403 where no code says more: check the API key.
class AuthenticationError : public ApiError {
    using ApiError::ApiError;
};

/// Status 429 where no code says more; `retry_after` says how long to wait, if the service did.
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
        {"PartnerMessagingError", make_exception<PartnerMessagingError>},
        {"ConfigError", make_exception<ConfigError>},
        {"InvalidMessageError", make_exception<InvalidMessageError>},
        {"TransportError", make_exception<TransportError>},
        {"SpendLimitError", make_exception<SpendLimitError>},
        {"JournalError", make_exception<JournalError>},
        {"ApiError", make_exception<ApiError>},
        {"OutcomeUnknownError", make_exception<OutcomeUnknownError>},
        {"ProtocolError", make_exception<ProtocolError>},
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
    case PM_SPEND_LIMIT_ERROR: return make_exception<SpendLimitError>(error);
    case PM_JOURNAL_ERROR: return make_exception<JournalError>(error);
    case PM_API_ERROR: return make_exception<ApiError>(error);
    case PM_UNKNOWN: return make_exception<OutcomeUnknownError>(error);
    case PM_PROTOCOL_ERROR: return make_exception<ProtocolError>(error);
    default: return make_exception<PartnerMessagingError>(error);
    }
}

inline std::exception_ptr exception(const Error &error) {
    return exception(error, error.class_name());
}

} // namespace detail

#endif

} // namespace v0
} // namespace partner_messaging

#endif
