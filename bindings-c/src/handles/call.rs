//! Calls that run in the background.

use std::ffi::c_void;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use partner_messaging::background::CallbackWatch;
use partner_messaging::{CallOptions, Cancel, Client, Effect, Error, background};

use super::argument::ArgumentError;
use super::call_count::CountGuard;
use super::call_kind::CallKind;
use super::callback::pm_callback;
use super::client::ClientState;
use super::completion::{CompletionResult, pm_completion};
use super::queue::{CompletionQueue, pm_queue};
use crate::ffi::callback::{OwningCallback, UserData};
use crate::ffi::signals::AllBlocked;

/// A submitted call, to cancel it.
pub struct pm_call {
    pub(crate) cancel: Cancel,
}

/// Begins a call in the background.
pub(crate) fn submit<T, F>(
    client: &ClientState,
    options: CallOptions,
    destination: Destination,
    (kind, effect): (CallKind, Effect),
    call: impl FnOnce(Client, CallOptions) -> F,
) -> Result<pm_call, Error>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Error>> + Send + 'static,
    CompletionResult: From<Result<T, Error>>,
{
    let (background, guard) = begin(client, destination, kind, effect)?;
    // The first call starts the library's thread.
    let _blocked = AllBlocked::new();
    let state = Arc::clone(&guard.state);
    let cancel = background.submit(options, call, move |result| guard.complete(result.into()))?;
    // Nothing that can panic comes after the call has begun.
    if state.swap(BEGUN, Ordering::SeqCst) == LOST {
        return Err(Error::internal_fault(effect));
    }
    Ok(pm_call { cancel })
}

/// Counts a call, and gives the client that makes it and the guard of its completion.
fn begin(
    client: &ClientState,
    destination: Destination,
    kind: CallKind,
    effect: Effect,
) -> Result<(&background::Client, CompletionGuard), Error> {
    let background = client.background()?;
    let in_flight = client.in_flight.begin_below(u32::MAX);
    // Counted first: of this and pm_client_close(), one sees the other.
    if client.is_closed() && matches!(destination, Destination::Callback { .. }) {
        return Err(Error::closed());
    }
    let max_queued = client.blocking.max_queued();
    let queued = client.queued.begin_below(max_queued).ok_or_else(|| Error::queue_full(max_queued))?;
    // What watches callbacks starts the library's thread.
    let _blocked = AllBlocked::new();
    let delivery = Some(destination.watched(background)?);
    let guard =
        CompletionGuard { delivery, kind, effect, state: Arc::default(), queued: Some(queued), in_flight };
    Ok((background, guard))
}

/// Where the completion of a call goes.
pub(crate) enum Destination {
    Queue { queue: Arc<CompletionQueue>, user_data: UserData },
    Callback { callback: OwningCallback<pm_completion>, user_data: UserData },
}

impl Destination {
    pub(crate) fn queue(queue: Option<&pm_queue>, user_data: *mut c_void) -> Result<Self, Error> {
        Ok(Self::Queue { queue: pm_queue::require(queue)?.clone(), user_data: UserData::new(user_data) })
    }

    pub(crate) fn callback(callback: pm_callback, user_data: *mut c_void) -> Result<Self, ArgumentError> {
        let missing = ArgumentError::null("callback", "a function");
        let user_data = UserData::new(user_data);
        Ok(Self::Callback { callback: OwningCallback::new(callback.ok_or(missing)?, user_data), user_data })
    }

    /// With what tells that a callback takes long.
    fn watched(self, background: &background::Client) -> Result<Delivery, Error> {
        Ok(match self {
            Self::Queue { queue, user_data } => Delivery::Queue { queue, user_data },
            Self::Callback { callback, user_data } => {
                Delivery::Callback { callback, user_data, watch: background.watch_callbacks()? }
            }
        })
    }
}

enum Delivery {
    Queue { queue: Arc<CompletionQueue>, user_data: UserData },
    Callback { callback: OwningCallback<pm_completion>, user_data: UserData, watch: CallbackWatch },
}

impl Delivery {
    /// `queued`: that the call counts until its completion is taken. `in_flight`: that it
    /// counts until this completion is in its queue, or its callback has returned.
    fn deliver(
        self,
        kind: CallKind,
        result: CompletionResult,
        queued: Option<CountGuard>,
        in_flight: Option<CountGuard>,
    ) {
        match self {
            Self::Queue { queue, user_data } => {
                queue.push(pm_completion::new(kind, user_data, result), queued, in_flight);
            }
            Self::Callback { callback, user_data, watch } => {
                // Given away: the function may submit the next one.
                drop(queued);
                let completion = pm_completion::new(kind, user_data, result);
                watch.run(kind.event_name(), || callback.call(completion));
                drop(in_flight);
            }
        }
    }
}

/// Submitting has not returned yet.
const NEW: u8 = 0;
/// Submitting has returned PM_OK.
const BEGUN: u8 = 1;
/// The guard was dropped without a completion before that was known.
const LOST: u8 = 2;

/// That a submitted call makes exactly one completion, even if the library
/// fails in the middle of it; and none if it could not be submitted.
struct CompletionGuard {
    /// Taken when the completion is delivered.
    delivery: Option<Delivery>,
    kind: CallKind,
    effect: Effect,
    state: Arc<AtomicU8>,
    queued: Option<CountGuard>,
    in_flight: Option<CountGuard>,
}

impl CompletionGuard {
    fn complete(mut self, result: CompletionResult) {
        self.deliver(result);
    }

    fn deliver(&mut self, result: CompletionResult) {
        if let Some(delivery) = self.delivery.take() {
            delivery.deliver(self.kind, result, self.queued.take(), self.in_flight.take());
        }
    }
}

impl Drop for CompletionGuard {
    fn drop(&mut self) {
        if self.delivery.is_none() {
            return;
        }
        let before = self.state.compare_exchange(NEW, LOST, Ordering::SeqCst, Ordering::SeqCst);
        if before == Err(BEGUN) {
            self.deliver(Error::internal_fault(self.effect).into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handles::call_count::CallCount;
    use crate::handles::call_kind::PM_CALL_SEND;
    use partner_messaging::Outcome;

    fn guard(queue: &pm_queue) -> CompletionGuard {
        let Ok(queue) = pm_queue::require(Some(queue)) else { panic!("no queue") };
        let user_data = UserData::new(std::ptr::null_mut());
        CompletionGuard {
            delivery: Some(Delivery::Queue { queue: queue.clone(), user_data }),
            kind: PM_CALL_SEND,
            effect: Effect::Send,
            state: Arc::default(),
            queued: None,
            in_flight: Arc::<CallCount>::default().begin_below(1),
        }
    }

    #[test]
    fn a_call_that_is_lost_still_makes_its_completion() {
        let queue = pm_queue::new().unwrap();
        let lost = guard(&queue);
        lost.state.store(BEGUN, Ordering::SeqCst);
        drop(lost);
        let completion = queue.next(None).unwrap();
        assert_eq!(completion.error().unwrap().core.outcome(), Some(Outcome::Unknown));
    }

    #[test]
    fn what_can_be_taken_is_not_in_flight() {
        let queue = pm_queue::new().unwrap();
        let calls = Arc::<CallCount>::default();
        for _ in 0..2000 {
            let mut call = guard(&queue);
            call.in_flight = calls.begin_below(1);
            let thread = std::thread::spawn(move || call.complete(Error::closed().into()));
            queue.next(None).unwrap();
            assert_eq!(calls.get(), 0);
            thread.join().unwrap();
        }
    }

    #[test]
    fn what_was_not_submitted_makes_none() {
        let queue = pm_queue::new().unwrap();
        let refused = guard(&queue);
        let state = refused.state.clone();
        drop(refused);
        assert_eq!(queue.len(), 0);
        assert_eq!(state.load(Ordering::SeqCst), LOST);
    }
}
