//! The two clocks that a claim's deadline is held against, and moments in text.

use std::ops::RangeInclusive;
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

/// A moment that RFC 3339 writes (section 5.6), in milliseconds since 1970.
pub(crate) fn parse_moment(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't'])?;
    Some(parse_day(date)? * DAY + parse_time(time)?)
}

/// The same, or a day, which begins in UTC.
pub(crate) fn parse_day_or_moment(text: &str) -> Option<i64> {
    match text.contains(['T', 't']) {
        true => parse_moment(text),
        false => parse_day(text).map(|day| day * DAY),
    }
}

/// A day in milliseconds.
const DAY: i64 = 24 * 60 * MINUTE;
const MINUTE: i64 = 60_000;

/// The number of a day, counted from the first of 1970.
fn parse_day(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let (year, month) = (number(year, 4, 0..=9_999)?, number(month, 2, 1..=12)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let day = number(day, 2, 1..=days)?;
    // In years that begin in March, so that a leap year's day is its last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

/// A time of the day with its offset from UTC, in milliseconds of the day in UTC.
fn parse_time(text: &str) -> Option<i64> {
    let (time, offset) = text.split_at(text.find(['Z', 'z', '+', '-'])?);
    let offset = match offset {
        "Z" | "z" => 0,
        offset => {
            let (hours, minutes) = offset[1..].split_once(':')?;
            let ahead = number(hours, 2, 0..=23)? * 60 + number(minutes, 2, 0..=59)?;
            if offset.starts_with('-') { -ahead } else { ahead }
        }
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let parts: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = parts.as_slice() else { return None };
    let minutes = number(hour, 2, 0..=23)? * 60 + number(minute, 2, 0..=59)? - offset;
    // A leap second is the one after the 59th.
    let seconds = number(second, 2, 0..=60)?;
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let millis = format!("{fraction:0<3}").get(..3)?.parse::<i64>().ok().filter(|_| is_fraction)?;
    Some(minutes * MINUTE + seconds * 1_000 + millis)
}

/// A number of so many digits, in a range.
fn number(text: &str, digits: usize, range: RangeInclusive<i64>) -> Option<i64> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && range.contains(number))
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
            assert_eq!(parse_moment(text), moment, "{text}");
        }
        assert_eq!(parse_moment("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse_moment("1969-12-31t23:59:60.0019z"), Some(1));
        assert_eq!(parse_moment("2000-03-01T00:00:00-23:59"), Some(951_868_800_000 + 86_340_000));
        assert_eq!(parse_moment("2000-02-29"), None, "it has no time");
    }

    #[test]
    fn a_day_begins_in_utc() {
        let mut day = 0;
        for moment in ["1970-01-01", "1970-03-01", "1970-12-31", "1971-01-01", "1972-02-29", "1972-03-01"] {
            let millis = humantime::parse_rfc3339(&format!("{moment}T00:00:00Z")).unwrap();
            assert_eq!(parse_day_or_moment(moment), Some(millis_of(millis)), "{moment}");
        }
        // Each of four centuries comes after the one before.
        for year in 1970..2400 {
            for month in 1..=12 {
                for date in 1..=31 {
                    let text = format!("{year}-{month:02}-{date:02}");
                    if let Some(moment) = parse_day_or_moment(&text) {
                        assert_eq!(moment, day * DAY, "{text}");
                        day += 1;
                    }
                }
            }
        }
        assert_eq!(day, 157_054);
        assert_eq!(parse_day_or_moment("2026-11-29T02:47:00.123Z"), Some(1_795_920_420_123));
        assert!(parse_day_or_moment("0000-01-01").is_some_and(|day| day < 0));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for odd in [
            "",
            "Z",
            "soon",
            "yesterday",
            "2026-13-01",
            "2026-11-31",
            "2026-02-29",
            "1900-02-29",
            "26-11-23",
            "2026-11-23T",
            "2026-11-23T05:06Z",
            "2026-11-23T05:06:07",
            "2026-11-23T24:00:00Z",
            "2026-11-23T05:06:61Z",
            "2026-11-23T05:06:07.Z",
            "2026-11-23T05:06:07.\u{0662}Z",
            "2026-11-23T05:06:07+8",
            "2026-11-23T05:06:07+0800",
            "2026-11-23T05:06:07+24:00",
            "2026-11-23T05:06:07Zz",
            "2026-11-23 05:06:07Z",
            "2026-11-23T05:06:07+08:00 ",
            "2026-11-23T+5:06:07Z",
            "\u{0662}026-11-23",
            "\u{e9}+08:00",
        ] {
            assert_eq!(parse_day_or_moment(odd), None, "{odd}");
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
