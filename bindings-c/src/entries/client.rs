//! Clients.

use super::boundary;
use super::boundary::duration;
use crate::ffi::entry;
use crate::handles::argument::ArgumentError;
use crate::handles::client::pm_client;
use crate::handles::generated::pm_error;
use crate::handles::options::pm_options;
use crate::handles::status::pm_status;

/// A client with these options; NULL takes the key and the address from the
/// environment. No I/O happens but reading the CA file, and opening the journal if it
/// is a file.
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
    boundary::call(client, error, || {
        if no_place {
            return Err(ArgumentError::null("client", "a place for the client").into());
        }
        pm_client::new(options)
    })
}

/// Closes a client: later calls are refused, and calls in flight end at once
/// with the outcome they have by then. Closing twice is fine, and so is NULL.
///
/// It waits the moment that takes: when it returns, the completions of what was
/// submitted are in their queues, callbacks have returned, and none comes any
/// more. So hold no lock that a callback takes. Within a callback it doesn't
/// wait, nor for a pm_client_send() of another thread.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_close(client: Option<&pm_client>) {
    entry((), || {
        if let Some(client) = client {
            client.state().close();
            client.state().in_flight.wait(duration(-1));
        }
    });
}

/// Waits until no submitted call of the client is in flight, up to timeout_ms
/// milliseconds: 0 doesn't wait, a negative number waits for ever. When it
/// returns true, every one that was submitted before has its completion in its
/// queue, or its callback has returned. Within a callback it doesn't wait.
///
/// To let what was submitted come to its end, and then to end the use of a client:
/// pm_client_wait(client, -1), pm_client_close(), pm_client_free().
///
/// @return Whether none is in flight; true for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_wait(client: Option<&pm_client>, timeout_ms: i64) -> bool {
    entry(false, || client.is_none_or(|client| client.state().in_flight.wait(duration(timeout_ms))))
}

/// How many submitted calls of the client are in flight: those whose completion is not
/// in its queue yet, or whose callback has not returned. 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_in_flight(client: Option<&pm_client>) -> u32 {
    entry(0, || client.map_or(0, |client| client.state().in_flight.get()))
}
