//! What ends a run before its source does.

use std::time::{Duration, Instant};

use crate::config::SendManyOptions;
use crate::error::{Error, ErrorClass, Kind, Outcome};
use crate::journal::Stop;

/// For how long a run goes on that meets nothing but 429.
const MAX_TURNED_AWAY: Duration = Duration::from_secs(600);

/// What a run's error says besides what happened.
const UNTOUCHED: &str = "the run was stopped there, and what was not begun is untouched";

#[derive(Default)]
pub(super) struct StopRules {
    /// How many requests of this run ended as unknown.
    unknown: u32,
    /// Since when the run has met nothing but 429.
    turned_away_since: Option<Instant>,
}

/// Why a run is stopped.
pub(super) struct StopReason {
    /// What the run ends with.
    pub(super) error: Error,
    /// What all who share the journal are stopped by, too: nothing where it is for an option of
    /// this client's, or the others see it by themselves. No text of a message's is in it.
    pub(super) shared: Option<String>,
}

impl StopRules {
    /// A call of the run has ended with this error. Gives what the run ends with, if it would
    /// meet every further message.
    pub(super) fn check_error(&mut self, error: &Error, options: &SendManyOptions) -> Option<StopReason> {
        // What the journal has recorded as unknown took no request.
        if error.outcome() == Some(Outcome::Unknown) && error.attempts() > 0 {
            self.unknown = self.unknown.saturating_add(1);
            if self.unknown > options.max_unknown {
                let note = format!(
                    "with it the outcomes of {} requests of this run are unknown (max_unknown); {UNTOUCHED}",
                    self.unknown
                );
                let shared = format!("the outcomes of {} requests of one run are unknown", self.unknown);
                let error = error.clone().with_note(Some(&note));
                return Some(StopReason { error, shared: Some(shared) });
            }
        }
        let meets_all = match error.class() {
            ErrorClass::Config | ErrorClass::SpendLimit | ErrorClass::Journal => true,
            _ => error.kind() == Kind::Closed && error.attempts() == 0,
        };
        let shared = (!meets_all && options.stops_on(error)).then(|| match error.code() {
            Some(code) => format!("{} ({code})", error.class().name()),
            None => error.class().name().to_owned(),
        });
        (meets_all || shared.is_some())
            .then(|| StopReason { error: error.clone().with_note(Some(UNTOUCHED)), shared })
    }

    /// A message was turned away with 429.
    pub(super) fn turned_away(&mut self, error: &Error, now: Instant) -> Option<Error> {
        let since = *self.turned_away_since.get_or_insert(now);
        let note = format!("the service has said nothing else for ten minutes; {UNTOUCHED}");
        (now.saturating_duration_since(since) >= MAX_TURNED_AWAY)
            .then(|| error.clone().with_note(Some(&note)))
    }

    pub(super) fn met_another_answer(&mut self) {
        self.turned_away_since = None;
    }
}

/// What a run ends with that another one's stop has stopped, on this machine or another.
pub(super) fn stopped_by_another(stop: &Stop) -> Error {
    Error::not_sent(
        Kind::Cancelled,
        format!(
            "a run on this journal was stopped, and with it all that share it ({stop}). When that is fixed, \
             let them go on by `partner-messaging journal resume`"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(attempts: u32) -> Error {
        Error::unknown(Kind::Reset, "it was reset").with_metrics(attempts, Duration::ZERO)
    }

    #[test]
    fn only_unknowns_of_requests_of_the_run_count() {
        let (mut rules, options) = (StopRules::default(), SendManyOptions::new().max_unknown(2));
        assert!((0..50).all(|_| rules.check_error(&unknown(0), &options).is_none()), "recorded before");
        assert!((0..2).all(|_| rules.check_error(&unknown(1), &options).is_none()));
        let StopReason { error, shared } = rules.check_error(&unknown(1), &options).unwrap();
        assert!(shared.unwrap().contains("3 requests"), "the others would leave as many");
        assert_eq!(error.class(), ErrorClass::OutcomeUnknown);
        assert!(error.to_string().contains("3 requests of this run are unknown (max_unknown)"), "{error}");
    }

    #[test]
    fn ten_minutes_of_nothing_but_429_end_it() {
        let (mut rules, begin) = (StopRules::default(), Instant::now());
        let error = Error::of(ErrorClass::RateLimit, "too many");
        let mut at = |seconds| rules.turned_away(&error, begin + Duration::from_secs(seconds));
        assert!(at(0).is_none() && at(599).is_none());
        assert_eq!(at(600).unwrap().class(), ErrorClass::RateLimit);
        rules.met_another_answer();
        assert!(rules.turned_away(&error, begin + Duration::from_secs(700)).is_none());
    }

    #[test]
    fn what_stops_is_a_setting() {
        let error = |class| Error::of(class, "it was refused");
        let stops = |options: &SendManyOptions, class| {
            StopRules::default().check_error(&error(class), options).is_some()
        };
        let options = SendManyOptions::new();
        let shared = |class| StopRules::default().check_error(&error(class), &options).unwrap().shared;
        assert_eq!(shared(ErrorClass::InsufficientCredit).as_deref(), Some("InsufficientCreditError"));
        assert_eq!(shared(ErrorClass::SpendLimit), None, "each has its own");
        for class in [ErrorClass::Authentication, ErrorClass::InsufficientCredit, ErrorClass::Journal] {
            assert!(stops(&options, class), "{class:?}");
        }
        for class in [ErrorClass::Validation, ErrorClass::InvalidMessage, ErrorClass::Transport] {
            assert!(!stops(&options, class), "{class:?}");
        }
        let none = SendManyOptions::new().stop_on([] as [&str; 0]);
        assert!(!stops(&none, ErrorClass::InsufficientCredit) && stops(&none, ErrorClass::SpendLimit));
        assert!(stops(&SendManyOptions::new().stop_on(["ApiError"]), ErrorClass::Validation));
    }
}
