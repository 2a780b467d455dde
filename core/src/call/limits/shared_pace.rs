//! A rate that the processes with a journal share: this one's part of it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::sleep;

use super::rate::Rate;
use crate::error::Error;
use crate::journal::{JournalRef, RateRequest, RateShare, since_boot};
use crate::util::lock;

/// How soon is looked again while there is no share.
const RECHECK: Duration = Duration::from_millis(10);

/// How soon a share that was all that was wanted, and is used up, may be asked to grow; and
/// how soon a journal that could not be asked is asked again.
const MIN_INTERVAL: Duration = Duration::from_millis(100);

/// This process's share of a rate.
pub(super) struct SharedPace {
    journal: JournalRef,
    state: Mutex<State>,
    /// How many calls wait for their turn.
    waiting: AtomicU32,
    /// Notified when the journal has answered.
    answered: Notify,
}

struct State {
    lease: Lease,
    /// What the journal was last asked in vain for, and how often it was so far.
    failure: Option<Error>,
    failures: u64,
    /// Counts how often the share was given back: an answer to what was asked before is ignored.
    returns: u64,
}

impl SharedPace {
    pub(super) fn new(rate: Rate, journal: JournalRef) -> Arc<Self> {
        let lease = Lease::new(rate, fastrand::u64(..));
        let state = State { lease, failure: None, failures: 0, returns: 0 };
        let (waiting, answered) = (AtomicU32::new(0), Notify::new());
        Arc::new(Self { journal, state: Mutex::new(state), waiting, answered })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// A call waits for its turn until this is dropped.
    pub(super) fn enter(&self) -> WaitingCall<'_> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        WaitingCall(&self.waiting)
    }

    /// Waits until there is a share. Gives how many turns there are in a window: those of the
    /// share only where the others have the rest.
    ///
    /// # Errors
    /// `JournalError` where the journal can't be asked.
    pub(super) async fn share(self: &Arc<Self>) -> Result<u32, Error> {
        let failures = self.state().failures;
        loop {
            let mut answered = std::pin::pin!(self.answered.notified());
            answered.as_mut().enable();
            self.ask_if_due();
            {
                let state = self.state();
                if state.lease.held(since_boot()) > 0 {
                    return Ok(state.lease.turns());
                }
                if let Some(error) = state.failure.as_ref().filter(|_| state.failures > failures) {
                    return Err(error.clone());
                }
            }
            tokio::select! {
                () = answered => {}
                () = sleep(RECHECK) => {}
            }
        }
    }

    /// An attempt leaves now, unless the share is used up: then the earliest moment to ask again.
    pub(super) fn depart(self: &Arc<Self>) -> Result<(), Instant> {
        let (departed, now) = {
            let mut state = self.state();
            // Read under the lock, so that the times are in order.
            let now = since_boot();
            (state.lease.depart(now), now)
        };
        self.ask_if_due();
        departed.map_err(|again| Instant::now() + again.saturating_sub(now))
    }

    fn ask_if_due(self: &Arc<Self>) {
        let waiting = self.waiting.load(Ordering::Relaxed);
        let (request, asking) = {
            let mut state = self.state();
            let Some(request) = state.lease.request(since_boot(), waiting) else { return };
            (request, Asking { pace: self.clone(), returns: state.returns, is_answered: false })
        };
        self.journal.share_rate(request, move |asked, result| asking.answer(asked, result));
    }

    /// Gives the share back: nothing more is to leave for now.
    pub(super) fn give_back(&self) {
        let request = {
            let mut state = self.state();
            state.returns += 1;
            state.lease.give_back(since_boot())
        };
        if let Some(request) = request {
            self.journal.share_rate(request, |_, _| {});
        }
    }
}

impl Drop for SharedPace {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// Counts a call that waits.
pub(super) struct WaitingCall<'a>(&'a AtomicU32);

impl Drop for WaitingCall<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The journal is being asked; dropped without an answer, it was closed.
struct Asking {
    pace: Arc<SharedPace>,
    returns: u64,
    is_answered: bool,
}

impl Asking {
    fn answer(mut self, asked: Duration, result: Result<RateShare, Error>) {
        self.is_answered = true;
        self.settle(Some((asked, result)));
    }

    fn settle(&self, answer: Option<(Duration, Result<RateShare, Error>)>) {
        let mut state = self.pace.state();
        if state.returns != self.returns {
            return;
        }
        let now = since_boot();
        match answer {
            Some((asked, Ok(share))) => {
                state.failure = None;
                state.lease.lend(asked, share, now);
            }
            Some((_, Err(error))) => {
                state.failure = Some(error);
                state.failures += 1;
                state.lease.fail(now);
            }
            None => {
                state.failure = Some(Error::closed());
                state.failures += 1;
                state.lease.fail(now);
            }
        }
        drop(state);
        self.pace.answered.notify_waiters();
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if !self.is_answered {
            self.settle(None);
        }
    }
}

/// A share, and what has left by it. Moments are times since the machine was started,
/// its sleep included: a lease ends while the machine sleeps.
struct Lease {
    id: u64,
    rate: Rate,
    /// What was last asked for, and lent.
    wanted: u32,
    share: u32,
    until: Duration,
    is_asking: bool,
    /// When to ask for the next lease, and at the earliest for more.
    renew_at: Duration,
    more_at: Duration,
    /// When attempts left within the last window, the oldest first.
    times: VecDeque<Duration>,
}

impl Lease {
    fn new(rate: Rate, id: u64) -> Self {
        let never = Duration::ZERO;
        let (until, renew_at, more_at) = (never, never, never);
        let (wanted, share, times) = (0, 0, VecDeque::new());
        Self { id, rate, wanted, share, until, is_asking: false, renew_at, more_at, times }
    }

    fn turns(&self) -> u32 {
        if self.share < self.wanted { self.share } else { self.rate.count }
    }

    fn held(&self, now: Duration) -> u32 {
        if now < self.until { self.share } else { 0 }
    }

    fn recent(&mut self, now: Duration) -> u32 {
        while self.times.front().is_some_and(|at| *at + self.rate.window <= now) {
            self.times.pop_front();
        }
        u32::try_from(self.times.len()).unwrap_or(u32::MAX)
    }

    /// An attempt leaves now, or when to look again.
    fn depart(&mut self, now: Duration) -> Result<(), Duration> {
        let (recent, held) = (self.recent(now), self.held(now));
        if recent < held {
            self.times.push_back(now);
            return Ok(());
        }
        let freed = self.times.len().checked_sub(held as usize).and_then(|at| self.times.get(at));
        // It may grow meanwhile.
        let longest = now + RECHECK.max(self.rate.window / 8);
        Err(match freed {
            Some(freed) => (*freed + self.rate.window).min(longest),
            None => now + RECHECK,
        })
    }

    /// What the journal is to be asked now, if anything.
    fn request(&mut self, now: Duration, waiting: u32) -> Option<RateRequest> {
        let (recent, held, count) = (self.recent(now), self.held(now), self.rate.count);
        let is_due = match held {
            0 => now >= self.more_at,
            // Before the last of it is used.
            held => {
                now >= self.renew_at || (recent >= held - held / 4 && held < count && now >= self.more_at)
            }
        };
        if self.is_asking || !is_due || recent.saturating_add(waiting) == 0 {
            return None;
        }
        self.is_asking = true;
        let wanted = recent.saturating_mul(2).saturating_add(waiting);
        self.wanted = wanted.clamp(count.div_ceil(4), count);
        Some(self.make_request(now, self.wanted, held))
    }

    fn make_request(&mut self, now: Duration, wanted: u32, holding: u32) -> RateRequest {
        let recent = self.recent(now);
        let last = self.times.back().map_or(Duration::ZERO, |last| now.saturating_sub(*last));
        let Rate { count, window } = self.rate;
        RateRequest { id: self.id, count, window, wanted, holding, recent, last }
    }

    /// The journal's answer to what it was asked at a moment not before `asked`.
    fn lend(&mut self, asked: Duration, share: RateShare, now: Duration) {
        let before = self.held(now);
        self.is_asking = false;
        (self.share, self.until) = (share.count, asked + share.lease);
        // What is given back is free for others once the journal knows.
        self.renew_at = if share.count < before { now } else { asked + share.lease / 2 };
        self.more_at = asked + share.again.min(MIN_INTERVAL.max(self.rate.window / 8));
    }

    fn fail(&mut self, now: Duration) {
        self.is_asking = false;
        self.renew_at = self.renew_at.max(now + MIN_INTERVAL);
        self.more_at = now + MIN_INTERVAL;
    }

    /// Nothing leaves by it any more; what the journal is to be told, if it has lent anything.
    fn give_back(&mut self, now: Duration) -> Option<RateRequest> {
        if self.until.is_zero() && !self.is_asking {
            return None;
        }
        let request = self.make_request(now, 0, 0);
        (self.share, self.until, self.is_asking) = (0, Duration::ZERO, false);
        Some(request)
    }
}

#[cfg(test)]
#[path = "shared_pace_tests.rs"]
mod tests;
