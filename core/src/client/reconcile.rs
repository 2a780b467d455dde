//! Reconciling a journal with the service's list: it takes a client.

use super::blocking;
use super::client::Client;
use crate::config::CallOptions;
use crate::error::Error;
use crate::journal::JournalHandle;
use crate::operations;
use crate::types::{JournalRecord, Message};

impl JournalHandle {
    /// Looks messages whose outcome is unknown up in the service's list of messages. The
    /// message given must be the one that its key stands for. If the list has exactly one
    /// message to its recipient by its channel, made within the call's time by the
    /// service's clock (5 seconds more or less) and under no other key, the key is resolved
    /// as sent with that one's id. Nothing found proves nothing: then it stays unknown.
    ///
    /// Gives the records of the keys as they are then, in the order given, without those
    /// that the journal doesn't have.
    ///
    /// The published document doesn't describe the list; this is an assumption. Its path is
    /// [a setting](crate::ClientBuilder::endpoint).
    ///
    /// ```no_run
    /// # async fn example(journal: &partner_messaging::JournalHandle, client: &partner_messaging::Client) -> Result<(), partner_messaging::Error> {
    /// use partner_messaging::Sms;
    /// let message = Sms::text("+6591234567", "Hello");
    /// for record in journal.reconcile(client, &[("order-4711-otp", &message)]).await? {
    ///     println!("{}: {:?}", record.key, record.outcome);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of a list, and [`ErrorClass::Journal`](crate::ErrorClass::Journal); what was resolved before stays so.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn reconcile(
        &self,
        client: &Client,
        messages: &[(&str, &dyn Message)],
    ) -> Result<Vec<JournalRecord>, Error> {
        client.reconcile(self, messages, &CallOptions::default()).await
    }

    /// Like [`reconcile`](Self::reconcile), with a client that blocks.
    ///
    /// # Errors
    /// As [`reconcile`](Self::reconcile).
    pub fn reconcile_blocking(
        &self,
        client: &blocking::Client,
        messages: &[(&str, &dyn Message)],
    ) -> Result<Vec<JournalRecord>, Error> {
        client.reconcile(self, messages, &CallOptions::default())
    }
}

impl Client {
    /// [`JournalHandle::reconcile`] with per-call options; for bindings.
    ///
    /// # Errors
    /// As [`JournalHandle::reconcile`].
    #[doc(hidden)]
    pub async fn reconcile(
        &self,
        journal: &JournalHandle,
        messages: &[(&str, &dyn Message)],
        options: &CallOptions,
    ) -> Result<Vec<JournalRecord>, Error> {
        operations::reconcile(self.context(), journal, messages, options).await
    }
}

impl blocking::Client {
    /// As of the asynchronous client.
    ///
    /// # Errors
    /// As [`JournalHandle::reconcile`].
    #[doc(hidden)]
    pub fn reconcile(
        &self,
        journal: &JournalHandle,
        messages: &[(&str, &dyn Message)],
        options: &CallOptions,
    ) -> Result<Vec<JournalRecord>, Error> {
        self.run(async |client| client.reconcile(journal, messages, options).await)
    }
}
