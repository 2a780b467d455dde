//! Many kills, one after the other.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::driver::{Driver, Work};
use crate::oracle::Oracle;
use crate::power::lose_power;
use crate::server::Server;
use crate::shim::{Action, Shim};

/// How many kills one journal lives through.
const KILLS_A_JOURNAL: u64 = 20;

/// How many new messages a run has to send, and how many of those before it sends again.
const NEW: u64 = 4;
const AGAIN: u64 = 4;

const IN_FLIGHT: u64 = 3;

/// Long enough that a busy machine ends every call.
const TIMEOUT: Duration = Duration::from_secs(300);

/// What a campaign came to.
#[derive(Debug, Default)]
pub struct Figures {
    /// How often a program was killed.
    pub kills: u64,
    /// How many kinds of events it was killed at.
    pub events: std::collections::BTreeMap<String, u64>,
    /// How many messages there were.
    pub messages: u64,
    /// How long it took.
    pub took: Duration,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, messages, took, .. } = self;
        write!(f, "{kills} kills, {messages} messages, {:.1} s; killed at", took.as_secs_f64())?;
        self.events.iter().try_for_each(|(event, count)| write!(f, " {event} ({count})"))
    }
}

/// Kills a driver so often, in turns after each event of its life and at random moments.
///
/// # Panics
/// When a message was accepted twice, or anything else is not as the [`Oracle`] wants it.
#[must_use]
pub fn kill_campaign(driver: &Driver, kills: u64, seed: u64) -> Figures {
    let mut random = fastrand::Rng::with_seed(seed);
    campaign(kills, |journal, figures, event| {
        let mut oracle = Oracle::default();
        let server = Server::start();
        let mut first = 0;
        let until = figures.kills + KILLS_A_JOURNAL.min(kills - figures.kills);
        // Its making comes but once.
        let going_on = std::mem::replace(event, random.u64(1..60));
        let mut is_new = true;
        while figures.kills < until {
            let work = Work {
                first: first.max(AGAIN) - AGAIN,
                count: AGAIN + NEW,
                in_flight: IN_FLIGHT,
                timeout: TIMEOUT,
            };
            let log = journal.parent().unwrap().join("../events");
            let _ = std::fs::remove_file(&log);
            let shim = Shim::default().log(&log);
            let at_random = random.u8(0..3) == 0;
            let shim = match at_random {
                true => shim,
                false => shim.at(*event, if random.bool() { Action::Kill } else { Action::Torn }),
            };
            let mut run = driver.start(server.url(), journal, work, &shim);
            if at_random {
                let moment = Duration::from_micros(random.u64(0..60_000));
                let begun = Instant::now();
                while begun.elapsed() < moment && !run.has_ended() {
                    std::thread::sleep(Duration::from_micros(200));
                }
                run.kill();
            }
            let ended = run.wait();
            oracle.note(&ended, IN_FLIGHT);
            if ended.killed {
                figures.note_kill(&log, at_random);
                // As long as the messages at the beginning are not done, they come again.
                if ended.told.len() as u64 >= AGAIN || random.bool() {
                    first += NEW;
                }
            } else {
                first += NEW;
            }
            *event = match std::mem::take(&mut is_new) {
                true => going_on,
                false if ended.killed || at_random => *event + 1,
                false => 1,
            };
        }
        let end = first.max(AGAIN) + NEW;
        finish(driver, &server, journal, &mut oracle, end, true);
        end
    })
}

/// The same, and with each kill the power is lost.
///
/// # Panics
/// As [`kill_campaign`].
#[must_use]
pub fn power_campaign(driver: &Driver, losses: u64, seed: u64) -> Figures {
    let mut random = fastrand::Rng::with_seed(seed);
    campaign(losses, |journal, figures, event| {
        let mut oracle = Oracle::default();
        let server = Server::start();
        let folder = journal.parent().unwrap();
        let shadow = folder.join("../shadow");
        std::fs::create_dir(&shadow).unwrap();
        let mut first = 0;
        let until = figures.kills + KILLS_A_JOURNAL.min(losses - figures.kills);
        // Its making comes but once.
        let going_on = std::mem::replace(event, random.u64(1..60));
        let mut is_new = true;
        while figures.kills < until {
            let work = Work {
                first: first.max(AGAIN) - AGAIN,
                count: AGAIN + NEW,
                in_flight: IN_FLIGHT,
                timeout: TIMEOUT,
            };
            let log = folder.join("../events");
            let _ = std::fs::remove_file(&log);
            let action = if random.bool() { Action::Kill } else { Action::Torn };
            let shim = Shim::default().log(&log).shadow(&shadow).at(*event, action);
            let ended = driver.start(server.url(), journal, work, &shim).wait();
            oracle.note(&ended, IN_FLIGHT);
            if ended.killed {
                figures.note_kill(&log, false);
                let luck = [0.0, 0.0, 0.5, 0.9][random.usize(..4)];
                lose_power(folder, &shadow, luck, &mut random);
            }
            first += NEW * u64::from(!ended.killed || random.bool());
            *event = match std::mem::take(&mut is_new) {
                true => going_on,
                false if ended.killed => *event + random.u64(1..4),
                false => 1,
            };
        }
        let end = first.max(AGAIN) + NEW;
        finish(driver, &server, journal, &mut oracle, end, false);
        end
    })
}

/// All that is left, with nobody killed; then the check.
fn finish(driver: &Driver, server: &Server, journal: &Path, oracle: &mut Oracle, end: u64, bounds: bool) {
    let work = Work { first: 0, count: end, in_flight: IN_FLIGHT, timeout: TIMEOUT };
    let ended = driver.start(server.url(), journal, work, &Shim::default()).wait();
    assert!(!ended.killed);
    oracle.note(&ended, 0);
    oracle.check(server, journal, 0..end, bounds);
}

fn campaign(kills: u64, mut of_journal: impl FnMut(&Path, &mut Figures, &mut u64) -> u64) -> Figures {
    let begun = Instant::now();
    let (mut figures, mut event) = (Figures::default(), 1);
    while figures.kills < kills {
        let place = TempDir::new().unwrap();
        let folder = place.path().join("folder");
        std::fs::create_dir(&folder).unwrap();
        figures.messages += of_journal(&folder.join("journal.db"), &mut figures, &mut event);
    }
    figures.took = begun.elapsed();
    figures
}

impl Figures {
    fn note_kill(&mut self, log: &Path, at_random: bool) {
        self.kills += 1;
        let events = std::fs::read_to_string(log).unwrap_or_default();
        let event = match events.lines().last() {
            _ if at_random => "at random".to_owned(),
            None => "before anything".to_owned(),
            Some(event) => event.replace("journal.db", "").trim_end().to_owned(),
        };
        *self.events.entry(event).or_default() += 1;
    }
}
