//! Moments in the form of RFC 3339.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Milliseconds since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Timestamp(i64);

impl Timestamp {
    pub(crate) fn now() -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(since.as_millis().try_into().unwrap_or(i64::MAX))
    }

    pub(crate) fn plus_ms(self, ms: u64) -> Timestamp {
        Timestamp(self.0.saturating_add_unsigned(ms))
    }

    /// Whole seconds since 1970.
    pub(crate) fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Serialises a moment as a number, for readers that reckon with it.
    pub(crate) fn as_ms<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_i64(self.0)
    }

    /// Reads a date and time with any offset, or a date, which stands for its first moment
    /// in UTC. What is finer than a millisecond is rounded up: of two moments the first of
    /// which is a whole millisecond, `<` and `>=` then say what they say of the exact ones.
    pub(crate) fn parse(text: &str) -> Option<Timestamp> {
        let (date, rest) = text.split_at_checked(10)?;
        let midnight = days(date)? * DAY_MS;
        if rest.is_empty() {
            return Some(Timestamp(midnight));
        }
        let (clock, rest) = rest.strip_prefix(['T', 't'])?.split_at_checked(8)?;
        let [hours, minutes, seconds] = pairs(clock)?;
        // The sixtieth second is a leap second.
        if hours > 23 || minutes > 59 || seconds > 60 {
            return None;
        }
        let (fraction, rest) = fraction_ms(rest)?;
        let clock = ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction;
        Some(Timestamp(midnight + clock - offset_ms(rest)?))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.0.div_euclid(DAY_MS));
        let ms = self.0.rem_euclid(DAY_MS);
        let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        let ms = ms % 1000;
        write!(f, "{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{ms:03}Z")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

fn number(digits: &str) -> Option<i64> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok())?
}

/// `hh:mm` or `hh:mm:ss`.
fn pairs<const N: usize>(text: &str) -> Option<[i64; N]> {
    let pairs: Vec<i64> = text
        .split(':')
        .map(|pair| if pair.len() == 2 { number(pair) } else { None })
        .collect::<Option<_>>()?;
    pairs.try_into().ok()
}

/// A fraction of a second, if there is one, and what follows it.
fn fraction_ms(text: &str) -> Option<(i64, &str)> {
    let Some(text) = text.strip_prefix('.') else {
        return Some((0, text));
    };
    let (digits, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let ms = digits.bytes().chain(*b"000").take(3).fold(0, |ms, digit| ms * 10 + i64::from(digit - b'0'));
    let finer = digits.bytes().skip(3).any(|digit| digit != b'0');
    (!digits.is_empty()).then_some((ms + i64::from(finer), rest))
}

fn offset_ms(text: &str) -> Option<i64> {
    let (sign, text) = match text.split_at_checked(1)? {
        ("Z" | "z", "") => return Some(0),
        ("+", text) => (1, text),
        ("-", text) => (-1, text),
        _ => return None,
    };
    let [hours, minutes] = pairs(text)?;
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes) * 60_000)
}

/// The days from 1970 to a date such as `2026-01-02`.
fn days(date: &str) -> Option<i64> {
    let [year, month, day]: [&str; 3] = date.split('-').collect::<Vec<_>>().try_into().ok()?;
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    let days_before = |year: i64, month: i64| {
        // Years begin in March, so that the odd day is a year's last; 400 of them have
        // 146,097 days.
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
        era * 146_097 + year * 365 + year / 4 - year / 100 + (month * 153 + 2) / 5 - 719_468
    };
    let next = if month == 12 { days_before(year + 1, 1) } else { days_before(year, month + 1) };
    let exists = (1..=12).contains(&month) && day >= 1 && days_before(year, month) + day <= next;
    exists.then(|| days_before(year, month) + day - 1)
}

/// Year, month and day of so many days after 1970-01-01; the reverse of [`days`].
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (year * 365 + year / 4 - year / 100);
    let month = (day * 5 + 2) / 153;
    let day = day - (month * 153 + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    (era * 400 + year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(text: &str) -> String {
        Timestamp::parse(text).map_or_else(|| "-".to_owned(), |moment| moment.to_string())
    }

    #[test]
    fn moments_are_read_in_every_form_and_written_in_one() {
        for (text, written) in [
            ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z"),
            ("2026-01-02t03:04:05z", "2026-01-02T03:04:05.000Z"),
            ("2026-01-02", "2026-01-02T00:00:00.000Z"),
            ("2026-01-02T03:04:05+08:00", "2026-01-01T19:04:05.000Z"),
            ("2026-12-31T23:59:60-00:30", "2027-01-01T00:30:00.000Z"),
            ("2024-02-29", "2024-02-29T00:00:00.000Z"),
            ("2000-02-29T12:00:00.1Z", "2000-02-29T12:00:00.100Z"),
            ("1969-12-31T23:59:59.9990Z", "1969-12-31T23:59:59.999Z"),
            ("2026-01-02T03:04:05.6780001Z", "2026-01-02T03:04:05.679Z"),
            ("2026-01-02T03:04:59.9999Z", "2026-01-02T03:05:00.000Z"),
        ] {
            assert_eq!(again(text), written, "{text}");
        }
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp(1_767_323_045_678).to_string(), "2026-01-02T03:04:05.678Z");
    }

    #[test]
    fn every_day_of_four_centuries_is_read_as_it_is_written() {
        for day in 0..146_097 {
            let moment = Timestamp(day * DAY_MS);
            assert_eq!(Timestamp::parse(&moment.to_string()), Some(moment));
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "now",
            "2026",
            "2026-1-2",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "2026-04-31",
            "2026-12-32",
            "+026-01-02",
            "2026-01-02T",
            "2026-01-02T03:04Z",
            "2026-01-02T03:04:05",
            "2026-01-02 03:04:05Z",
            "2026-01-02T24:00:00Z",
            "2026-01-02T03:60:00Z",
            "2026-01-02T03:04:61Z",
            "2026-01-02T03:04:05.Z",
            "2026-01-02T03:04:05.5",
            "2026-01-02T03:04:05ZZ",
            "2026-01-02T03:04:05+08",
            "2026-01-02T03:04:05+0800",
            "2026-01-02T03:04:05+24:00",
            "2026-01-02T03:04:05 08:00",
            "2026-01-0\u{e9}T03:04:05Z",
        ] {
            assert_eq!(again(text), "-", "{text}");
        }
    }
}
