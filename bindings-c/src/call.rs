//! Sends that run in the background.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use partner_messaging::background::Queue;
use partner_messaging::{Cancel, Error, Receipt};

use crate::client::pm_client;
use crate::completion::pm_completion;
use crate::error::pm_error;
use crate::ffi::{self, UserData};
use crate::message::pm_message;
use crate::options::pm_call_options;
use crate::queue::{Item, pm_queue};
use crate::signals::AllBlocked;
use crate::status::{PM_OUTCOME_NOT_SENT, PM_OUTCOME_UNKNOWN, pm_status};

/// A submitted send, to cancel it.
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
    let user_data = UserData::new(user_data);
    // Nothing that can panic comes after the send has begun.
    ffi::call(call, error, PM_OUTCOME_NOT_SENT, || {
        let client = pm_client::given(client)?;
        let queue = pm_queue::given(queue)?;
        let envelope = pm_message::envelope(message)?;
        let options = pm_call_options::options(options)?;
        let background = client.background()?;
        let promise = Promise { queue: queue.clone(), user_data, state: Arc::default(), kept: false };
        let state = promise.state.clone();
        let cancel = {
            // The first send starts the library's thread.
            let _blocked = AllBlocked::new();
            background.submit(
                options,
                async move |client, options| client.send_with(&envelope, &options).await,
                move |result| promise.keep(result),
            )?
        };
        if state.swap(BEGUN, Ordering::SeqCst) == BROKEN {
            deliver_broken(queue, user_data);
        }
        Ok(Box::new(pm_call { cancel }))
    })
}

/// Submitting has not returned yet.
const NEW: u8 = 0;
/// Submitting has returned PM_OK.
const BEGUN: u8 = 1;
/// The promise was dropped unkept before that was known.
const BROKEN: u8 = 2;

/// That a submitted send makes exactly one completion, even if the library
/// fails in the middle of it; and none if it could not be submitted.
struct Promise {
    queue: Arc<Queue<Item>>,
    user_data: UserData,
    state: Arc<AtomicU8>,
    kept: bool,
}

impl Promise {
    fn keep(mut self, result: Result<Receipt, Error>) {
        let result = result.map(Into::into).map_err(Into::into);
        self.kept = true;
        self.queue.push(Item::Done(Box::new(pm_completion { user_data: self.user_data, result })));
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        let before = self.state.compare_exchange(NEW, BROKEN, Ordering::SeqCst, Ordering::SeqCst);
        if before == Err(BEGUN) {
            deliver_broken(&self.queue, self.user_data);
        }
    }
}

fn deliver_broken(queue: &Queue<Item>, user_data: UserData) {
    let result = Err(pm_error::panicked(PM_OUTCOME_UNKNOWN));
    queue.push(Item::Done(Box::new(pm_completion { user_data, result })));
}

/// Cancels a submitted send; never waits. It ends at once with its true
/// outcome: not sent if its request had not left, unknown if it had, or sent or
/// rejected if its answer is there already. The completion comes all the same.
/// Cancelling twice, or when the send has ended, is fine, and so is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_cancel(call: Option<&pm_call>) {
    ffi::entry((), || {
        if let Some(call) = call {
            call.cancel.cancel();
        }
    });
}

/// Frees the handle of a submitted send; NULL is fine. The send goes on.
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_free(call: Option<Box<pm_call>>) {
    ffi::entry((), || drop(call));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promise(queue: &Arc<Queue<Item>>) -> Promise {
        let user_data = UserData::new(std::ptr::null_mut());
        Promise { queue: queue.clone(), user_data, state: Arc::default(), kept: false }
    }

    #[test]
    fn a_broken_promise_still_makes_its_completion() {
        let queue = Arc::new(Queue::new().unwrap());
        let broken = promise(&queue);
        broken.state.store(BEGUN, Ordering::SeqCst);
        drop(broken);
        let Some(Item::Done(completion)) = queue.next(None) else { panic!("no completion") };
        let error = completion.result.err().unwrap();
        assert_eq!(error.outcome(), PM_OUTCOME_UNKNOWN);
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
