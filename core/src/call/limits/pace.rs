//! `max_rate`: how many attempts may leave in a second.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::time::sleep_until;

use super::rate::Rate;
use super::shared_pace::SharedPace;
use crate::error::Error;
use crate::util::lock;

/// How far the turns may catch up that came late: timers go by the millisecond.
const MAX_CATCH_UP: Duration = Duration::from_millis(10);

/// Spreads attempts evenly over time, and makes sure at the moment that each leaves that
/// no second has more than it may.
pub(crate) struct Pace {
    rate: Rate,
    /// When the last turn was; whoever waits for the next one has the lock. It is fair: who
    /// came first goes first.
    turn: tokio::sync::Mutex<Option<Instant>>,
    counted: Counted,
}

/// Who counts what leaves.
enum Counted {
    /// This process, for itself.
    Here(Arc<Departures>),
    /// All who share a journal.
    Shared(Arc<SharedPace>),
}

impl Pace {
    pub(super) fn new(rate: Rate, departures: Arc<Departures>) -> Self {
        departures.keep(rate.count as usize);
        Self { rate, turn: tokio::sync::Mutex::new(None), counted: Counted::Here(departures) }
    }

    pub(super) fn with_share(rate: Rate, share: Arc<SharedPace>) -> Self {
        Self { rate, turn: tokio::sync::Mutex::new(None), counted: Counted::Shared(share) }
    }

    /// Waits until it is the caller's turn. Dropping the future gives the position up.
    ///
    /// # Errors
    /// `JournalError` where the rate is shared by a journal that can't be used.
    pub(crate) async fn turn(&self) -> Result<(), Error> {
        let _waiting = match &self.counted {
            Counted::Here(_) => None,
            Counted::Shared(shared) => Some(shared.enter()),
        };
        let mut last = self.turn.lock().await;
        let count = match &self.counted {
            Counted::Here(_) => self.rate.count,
            Counted::Shared(shared) => shared.share().await?,
        };
        let spacing = self.rate.window / count.max(1);
        let Some(before) = *last else {
            *last = Some(Instant::now());
            return Ok(());
        };
        let next = before + spacing;
        let now = Instant::now();
        if next > now {
            sleep_until(next.into()).await;
        }
        *last = Some(next.max(now.checked_sub(MAX_CATCH_UP).unwrap_or(next)));
        Ok(())
    }

    /// An attempt leaves now, unless a second would have too many: then the earliest moment
    /// to ask again.
    pub(crate) fn depart(&self) -> Result<(), Instant> {
        match &self.counted {
            Counted::Here(departures) => {
                departures.depart(Instant::now, self.rate.count as usize, self.rate.window)
            }
            Counted::Shared(shared) => shared.depart(),
        }
    }

    /// The client is closed: others need not wait for what it doesn't use any more.
    pub(crate) fn close(&self) {
        if let Counted::Shared(shared) = &self.counted {
            shared.give_back();
        }
    }
}

/// When attempts left, of all clients that share one count.
#[derive(Default)]
pub(super) struct Departures(Mutex<Log>);

#[derive(Default)]
struct Log {
    /// The last ones, the oldest first.
    times: VecDeque<Instant>,
    /// How many are kept.
    kept: usize,
}

impl Departures {
    fn keep(&self, count: usize) {
        let mut log = lock(&self.0);
        log.kept = log.kept.max(count);
    }

    fn depart(&self, now: impl FnOnce() -> Instant, count: usize, window: Duration) -> Result<(), Instant> {
        let mut log = lock(&self.0);
        // Read under the lock, so that the times are in order.
        let now = now();
        let before = log.times.len().checked_sub(count).and_then(|at| log.times.get(at));
        if let Some(free) = before.map(|before| *before + window).filter(|free| *free > now) {
            return Err(free);
        }
        if log.times.len() == log.kept {
            log.times.pop_front();
        }
        log.times.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets random arrivals depart on a clock of its own, one after the other: one that may
    /// not yet does at the moment that it is told. Gives when each left.
    fn run(rate: f64, arrivals: usize, mean_gap: f64) -> Vec<Duration> {
        let (departures, begin) = (Arc::new(Departures::default()), Instant::now());
        let pace = Pace::new(Rate::new(rate), departures.clone());
        let (mut arrival, mut now) = (Duration::ZERO, Duration::ZERO);
        let mut depart = |_| {
            arrival += Duration::from_secs_f64(-mean_gap * (1.0 - fastrand::f64()).ln());
            now = now.max(arrival);
            while let Err(again) =
                departures.depart(|| begin + now, pace.rate.count as usize, pace.rate.window)
            {
                assert!(again - begin > now, "it is told a moment to come");
                now = again - begin;
            }
            now
        };
        (0..arrivals).map(&mut depart).collect()
    }

    fn most_in_a_second(left: &[Duration]) -> usize {
        let until = |from: Duration| left.partition_point(|at| *at < from + Duration::from_secs(1));
        (0..left.len()).map(|at| until(left[at]) - at).max().unwrap_or_default()
    }

    #[test]
    fn no_second_has_more_however_attempts_arrive() {
        for (rate, most) in [(1.0, 1), (2.5, 2), (7.0, 7), (50.0, 50), (333.0, 333)] {
            for load in [0.3, 1.0, 10.0] {
                let left = run(rate, 10_000, 1.0 / (rate * load));
                assert_eq!(left.len(), 10_000);
                assert!(most_in_a_second(&left) <= most, "{rate} a second at a load of {load}");
            }
        }
    }

    #[test]
    fn a_rate_below_one_is_one_in_so_many_seconds() {
        let left = run(0.5, 1_000, 0.1);
        assert!(left.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_secs(2)));
    }

    #[test]
    fn clients_with_rates_of_their_own_share_one_count() {
        let (departures, begin) = (Arc::new(Departures::default()), Instant::now());
        let [slow, fast] = [2.0, 5.0].map(|rate| Pace::new(Rate::new(rate), departures.clone()).rate);
        let depart = |rate: &Rate| departures.depart(|| begin, rate.count as usize, rate.window).is_ok();
        assert!(depart(&slow) && depart(&fast) && !depart(&slow));
        assert!((0..3).all(|_| depart(&fast)) && !depart(&fast));
    }

    #[tokio::test]
    async fn turns_come_evenly_also_where_timers_are_late() {
        let (pace, begin) = (Pace::new(Rate::new(200.0), Arc::default()), Instant::now());
        for _ in 0..41 {
            pace.turn().await.unwrap();
        }
        // Forty pauses of 5.1 milliseconds; a timer that rounds up each would need 240.
        let took = begin.elapsed();
        assert!(took >= Duration::from_millis(190), "{took:?}");
    }
}
