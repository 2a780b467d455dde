//! The two clocks that a claim's deadline is held against.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time since this machine was started, its sleep included: no step of the wall
/// clock moves it, and it goes on while a process is frozen.
#[must_use]
pub fn since_boot() -> Duration {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let clock = rustix::time::ClockId::Boottime;
    // On macOS the monotonic clock goes on while the machine sleeps.
    #[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
    let clock = rustix::time::ClockId::Monotonic;
    #[cfg(unix)]
    return Duration::try_from(rustix::time::clock_gettime(clock)).unwrap_or_default();
    #[cfg(not(unix))]
    {
        use std::sync::LazyLock;
        use std::time::Instant;
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }
}

/// The wall clock, in milliseconds since 1970.
#[must_use]
pub fn wall_millis() -> i64 {
    millis_of(SystemTime::now())
}

/// A moment in milliseconds since 1970.
pub(crate) fn millis_of(time: SystemTime) -> i64 {
    let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => millis(since),
        Err(before) => -millis(before.duration()),
    }
}

/// A moment in milliseconds since 1970, as RFC 3339 writes it, in UTC.
#[must_use]
pub fn rfc3339(millis: i64) -> String {
    // Before 1970, or beyond the year 9999, no claim was ever made.
    let since = Duration::from_millis(millis.clamp(0, 253_402_300_799_999).unsigned_abs());
    humantime::format_rfc3339_millis(UNIX_EPOCH + since).to_string()
}

/// A moment that RFC 3339 writes, in milliseconds since 1970.
pub(crate) fn parse_rfc3339(text: &str) -> Option<i64> {
    let (date, offset) = match text.strip_suffix(['Z', 'z']) {
        Some(date) => (date, 0),
        None => {
            let at = text.len().checked_sub(6).filter(|at| text.is_char_boundary(*at))?;
            let (date, offset) = text.split_at(at);
            let (hours, minutes) = offset.get(1..)?.split_once(':')?;
            let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
            match offset.as_bytes().first() {
                Some(b'+') => (date, minutes),
                Some(b'-') => (date, -minutes),
                _ => return None,
            }
        }
    };
    let time = humantime::parse_rfc3339_weak(date).ok()?;
    Some(millis_of(time) - offset * 60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_with_any_offset() {
        let moment = Some(1_795_920_420_123);
        for text in
            ["2026-11-29T02:47:00.123Z", "2026-11-29T10:47:00.123+08:00", "2026-11-28T23:17:00.123-03:30"]
        {
            assert_eq!(parse_rfc3339(text), moment, "{text}");
        }
        for odd in
            ["", "Z", "2026-11-29", "2026-11-29T02:47:00", "2026-11-29T02:47:00+8", "\u{e9}+08:00", "soon"]
        {
            assert_eq!(parse_rfc3339(odd), None, "{odd}");
        }
    }

    #[test]
    fn moments_are_written_in_utc_to_the_millisecond() {
        assert_eq!(rfc3339(1_795_920_420_123), "2026-11-29T02:47:00.123Z");
        assert_eq!(rfc3339(-1), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(i64::MAX), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn the_clock_of_the_boot_goes_on() {
        let before = since_boot();
        std::thread::sleep(Duration::from_millis(2));
        assert!(since_boot() >= before + Duration::from_millis(2));
    }
}
