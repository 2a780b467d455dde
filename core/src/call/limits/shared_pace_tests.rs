//! Shares of a rate, by processes on a clock of their own.

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
