//! Comparing many messages with what a journal has under their keys, before any is sent.

use ring::hmac;

use super::handle::JournalHandle;
use super::{Canonical, Digest, JournalCall, rules};
use crate::error::{Error, Outcome};
use crate::types::PreparedMessage;

/// Makes the digests of messages by a journal's secret.
#[derive(Clone)]
pub struct Digester(hmac::Key);

impl Digester {
    pub(super) fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// One by a secret of its own, for messages that are compared among themselves.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn random() -> Result<Self, Error> {
        hmac::Key::generate(hmac::HMAC_SHA256, &ring::rand::SystemRandom::new())
            .map(Self)
            .map_err(|_| Error::out_of_resources("the system gives no random numbers"))
    }

    /// The digest of a message: what its key stands for in the journal.
    ///
    /// # Errors
    /// [`ErrorClass::InvalidMessage`](crate::ErrorClass::InvalidMessage) for one that can't be sent with a key.
    pub fn digest(&self, message: &PreparedMessage) -> Result<Digest, Error> {
        Ok(Canonical::of_message(message.wire_form())?.digest_with(&self.0))
    }
}

impl std::fmt::Debug for Digester {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digester([redacted])")
    }
}

/// What a journal has under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyState {
    /// The recorded outcome; absent while a call is in progress.
    pub outcome: Option<Outcome>,
    /// Whether the key stands for the message that it was compared with.
    pub same_message: bool,
    /// When it ended, in milliseconds since 1970.
    pub ended_at: Option<i64>,
}

impl JournalHandle {
    /// What makes the digests of this journal.
    ///
    /// # Errors
    /// [`ErrorClass::Journal`](crate::ErrorClass::Journal) when the journal can't be read.
    pub fn digester(&self) -> JournalCall<Digester> {
        self.ask(|store| Ok(Digester::new(&store.identity().secret)))
    }

    /// What the journal has under these keys, in their order, compared with the messages
    /// that they are to stand for.
    ///
    /// # Errors
    /// [`ErrorClass::Journal`](crate::ErrorClass::Journal) when the journal can't be read.
    pub fn compare(&self, keys: Vec<(String, Digest)>) -> JournalCall<Vec<Option<KeyState>>> {
        self.ask(move |store| {
            let names: Vec<&str> = keys.iter().map(|(key, _)| key.as_str()).collect();
            let entries = store.look_up(&names)?;
            let states = entries.into_iter().zip(&keys).map(|(entry, (_, digest))| {
                entry.map(|entry| KeyState {
                    outcome: entry.outcome(),
                    same_message: rules::is_same_message(&entry, digest),
                    ended_at: entry.ending.as_ref().map(|ending| ending.at),
                })
            });
            Ok(states.collect())
        })
    }
}
