//! The end of an error's text: what the error means, and what to do.

use super::{Effect, ErrorClass, Kind, Outcome};

pub(super) const fn consequence(
    effect: Effect,
    class: ErrorClass,
    outcome: Option<Outcome>,
    kind: Kind,
) -> &'static str {
    match effect {
        Effect::Send => after_send(class, outcome, kind),
        Effect::Write => after_write(class, outcome),
        Effect::Read => after_read(class, kind),
    }
}

/// What an error means for the message, and what to do.
const fn after_send(class: ErrorClass, outcome: Option<Outcome>, kind: Kind) -> &'static str {
    match (class, outcome) {
        (ErrorClass::Config, _) if matches!(kind, Kind::Forked) => {
            "Nothing was sent: make one in this process."
        }
        (ErrorClass::Config, _) => "Nothing was sent: correct the option and call again.",
        (ErrorClass::InvalidMessage, _) => "Nothing was sent: correct the message and send it.",
        (ErrorClass::SpendLimit, _) => "Nothing was sent: raise the limit, or send the rest later.",
        (ErrorClass::Journal, _) => {
            "Nothing was sent; with the same key it is safe to send it again once the journal can be used."
        }
        (_, Some(Outcome::Unknown)) if matches!(kind, Kind::InProgress) => {
            "The message may have been sent and may not: call again with the same key to learn what became of it."
        }
        (_, Some(Outcome::Unknown)) => {
            "The message may have been sent and may not: find out before sending it again, \
             or it may go out twice."
        }
        (_, Some(Outcome::NotSent)) => match kind {
            // What to do about the latter is told with what happened.
            Kind::Cancelled | Kind::Tls => "The message was not sent.",
            Kind::Closed => "The message was not sent; with an open client it is safe to send it again.",
            Kind::Proxy => "The message was not sent: check the proxy's address and credentials.",
            _ => "The message was not sent; it is safe to send it again.",
        },
        (ErrorClass::Authentication, Some(Outcome::Rejected)) => {
            "The message was not accepted: check the API key."
        }
        (ErrorClass::RateLimit, Some(Outcome::Rejected)) => {
            "The message was not accepted; it is safe to send it again later."
        }
        (ErrorClass::InsufficientCredit, Some(Outcome::Rejected)) => {
            "The message was not accepted: top up the credit, then send it again."
        }
        (_, Some(Outcome::Rejected)) => "The message was not accepted.",
        (_, _) => "",
    }
}

/// What it means for a request that changes something other than by a message.
const fn after_write(class: ErrorClass, outcome: Option<Outcome>) -> &'static str {
    match (class, outcome) {
        (ErrorClass::Config | ErrorClass::InvalidMessage, _) => {
            "Nothing was sent: correct it and call again."
        }
        (ErrorClass::Journal, _) => {
            "Nothing was sent; with the same key it is safe to make it again once the journal can be used."
        }
        (_, Some(Outcome::Unknown)) => {
            "The request may have been carried out and may not: find out before making it again."
        }
        (_, Some(Outcome::NotSent)) => "The request was not sent; it is safe to make it again.",
        (ErrorClass::Authentication, _) => "The request was not carried out: check the API key.",
        (_, Some(Outcome::Rejected)) => "The request was not carried out.",
        (_, _) => "",
    }
}

/// What to do after a read, which changes nothing whatever becomes of it.
const fn after_read(class: ErrorClass, kind: Kind) -> &'static str {
    match (class, kind) {
        (ErrorClass::Config | ErrorClass::InvalidMessage, _) => {
            "Nothing was asked: correct it and call again."
        }
        (ErrorClass::Journal, _) => "It is safe to ask again once the journal can be used.",
        (ErrorClass::Transport, Kind::Cancelled | Kind::Closed | Kind::Tls) => "",
        (ErrorClass::Transport, Kind::Proxy) => "Check the proxy's address and credentials.",
        (ErrorClass::Transport | ErrorClass::RateLimit, _) => "It is safe to ask again.",
        (ErrorClass::Authentication, _) => "Check the API key.",
        (_, _) => "",
    }
}
