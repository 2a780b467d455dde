//! How fast the service has answered of late.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::util::lock;

/// For how long an answer counts.
const WINDOW_SECONDS: u64 = 10;

/// With fewer answers nothing is concluded.
const MIN_ANSWERS: u32 = 5;

/// How long an answer to a send takes at least, by the last ten seconds.
///
/// A send that has waited for its slot and has less time left than that can't get
/// its answer any more: it would end as unknown, and is not begun.
pub(crate) struct AnswerTimes {
    epoch: Instant,
    /// One entry a second, used in turn.
    seconds: Mutex<[Second; WINDOW_SECONDS as usize]>,
}

#[derive(Clone, Copy)]
struct Second {
    number: u64,
    answers: u32,
    fastest: Duration,
    /// The shortest time that one was waited for in vain, to the end of its call.
    unanswered: Duration,
}

impl Second {
    const fn new(number: u64) -> Self {
        Self { number, answers: 0, fastest: Duration::MAX, unanswered: Duration::MAX }
    }
}

impl AnswerTimes {
    pub(crate) fn new() -> Self {
        let seconds = Mutex::new([Second::new(0); WINDOW_SECONDS as usize]);
        Self { epoch: Instant::now(), seconds }
    }

    /// An answer came at `now`, `took` after its request was begun.
    pub(crate) fn record_answer(&self, now: Instant, took: Duration) {
        self.record(now, |second| {
            second.answers = second.answers.saturating_add(1);
            second.fastest = second.fastest.min(took);
        });
    }

    /// A call ran out of time at `now`, having waited so long for its answer.
    pub(crate) fn record_unanswered(&self, now: Instant, waited: Duration) {
        self.record(now, |second| second.unanswered = second.unanswered.min(waited));
    }

    fn record(&self, now: Instant, update: impl FnOnce(&mut Second)) {
        let number = self.number(now);
        let mut seconds = lock(&self.seconds);
        let second = &mut seconds[(number % WINDOW_SECONDS) as usize];
        if second.number != number {
            *second = Second::new(number);
        }
        update(second);
    }

    /// The time that an answer needs: that of the fastest of the last ten seconds, if
    /// there were five. Where there was none at all, and some waited in vain, as
    /// long as they did: the freed slots let newer calls find out whether the service
    /// has recovered. `None` where nothing tells.
    pub(crate) fn needed(&self, now: Instant) -> Option<Duration> {
        let oldest = self.number(now).saturating_sub(WINDOW_SECONDS - 1);
        let seconds = *lock(&self.seconds);
        let recent = || seconds.iter().filter(|second| second.number >= oldest);
        match recent().map(|second| second.answers).fold(0, u32::saturating_add) {
            0 => recent().map(|second| second.unanswered).min().filter(|waited| *waited < Duration::MAX),
            answers if answers < MIN_ANSWERS => None,
            _ => recent().map(|second| second.fastest).min(),
        }
    }

    fn number(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.epoch).as_secs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fastest_counts_from_five_answers_on_and_for_ten_seconds() {
        let times = AnswerTimes::new();
        let at = |seconds| times.epoch + Duration::from_secs(seconds);
        let ms = Duration::from_millis;
        for (second, took) in (0..).zip([50, 40, 60, 70]) {
            times.record_answer(at(second), ms(took));
        }
        assert_eq!(times.needed(at(4)), None);
        times.record_answer(at(4), ms(90));
        assert_eq!(times.needed(at(4)), Some(ms(40)));
        (0..5).for_each(|_| times.record_answer(at(9), ms(80)));
        // The second that had the 40 is too old at 11, that of the 60 is not.
        assert_eq!(times.needed(at(10)), Some(ms(40)));
        assert_eq!(times.needed(at(11)), Some(ms(60)));
        assert_eq!(times.needed(at(18)), Some(ms(80)));
        assert_eq!(times.needed(at(30)), None);
    }

    #[test]
    fn waiting_in_vain_counts_while_nobody_is_answered() {
        let times = AnswerTimes::new();
        let now = times.epoch + Duration::from_secs(1);
        assert_eq!(times.needed(now), None);
        times.record_unanswered(now, Duration::from_secs(3));
        times.record_unanswered(now, Duration::from_secs(1));
        assert_eq!(times.needed(now), Some(Duration::from_secs(1)));
        times.record_answer(now, Duration::from_secs(2));
        assert_eq!(times.needed(now), None);
    }
}
