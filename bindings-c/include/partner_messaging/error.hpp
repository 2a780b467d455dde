/* What a call that failed gives. */
#ifndef PARTNER_MESSAGING_ERROR_HPP
#define PARTNER_MESSAGING_ERROR_HPP

#include "generated.hpp"

namespace partner_messaging {
inline namespace v0 {

/// Why a call failed, and what that means for the message. Copies are cheap.
class Error : public ErrorFields {
  public:
    /// Copies what a C error says.
    explicit Error(const pm_error *error) : ErrorFields(error), status_(pm_error_status(error)) {}

    /// For what C can't tell from the defaults: options or a filter that were moved from.
    [[nodiscard]] static Error moved_from(const char *argument, Outcome outcome) {
        const detail::ErrorHandle error(
            pm_error_new_config(argument, "must not have been moved from", outcome != Outcome::none));
        return Error(error.get());
    }

    /// The class of the error as a status of the C library.
    [[nodiscard]] pm_status status() const noexcept { return status_; }

  private:
    pm_status status_;
};

} // namespace v0
} // namespace partner_messaging

#endif
