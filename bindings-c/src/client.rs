//! The client, and sends that block.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use partner_messaging::{background, blocking};

use crate::callback;
use crate::error::pm_error;
use crate::fault::Fault;
use crate::ffi::{self, duration};
use crate::message::pm_message;
use crate::options::{pm_call_options, pm_options};
use crate::pending::Pending;
use crate::receipt::pm_receipt;
use crate::signals::NoSigpipe;
use crate::status::{PM_OUTCOME_NONE, PM_OUTCOME_UNKNOWN, pm_status};

/// A client of the service. It may be used from any number of threads at once,
/// and in a process forked from the one that made it.
pub struct pm_client {
    pub(crate) blocking: Arc<blocking::Client>,
    /// For submitted calls; made when the first one is submitted.
    background: OnceLock<background::Client>,
    closed: AtomicBool,
    /// The submitted calls under way.
    pub(crate) pending: Arc<Pending>,
}

impl pm_client {
    fn new(options: Option<&pm_options>) -> Result<Self, pm_error> {
        Ok(Self {
            blocking: Arc::new(pm_options::builder(options)?.language("c").build_blocking()?),
            background: OnceLock::new(),
            closed: AtomicBool::new(false),
            pending: Arc::default(),
        })
    }

    /// The handle, or the error that it is none.
    pub(crate) fn given(client: Option<&Self>) -> Result<&Self, pm_error> {
        client.ok_or_else(|| {
            pm_error::config(Fault { field: "client", problem: "must be a client, and is NULL" })
        })
    }

    /// The client for submitted calls.
    pub(crate) fn background(&self) -> Result<&background::Client, pm_error> {
        if let Some(client) = self.background.get() {
            return Ok(client);
        }
        // Made outside of the cell: of two threads that get here at once, one
        // drops what it made, and neither waits for the other.
        let made = self.blocking.background()?;
        let client = self.background.get_or_init(|| made);
        if self.is_closed() {
            client.close();
        }
        Ok(client)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.blocking.close();
        if let Some(client) = self.background.get() {
            client.close();
        }
    }
}

/// A client with these options; NULL takes the key and the address from the
/// environment. No I/O happens but reading the CA file.
///
/// @param options  NULL, or options; they are copied.
/// @param client   Where the client is written, to be freed with
///                 pm_client_free(); NULL on failure.
/// @param error    NULL, or where the error is written, to be freed with
///                 pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_new(
    options: Option<&pm_options>,
    client: *mut *mut pm_client,
    error: *mut *mut pm_error,
) -> pm_status {
    let no_place = client.is_null();
    ffi::call(client, error, PM_OUTCOME_NONE, || {
        if no_place {
            let problem = "must be a place for the client, and is NULL";
            return Err(pm_error::config(Fault { field: "client", problem }));
        }
        Ok(Box::new(pm_client::new(options)?))
    })
}

/// Sends one message and waits until it is known what became of it, at most
/// until the deadline.
///
/// @param client   The client.
/// @param message  The message; it is not changed.
/// @param options  NULL, or what this call has different from its client.
/// @param receipt  NULL, or where the receipt is written, to be freed with
///                 pm_receipt_free(); NULL on failure.
/// @param error    NULL, or where the error is written, to be freed with
///                 pm_error_free(); NULL on success.
/// @return PM_OK: the service accepted the message. Anything else:
///         pm_error_outcome() says what became of it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_send(
    client: Option<&pm_client>,
    message: Option<&pm_message>,
    options: Option<&pm_call_options>,
    receipt: *mut *mut pm_receipt,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::call(receipt, error, PM_OUTCOME_UNKNOWN, || {
        callback::refuse_to_wait()?;
        let client = pm_client::given(client)?;
        let envelope = pm_message::envelope(message)?;
        let options = pm_call_options::options(options)?;
        let _quiet = NoSigpipe::new();
        Ok(Box::new(client.blocking.send_with(&envelope, &options)?.into()))
    })
}

/// Closes a client: later calls are refused, and calls under way end at once
/// with the outcome they have by then. Closing twice is fine, and so is NULL.
///
/// It waits the moment that takes: when it returns, the completions of what was
/// submitted are in their queues, callbacks have returned, and none comes any
/// more. So hold no lock that a callback takes. Within a callback it doesn't
/// wait, nor for a pm_client_send() of another thread.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_close(client: Option<&pm_client>) {
    ffi::entry((), || {
        if let Some(client) = client {
            client.close();
            client.pending.wait(duration(-1));
        }
    });
}

/// Waits until no submitted call of the client is under way, up to timeout_ms
/// milliseconds: 0 doesn't wait, a negative number waits for ever. When it
/// returns true, every one that was submitted before has its completion in its
/// queue, or its callback has returned. Within a callback it doesn't wait.
///
/// To let what was submitted come to its end, and then to end the use of a client:
/// pm_client_wait(client, -1), pm_client_close(), pm_client_free().
///
/// @return Whether none is under way; true for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_wait(client: Option<&pm_client>, timeout_ms: i64) -> bool {
    ffi::entry(false, || client.is_none_or(|client| client.pending.wait(duration(timeout_ms))))
}

/// Frees a client; NULL is fine. No thread may be in a call with it. Calls that
/// were submitted go on, and end in their completions or callbacks as before; to
/// end them now, call pm_client_close() first.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_free(client: Option<Box<pm_client>>) {
    ffi::entry((), || drop(client));
}
