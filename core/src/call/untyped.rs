//! Operations without the types of their outputs, so that the code of a call is there once
//! and not for each kind of call.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use url::Url;

use super::{Operation, RequestInfo, Success};
use crate::error::{Effect, Error, Outcome};
use crate::journal::{Ending, Entry};
use crate::transport::Response;
use crate::types::PreparedMessage;
use crate::util::lock;

/// An operation whose output is kept for who made it.
pub(super) type AnyOperation<'a> = dyn Operation<Output = ()> + 'a;

/// An operation, and the place of its output.
pub(super) struct Untyped<'a, O: Operation> {
    operation: &'a O,
    output: Mutex<Option<O::Output>>,
}

impl<'a, O: Operation> Untyped<'a, O> {
    pub(super) fn new(operation: &'a O) -> Self {
        Self { operation, output: Mutex::new(None) }
    }

    /// What the call gives that ended so.
    pub(super) fn output(&self, result: Result<(), Error>) -> Result<O::Output, Error> {
        result?;
        // A call that succeeds has read its output, or had it from the journal.
        self.place().take().ok_or_else(|| Error::internal_fault(self.operation.effect()))
    }

    fn place(&self) -> MutexGuard<'_, Option<O::Output>> {
        lock(&self.output)
    }
}

impl<O: Operation> Operation for Untyped<'_, O> {
    type Output = ();

    fn name(&self) -> &'static str {
        self.operation.name()
    }

    fn effect(&self) -> Effect {
        self.operation.effect()
    }

    fn method(&self) -> Method {
        self.operation.method()
    }

    fn url(&self) -> Result<Url, Error> {
        self.operation.url()
    }

    fn body(&self) -> Option<Bytes> {
        self.operation.body()
    }

    fn message(&self) -> Option<&PreparedMessage> {
        self.operation.message()
    }

    fn channels(&self) -> Vec<&str> {
        self.operation.channels()
    }

    fn idempotent(&self) -> bool {
        self.operation.idempotent()
    }

    fn info(&self) -> RequestInfo {
        self.operation.info()
    }

    fn secrets(&self) -> Option<Vec<String>> {
        self.operation.secrets()
    }

    fn read(&self, success: Success<'_>, response: &Response) -> Result<(), String> {
        let output = self.operation.read(success, response)?;
        *self.place() = Some(output);
        Ok(())
    }

    fn ending(&self, (): &()) -> Ending {
        match &*self.place() {
            Some(output) => self.operation.ending(output),
            None => Ending::now(Outcome::Sent, None),
        }
    }

    fn replay(&self, entry: Entry) -> Option<()> {
        let output = self.operation.replay(entry)?;
        *self.place() = Some(output);
        Some(())
    }

    fn set_metrics(&self, (): &mut (), attempts: u32, elapsed: Duration) {
        if let Some(output) = &mut *self.place() {
            self.operation.set_metrics(output, attempts, elapsed);
        }
    }
}
