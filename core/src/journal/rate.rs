//! How the processes that share a journal share a rate.
//!
//! Each has a **share**: so many of the messages that may leave in a second, for as long
//! as its lease is. It keeps to it by itself, whatever the others do; all shares together
//! are never more than the rate. A process that gets less than it had keeps to what it had
//! until it has the answer, and says so with its next question; what it gives back then
//! counts for a second more, since it may just have used it, and so does what a process
//! held that is gone.

use std::time::Duration;

/// For how long a share is lent.
const LEASE: u64 = 1_000;

/// How soon somebody who got less than wanted may ask again: milliseconds.
const MIN_AGAIN: u64 = 20;
const MAX_AGAIN: u64 = 500;

/// What is asked for one process.
#[derive(Clone, Debug)]
pub struct RateRequest {
    /// Whose share it is: random, so that no two ever have the same.
    pub id: u64,
    /// How many messages may leave within `window`, of all who share it.
    pub count: u32,
    /// The second that the rate is about, or so many.
    pub window: Duration,
    /// How many this process would like to send within it. None gives its share back.
    pub wanted: u32,
    /// What it keeps to until it has the answer.
    pub holding: u32,
    /// How many it has sent within the window.
    pub recent: u32,
    /// How long ago the last one of them was.
    pub last: Duration,
}

/// What a process may do until its lease is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateShare {
    /// How many messages may leave within the window.
    pub count: u32,
    /// For how long, from the moment on that it was asked for.
    pub lease: Duration,
    /// How soon to ask again, where it is less than was wanted.
    pub again: Duration,
}

/// Who has which share: what a store keeps. Moments are in milliseconds of its clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateState {
    /// The longest window that was asked about.
    keep: u64,
    shares: Vec<Share>,
    /// What was given back and may have been used.
    used: Vec<Used>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Share {
    id: u64,
    count: u32,
    window: u64,
    wanted: u32,
    /// When its lease is over.
    until: u64,
    /// Since when it has had something, or nothing.
    since: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Used {
    count: u32,
    /// When at the latest.
    until: u64,
}

impl RateState {
    /// Lends a share, at the moment `now` of the store's clock.
    pub fn share(&mut self, request: &RateRequest, now: u64) -> RateShare {
        let window = millis(request.window).max(1);
        self.keep = self.keep.max(window);
        self.tidy(now, request.id);
        let own = self.shares.iter().position(|it| it.id == request.id);
        let before = own.map(|at| self.shares.swap_remove(at));
        let held = before.as_ref().map_or(0, |it| it.count);
        let mut share =
            before.unwrap_or(Share { id: request.id, count: 0, window, wanted: 0, until: now, since: now });
        share.wanted = request.wanted;
        let fair = self.fair_share(request.count, &share, now);
        let count = fair.min(request.count.saturating_sub(self.held_by_others(window, now)));
        // It keeps to what it has until it gets to know of less.
        let kept = count.max(request.holding.min(held));
        let given_back = request.recent.min(held).saturating_sub(kept);
        if given_back > 0 {
            let last = now.saturating_sub(millis(request.last));
            self.used.push(Used { count: given_back, until: last });
        }
        if (held > 0) != (kept > 0) {
            share.since = now;
        }
        (share.count, share.window, share.until) = (kept, window, now + LEASE + 1);
        let again = if count < request.wanted { self.again(window, now) } else { LEASE / 2 };
        if request.wanted > 0 || kept > 0 {
            self.shares.push(share);
        }
        RateShare { count, lease: Duration::from_millis(LEASE), again: Duration::from_millis(again) }
    }

    /// What others may have used within the window, or may still use.
    fn held_by_others(&self, window: u64, now: u64) -> u32 {
        let counts = |until: u64| until + window > now;
        let shares = self.shares.iter().filter(|it| counts(it.until)).map(|it| {
            let times = window.div_ceil(it.window.max(1));
            it.count.saturating_mul(u32::try_from(times).unwrap_or(u32::MAX))
        });
        let used = self.used.iter().filter(|it| counts(it.until)).map(|it| it.count);
        shares.chain(used).fold(0, u32::saturating_add)
    }

    /// What is this one's of the rate when all who are at it get as much as they want, or
    /// the same; where there is less than one each, those go first who wait for longest.
    fn fair_share(&self, rate: u32, own: &Share, now: u64) -> u32 {
        let active = self.shares.iter().filter(|it| it.until > now && it.wanted > 0);
        let mut all: Vec<_> =
            active.chain([own]).map(|it| (it.count > 0, it.since, it.id, it.wanted)).collect();
        all.sort_unstable();
        let mut left = rate;
        let mut shares = vec![0; all.len()];
        loop {
            let open: Vec<_> = (0..all.len()).filter(|at| shares[*at] < all[*at].3).collect();
            if left == 0 || open.is_empty() {
                break;
            }
            let each = left / u32::try_from(open.len()).unwrap_or(u32::MAX);
            for at in open {
                let more = each.max(1).min(all[at].3 - shares[at]).min(left);
                shares[at] += more;
                left -= more;
            }
        }
        all.iter().position(|it| it.2 == own.id).map_or(0, |at| shares[at])
    }

    /// How soon there may be more: when what was used doesn't count any more, or when the
    /// others have been asked to give some of theirs back.
    fn again(&self, window: u64, now: u64) -> u64 {
        let ended = self.shares.iter().filter(|it| it.until <= now && it.count > 0).map(|it| it.until);
        let used = self.used.iter().map(|it| it.until);
        let free = ended.chain(used).map(|until| (until + window).saturating_sub(now)).filter(|it| *it > 0);
        free.min().unwrap_or(LEASE / 4).clamp(MIN_AGAIN, MAX_AGAIN)
    }

    /// Forgets what counts for nobody any more.
    fn tidy(&mut self, now: u64, own: u64) {
        let keep = self.keep;
        // A clock that was set back must not stop everybody for as long.
        self.shares.iter_mut().for_each(|it| it.until = it.until.min(now + LEASE + 1));
        self.used.iter_mut().for_each(|it| it.until = it.until.min(now));
        self.shares.retain(|it| it.id == own || it.until > now || (it.count > 0 && it.until + keep > now));
        self.used.retain(|it| it.until + keep > now);
        // Those of nearly the same time count together, as long as the last of them.
        self.used.sort_unstable_by_key(|it| it.until);
        let close = keep / 32;
        self.used.dedup_by(|later, earlier| {
            let together = later.until - earlier.until <= close
                && earlier.until / close.max(1) == later.until / close.max(1);
            if together {
                earlier.count = earlier.count.saturating_add(later.count);
                earlier.until = later.until;
            }
            together
        });
    }

    /// As text, for a store.
    #[must_use]
    pub fn to_text(&self) -> String {
        let shares = self.shares.iter().map(|it| {
            let Share { id, count, window, wanted, until, since } = it;
            format!(" s,{id},{count},{window},{wanted},{until},{since}")
        });
        let used = self.used.iter().map(|it| format!(" u,{},{}", it.count, it.until));
        std::iter::once(self.keep.to_string()).chain(shares).chain(used).collect()
    }

    /// What [`to_text`](Self::to_text) gave. Of what isn't such a text nothing is known: nobody
    /// gets a share for a second, in which everything may have been used.
    #[must_use]
    pub fn from_text(text: &str, now: u64) -> Self {
        Self::parse(text)
            .unwrap_or_else(|| Self { used: vec![Used { count: u32::MAX, until: now }], ..Self::default() })
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let mut state = Self { keep: words.next()?.parse().ok()?, ..Self::default() };
        for word in words {
            let mut fields = word.split(',');
            let is_share = match fields.next()? {
                "s" => true,
                "u" => false,
                _ => return None,
            };
            let numbers: Vec<u64> = fields.map(|field| field.parse().ok()).collect::<Option<_>>()?;
            let small = |number: u64| u32::try_from(number).ok();
            match (is_share, numbers.as_slice()) {
                (true, &[id, count, window, wanted, until, since]) => {
                    let (count, wanted) = (small(count)?, small(wanted)?);
                    state.shares.push(Share { id, count, window, wanted, until, since });
                }
                (false, &[count, until]) => state.used.push(Used { count: small(count)?, until }),
                _ => return None,
            }
        }
        Some(state)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4).min(u64::MAX / 4)
}
