//! The client: one core client, its calls on napi's runtime.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{Either, PromiseRaw};
use napi_derive::napi;
use partner_messaging::{CallOptions, Client, Error, Message, Receipt, WireMessage};
use serde::ser::{Error as _, Serialize, Serializer};

use crate::cancel::CancelHandle;
use crate::event::{Events, Wake};
use crate::failure::Failure;
use crate::options::{NativeCallOptions, NativeClientOptions};
use crate::receipt;

/// A client of the core.
#[napi]
pub struct NativeClient {
    core: Client,
    events: Arc<Events>,
}

/// A client, or why there is none.
#[napi(catch_unwind)]
pub fn open_client(options: NativeClientOptions) -> Either<NativeClient, Failure> {
    let events = Arc::new(Events::default());
    let told = events.clone();
    let built =
        options.into_core().and_then(|builder| builder.on_event(move |event| told.tell(event)).build());
    match built {
        Ok(core) => Either::A(NativeClient { core, events }),
        Err(error) => Either::B(Failure::new(&error)),
    }
}

#[napi]
impl NativeClient {
    /// Sends the message whose wire form is `json`; `undefined` stands for one that
    /// JavaScript could not write. Resolves with the receipt in JSON, or with what
    /// became of the call; rejects only for a fault of the addon itself.
    // Not an `async fn`: those can't borrow the handle that cancels.
    #[napi(catch_unwind, ts_return_type = "Promise<string | Failure>")]
    pub fn send<'env>(
        &self,
        env: &'env Env,
        json: Option<String>,
        options: Option<NativeCallOptions>,
        cancel: Option<&CancelHandle>,
    ) -> napi::Result<PromiseRaw<'env, Either<String, Failure>>> {
        let client = self.core.clone();
        let options = options.map_or_else(|| Ok(CallOptions::new()), NativeCallOptions::into_core);
        let options = options.map(|options| match cancel {
            Some(cancel) => options.cancel(cancel.core()),
            None => options,
        });
        env.spawn_future(async move {
            match send(&client, json, options).await {
                Ok(receipt) => match receipt::to_json(&receipt) {
                    Ok(json) => Ok(Either::A(json)),
                    Err(error) => Err(napi::Error::from_reason(error.to_string())),
                },
                Err(error) => Ok(Either::B(Failure::new(&error))),
            }
        })
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

async fn send(
    client: &Client,
    json: Option<String>,
    options: Result<CallOptions, Error>,
) -> Result<Receipt, Error> {
    let message = match json {
        Some(json) => WireMessage::from_json(json),
        None => WireMessage::from_value(&Unwritable)?,
    };
    match options {
        Ok(options) => client.send_with(&message, &options).await,
        // As in the core, the message is looked at before the call's options.
        Err(error) => Err(message.envelope().err().unwrap_or(error)),
    }
}

/// A value that can't be written as JSON, for the core to say so in its own words.
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("not JSON"))
    }
}
