//! Whether a failed attempt is retried, and how long the call waits before.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::error::{Error, Kind, Outcome};

/// Whether the same request may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    Never,
    /// After a pause, within `max_retries` and the client's budget.
    Transient,
    /// The same, but once: after the server's word that it processed nothing
    /// (REFUSED_STREAM, GOAWAY).
    AfterRefusal,
    /// After the hold that a 429 begins; only the deadline bounds it.
    AfterHold,
}

impl Retry {
    pub(crate) fn transient(is_transient: bool) -> Self {
        if is_transient { Self::Transient } else { Self::Never }
    }

    /// Of a message whose call, which itself retried nothing, ended in this error.
    pub(crate) fn of_message(error: &Error) -> Self {
        if error.outcome() == Some(Outcome::Rejected) && error.status() == Some(429) {
            return Self::AfterHold;
        }
        match error.kind() {
            Kind::Refused if error.is_transient() => Self::AfterRefusal,
            _ => Self::transient(error.is_transient()),
        }
    }
}

/// Why nothing is tried again although `max_retries` would allow it.
const BUDGET_IS_SPENT: &str = "it was not retried, because the client's retry budget is spent";

/// The retries of one call, or of one message of many.
pub(crate) struct Retries<'a> {
    budget: &'a Budget,
    max_hold: Duration,
    max: u32,
    made: u32,
    refusal_left: bool,
    /// Whether an earlier attempt was answered with 429: such go first after the hold.
    pub(crate) turned_away: bool,
}

impl<'a> Retries<'a> {
    pub(super) fn new(budget: &'a Budget, max_hold: Duration, max: u32) -> Self {
        Self { budget, max_hold, max, made: 0, refusal_left: true, turned_away: false }
    }

    /// Whether anything is ever tried again.
    pub(crate) fn are_on(&self) -> bool {
        self.max > 0
    }

    /// The pause between the attempt that ended in `error` and the next, which must begin
    /// before `deadline`, if there is one. `Err`: there is no next one, and what the error
    /// is to say of that, if anything.
    pub(crate) fn next_pause(
        &mut self,
        error: &Error,
        retry: Retry,
        deadline: Option<Instant>,
    ) -> Result<Duration, Option<&'static str>> {
        let is_allowed = match retry {
            Retry::Never => false,
            Retry::AfterRefusal => std::mem::take(&mut self.refusal_left),
            Retry::Transient | Retry::AfterHold => true,
        };
        if !is_allowed || !self.are_on() {
            return Err(None);
        }
        let begins = |pause: Duration| Instant::now().checked_add(pause);
        let fits = |pause| deadline.is_none_or(|deadline| begins(pause).is_some_and(|then| then < deadline));
        if retry == Retry::AfterHold {
            // The hold itself is waited for with all others. Only what the service asked
            // beyond the longest one is this call's own.
            let own = error.retry_after().filter(|pause| *pause > self.max_hold);
            let pause = own.unwrap_or_default();
            if !fits(pause) {
                return Err(None);
            }
            self.turned_away = true;
            return Ok(pause);
        }
        let pause = error.retry_after().unwrap_or_else(|| backoff(self.made.saturating_add(1)));
        if self.made == self.max || !fits(pause) {
            return Err(None);
        }
        if !self.budget.withdraw() {
            return Err(Some(BUDGET_IS_SPENT));
        }
        self.made += 1;
        Ok(pause)
    }
}

/// The shortest upper bound of a pause; it doubles with each retry.
const INITIAL_BACKOFF: Duration = Duration::from_millis(500);
/// The longest upper bound of a pause.
const MAX_BACKOFF: Duration = Duration::from_secs(8);

/// The pause before the `number`th retry (from 1): full jitter, that is anything between
/// nothing and an exponentially growing bound, so that many clients do not come back at
/// the same moment.
fn backoff(number: u32) -> Duration {
    bound(number).mul_f64(fastrand::f64())
}

fn bound(number: u32) -> Duration {
    let doublings = number.saturating_sub(1).min(16);
    INITIAL_BACKOFF.saturating_mul(1 << doublings).min(MAX_BACKOFF)
}

/// The pause after the `number`th consecutive hold (from 1) where the service names
/// none: it doubles each time. But never none: the service did ask for a pause.
pub(crate) fn growing_backoff(number: u32) -> Duration {
    half_jitter(bound(number))
}

/// Half of a pause at random, so that many who wait do not come back at the same moment.
pub(crate) fn half_jitter(pause: Duration) -> Duration {
    pause.mul_f64(0.5 + fastrand::f64() / 2.0)
}

/// What a `Retry-After` header asks for: seconds or a date (RFC 9110, section
/// 10.2.3), as a pause from `now`. `None` when it can't be read.
pub(crate) fn retry_after(value: &[u8], now: SystemTime) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are longer than any deadline, which is a pause too.
        return Some(Duration::from_secs(text.parse::<u32>().unwrap_or(u32::MAX).into()));
    }
    let when = httpdate::parse_http_date(text).ok()?;
    Some(when.duration_since(now).unwrap_or(Duration::ZERO))
}

/// A client's budget of retries: a token bucket, so that an outage is not
/// multiplied by everybody's retries. Each retry takes a token; each call
/// gives a tenth of one back.
#[derive(Debug)]
pub(crate) struct Budget {
    tenths: AtomicI64,
}

impl Budget {
    /// The most tokens there can be, in tenths: a hundred retries in a row.
    const FULL: i64 = 1_000;
    const RETRY: i64 = 10;

    pub(crate) fn new() -> Self {
        Self { tenths: AtomicI64::new(Self::FULL) }
    }

    /// A call has begun: a tenth of a token comes back.
    pub(crate) fn deposit(&self) {
        if self.tenths.load(Ordering::Relaxed) < Self::FULL {
            self.tenths.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes a token for a retry; `false` when there is none.
    pub(crate) fn withdraw(&self) -> bool {
        let taken = |tenths: i64| (tenths >= Self::RETRY).then_some(tenths - Self::RETRY);
        self.tenths.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{ErrorClass, ResponseInfo};

    #[test]
    fn pauses_grow_and_stay_bounded() {
        for number in [1, 2, 3, 5, 40, u32::MAX] {
            let bound = INITIAL_BACKOFF.saturating_mul(1 << (number - 1).min(10)).min(MAX_BACKOFF);
            let longest = (0..500).map(|_| backoff(number)).max().unwrap();
            assert!(longest <= bound && longest > bound / 2, "{number}: {longest:?} of {bound:?}");
        }
    }

    const MAX_HOLD: Duration = Duration::from_secs(60);

    fn trouble(kind: Kind) -> Error {
        Error::not_sent(kind, "nothing was sent").with_transient(true)
    }

    fn too_many(pause: Option<Duration>) -> Error {
        let info = ResponseInfo { status: 429, ..ResponseInfo::default() };
        Error::of(ErrorClass::RateLimit, "too many").with_response(info).with_retry_after(pause)
    }

    #[test]
    fn what_a_message_that_was_not_accepted_may_do() {
        let refused = Error::of(ErrorClass::Validation, "it was refused");
        let of = |error: &Error| Retry::of_message(error);
        assert_eq!(of(&too_many(None)), Retry::AfterHold);
        assert_eq!(of(&refused), Retry::Never);
        assert_eq!(of(&Error::unknown(Kind::Reset, "it was reset")), Retry::Never);
        assert_eq!(of(&trouble(Kind::Connect)), Retry::Transient);
        assert_eq!(of(&trouble(Kind::Refused)), Retry::AfterRefusal);
        assert_eq!(of(&trouble(Kind::Refused).with_transient(false)), Retry::Never);
    }

    #[test]
    fn retries_are_bounded_by_number_deadline_and_budget() {
        let (budget, connect) = (Budget::new(), trouble(Kind::Connect));
        let mut none = Retries::new(&budget, MAX_HOLD, 0);
        for retry in [Retry::Transient, Retry::AfterRefusal, Retry::AfterHold] {
            assert_eq!(none.next_pause(&connect, retry, None), Err(None));
        }
        let mut retries = Retries::new(&budget, MAX_HOLD, 2);
        let mut next = || retries.next_pause(&connect, Retry::Transient, None);
        assert!(next().unwrap() <= INITIAL_BACKOFF && next().unwrap() <= 2 * INITIAL_BACKOFF);
        assert_eq!(next(), Err(None));
        let mut retries = Retries::new(&budget, MAX_HOLD, 9);
        let now = Instant::now();
        assert_eq!(retries.next_pause(&connect, Retry::Transient, Some(now)), Err(None));
        let refused = trouble(Kind::Refused);
        assert!(retries.next_pause(&refused, Retry::AfterRefusal, None).is_ok());
        assert_eq!(retries.next_pause(&refused, Retry::AfterRefusal, None), Err(None), "once");
        while budget.withdraw() {}
        assert_eq!(retries.next_pause(&connect, Retry::Transient, None), Err(Some(BUDGET_IS_SPENT)));
    }

    #[test]
    fn after_a_hold_only_what_is_beyond_the_longest_one_is_waited_for_alone() {
        let budget = Budget::new();
        while budget.withdraw() {}
        let mut retries = Retries::new(&budget, MAX_HOLD, 1);
        for _ in 0..5 {
            let mut next = |pause| retries.next_pause(&too_many(pause), Retry::AfterHold, None);
            assert_eq!(next(None), Ok(Duration::ZERO));
            assert_eq!(next(Some(MAX_HOLD)), Ok(Duration::ZERO));
            assert_eq!(next(Some(2 * MAX_HOLD)), Ok(2 * MAX_HOLD));
        }
        assert!(retries.turned_away);
        let soon = Some(Instant::now() + MAX_HOLD);
        assert_eq!(retries.next_pause(&too_many(Some(2 * MAX_HOLD)), Retry::AfterHold, soon), Err(None));
    }

    #[test]
    fn retry_after_in_seconds_and_as_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let read = |text: &str| retry_after(text.as_bytes(), now);
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read(" 0 "), Some(Duration::ZERO));
        assert_eq!(read("99999999999999999999"), Some(Duration::from_secs(u32::MAX.into())));
        assert_eq!(read("Sun, 06 Nov 1994 08:50:37 GMT"), Some(Duration::from_secs(60)));
        assert_eq!(read("Sunday, 06-Nov-94 08:50:37 GMT"), Some(Duration::from_secs(60)));
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
        for odd in ["", "-1", "1.5", "soon", "\u{0661}"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn the_budget_ends_and_recovers() {
        let budget = Budget::new();
        assert_eq!((0..1_000).filter(|_| budget.withdraw()).count(), 100);
        (0..9).for_each(|_| budget.deposit());
        assert!(!budget.withdraw());
        budget.deposit();
        assert!(budget.withdraw());
        (0..5_000).for_each(|_| budget.deposit());
        assert_eq!((0..1_000).filter(|_| budget.withdraw()).count(), 100);
    }
}
