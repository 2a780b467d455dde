//! The runtime of a blocking client: the thread that makes a call drives it meanwhile.

use std::pin::Pin;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::call::Shared;
use crate::client::client::Client as AsyncClient;
use crate::config::Config;
use crate::error::Error;

/// A client and the runtime that its callers drive.
pub(super) struct ClientRuntime {
    pub(super) client: AsyncClient,
    runtime: Option<Runtime>,
}

impl ClientRuntime {
    pub(super) fn new(config: &Config, shared: &Shared) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::out_of_resources(format!("no runtime can be made: {error}")))?;
        Ok(Self { client: AsyncClient::new(config, shared)?, runtime: Some(runtime) })
    }

    fn runtime(&self) -> Result<&Runtime, Error> {
        self.runtime.as_ref().ok_or_else(|| Error::internal("the runtime is gone"))
    }

    /// Runs a call to its end. What drives it is there once, not for each kind of call.
    pub(super) fn drive(&self, call: Pin<&mut dyn Future<Output = ()>>) -> Result<(), Error> {
        self.runtime()?.block_on(async {
            poll_sockets().await;
            call.await;
        });
        Ok(())
    }

    /// The same in slices, so that the runtime is nobody's while `tick` runs between them: other
    /// threads' calls on this client go on. Most calls end in the first.
    pub(super) fn drive_in_slices(
        &self,
        mut call: Pin<&mut dyn Future<Output = ()>>,
        tick: &mut dyn FnMut(),
    ) -> Result<(), Error> {
        let runtime = self.runtime()?;
        let mut is_first = true;
        loop {
            let slice = async {
                if std::mem::take(&mut is_first) {
                    poll_sockets().await;
                }
                call.as_mut().await;
            };
            match runtime.block_on(async { timeout(INTERRUPT_INTERVAL, slice).await }) {
                Ok(()) => return Ok(()),
                Err(_) => tick(),
            }
        }
    }

    /// Lets the runtime see what the sockets have to tell, between calls.
    pub(super) fn poll_sockets(&self) {
        if let Ok(runtime) = self.runtime() {
            runtime.block_on(poll_sockets());
        }
    }
}

impl Drop for ClientRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A name being resolved can't be interrupted: don't wait for it.
            runtime.shutdown_background();
        }
    }
}

/// How often a blocked call looks whether it is to be interrupted.
const INTERRUPT_INTERVAL: Duration = Duration::from_millis(50);

/// Nothing runs between calls: lets the runtime see what the sockets have to
/// tell (one turn to look, one to act on it), so that a connection which the
/// server closed meanwhile leaves the pool.
async fn poll_sockets() {
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
}
