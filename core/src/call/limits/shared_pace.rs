//! A rate that the processes with a journal share: this one's part of it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::sleep;

use super::rate::Rate;
use crate::error::Error;
use crate::journal::{JournalRef, RateRequest, RateShare, since_boot};

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
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
mod tests {
    use super::*;
    use crate::journal::RateState;

    /// Processes that share a rate, on a clock of their own.
    struct World {
        store: RateState,
        processes: Vec<Process>,
        now: Duration,
        left: Vec<Duration>,
    }

    struct Process {
        lease: Lease,
        queue: u32,
        is_alive: bool,
        /// What the store has answered and the process has not read yet.
        answer: Option<(Duration, Duration, RateShare)>,
        sent: usize,
    }

    const STEP: Duration = Duration::from_millis(1);

    impl World {
        fn new(rate: f64, processes: u64) -> Self {
            let process = |id| Process {
                lease: Lease::new(Rate::new(rate), id + 1),
                queue: 0,
                is_alive: true,
                answer: None,
                sent: 0,
            };
            let now = Duration::from_secs(100);
            let processes = (0..processes).map(process).collect();
            Self { store: RateState::default(), processes, now, left: Vec::new() }
        }

        /// A millisecond in which each process does what it can.
        fn step(&mut self, latency: Duration) {
            self.now += STEP;
            let now = self.now;
            for process in self.processes.iter_mut().filter(|it| it.is_alive) {
                if let Some((at, asked, share)) = process.answer.take() {
                    match at <= now {
                        true => process.lease.lend(asked, share, now),
                        false => process.answer = Some((at, asked, share)),
                    }
                }
                if let Some(request) = process.lease.request(now, process.queue) {
                    let text = self.store.to_text();
                    let millis = u64::try_from(now.as_millis()).unwrap();
                    self.store = RateState::from_text(&text, millis);
                    let share = self.store.share(&request, millis);
                    process.answer = Some((now + latency.mul_f64(fastrand::f64()), now, share));
                }
                // In a burst, or not at all for a moment: turns are no matter here.
                while process.queue > 0 && process.lease.depart(now).is_ok() {
                    process.queue -= 1;
                    process.sent += 1;
                    self.left.push(now);
                }
            }
        }

        fn most_in_a_second(&self) -> usize {
            let left = &self.left;
            let until = |from: Duration| left.partition_point(|at| *at < from + Duration::from_secs(1));
            (0..left.len()).map(|at| until(left[at]) - at).max().unwrap_or_default()
        }
    }

    #[test]
    fn processes_together_never_have_more_however_messages_arrive() {
        for (rate, most, load) in [(25.0, 25, 2.0), (40.0, 40, 1.2), (60.0, 60, 0.5), (333.0, 333, 3.0)] {
            let mut world = World::new(rate, 4);
            let latency = Duration::from_millis(80);
            let (mut arrived, mut arrival) = (0, world.now);
            // Arrivals that come to one process more than to the others, by turns.
            while world.left.len() < 10_000 {
                let favourite = (world.now.as_secs() / 7) as usize % 4;
                while arrived < 10_000 && arrival <= world.now {
                    let at = if fastrand::bool() { favourite } else { fastrand::usize(..4) };
                    world.processes[at].queue += 1;
                    arrived += 1;
                    arrival += Duration::from_secs_f64(-(1.0 - fastrand::f64()).ln() / (rate * load));
                }
                world.step(latency);
                // Now and then one is killed, and another one begins in its place.
                if fastrand::u32(..20_000) == 0 {
                    let dead = fastrand::usize(..4);
                    let queue = world.processes[dead].queue;
                    world.processes[dead] = Process {
                        lease: Lease::new(Rate::new(rate), fastrand::u64(1_000..)),
                        queue,
                        is_alive: true,
                        answer: None,
                        sent: 0,
                    };
                }
            }
            assert!(world.most_in_a_second() <= most, "{rate}: {}", world.most_in_a_second());
            let took = (world.now - Duration::from_secs(100)).as_secs_f64();
            let least = 10_000.0 / (rate * load.min(1.0));
            assert!(took < least * 1.7, "{rate}: {took} s instead of {least} s");
        }
    }

    #[test]
    fn one_alone_has_all_of_it() {
        let mut world = World::new(40.0, 1);
        world.processes[0].queue = 10_000;
        (0..20_000).for_each(|_| world.step(Duration::from_millis(5)));
        assert!(world.left.len() >= 740, "{} in twenty seconds", world.left.len());
        assert_eq!(world.most_in_a_second(), 40);
    }

    #[test]
    fn those_who_are_busy_share_it_and_what_one_leaves_is_the_others() {
        for rate in [1.0, 5.0, 40.0] {
            let mut world = World::new(rate, 3);
            world.processes.iter_mut().for_each(|it| it.queue = 100_000);
            (0..60_000).for_each(|_| world.step(Duration::from_millis(20)));
            let total = world.left.len();
            assert!(total as f64 >= rate * 60.0 * 0.6, "{rate}: {total} in a minute");
            for process in &world.processes {
                assert!(process.sent >= total / 6, "{rate}: {} of {total}", process.sent);
            }
            // Killed: what it had is the others' soon.
            world.processes[0].is_alive = false;
            let before = world.left.len();
            (0..60_000).for_each(|_| world.step(Duration::from_millis(20)));
            let total = world.left.len() - before;
            assert!(total as f64 >= rate * 60.0 * 0.6, "{rate}: {total} in a minute after the death of one");
            assert!(world.most_in_a_second() <= rate as usize);
        }
    }

    #[test]
    fn what_is_given_back_is_free_at_once_unless_it_was_used() {
        let mut world = World::new(10.0, 2);
        world.processes[0].queue = 4;
        (0..100).for_each(|_| world.step(Duration::ZERO));
        assert_eq!(world.processes[0].sent, 4);
        let request = world.processes[0].lease.give_back(world.now).unwrap();
        world.processes[0].is_alive = false;
        world.store.share(&request, u64::try_from(world.now.as_millis()).unwrap());
        world.processes[1].queue = 10;
        (0..500).for_each(|_| world.step(Duration::ZERO));
        assert_eq!(world.processes[1].sent, 6);
        (0..700).for_each(|_| world.step(Duration::ZERO));
        assert_eq!(world.processes[1].sent, 10);
    }

    #[test]
    fn a_lease_that_is_over_lets_nothing_leave() {
        let mut lease = Lease::new(Rate::new(10.0), 1);
        let (second, now) = (Duration::from_secs(1), Duration::from_secs(50));
        assert!(lease.depart(now).is_err());
        let request = lease.request(now, 1).unwrap();
        assert!(lease.request(now, 1).is_none(), "one question at a time");
        let share = RateState::default().share(&request, 50_000);
        lease.lend(now, share, now);
        assert!(lease.depart(now + second / 2).is_ok());
        assert!(lease.depart(now + second).is_err());
        assert_eq!(lease.request(now + second, 1).unwrap().holding, 0);
    }

    #[test]
    fn rates_of_their_own_share_one_count() {
        let mut store = RateState::default();
        let mut ask = |id, rate: f64, now| {
            let mut lease = Lease::new(Rate::new(rate), id);
            store.share(&lease.request(Duration::from_millis(now), 100).unwrap(), now).count
        };
        assert_eq!(ask(1, 2.0, 10_000), 2);
        assert_eq!(ask(2, 5.0, 10_000), 3, "the others have two");
        assert_eq!(ask(3, 2.0, 10_000), 0);
        // Of a minute the others may use each second's.
        assert_eq!(ask(4, 1.0 / 60.0, 10_000), 0);
    }

    #[test]
    fn an_odd_text_lends_nothing_for_a_second() {
        for text in ["", "x", "1020 s,1,2", "1020 u,1,2 z,1,1", "-1", "1020 s,1,99999999999,1,1,1,1"] {
            let mut state = RateState::from_text(text, 10_000);
            let mut lease = Lease::new(Rate::new(5.0), 1);
            let request = lease.request(Duration::from_secs(10), 1).unwrap();
            assert_eq!(state.share(&request, 10_000).count, 0, "{text}");
            assert!(state.share(&request, 11_100).count > 0, "{text}");
        }
    }
}
