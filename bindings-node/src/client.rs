//! The client: one core client, and the calls that it can make.
//!
//! Every call has a number, under which [`NativeCallQueue`] reports its result.

use std::collections::HashMap;
use std::sync::Arc;

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use partner_messaging::{CallOptions, Client, Effect, Error, Message, PreparedMessage, Request, WireMessage};

use crate::call_queue::{CallQueue, NativeCallQueue};
use crate::cancel::CancelHandle;
use crate::events::Events;
use crate::failure::Failure;
use crate::generated::{NativeCallOptions, NativeClientOptions, NativeRequest};
use crate::journal::{NativeJournal, with_journal};
use crate::list::NativePager;
use crate::results::{self, CallResult};

/// A client of the core.
#[napi]
pub struct NativeClient {
    core: Client,
    events: Arc<Events>,
    queue: Arc<CallQueue>,
}

/// A client whose calls go through `calls`, and whose events have its `number`; or why
/// there is none. Its journal is one that is open, or it has one of its own by a path or a URL.
#[napi(catch_unwind)]
pub fn open_client(
    options: NativeClientOptions,
    environment: HashMap<String, String>,
    calls: &NativeCallQueue,
    number: u32,
    journal: Option<&NativeJournal>,
    own_journal: Option<String>,
) -> Either<NativeClient, Failure> {
    let queue = calls.shared();
    let events = Arc::new(Events::new(queue.clone(), number));
    let (wanted, emitter) = (events.clone(), events.clone());
    let built = options.into_core(environment).and_then(|builder| {
        let builder = with_journal(builder, journal, own_journal)?;
        builder.on_event_if(move || wanted.are_wanted(), move |event| emitter.emit(event)).build()
    });
    match built {
        Ok(core) => Either::A(NativeClient { core, events, queue }),
        Err(error) => Either::B(Failure::new(&error)),
    }
}

#[napi]
impl NativeClient {
    /// Sends the message whose wire form is `json`.
    #[napi(catch_unwind)]
    pub fn send(
        &self,
        number: u32,
        json: String,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
    ) {
        self.call(Effect::Send, number, options, cancel, async move |client, options| {
            // As in the core, the message is looked at before the call's options.
            let message = WireMessage::from_json(json).prepare()?;
            client.send_opts(&message, &options?).await
        })
    }

    /// Sends the first of the messages that the service takes.
    #[napi(catch_unwind)]
    pub fn send_with_fallback(
        &self,
        number: u32,
        messages: Vec<String>,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
    ) {
        self.call(Effect::Send, number, options, cancel, async move |client, options| {
            let messages = prepare_all(messages)?;
            let messages: Vec<&dyn Message> =
                messages.iter().map(|message| message as &dyn Message).collect();
            client.send_with_fallback_opts(&messages, &options?).await
        })
    }

    /// Looks messages whose outcome is unknown up in the service's list.
    #[napi(catch_unwind)]
    pub fn reconcile(
        &self,
        number: u32,
        journal: &NativeJournal,
        keys: Vec<String>,
        messages: Vec<String>,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
    ) {
        let journal = journal.core().clone();
        self.call(Effect::Read, number, options, cancel, async move |client, options| {
            let messages = prepare_all(messages).map_err(|error| error.attach_effect(Effect::Read))?;
            let messages = messages.iter().map(|message| message as &dyn Message);
            let given: Vec<_> = keys.iter().map(String::as_str).zip(messages).collect();
            client.reconcile(&journal, &given, &options?).await
        })
    }

    /// Fetches one message.
    #[napi(catch_unwind)]
    pub fn get_message(
        &self,
        number: u32,
        id: String,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
    ) {
        self.call(Effect::Read, number, options, cancel, async move |client, options| {
            client.get_message_opts(&id, &options?).await
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
        self.call(Effect::Read, number, options, cancel, async move |client, options| {
            client.wait_for_status_opts(&id, statuses.as_deref(), &options?).await
        })
    }

    /// Fetches a list's next page; `null` in JSON after the last one.
    #[napi(catch_unwind)]
    pub fn next_page(
        &self,
        number: u32,
        pager: &NativePager,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
    ) {
        let pager = pager.core();
        self.call(Effect::Read, number, options, cancel, async move |client, options| {
            client.next_page(&mut *pager.lock().await, &options?).await.transpose()
        })
    }

    /// Fetches the balance.
    #[napi(catch_unwind)]
    pub fn get_balance(
        &self,
        number: u32,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
    ) {
        self.call(Effect::Read, number, options, cancel, async move |client, options| {
            client.get_balance_opts(&options?).await
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
        let effect = request.as_ref().map_or(Effect::Write, Request::effect);
        self.call(effect, number, options, cancel, async move |client, options| {
            client.request_opts(&request?, &options?).await
        })
    }

    /// The ledger in JSON; `reset` begins a new one.
    #[napi(catch_unwind)]
    pub fn spending(&self, reset: bool) -> napi::Result<String> {
        let entries = if reset { self.core.reset_spending() } else { self.core.spending() };
        results::spending(&entries).map_err(|error| napi::Error::from_reason(error.to_string()))
    }

    /// Refuses further calls and ends those in flight. Never blocks.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.core.close();
    }

    /// Whether the events of the calls from now on are wanted.
    #[napi(catch_unwind)]
    pub fn want_events(&self, wanted: bool) {
        self.events.set_wanted(wanted);
    }
}

impl NativeClient {
    pub(crate) fn core(&self) -> &Client {
        &self.core
    }

    pub(crate) fn queue(&self) -> Arc<CallQueue> {
        self.queue.clone()
    }

    fn call<T, F>(
        &self,
        effect: Effect,
        number: u32,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
        call: impl FnOnce(Client, Result<CallOptions, Error>) -> F,
    ) where
        T: CallResult,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let options = options.map_or_else(|| Ok(CallOptions::new()), NativeCallOptions::into_core);
        let options = options.map_err(|error| error.attach_effect(effect)).map(|options| match cancel {
            Some(cancel) => options.cancel(cancel.core()),
            None => options,
        });
        self.queue.push(number, call(self.core.clone(), options));
    }
}

/// Messages in their wire form; an error names the one at fault.
fn prepare_all(messages: Vec<String>) -> Result<Vec<PreparedMessage>, Error> {
    let prepare = |(index, json)| {
        WireMessage::from_json(json).prepare().map_err(|error| error.with_message_index(index))
    };
    messages.into_iter().enumerate().map(prepare).collect()
}
