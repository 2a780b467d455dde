//! Whether a failed attempt is retried, and how long the call waits before.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::error::Error;

/// Whether the same request may be made again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retry {
    Never,
    /// After a pause, within `max_retries` and the client's budget.
    Transient,
    /// After the hold that a 429 begins; only the deadline bounds it.
    AfterHold,
}

impl Retry {
    pub(crate) fn transient(is_transient: bool) -> Self {
        if is_transient { Self::Transient } else { Self::Never }
    }
}

/// Why a call ends although `max_retries` would allow another attempt.
const BUDGET_IS_SPENT: &str = "it was not retried, because the client's retry budget is spent";

/// The retries of one call.
pub(crate) struct Retries {
    max: u32,
    made: u32,
    refusal_left: bool,
}

impl Retries {
    pub(crate) fn new(max: u32) -> Self {
        Self { max, made: 0, refusal_left: true }
    }

    /// After the server's word that it processed nothing (REFUSED_STREAM, GOAWAY): once a call.
    pub(crate) fn after_refusal(&mut self) -> Retry {
        Retry::transient(std::mem::take(&mut self.refusal_left))
    }

    /// The pause between the attempt number `attempt` (from 1), which ended in `error`,
    /// and the next, which must begin before `deadline`. `Err`: there is no next one,
    /// and what the error is to say of that, if anything.
    pub(crate) fn next_pause(
        &mut self,
        (attempt, error, retry): (u32, &Error, Retry),
        deadline: Instant,
        max_hold: Duration,
        budget: &Budget,
    ) -> Result<Duration, Option<&'static str>> {
        if retry == Retry::Never || self.max == 0 {
            return Err(None);
        }
        let fits = |pause: Duration| Instant::now().checked_add(pause).is_some_and(|then| then < deadline);
        if retry == Retry::AfterHold {
            // The hold itself is waited for with all others. Only what the service asked
            // beyond the longest one is this call's own.
            let own = error.retry_after().filter(|pause| *pause > max_hold);
            let pause = own.unwrap_or_default();
            return if fits(pause) { Ok(pause) } else { Err(None) };
        }
        let pause = error.retry_after().unwrap_or_else(|| backoff(attempt));
        if self.made == self.max || !fits(pause) {
            return Err(None);
        }
        if !budget.withdraw() {
            return Err(Some(BUDGET_IS_SPENT));
        }
        self.made += 1;
        Ok(pause)
    }
}

/// The shortest upper bound of a pause; it doubles with each attempt.
const INITIAL_BACKOFF: Duration = Duration::from_millis(500);
/// The longest upper bound of a pause.
const MAX_BACKOFF: Duration = Duration::from_secs(8);

/// The pause after the attempt number `attempt` (from 1): full jitter, that is
/// anything between nothing and an exponentially growing bound, so that many
/// clients do not come back at the same moment.
pub(crate) fn backoff(attempt: u32) -> Duration {
    bound(attempt).mul_f64(fastrand::f64())
}

fn bound(number: u32) -> Duration {
    let doublings = number.saturating_sub(1).min(16);
    INITIAL_BACKOFF.saturating_mul(1 << doublings).min(MAX_BACKOFF)
}

/// The pause after the `number`th consecutive hold (from 1) where the service names
/// none: it doubles each time. Half of it at random, so that many clients do not come
/// back at the same moment, but never none: the service did ask for a pause.
pub(crate) fn growing_backoff(number: u32) -> Duration {
    bound(number).mul_f64(0.5 + fastrand::f64() / 2.0)
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

    #[test]
    fn pauses_grow_and_stay_bounded() {
        for attempt in [1, 2, 3, 5, 40, u32::MAX] {
            let bound = INITIAL_BACKOFF.saturating_mul(1 << (attempt - 1).min(10)).min(MAX_BACKOFF);
            let longest = (0..500).map(|_| backoff(attempt)).max().unwrap();
            assert!(longest <= bound && longest > bound / 2, "{attempt}: {longest:?} of {bound:?}");
        }
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
