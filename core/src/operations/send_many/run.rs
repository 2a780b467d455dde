//! A run: what is under way, what has ended and was not given yet, and the sums.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

use super::progress::{PROGRESS_INTERVAL, ProgressReports};
use super::source_pace::SourcePace;
use super::stop_rules::StopRules;
use crate::call::{Context, stopped_before_begun};
use crate::config::{CallOptions, Cancel, SendManyOptions};
use crate::error::{Effect, Error};
use crate::types::{BatchMessage, BatchResult, BatchStep, BatchSummary, PreparedMessage, Receipt};
use crate::util::{lock, wait_timeout};

/// What a run does for a message; it ends with the message.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Gives what begins a task in the background, or why nothing can be begun there.
pub(crate) type Spawn = Box<dyn Fn() -> Result<Box<dyn FnOnce(Task)>, Error> + Send + Sync>;

/// Sends one message of a run, under a key if it has one, and tries it again as it may be.
pub(super) type SendOne = fn(
    Arc<Run>,
    Option<String>,
    PreparedMessage,
) -> Pin<Box<dyn Future<Output = Result<Receipt, Error>> + Send>>;

/// The messages of one `send_many`.
pub(crate) struct Run {
    pub(super) context: Arc<Context>,
    pub(super) options: SendManyOptions,
    /// Those of each call that the run makes.
    pub(super) call: CallOptions,
    /// Cancelled when nothing more is to be begun.
    pub(super) stop: Cancel,
    /// Cancelled when what is under way is to be given up, too.
    pub(super) abort: Cancel,
    spawn: Spawn,
    send_one: SendOne,
    /// Set once it was checked whether other runs on the journal were stopped.
    pub(super) first_shared_check: OnceCell<()>,
    state: Mutex<State>,
    /// Notified at each change, for those who block; the others have wakers in the state.
    changed: Condvar,
}

pub(super) struct State {
    pub(super) rules: StopRules,
    /// Without its times.
    summary: BatchSummary,
    began: Instant,
    /// When the last message ended, once nothing more comes.
    ended: Option<Instant>,
    ready: VecDeque<BatchResult>,
    /// Whether nothing more is taken.
    pub(super) source_ended: bool,
    /// Why the run was stopped, until that is given.
    pub(super) error: Option<Error>,
    /// Those who wait for room or a result.
    wakers: Vec<Waker>,
    progress: ProgressReports,
    source: SourcePace,
    /// When it was last checked whether another run was stopped.
    pub(super) last_shared_check: Option<Instant>,
}

impl Run {
    /// # Errors
    /// `ConfigError` for options that can't be used.
    pub(super) fn new(
        context: Arc<Context>,
        options: &SendManyOptions,
        spawn: Spawn,
        send_one: SendOne,
    ) -> Result<Arc<Self>, Error> {
        options.check()?;
        let abort = Cancel::new();
        let call = CallOptions {
            timeout: options.timeout,
            // A try of a message is a call: the run decides on the next one.
            max_retries: Some(0),
            cancel: Some(abort.clone()),
            ..CallOptions::default()
        };
        let state = State {
            rules: StopRules::default(),
            summary: BatchSummary::default(),
            began: Instant::now(),
            ended: None,
            ready: VecDeque::new(),
            source_ended: false,
            error: None,
            wakers: Vec::new(),
            progress: ProgressReports::default(),
            source: SourcePace::default(),
            last_shared_check: None,
        };
        Ok(Arc::new(Self {
            context,
            options: options.clone(),
            call,
            stop: Cancel::new(),
            abort,
            spawn,
            send_one,
            first_shared_check: OnceCell::new(),
            state: Mutex::new(state),
            changed: Condvar::new(),
        }))
    }

    /// Takes a message. Once the run was stopped, it is not begun, and its result says so.
    pub(crate) fn offer(self: &Arc<Self>, given: BatchMessage) {
        let BatchMessage { key, message } = given;
        let under_way = {
            let mut state = self.lock();
            state.source.answered();
            let index = state.summary.taken;
            state.summary.taken += 1;
            state.summary.in_flight += 1;
            UnderWay { run: self.clone(), message: Some((index, key.clone())) }
        };
        let message = match message {
            Ok(_) if self.stop.is_cancelled() => return under_way.end(Err(stopped_before_begun())),
            Ok(message) => message,
            Err(error) => return under_way.end(Err(error)),
        };
        let spawn = match (self.spawn)() {
            Ok(spawn) => spawn,
            Err(error) => return under_way.end(Err(error)),
        };
        let run = self.clone();
        spawn(Box::pin(async move {
            let result = (run.send_one)(run.clone(), key, message).await;
            under_way.end(result);
        }));
    }

    /// The source has no more messages.
    pub(crate) fn finish(&self) {
        let mut state = self.lock();
        state.source.answered();
        state.source_ended = true;
        self.notify(state);
    }

    /// Begins nothing more; what is under way goes on to its end. Idempotent.
    pub(crate) fn close(&self) {
        self.stop.cancel();
        let mut state = self.lock();
        state.source_ended = true;
        self.notify(state);
    }

    /// Gives up what is under way, too: it ends with the outcome that it has by now.
    pub(crate) fn abort(&self) {
        self.close();
        self.abort.cancel();
    }

    /// Whether another message can be begun; `false`: never more.
    pub(crate) fn poll_room(&self, context: &TaskContext<'_>) -> Poll<bool> {
        let mut state = self.lock();
        let room = self.room_in(&state);
        if room.is_none() {
            state.wait(context.waker());
        }
        room.map_or(Poll::Pending, Poll::Ready)
    }

    /// The same; `None`: not before results are taken, since nothing is under way.
    pub(crate) fn poll_room_of_calls(&self, context: &TaskContext<'_>) -> Poll<Option<bool>> {
        let mut state = self.lock();
        let room = self.room_in(&state);
        if room.is_none() && state.summary.in_flight > 0 {
            state.wait(context.waker());
            return Poll::Pending;
        }
        Poll::Ready(room)
    }

    /// The same for now; `None`: not now, but perhaps later.
    pub(crate) fn room(&self) -> Option<bool> {
        self.room_in(&self.lock())
    }

    fn room_in(&self, state: &State) -> Option<bool> {
        match state.source_ended {
            true => Some(false),
            false => self.has_room(state).then_some(true),
        }
    }

    /// The next result; `None` once everything has ended. The error is why the run was
    /// stopped; it is given once.
    pub(crate) fn poll_result(
        &self,
        context: &TaskContext<'_>,
    ) -> Poll<Option<Result<Box<BatchResult>, Error>>> {
        let mut state = self.lock();
        let step = self.result(&mut state);
        if step.is_none() {
            state.wait(context.waker());
        }
        drop(state);
        let Some(step) = step else {
            self.report_progress(false);
            return Poll::Pending;
        };
        Poll::Ready(match self.with_progress(step) {
            BatchStep::Result(result) => Some(Ok(result)),
            BatchStep::Ended(error) => error.map(Err),
            BatchStep::Room => None,
        })
    }

    /// A result that is there already.
    pub(crate) fn take_ready(&self) -> Option<BatchResult> {
        let mut state = self.lock();
        let result = state.ready.pop_front();
        state.wake();
        result
    }

    /// Blocks this thread until something comes next, but no longer than this; for callers
    /// that look at something else now and then.
    pub(crate) fn wait(&self, longest: Duration) -> Option<BatchStep> {
        let until = Instant::now().checked_add(longest);
        let mut state = self.lock();
        loop {
            if let Some(step) = self.step(&mut state) {
                drop(state);
                return Some(self.with_progress(step));
            }
            let remaining = until.map(|until| until.saturating_duration_since(Instant::now()));
            if remaining.is_some_and(|it| it.is_zero()) {
                drop(state);
                self.report_progress(false);
                return None;
            }
            let slice = remaining.unwrap_or(PROGRESS_INTERVAL).min(PROGRESS_INTERVAL);
            state = wait_timeout(&self.changed, state, slice);
            if self.options.on_progress.is_some() {
                drop(state);
                self.report_progress(false);
                state = self.lock();
            }
        }
    }

    pub(crate) fn summary(&self) -> BatchSummary {
        let state = self.lock();
        let until = state.ended.unwrap_or_else(Instant::now);
        state.summary.clone().after(until.saturating_duration_since(state.began))
    }

    /// Blocks this thread until nothing is under way any more and nothing more is begun, but
    /// no longer than this; whether that is so.
    pub(crate) fn wait_for_end(&self, longest: Duration) -> bool {
        let until = Instant::now() + longest;
        let mut state = self.lock();
        while !state.has_ended() {
            let remaining = until.saturating_duration_since(Instant::now());
            if remaining.is_zero() {
                return false;
            }
            state = wait_timeout(&self.changed, state, remaining);
        }
        true
    }

    fn step(&self, state: &mut State) -> Option<BatchStep> {
        let few =
            state.summary.in_flight < u64::from(self.options.max_in_flight / 2) && !state.source.is_slow();
        if self.has_room(state) && (few || state.ready.is_empty()) {
            state.source.asked();
            return Some(BatchStep::Room);
        }
        self.result(state)
    }

    fn result(&self, state: &mut State) -> Option<BatchStep> {
        if let Some(result) = state.ready.pop_front() {
            // There may be room again.
            state.wake();
            return Some(BatchStep::Result(Box::new(result)));
        }
        state.has_ended().then(|| BatchStep::Ended(state.error.take()))
    }

    /// A slow consumer holds the source back: no more results wait than messages may be
    /// under way.
    fn has_room(&self, state: &State) -> bool {
        let most = self.options.max_in_flight as usize;
        !state.source_ended && state.summary.in_flight < most as u64 && state.ready.len() < most
    }

    fn end(&self, index: u64, key: Option<String>, result: Result<Receipt, Error>) {
        let mut state = self.lock();
        state.summary.add(&result);
        state.ready.push_back(BatchResult::new(index, key, result));
        self.notify(state);
    }

    /// Wakes who waits: something has changed.
    pub(super) fn notify(&self, mut state: MutexGuard<'_, State>) {
        if state.has_ended() {
            state.ended.get_or_insert_with(Instant::now);
        }
        state.wake();
        drop(state);
        self.changed.notify_all();
    }

    fn with_progress(&self, step: BatchStep) -> BatchStep {
        self.report_progress(matches!(step, BatchStep::Ended(_)));
        step
    }

    /// Calls the progress callback, if it is time to.
    fn report_progress(&self, at_end: bool) {
        let Some(callback) = &self.options.on_progress else { return };
        if self.lock().progress.is_due(Instant::now(), at_end) {
            callback(&self.summary());
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl State {
    fn has_ended(&self) -> bool {
        self.source_ended && self.summary.in_flight == 0
    }

    fn wait(&mut self, waker: &Waker) {
        if !self.wakers.iter().any(|it| it.will_wake(waker)) {
            self.wakers.push(waker.clone());
        }
    }

    fn wake(&mut self) {
        self.wakers.drain(..).for_each(Waker::wake);
    }
}

/// A message that was taken: it ends exactly once, also where its task is dropped.
struct UnderWay {
    run: Arc<Run>,
    message: Option<(u64, Option<String>)>,
}

impl UnderWay {
    fn end(mut self, result: Result<Receipt, Error>) {
        if let Some((index, key)) = self.message.take() {
            self.run.end(index, key, result);
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some((index, key)) = self.message.take() {
            // What it had got to is not known any more.
            self.run.end(index, key, Err(Error::internal_fault(Effect::Send)));
        }
    }
}
