//! Who may make a request now: slots, and holds after the service said 429.
//!
//! A request takes one of the client's slots. A 429 begins a hold, during which no
//! slot is handed out. After it concurrency restarts at one request and doubles with
//! each answer that is no 429; requests that were turned away go first. A hold that a
//! read met keeps reads back; one that a send met keeps back everything.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot};
use tokio::time::sleep_until;

use super::AnswerTimes;
use crate::call::retry::growing_backoff;
use crate::error::Effect;
use crate::util::lock;

/// The slots of one client.
pub(crate) struct Admission {
    state: Mutex<State>,
    /// Notified when a hold begins, so that those who wait look at their clocks anew.
    hold_began: Notify,
    answer_times: AnswerTimes,
    slots: usize,
    max_hold: Duration,
}

struct State {
    free_slots: usize,
    /// What holds reads.
    reads: Hold,
    /// What holds everything.
    all: Hold,
    waiting: BTreeMap<QueuePosition, Waiter>,
    next_ticket: u64,
    /// How many requests were admitted so far: numbers them.
    admitted: u64,
}

/// The order of those who wait: who was turned away goes first, then who came first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct QueuePosition {
    never_turned_away: bool,
    ticket: u64,
}

struct Waiter {
    request: SlotRequest,
    grant: oneshot::Sender<Permit>,
}

/// Who asks for a slot.
#[derive(Clone, Copy)]
struct SlotRequest {
    effect: Effect,
    deadline: Instant,
}

/// A pause that the service asked for, and the careful start after it.
#[derive(Default)]
struct Hold {
    until: Option<Instant>,
    /// The number of the first request that was admitted after the hold began.
    since: u64,
    /// How many of these may be under way; `None`: as many as there are slots.
    window: Option<usize>,
    /// How many of these are under way.
    under_way: usize,
    /// How many holds came one after another without an accepted answer between.
    in_a_row: u32,
}

/// How many holds in a row are just as long as the service says. A service that goes on
/// naming pauses that are too short would be asked without end: after these they grow.
const MAX_EXACT_PAUSES: u32 = 8;

impl Hold {
    fn admits(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| now >= until)
            && self.window.is_none_or(|window| self.under_way < window)
    }

    /// A request that was admitted as number `number` was turned away.
    fn begin(&mut self, now: Instant, number: u64, admitted: u64, requested: Option<Duration>) {
        // Many are turned away at once: those that were under way when the hold began
        // may prolong it by the service's word, but don't show that it was too short.
        let is_first = number >= self.since;
        let pause = match requested {
            Some(pause) if self.in_a_row < MAX_EXACT_PAUSES => pause,
            Some(pause) if is_first => pause.max(growing_backoff(self.in_a_row - MAX_EXACT_PAUSES + 1)),
            Some(pause) => pause,
            None if is_first => growing_backoff(self.in_a_row + 1),
            None => Duration::ZERO,
        };
        if is_first {
            self.in_a_row = self.in_a_row.saturating_add(1);
            self.since = admitted;
            self.under_way = 0;
            self.window = Some(1);
        }
        self.until = self.until.max(Some(now + pause));
    }

    /// A request was answered, and not turned away.
    fn accepted(&mut self, number: u64, slots: usize) {
        if number >= self.since {
            self.in_a_row = 0;
            self.window = self.window.map(|window| window.saturating_mul(2)).filter(|it| *it < slots);
        }
    }
}

/// Why a call is not begun.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotAdmitted {
    /// A hold outlasts its deadline.
    HoldTooLong,
    /// It waited for its slot, and what is left of its time won't do for an answer.
    TooLittleTime,
}

impl Admission {
    pub(crate) fn new(slots: usize, max_hold: Duration) -> Arc<Self> {
        let state = State {
            free_slots: slots,
            reads: Hold::default(),
            all: Hold::default(),
            waiting: BTreeMap::new(),
            next_ticket: 0,
            admitted: 0,
        };
        Arc::new(Self {
            state: Mutex::new(state),
            hold_began: Notify::new(),
            answer_times: AnswerTimes::new(),
            slots,
            max_hold,
        })
    }

    /// Waits for a slot. `turned_away`: whether an earlier attempt of the call was.
    /// Dropping the future gives up the position in the queue.
    ///
    /// # Errors
    /// [`NotAdmitted`], at once, where waiting longer is no use.
    pub(crate) async fn admit(
        self: &Arc<Self>,
        effect: Effect,
        turned_away: bool,
        deadline: Instant,
    ) -> Result<Permit, NotAdmitted> {
        let request = SlotRequest { effect, deadline };
        let (position, mut granted) = {
            let mut state = self.lock();
            if let Some(permit) = self.free_permit(&mut state, request) {
                return Ok(permit);
            }
            state.enqueue(request, turned_away)
        };
        let _waiting = WaitGuard { admission: self, position };
        loop {
            // Registered before the state is read, so that no hold is missed.
            let mut hold_began = std::pin::pin!(self.hold_began.notified());
            hold_began.as_mut().enable();
            self.dispatch();
            let held_until = self.lock().held_until(effect == Effect::Read, Instant::now());
            if held_until.is_some_and(|until| until >= deadline) {
                return Err(NotAdmitted::HoldTooLong);
            }
            tokio::select! {
                biased;
                // Its sender stands in the queue until this call leaves it.
                Ok(permit) = &mut granted => return self.in_time(permit),
                () = until(held_until) => {}
                () = hold_began => {}
            }
        }
    }

    /// A slot, if nobody has to wait for one.
    pub(crate) fn admit_at_once(self: &Arc<Self>, effect: Effect, deadline: Instant) -> Option<Permit> {
        self.free_permit(&mut self.lock(), SlotRequest { effect, deadline })
    }

    fn free_permit(self: &Arc<Self>, state: &mut State, request: SlotRequest) -> Option<Permit> {
        let now = Instant::now();
        let is_free = state.waiting.is_empty() && state.can_admit(request.effect == Effect::Read, now);
        is_free.then(|| self.permit(state, request, now))
    }

    /// A send that could only become unknown is not begun.
    fn in_time(&self, permit: Permit) -> Result<Permit, NotAdmitted> {
        let now = Instant::now();
        let remaining = permit.deadline.saturating_duration_since(now);
        let needed = || self.answer_times.needed(now).unwrap_or_default();
        if permit.effect == Effect::Send && remaining < needed() {
            // It was never begun: its end is no sign of a slow service.
            permit.answered.store(true, Ordering::Relaxed);
            return Err(NotAdmitted::TooLittleTime);
        }
        Ok(permit)
    }

    /// Hands slots to those who may go now.
    fn dispatch(self: &Arc<Self>) {
        let mut state = self.lock();
        let now = Instant::now();
        while let Some(position) = state.first_admissible(now) {
            let Some(waiter) = state.waiting.remove(&position) else { break };
            let permit = self.permit(&mut state, waiter.request, now);
            if let Err(mut unwanted) = waiter.grant.send(permit) {
                // It gave up meanwhile. Not dropped as others are: the lock is held.
                unwanted.admission = None;
                state.put_back(unwanted.effect, unwanted.number);
            }
        }
    }

    fn permit(self: &Arc<Self>, state: &mut State, request: SlotRequest, now: Instant) -> Permit {
        let SlotRequest { effect, deadline } = request;
        let number = state.admitted;
        state.admitted += 1;
        state.free_slots -= 1;
        state.all.under_way += 1;
        if effect == Effect::Read {
            state.reads.under_way += 1;
        }
        let answered = AtomicBool::new(false);
        Permit { admission: Some(self.clone()), effect, number, begun: now, deadline, answered }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant.into()).await,
        None => std::future::pending().await,
    }
}

impl State {
    fn enqueue(
        &mut self,
        request: SlotRequest,
        turned_away: bool,
    ) -> (QueuePosition, oneshot::Receiver<Permit>) {
        let position = QueuePosition { never_turned_away: !turned_away, ticket: self.next_ticket };
        self.next_ticket += 1;
        let (grant, granted) = oneshot::channel();
        self.waiting.insert(position, Waiter { request, grant });
        (position, granted)
    }

    fn can_admit(&self, is_read: bool, now: Instant) -> bool {
        self.free_slots > 0 && self.all.admits(now) && (!is_read || self.reads.admits(now))
    }

    fn first_admissible(&self, now: Instant) -> Option<QueuePosition> {
        if self.waiting.is_empty() || !self.can_admit(false, now) {
            return None;
        }
        let reads_too = self.can_admit(true, now);
        self.waiting
            .iter()
            .find(|(_, waiter)| reads_too || waiter.request.effect != Effect::Read)
            .map(|(position, _)| *position)
    }

    fn held_until(&self, is_read: bool, now: Instant) -> Option<Instant> {
        let reads = self.reads.until.filter(|_| is_read);
        self.all.until.max(reads).filter(|until| *until > now)
    }

    fn put_back(&mut self, effect: Effect, number: u64) {
        self.free_slots += 1;
        let is_read = effect == Effect::Read;
        for hold in [Some(&mut self.all), is_read.then_some(&mut self.reads)].into_iter().flatten() {
            if number >= hold.since {
                hold.under_way -= 1;
            }
        }
    }
}

/// A slot for one request. Dropping it gives the slot back.
pub(crate) struct Permit {
    /// `None` once the slot was given back otherwise.
    admission: Option<Arc<Admission>>,
    effect: Effect,
    number: u64,
    begun: Instant,
    deadline: Instant,
    answered: AtomicBool,
}

impl Permit {
    /// The call's time began after it had asked for its slot.
    pub(crate) fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    /// The service answered, and not with 429: after a hold, more may go.
    pub(crate) fn accepted(&self) {
        let Some(admission) = &self.admission else { return };
        self.answered.store(true, Ordering::Relaxed);
        if self.effect == Effect::Send {
            let now = Instant::now();
            admission.answer_times.record_answer(now, now.saturating_duration_since(self.begun));
        }
        let mut state = admission.lock();
        state.all.accepted(self.number, admission.slots);
        if self.effect == Effect::Read {
            state.reads.accepted(self.number, admission.slots);
        }
    }

    /// The service answered 429, and asked for this pause: a hold begins. A pause
    /// beyond `max_hold` binds the caller only, and counts here as if none had been
    /// named: then the hold grows with each that follows another.
    pub(crate) fn turned_away(&self, requested: Option<Duration>) {
        let Some(admission) = &self.admission else { return };
        self.answered.store(true, Ordering::Relaxed);
        let requested = requested.filter(|pause| *pause <= admission.max_hold);
        let mut state = admission.lock();
        let admitted = state.admitted;
        let hold = if self.effect == Effect::Read { &mut state.reads } else { &mut state.all };
        hold.begin(Instant::now(), self.number, admitted, requested);
        drop(state);
        admission.hold_began.notify_waiters();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(admission) = self.admission.take() {
            let now = Instant::now();
            let out_of_time = now >= self.deadline && !self.answered.load(Ordering::Relaxed);
            if out_of_time && self.effect == Effect::Send {
                let waited = now.saturating_duration_since(self.begun);
                admission.answer_times.record_unanswered(now, waited);
            }
            admission.lock().put_back(self.effect, self.number);
            admission.dispatch();
        }
    }
}

/// Leaves the queue when dropped. Where a slot was granted in the same moment, the
/// permit goes with its receiver.
struct WaitGuard<'a> {
    admission: &'a Admission,
    position: QueuePosition,
}

impl Drop for WaitGuard<'_> {
    fn drop(&mut self) {
        self.admission.lock().waiting.remove(&self.position);
    }
}
