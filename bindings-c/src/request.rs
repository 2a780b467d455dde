//! Any other endpoint of the service.

use std::ffi::{CString, c_char, c_void};

use partner_messaging::{Client, Reply, Request};

use crate::call::{Destination, pm_call, submit};
use crate::callback;
use crate::client::pm_client;
use crate::error::pm_error;
use crate::fault::{Fault, Faults};
use crate::ffi::{self, c_text, pointer};
use crate::options::pm_call_options;
use crate::queue::pm_queue;
use crate::signals::NoSigpipe;
use crate::status::{PM_OUTCOME_NOT_SENT, PM_OUTCOME_UNKNOWN, pm_status};

/// A request to any endpoint of the service, for those that this library has no
/// function for. It goes under the client's base URL, with the key.
///
/// A setter never fails: an argument that can't be used is kept, and
/// pm_client_request() refuses the request, naming the one at fault.
pub struct pm_request {
    request: Request,
    faults: Faults,
}

impl pm_request {
    fn given(request: Option<&Self>) -> Result<&Request, pm_error> {
        let fault = Fault { field: "request", problem: "must be a request, and is NULL" };
        let request = request.ok_or_else(|| pm_error::config(fault))?;
        match request.faults.first() {
            Some(fault) => Err(pm_error::config(fault)),
            None => Ok(&request.request),
        }
    }

    fn change(&mut self, change: impl FnOnce(Request) -> Request) {
        let request = std::mem::replace(&mut self.request, Request::new("", ""));
        self.request = change(request);
    }
}

/// A request with a method ("GET", "POST", "PUT", "PATCH" or "DELETE") and a
/// path that begins with a slash. Free it with pm_request_free().
#[unsafe(no_mangle)]
pub extern "C" fn pm_request_new(method: *const c_char, path: *const c_char) -> Option<Box<pm_request>> {
    ffi::entry(None, || {
        let mut faults = Faults::default();
        let method = faults.text_or_empty("method", method);
        let path = faults.text_or_empty("path", path);
        Some(Box::new(pm_request { request: Request::new(method, path), faults }))
    })
}

/// Adds a parameter of the query.
#[unsafe(no_mangle)]
pub extern "C" fn pm_request_add_query(
    request: Option<&mut pm_request>,
    name: *const c_char,
    value: *const c_char,
) {
    ffi::entry((), || {
        if let Some(request) = request
            && let Some(name) = request.faults.text("query", name)
            && let Some(value) = request.faults.text("query", value)
        {
            request.change(|it| it.query(name, value));
        }
    });
}

/// The body: the text of any JSON value, sent to the byte. Not for GET.
#[unsafe(no_mangle)]
pub extern "C" fn pm_request_set_json(request: Option<&mut pm_request>, json: *const c_char) {
    ffi::entry((), || {
        if let Some(request) = request
            && let Some(json) = request.faults.text("json", json)
        {
            request.change(|it| it.json(json));
        }
    });
}

/// Whether making the request twice does no more than making it once. Only then
/// it is tried again when its outcome is unknown. Default: true for GET only.
#[unsafe(no_mangle)]
pub extern "C" fn pm_request_set_idempotent(request: Option<&mut pm_request>, idempotent: bool) {
    ffi::entry((), || {
        if let Some(request) = request {
            request.change(|it| it.idempotent(idempotent));
        }
    });
}

/// Frees a request; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_request_free(request: Option<Box<pm_request>>) {
    ffi::entry((), || drop(request));
}

/// The service's answer to a request: a success envelope.
pub struct pm_reply {
    http_status: i32,
    data: Option<CString>,
    message: Option<CString>,
    /// Names in lower case, and values.
    headers: Vec<(String, CString)>,
    attempts: u32,
}

impl From<Reply> for pm_reply {
    fn from(reply: Reply) -> Self {
        Self {
            http_status: reply.status.into(),
            data: reply.data().map(c_text),
            message: reply.message.map(c_text),
            headers: reply.headers.into_iter().map(|(name, value)| (name, c_text(value))).collect(),
            attempts: reply.attempts,
        }
    }
}

/// Makes a request, and waits for the answer, at most until the deadline.
///
/// A GET is a read: it is tried again as reads are, and its error has no
/// outcome. Any other method changes something: it is never made twice unless
/// it is idempotent, and pm_error_outcome() says what became of it.
///
/// @param client   The client.
/// @param request  The request; it is not changed.
/// @param options  NULL, or what this call has different from its client.
/// @param reply    NULL, or where the answer is written, to be freed with
///                 pm_reply_free(); NULL on failure.
/// @param error    NULL, or where the error is written, to be freed with
///                 pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_request(
    client: Option<&pm_client>,
    request: Option<&pm_request>,
    options: Option<&pm_call_options>,
    reply: *mut *mut pm_reply,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::call(reply, error, PM_OUTCOME_UNKNOWN, || {
        callback::refuse_to_wait()?;
        let client = pm_client::given(client)?;
        let request = pm_request::given(request)?;
        let options = pm_call_options::options(options)?;
        let _quiet = NoSigpipe::new();
        Ok(Box::new(client.blocking.request_with(request, &options)?.into()))
    })
}

/// Begins a pm_client_request() in the background; never waits. The answer or
/// the error comes as a completion to the queue: exactly one if this returns
/// PM_OK, none otherwise.
///
/// @param client     The client.
/// @param request    The request; it may be changed or freed afterwards.
/// @param options    NULL, or what this call has different from its client.
/// @param queue      Where the completion goes.
/// @param user_data  Handed back by pm_completion_user_data(); not looked into.
/// @param call       NULL, or where a handle to cancel the call is written, to be
///                   freed with pm_call_free() at any time; NULL on failure.
/// @param error      NULL, or where the error is written, to be freed with
///                   pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_submit_request(
    client: Option<&pm_client>,
    request: Option<&pm_request>,
    options: Option<&pm_call_options>,
    queue: Option<&pm_queue>,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::call(call, error, PM_OUTCOME_NOT_SENT, || {
        let client = pm_client::given(client)?;
        let to = Destination::queue(queue, user_data)?;
        let request = pm_request::given(request)?.clone();
        let options = pm_call_options::options(options)?;
        let make = async move |client: Client, options| client.request_with(&request, &options).await;
        submit(client, options, to, PM_OUTCOME_UNKNOWN, make)
    })
}

/// The HTTP status, 200 to 299; 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_http_status(reply: Option<&pm_reply>) -> i32 {
    ffi::entry(0, || reply.map_or(0, |reply| reply.http_status))
}

/// The envelope's "data" as JSON text, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_data(reply: Option<&pm_reply>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(reply.and_then(|reply| reply.data.as_ref())))
}

/// The envelope's own message, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_message(reply: Option<&pm_reply>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(reply.and_then(|reply| reply.message.as_ref())))
}

/// The first value of a header of the answer, by its name in whatever case, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_header(reply: Option<&pm_reply>, name: *const c_char) -> *const c_char {
    ffi::entry(std::ptr::null(), || {
        let Ok(name) = ffi::text(name) else { return std::ptr::null() };
        let found = |reply: &'_ pm_reply| {
            reply.headers.iter().position(|(known, _)| known.eq_ignore_ascii_case(name))
        };
        pointer(reply.and_then(|reply| found(reply).map(|at| &reply.headers[at].1)))
    })
}

/// How many requests it took.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_attempts(reply: Option<&pm_reply>) -> u32 {
    ffi::entry(0, || reply.map_or(0, |reply| reply.attempts))
}

/// Frees an answer; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_reply_free(reply: Option<Box<pm_reply>>) {
    ffi::entry((), || drop(reply));
}
