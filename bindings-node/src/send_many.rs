//! A run of many messages. Its source stays in JavaScript, which takes from it when there
//! is room; what it waits for completes as the calls of clients do.

use std::sync::{Arc, Mutex, PoisonError};

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use partner_messaging::background::{self, Batch};
use partner_messaging::{
    BatchMessage, BatchResult, BatchSummary, Error, Message, Outcome, SendManyOptions, WireMessage, count,
};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::call_queue::CallQueue;
use crate::client::NativeClient;
use crate::failure::Failure;
use crate::option_values::milliseconds;
use crate::results::{CallResult, Fields, decimal_text, in_milliseconds};

/// How many results JavaScript is given at once.
const CHUNK: usize = 64;

/// The package's own form of the core's `SendManyOptions`.
#[napi(object, object_to_js = false)]
pub struct NativeSendManyOptions {
    pub max_in_flight: Option<f64>,
    pub stop_on: Option<Vec<String>>,
    pub max_unknown: Option<f64>,
    pub timeout: Option<f64>,
    /// Whether the sums are wanted while it runs.
    pub on_progress: Option<bool>,
}

impl NativeSendManyOptions {
    fn into_core(self, progress: &Progress) -> Result<SendManyOptions, Error> {
        let mut options = SendManyOptions::new();
        if let Some(it) = self.max_in_flight {
            options = options.max_in_flight(count("max_in_flight", it)?);
        }
        if let Some(it) = self.stop_on {
            options = options.stop_on(it);
        }
        if let Some(it) = self.max_unknown {
            options = options.max_unknown(count("max_unknown", it)?);
        }
        if let Some(it) = self.timeout {
            options = options.timeout(milliseconds("timeout", it)?);
        }
        if self.on_progress == Some(true) {
            let progress = progress.clone();
            options = options.on_progress(move |summary| {
                *progress.lock().unwrap_or_else(PoisonError::into_inner) = Some(summary.clone());
            });
        }
        Ok(options)
    }
}

/// The sums that are to be told, until JavaScript asks.
type Progress = Arc<Mutex<Option<BatchSummary>>>;

/// A run of many messages.
#[napi]
pub struct NativeBatch {
    core: Arc<Batch>,
    queue: Arc<CallQueue>,
    progress: Progress,
}

/// Begins a run, or tells why it can't be.
#[napi(catch_unwind)]
pub fn open_batch(client: &NativeClient, options: NativeSendManyOptions) -> Either<NativeBatch, Failure> {
    let progress = Progress::default();
    let opened =
        options.into_core(&progress).and_then(|options| background::send_many(client.core(), &options));
    match opened {
        Ok(core) => Either::A(NativeBatch { core: Arc::new(core), queue: client.queue(), progress }),
        Err(error) => Either::B(Failure::new(&error)),
    }
}

#[napi]
impl NativeBatch {
    /// Begins the message whose wire form is `json`, under a key if it has one.
    #[napi(catch_unwind)]
    pub fn offer(&self, key: Option<String>, json: String) {
        self.core.offer(BatchMessage::new(key, WireMessage::from_json(json).prepare()));
    }

    /// Takes a message that JSON can't express: that is its result.
    #[napi(catch_unwind)]
    pub fn offer_invalid(&self, key: Option<String>, field: String, problem: String) {
        self.core.offer(BatchMessage::new(key, Err(Error::invalid_message(&field, problem))));
    }

    /// The source has no more messages.
    #[napi(catch_unwind)]
    pub fn finish(&self) {
        self.core.finish();
    }

    /// Begins nothing more.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.core.close();
    }

    /// Whether another message can be begun; `false`: never more; absent: not now.
    #[napi(catch_unwind)]
    pub fn room_now(&self) -> Option<bool> {
        self.core.has_room()
    }

    /// Waits for room; completes with whether there will be any, and with nothing when calls
    /// make none any more, but who takes results.
    #[napi(catch_unwind)]
    pub fn room(&self, number: u32) {
        let core = self.core.clone();
        self.queue.push(number, async move { Ok(core.room_of_calls().await) });
    }

    /// Waits for results; completes with those that there are, none once everything has ended.
    #[napi(catch_unwind)]
    pub fn results(&self, number: u32) {
        let core = self.core.clone();
        self.queue.push(number, async move { core.results(CHUNK).await });
    }

    /// The sums by now, in JSON.
    #[napi(catch_unwind)]
    pub fn summary(&self) -> String {
        json(&self.core.summary())
    }

    /// The sums in JSON that are to be told, if it is time to.
    #[napi(catch_unwind)]
    pub fn progress(&self) -> Option<String> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).take().map(|summary| json(&summary))
    }
}

impl CallResult for Option<bool> {
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(out, self)
    }
}

/// Results, each as a list of its fields.
impl CallResult for Vec<BatchResult> {
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(out, &self.iter().map(One).collect::<Vec<_>>())
    }
}

struct One<'a>(&'a BatchResult);

impl Serialize for One<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(result) = self;
        let outcome: Outcome = result.outcome();
        let (receipt, failure) = (result.receipt().map(Fields), result.error().map(Failure::new));
        (result.index, &result.key, outcome.as_str(), receipt, failure).serialize(serializer)
    }
}

fn json(summary: &BatchSummary) -> String {
    // It can always be written: names and numbers.
    serde_json::to_string(&Summary(summary)).unwrap_or_default()
}

struct Summary<'a>(&'a BatchSummary);

impl Serialize for Summary<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(it) = self;
        let cost: Vec<_> = it.cost.iter().map(|(currency, cost)| (currency, decimal_text(*cost))).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("taken", &it.taken)?;
        map.serialize_entry("sent", &it.sent)?;
        map.serialize_entry("replayed", &it.replayed)?;
        map.serialize_entry("rejected", &it.rejected)?;
        map.serialize_entry("notSent", &it.not_sent)?;
        map.serialize_entry("unknown", &it.unknown)?;
        map.serialize_entry("inFlight", &it.in_flight)?;
        map.serialize_entry("cost", &cost)?;
        map.serialize_entry("unpriced", &it.unpriced)?;
        map.serialize_entry("elapsed", &in_milliseconds(it.elapsed))?;
        map.serialize_entry("rate", &it.rate)?;
        map.end()
    }
}
