//! Numbers, durations and words that options are made of.

use std::time::Duration;

use rust_decimal::Decimal;

use crate::error::{Error, Outcome};
use crate::util::decimal;

/// A year: more is meant as "for ever", and the clock could not add it.
pub(super) const MAX_DURATION: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Checks that a deadline is one.
pub(crate) fn duration(field: &str, value: Duration) -> Result<(), Error> {
    if value.is_zero() {
        return Err(Error::config(field, "must be more than zero"));
    }
    if value > MAX_DURATION {
        return Err(Error::config(field, "must be a year at most"));
    }
    Ok(())
}

/// More messages a second leave no client.
const MAX_RATE: f64 = 1_000_000.0;

/// Checks that a number of messages a second is one.
pub(super) fn rate(rate: f64) -> Result<(), Error> {
    if !rate.is_finite() || rate > MAX_RATE {
        return Err(Error::config("max_rate", "must be a number, a million at most"));
    }
    if rate < 1.0 / MAX_DURATION.as_secs_f64() {
        return Err(Error::config("max_rate", "must be more than zero"));
    }
    Ok(())
}

/// Reads amounts by currency; of two for one currency the last one counts.
pub(super) fn amounts(field: &str, given: &[(String, String)]) -> Result<Vec<(String, Decimal)>, Error> {
    let mut amounts = Vec::<(String, Decimal)>::new();
    for (currency, amount) in given {
        if currency.is_empty()
            || currency.len() > 12
            || !currency.bytes().all(|it| it.is_ascii_alphanumeric())
        {
            return Err(Error::config(field, "must name a currency, for example SGD"));
        }
        let amount = decimal::parse(amount).filter(|amount| !amount.is_sign_negative());
        let amount = amount.ok_or_else(|| {
            Error::config(field, "must have an exact amount that is not negative, for example 100.00")
        })?;
        amounts.retain(|(it, _)| it != currency);
        amounts.push((currency.clone(), amount));
    }
    Ok(amounts)
}

/// A number of seconds as a duration; for bindings whose language has no
/// durations. `field` is the option's name.
///
/// # Errors
/// [`ErrorClass::Config`](crate::ErrorClass::Config) when it is not a finite number more than zero.
///
/// ```
/// use partner_messaging::seconds;
/// assert_eq!(seconds("timeout", 0.25)?.as_millis(), 250);
/// assert!(seconds("timeout", f64::NAN).is_err());
/// # Ok::<(), partner_messaging::Error>(())
/// ```
pub fn seconds(field: &str, value: f64) -> Result<Duration, Error> {
    if !value.is_finite() {
        return Err(Error::config(field, "must be a finite number"));
    }
    if value <= 0.0 {
        return Err(Error::config(field, "must be more than zero"));
    }
    let duration = Duration::try_from_secs_f64(value).unwrap_or(Duration::MAX);
    self::duration(field, duration)?;
    Ok(duration)
}

/// What a number is refused with that counts nothing; for bindings, whose languages have other numbers.
pub const NOT_WHOLE: &str = "must be a whole number, not negative";

/// A whole number that an option counts with; for bindings whose language has
/// no unsigned numbers. `field` is the option's name.
///
/// # Errors
/// [`ErrorClass::Config`](crate::ErrorClass::Config) when it is not a whole number from 0 to 4,294,967,295.
///
/// ```
/// use partner_messaging::count;
/// assert_eq!(count("max_retries", 3.0)?, 3);
/// assert!(count("max_retries", -1.0).is_err());
/// # Ok::<(), partner_messaging::Error>(())
/// ```
pub fn count(field: &str, value: f64) -> Result<u32, Error> {
    if value.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&value) {
        return Err(Error::config(field, NOT_WHOLE));
    }
    // Exact: the value is whole and in range.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Ok(value as u32)
}

/// An outcome by its word; for bindings, which have words for them. `field` is the argument's name.
///
/// # Errors
/// [`ErrorClass::Config`](crate::ErrorClass::Config) for any other word.
///
/// ```
/// use partner_messaging::{Outcome, outcome_of};
/// assert_eq!(outcome_of("outcome", "not_sent")?, Outcome::NotSent);
/// assert!(outcome_of("outcome", "lost").is_err());
/// # Ok::<(), partner_messaging::Error>(())
/// ```
pub fn outcome_of(field: &str, word: &str) -> Result<Outcome, Error> {
    let outcomes = [Outcome::Sent, Outcome::Rejected, Outcome::NotSent, Outcome::Unknown];
    let found = outcomes.into_iter().find(|outcome| outcome.as_str() == word);
    found.ok_or_else(|| Error::config(field, "must be `sent`, `rejected`, `not_sent` or `unknown`"))
}
