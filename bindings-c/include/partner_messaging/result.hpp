/* A value or an error. */
#ifndef PARTNER_MESSAGING_RESULT_HPP
#define PARTNER_MESSAGING_RESULT_HPP

#include "exceptions.hpp"

#include <exception>
#include <optional>
#include <utility>
#include <variant>

namespace partner_messaging {
inline namespace v0 {

/// The stable word for an outcome, for example "not_sent".
[[nodiscard]] inline const char *to_string(Outcome outcome) noexcept {
    return pm_outcome_name(static_cast<pm_outcome>(outcome));
}

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

    /// The value, or this one if there is none.
    template <class U> [[nodiscard]] T value_or(U &&other) const & {
        return has_value() ? **this : static_cast<T>(std::forward<U>(other));
    }
    /// The same.
    template <class U> [[nodiscard]] T value_or(U &&other) && {
        return has_value() ? std::move(**this) : static_cast<T>(std::forward<U>(other));
    }

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

} // namespace v0
} // namespace partner_messaging

#endif
