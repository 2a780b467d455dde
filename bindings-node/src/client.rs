//! The client: one core client, and the calls that it can make.
//!
//! Every call is given a number, under which [`NativeCalls`] tells what became of it.

use std::sync::Arc;

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use partner_messaging::{CallOptions, Client, Envelope, Error, Message, WireMessage};
use serde::ser::{Error as _, Serialize, Serializer};

use crate::calls::{Desk, NativeCalls, Wake};
use crate::cancel::CancelHandle;
use crate::event::Events;
use crate::facts::{self, Facts};
use crate::failure::Failure;
use crate::list::NativePager;
use crate::options::{NativeCallOptions, NativeClientOptions, NativeRequest};

/// A client of the core.
#[napi]
pub struct NativeClient {
    core: Client,
    events: Arc<Events>,
    desk: Arc<Desk>,
}

/// A client whose calls are among `calls`, or why there is none.
#[napi(catch_unwind)]
pub fn open_client(options: NativeClientOptions, calls: &NativeCalls) -> Either<NativeClient, Failure> {
    let events = Arc::new(Events::default());
    let told = events.clone();
    let asked = events.clone();
    let built = options.into_core().and_then(|builder| {
        builder.on_event_if(move || asked.are_wanted(), move |event| told.tell(event)).build()
    });
    match built {
        Ok(core) => Either::A(NativeClient { core, events, desk: calls.desk() }),
        Err(error) => Either::B(Failure::new(&error)),
    }
}

#[napi]
impl NativeClient {
    /// Sends the message whose wire form is `json`; `undefined` stands for one that
    /// JavaScript could not write.
    #[napi(catch_unwind)]
    pub fn send(
        &self,
        number: u32,
        json: Option<String>,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
    ) {
        self.call(number, options, cancel, async move |client, options| {
            // As in the core, the message is looked at before the call's options.
            let message = envelope(json)?;
            client.send_with(&message, &options?).await
        })
    }

    /// Sends the first of the messages that the service takes.
    #[napi(catch_unwind)]
    pub fn send_with_fallback(
        &self,
        number: u32,
        messages: Vec<Option<String>>,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
    ) {
        self.call(number, options, cancel, async move |client, options| {
            let messages = messages.into_iter().enumerate();
            let messages: Result<Vec<Envelope>, Error> =
                messages.map(|(i, json)| envelope(json).map_err(|error| error.of_message(i))).collect();
            let messages = messages?;
            let messages: Vec<&dyn Message> =
                messages.iter().map(|message| message as &dyn Message).collect();
            client.send_with_fallback_with(&messages, &options?).await
        })
    }

    /// Asks for one message.
    #[napi(catch_unwind)]
    pub fn get_message(
        &self,
        number: u32,
        id: String,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
    ) {
        self.call(number, options, cancel, async move |client, options| {
            client.get_message_with(&id, &options?).await
        })
    }

    /// Waits until a message's status is one of `statuses`, or of the core's.
    #[napi(catch_unwind)]
    pub fn wait_for_status(
        &self,
        number: u32,
        id: String,
        statuses: Option<Vec<String>>,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
    ) {
        self.call(number, options, cancel, async move |client, options| {
            client.wait_for_status_with(&id, statuses.as_deref(), &options?).await
        })
    }

    /// Asks for a list's next page; `null` in JSON after the last one.
    #[napi(catch_unwind)]
    pub fn next_page(
        &self,
        number: u32,
        pager: &NativePager,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
    ) {
        let pager = pager.core();
        self.call(number, options, cancel, async move |client, options| {
            pager.lock().await.next(&client, &options?).await.transpose()
        })
    }

    /// Asks for the balance.
    #[napi(catch_unwind)]
    pub fn get_balance(
        &self,
        number: u32,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
    ) {
        self.call(number, options, cancel, async move |client, options| {
            client.get_balance_with(&options?).await
        })
    }

    /// Makes any other request.
    #[napi(catch_unwind)]
    pub fn request(
        &self,
        number: u32,
        request: NativeRequest,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
    ) {
        let request = request.into_core();
        self.call(number, options, cancel, async move |client, options| {
            client.request_with(&request, &options?).await
        })
    }

    /// The ledger in JSON; `reset` begins a new one.
    #[napi(catch_unwind)]
    pub fn spending(&self, reset: bool) -> napi::Result<String> {
        let entries = if reset { self.core.reset_spending() } else { self.core.spending() };
        facts::spending(&entries).map_err(|error| napi::Error::from_reason(error.to_string()))
    }

    /// Refuses further calls and ends those under way. Never blocks.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.core.close();
    }

    /// Whether the events of the calls from now on are wanted.
    #[napi(catch_unwind)]
    pub fn want_events(&self, wanted: bool) {
        self.events.want(wanted);
    }

    /// What to call on this thread when there are events; the first one counts. It
    /// keeps no process alive, and must not hold the client.
    #[napi(catch_unwind, ts_args_type = "wake: () => void")]
    pub fn wake_for_events(&self, wake: Wake) {
        self.events.wake_by(wake);
    }

    /// The events that have gathered, the oldest first, in JSON; `null` when there are none.
    #[napi(catch_unwind)]
    pub fn take_events(&self) -> Option<String> {
        self.events.take()
    }
}

impl NativeClient {
    fn call<T, F>(
        &self,
        number: u32,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
        call: impl FnOnce(Client, Result<CallOptions, Error>) -> F,
    ) where
        T: Facts,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let options = options.map_or_else(|| Ok(CallOptions::new()), NativeCallOptions::into_core);
        let options = options.map(|options| match cancel {
            Some(cancel) => options.cancel(cancel.core()),
            None => options,
        });
        self.desk.begin(number, call(self.core.clone(), options));
    }
}

fn envelope(json: Option<String>) -> Result<Envelope, Error> {
    match json {
        Some(json) => WireMessage::from_json(json).envelope(),
        None => WireMessage::from_value(&Unwritable)?.envelope(),
    }
}

/// A value that can't be written as JSON, for the core to say so in its own words.
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("not JSON"))
    }
}
