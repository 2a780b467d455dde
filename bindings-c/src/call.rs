//! Calls that run in the background.

use std::ffi::c_void;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use partner_messaging::background::Queue;
use partner_messaging::{CallOptions, Cancel, Client, Error};

use crate::callback::pm_callback;
use crate::client::pm_client;
use crate::completion::{End, pm_completion};
use crate::error::pm_error;
use crate::fault::Fault;
use crate::ffi::{self, CompletionCallback, UserData};
use crate::message::pm_message;
use crate::options::pm_call_options;
use crate::pending::One;
use crate::queue::{Item, pm_queue};
use crate::signals::AllBlocked;
use crate::status::{PM_OUTCOME_NOT_SENT, PM_OUTCOME_UNKNOWN, pm_outcome, pm_status};

/// A submitted call, to cancel it.
pub struct pm_call {
    cancel: Cancel,
}

/// Begins to send one message in the background; never waits. What became of
/// it comes as a completion to the queue: exactly one if this returns PM_OK,
/// none otherwise.
///
/// @param client     The client.
/// @param message    The message; it may be changed or freed afterwards.
/// @param options    NULL, or what this call has different from its client.
/// @param queue      Where the completion goes.
/// @param user_data  Handed back by pm_completion_user_data(); not looked into.
/// @param call       NULL, or where a handle to cancel the send is written, to be
///                   freed with pm_call_free() at any time; NULL on failure.
/// @param error      NULL, or where the error is written, to be freed with
///                   pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_submit(
    client: Option<&pm_client>,
    message: Option<&pm_message>,
    options: Option<&pm_call_options>,
    queue: Option<&pm_queue>,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::call(call, error, PM_OUTCOME_NOT_SENT, || {
        let client = pm_client::given(client)?;
        let to = Destination::queue(queue, user_data)?;
        submit_send(client, message, options, to)
    })
}

/// Begins to send one message in the background; never waits. What became of
/// it is told to a function, on the library's own thread: in exactly one call
/// if this returns PM_OK, and none otherwise. That call may come before this
/// has returned, and after the client was freed, but not after pm_client_close()
/// has returned. On a closed client nothing begins.
///
/// @param client     The client.
/// @param message    The message; it may be changed or freed afterwards.
/// @param options    NULL, or what this call has different from its client.
/// @param callback   The function; see pm_callback for what it may do.
/// @param user_data  Given to the function, and by pm_completion_user_data().
/// @param call       NULL, or where a handle to cancel the send is written, to be
///                   freed with pm_call_free() at any time; NULL on failure.
/// @param error      NULL, or where the error is written, to be freed with
///                   pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_submit_callback(
    client: Option<&pm_client>,
    message: Option<&pm_message>,
    options: Option<&pm_call_options>,
    callback: pm_callback,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::call(call, error, PM_OUTCOME_NOT_SENT, || {
        let client = pm_client::given(client)?;
        let to = Destination::callback(callback, user_data)?;
        submit_send(client, message, options, to)
    })
}

fn submit_send(
    client: &pm_client,
    message: Option<&pm_message>,
    options: Option<&pm_call_options>,
    to: Destination,
) -> Result<Box<pm_call>, pm_error> {
    let envelope = pm_message::envelope(message)?;
    let options = pm_call_options::options(options)?;
    let send = async move |client: Client, options| client.send_with(&envelope, &options).await;
    submit(client, options, to, PM_OUTCOME_UNKNOWN, send)
}

/// Begins a call in the background. `at_stake` is what a fault of this library
/// in the midst of it means for a message.
pub(crate) fn submit<T, F>(
    client: &pm_client,
    options: CallOptions,
    to: Destination,
    at_stake: pm_outcome,
    call: impl FnOnce(Client, CallOptions) -> F,
) -> Result<Box<pm_call>, pm_error>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Error>> + Send + 'static,
    End: From<Result<T, Error>>,
{
    let background = client.background()?;
    let pending = client.pending.one();
    // Counted first: of this and pm_client_close(), one sees the other.
    if client.is_closed() && matches!(to, Destination::Callback(_)) {
        return Err(pm_error::closed());
    }
    let promise = Promise { to, at_stake, state: Arc::default(), kept: false, _pending: pending };
    let state = promise.state.clone();
    let cancel = {
        // The first call starts the library's thread.
        let _blocked = AllBlocked::new();
        background.submit(options, call, move |result| promise.keep(End::from(result)))?
    };
    // Nothing that can panic comes after the call has begun.
    if state.swap(BEGUN, Ordering::SeqCst) == BROKEN {
        return Err(pm_error::panicked(at_stake));
    }
    Ok(Box::new(pm_call { cancel }))
}

/// Where the completion of a call goes.
pub(crate) enum Destination {
    Queue(Arc<Queue<Item>>, UserData),
    Callback(CompletionCallback),
}

impl Destination {
    pub(crate) fn queue(queue: Option<&pm_queue>, user_data: *mut c_void) -> Result<Self, pm_error> {
        Ok(Self::Queue(pm_queue::given(queue)?.clone(), UserData::new(user_data)))
    }

    pub(crate) fn callback(callback: pm_callback, user_data: *mut c_void) -> Result<Self, pm_error> {
        let fault = Fault { field: "callback", problem: "must be a function, and is NULL" };
        let function = callback.ok_or_else(|| pm_error::config(fault))?;
        Ok(Self::Callback(CompletionCallback::new(function, user_data)))
    }

    fn take(&self, end: End) {
        match self {
            Self::Queue(queue, user_data) => queue.push(Item::Done(pm_completion::new(*user_data, end))),
            Self::Callback(callback) => callback.call(end),
        }
    }
}

/// Submitting has not returned yet.
const NEW: u8 = 0;
/// Submitting has returned PM_OK.
const BEGUN: u8 = 1;
/// The promise was dropped unkept before that was known.
const BROKEN: u8 = 2;

/// That a submitted call makes exactly one completion, even if the library
/// fails in the middle of it; and none if it could not be submitted.
struct Promise {
    to: Destination,
    at_stake: pm_outcome,
    state: Arc<AtomicU8>,
    kept: bool,
    /// Dropped last: the call is under way until its completion was taken.
    _pending: One,
}

impl Promise {
    fn keep(mut self, end: End) {
        self.kept = true;
        self.to.take(end);
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        let before = self.state.compare_exchange(NEW, BROKEN, Ordering::SeqCst, Ordering::SeqCst);
        if before == Err(BEGUN) {
            self.to.take(pm_error::panicked(self.at_stake).into());
        }
    }
}

/// Cancels a submitted call; never waits. A send ends at once with its true
/// outcome: not sent if its request had not left, unknown if it had, or sent or
/// rejected if its answer is there already. A read has no outcome. The
/// completion comes all the same. Cancelling twice, or when the call has ended,
/// is fine, and so is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_cancel(call: Option<&pm_call>) {
    ffi::entry((), || {
        if let Some(call) = call {
            call.cancel.cancel();
        }
    });
}

/// Frees the handle of a submitted call; NULL is fine. The call goes on.
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_free(call: Option<Box<pm_call>>) {
    ffi::entry((), || drop(call));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pending::Pending;

    fn promise(queue: &Arc<Queue<Item>>) -> Promise {
        let to = Destination::Queue(queue.clone(), UserData::new(std::ptr::null_mut()));
        let pending = Arc::<Pending>::default().one();
        Promise { to, at_stake: PM_OUTCOME_UNKNOWN, state: Arc::default(), kept: false, _pending: pending }
    }

    #[test]
    fn a_broken_promise_still_makes_its_completion() {
        let queue = Arc::new(Queue::new().unwrap());
        let broken = promise(&queue);
        broken.state.store(BEGUN, Ordering::SeqCst);
        drop(broken);
        let Some(Item::Done(completion)) = queue.next(None) else { panic!("no completion") };
        assert_eq!(completion.error().unwrap().outcome(), PM_OUTCOME_UNKNOWN);
    }

    #[test]
    fn what_was_not_submitted_makes_none() {
        let queue = Arc::new(Queue::new().unwrap());
        let refused = promise(&queue);
        let state = refused.state.clone();
        drop(refused);
        assert!(queue.is_empty());
        assert_eq!(state.load(Ordering::SeqCst), BROKEN);
    }
}
