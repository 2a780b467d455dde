//! What a client can know of a message from what it was answered.

use serde::Serialize;
use serde_json::Value;

use crate::api::Response;
use crate::fault::FaultKind;

/// How a send ends for a client that reads what the wire brings it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// It was answered that the message was accepted.
    Sent,
    /// It was answered that the message was not taken.
    Rejected,
    /// Neither: the message may have been accepted.
    Unknown,
}

impl Outcome {
    pub(crate) fn for_client(answer: &Response, fault: Option<&FaultKind>) -> Outcome {
        match fault.is_some_and(|fault| loses(fault, answer)) {
            true => Outcome::Unknown,
            false => read(answer),
        }
    }
}

/// Whether a fault keeps a part of the answer from its client.
fn loses(fault: &FaultKind, answer: &Response) -> bool {
    match fault {
        FaultKind::Truncate { after: Some(after) } => *after < answer.wire_length() as u64,
        FaultKind::CloseBeforeRead
        | FaultKind::CloseAfterRead
        | FaultKind::Reset
        | FaultKind::Stall { ms: None }
        | FaultKind::Truncate { after: None }
        | FaultKind::Garbage
        | FaultKind::Unreadable => true,
        FaultKind::Stall { ms: Some(_) }
        | FaultKind::Slow { .. }
        | FaultKind::Respond { .. }
        | FaultKind::Code { .. }
        | FaultKind::Html502
        | FaultKind::RateLimit { .. }
        | FaultKind::Limit { .. }
        | FaultKind::Redirect { .. }
        | FaultKind::Refuse { .. } => false,
    }
}

fn read(answer: &Response) -> Outcome {
    let body = answer.sent_body();
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let envelope: Option<Value> = serde_json::from_slice(body).ok();
    let success = envelope.as_ref().and_then(|envelope| envelope.get("success")).and_then(Value::as_bool);
    let id = envelope.as_ref().and_then(|envelope| envelope.pointer("/data/messageId"));
    match (success, answer.status.as_u16()) {
        (Some(true), 200..=299) if id.is_some_and(is_id) => Outcome::Sent,
        (Some(false), _) => Outcome::Rejected,
        (None, 400 | 401 | 403 | 404 | 405 | 410 | 413 | 415 | 422 | 429) => Outcome::Rejected,
        _ => Outcome::Unknown,
    }
}

fn is_id(id: &Value) -> bool {
    id.is_number() || id.as_str().is_some_and(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_outcome_is_what_the_answer_proves() {
        let sent = json!({"success": true, "data": {"messageId": "msg_1"}});
        for (status, body, outcome) in [
            (200, sent.clone(), Outcome::Sent),
            (500, sent.clone(), Outcome::Unknown),
            (200, json!({"success": true, "data": {}}), Outcome::Unknown),
            (200, json!({"success": true, "data": {"messageId": ""}}), Outcome::Unknown),
            (200, json!({"success": true, "data": {"messageId": 7}}), Outcome::Sent),
            (204, sent.clone(), Outcome::Unknown),
            (200, json!({"success": false}), Outcome::Rejected),
            (503, json!({"success": false}), Outcome::Rejected),
            (429, json!("busy"), Outcome::Rejected),
            (408, json!("late"), Outcome::Unknown),
            (502, json!("bad gateway"), Outcome::Unknown),
        ] {
            assert_eq!(Outcome::for_client(&Response::json(status, &body), None), outcome, "{status} {body}");
        }
        let marked = Response::text(200, &format!("\u{feff}{sent}"));
        assert_eq!(Outcome::for_client(&marked, None), Outcome::Sent);
        let sent = Response::json(200, &sent);
        assert_eq!(Outcome::for_client(&sent, Some(&FaultKind::Reset)), Outcome::Unknown);
        assert_eq!(Outcome::for_client(&sent, Some(&FaultKind::Stall { ms: Some(5) })), Outcome::Sent);
    }
}
