//! Sending one message.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};

use crate::call::Operation;
use crate::envelope::Envelope;
use crate::error::Error;
use crate::receipt::Receipt;
use crate::transport::Answer;
use crate::verdict::{self, Asked, Verdict};

/// Sends a message ("Send Message" of the API document).
pub(crate) struct Send<'a> {
    pub(crate) url: &'a Uri,
    pub(crate) message: &'a Envelope,
}

impl Operation for Send<'_> {
    type Output = Receipt;
    const NAME: &'static str = "send";

    fn method(&self) -> Method {
        Method::POST
    }

    fn url(&self) -> Result<Uri, Error> {
        Ok(self.url.clone())
    }

    fn body(&self) -> Option<Bytes> {
        Some(self.message.body().clone())
    }

    fn message(&self) -> Option<&Envelope> {
        Some(self.message)
    }

    fn changes(&self) -> bool {
        true
    }

    fn judge(&self, answer: &Answer, sent: &HeaderMap) -> Verdict<Receipt> {
        let secrets = || self.message.secrets();
        let asked = Asked { subject: "the message", secrets: &secrets, sent };
        verdict::of_change(answer, &asked, false, "message id", |(data, message)| {
            Receipt::read(data?, message)
        })
    }

    fn stamp(receipt: &mut Receipt, attempts: u32, elapsed: Duration) {
        receipt.attempts = attempts;
        receipt.elapsed = elapsed;
    }
}
