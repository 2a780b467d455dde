//! When to try again, and how long to wait before.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

/// The shortest upper bound of a pause; it doubles with each attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest upper bound of a pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// The pause after the attempt number `attempt` (from 1): full jitter, that is
/// anything between nothing and an exponentially growing bound, so that many
/// clients do not come back at the same moment.
pub(crate) fn backoff(attempt: u32) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let bound = FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
    bound.mul_f64(fastrand::f64())
}

/// What a `Retry-After` header asks for: seconds or a date (RFC 9110, section
/// 10.2.3), as a pause from `now`. `None` when it can't be read.
pub(crate) fn retry_after(value: &[u8], now: SystemTime) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit mean "not in this life", which is a pause too.
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
            let bound = FIRST_PAUSE.saturating_mul(1 << (attempt - 1).min(10)).min(LONGEST_PAUSE);
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
