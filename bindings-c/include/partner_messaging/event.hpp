/* What a client tells of its calls while they run. */
#ifndef PARTNER_MESSAGING_EVENT_HPP
#define PARTNER_MESSAGING_EVENT_HPP

#include "generated.hpp"

#include <functional>
#include <memory>

namespace partner_messaging {
inline namespace v0 {

/// A step of a call; see pm_event. It lives until the function that is given it returns.
class Event {
  public:
    /// Looks at what C has.
    explicit Event(const pm_event *event) noexcept : event_(event) {}

    /// What happened: "attempt", "retry", "ended" and so on: see pm_event_step().
    [[nodiscard]] std::string step() const { return detail::text(pm_event_step(event_)); }
    /// The whole event as a line for a log, without a line feed.
    [[nodiscard]] std::string text() const { return detail::text(pm_event_text(event_)); }
    /// The call that it is about, for example "send".
    [[nodiscard]] std::string call() const { return detail::text(pm_event_call(event_)); }
    /// The channel of the message to send, for example "SMS".
    [[nodiscard]] std::optional<std::string> channel() const {
        return detail::optional_text(pm_event_channel(event_));
    }
    /// The recipient with only its last four characters left.
    [[nodiscard]] std::optional<std::string> recipient() const {
        return detail::optional_text(pm_event_recipient(event_));
    }
    /// The number of the attempt, from 1; at the end, how many were begun.
    [[nodiscard]] std::uint32_t attempts() const noexcept { return pm_event_attempts(event_); }
    /// What became of the message; none before the end.
    [[nodiscard]] Outcome outcome() const noexcept { return static_cast<Outcome>(pm_event_outcome(event_)); }
    /// What went wrong, in the words of Error::kind().
    [[nodiscard]] std::optional<std::string> kind() const {
        return detail::optional_text(pm_event_kind(event_));
    }
    /// The HTTP status of the answer that decided, unless the message was sent.
    [[nodiscard]] std::optional<int> http_status() const noexcept {
        return detail::optional_status(pm_event_http_status(event_));
    }
    /// The pause before the next attempt.
    [[nodiscard]] std::optional<std::chrono::milliseconds> pause() const noexcept {
        return detail::optional_duration(pm_event_pause_ms(event_));
    }
    /// The time from the start of the call to its end, or of a slow callback until now.
    [[nodiscard]] std::optional<std::chrono::milliseconds> elapsed() const noexcept {
        return detail::optional_duration(pm_event_elapsed_ms(event_));
    }

  private:
    const pm_event *event_;
};

namespace detail {

using EventFunction = std::function<void(const Event &)>;

/// Nothing may be thrown out of it.
inline void tell(const pm_event *event, void *user_data) noexcept {
    (*static_cast<EventFunction *>(user_data))(Event(event));
}

inline void release(void *user_data) noexcept { delete static_cast<EventFunction *>(user_data); }

inline void tell_events(pm_options *options, EventFunction function) {
    if (function) {
        pm_options_set_event_handler(options, tell, new EventFunction(std::move(function)), release);
    } else {
        pm_options_set_event_handler(options, nullptr, nullptr, nullptr);
    }
}

} // namespace detail

} // namespace v0
} // namespace partner_messaging

#endif
