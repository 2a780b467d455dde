//! Any answer to a send ends in the one outcome that the documented envelope
//! and the status allow, and shows nothing of the message.

#![no_main]

use libfuzzer_sys::fuzz_target;
use partner_messaging::Outcome;
use serde_json::Value;

/// Statuses that refuse without an envelope.
const REFUSING: [u16; 10] = [400, 401, 403, 404, 405, 410, 413, 415, 422, 429];

fuzz_target!(|input: (u16, Option<&[u8]>, &[u8])| {
    let (status, retry_after, body) = input;
    let status = 100 + status % 900;
    let result = partner_messaging::fuzzing::answer(status, retry_after, body);

    // Another reader's view: it may see an envelope where we see none (a name
    // that stands twice, nesting too deep), never the other way round.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let document: Option<Value> = serde_json::from_slice(body).ok();
    let success = document.as_ref().and_then(|document| document.get("success")?.as_bool());

    match result {
        Ok(receipt) => {
            assert!((200..300).contains(&status));
            assert_eq!(success, Some(true));
            let document = document.expect("an envelope");
            assert_eq!(document["data"]["messageId"].as_str(), Some(receipt.message_id.as_str()));
            assert!(!receipt.message_id.is_empty());
        }
        Err(error) => {
            match error.outcome() {
                Some(Outcome::Rejected) => {
                    assert!(success == Some(false) || REFUSING.contains(&status), "{error:?}");
                }
                outcome => assert_eq!(outcome, Some(Outcome::Unknown)),
            }
            let shown = format!("{error}\n{error:?}\n{:?} {:?}", error.body(), error.code());
            assert!(shown.len() < 64 * 1024);
            for secret in ["your code is 987654", "+6591234567", "sandbox-key"] {
                assert!(!shown.contains(secret), "{shown}");
            }
            let text = error.to_string();
            assert!(!text.chars().any(char::is_control), "{text:?}");
        }
    }
});
