//! The commands in their JSON form.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::{ControlError, parse};
use crate::fault::{Fault, FaultKind};
use crate::shared::{PortChange, Shared};

/// What a command answers, and what its caller still has to have done to the port.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) answer: String,
    pub(crate) port: Option<PortChange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    #[serde(default)]
    op: String,
    #[serde(default, deserialize_with = "present")]
    state: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "present")]
    fault: Option<Box<RawValue>>,
    message_id: Option<String>,
    status: Option<String>,
}

/// Keeps `null` apart from a field that is not there.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(from).map(Some)
}

/// Where a command comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The process that holds the sandbox.
    Process,
    /// The control endpoint, which a closed port takes away.
    Http,
}

pub(crate) fn run(shared: &Shared, command: &str, origin: Origin) -> Result<Done, ControlError> {
    let command: Command = parse(command)?;
    let takes: &[&str] = match command.op.as_str() {
        "set_state" => &["state"],
        "push_fault" | "set_fault" => &["fault"],
        "advance" => &["message_id", "status"],
        _ => &[],
    };
    let given = [
        ("state", command.state.is_some()),
        ("fault", command.fault.is_some()),
        ("message_id", command.message_id.is_some()),
        ("status", command.status.is_some()),
    ];
    if let Some((field, _)) = given.iter().find(|(name, is)| *is && !takes.contains(name)) {
        let problem = format!("is not a field of {:?}", command.op);
        return Err(ControlError::at(*field, problem));
    }
    match command.op.as_str() {
        "requests" => text(&shared.requests()),
        "counts" => text(&shared.counts()),
        "clear_requests" => {
            shared.clear_requests();
            null(None)
        }
        "messages" => text(&shared.messages()),
        "state" => text(&shared.state()),
        "set_state" => {
            let patch: Value =
                parse(required(&command.state, "state")?).map_err(|error| error.within("state"))?;
            shared.set_state(&patch).map_err(|error| error.within("state"))?;
            null(None)
        }
        "push_fault" => {
            let fault = fault(required(&command.fault, "fault")?, origin)?;
            null(shared.push_fault(fault))
        }
        "set_fault" => {
            let fault = match required(&command.fault, "fault")? {
                "null" => None,
                text => Some(fault(text, origin)?),
            };
            if fault.as_ref().is_some_and(|fault| fault.times != 1) {
                return Err(ControlError::at("fault.times", "belongs to a pushed fault; a set one stays"));
            }
            null(Some(shared.set_fault(fault)))
        }
        "clear_faults" => null(Some(shared.clear_faults())),
        "advance" => {
            let status = command.status.as_deref();
            let status = status.ok_or_else(|| ControlError::at("status", "is missing"))?;
            advance(shared, command.message_id.as_deref(), status)?;
            null(None)
        }
        "reset" => null(Some(shared.reset())),
        other => Err(ControlError::at(
            "op",
            format!(
                "{other:?} is unknown; one of requests, clear_requests, messages, counts, \
                 state, set_state, advance, push_fault, set_fault, clear_faults, reset"
            ),
        )),
    }
}

/// Gives one message, or all of them, a status.
pub(crate) fn advance(shared: &Shared, id: Option<&str>, status: &str) -> Result<(), ControlError> {
    if status.is_empty() {
        return Err(ControlError::at("status", "must not be empty"));
    }
    match shared.advance(id, status) {
        true => Ok(()),
        false => Err(ControlError::at("message_id", "no message has this id")),
    }
}

fn required<'a>(field: &'a Option<Box<RawValue>>, name: &str) -> Result<&'a str, ControlError> {
    match field {
        Some(raw) => Ok(raw.get()),
        None => Err(ControlError::at(name, "is missing")),
    }
}

fn fault(text: &str, origin: Origin) -> Result<Fault, ControlError> {
    let fault = Fault::from_json(text).map_err(|error| error.within("fault"))?;
    if origin == Origin::Http && fault.kind == (FaultKind::Refuse { ms: None }) {
        return Err(ControlError::at(
            "fault.ms",
            "is needed here: no command could reach the closed port to open it",
        ));
    }
    Ok(fault)
}

fn text(value: &impl Serialize) -> Result<Done, ControlError> {
    let answer = serde_json::to_string(value).map_err(|error| ControlError::new(error.to_string()))?;
    Ok(Done { answer, port: None })
}

fn null(port: Option<PortChange>) -> Result<Done, ControlError> {
    Ok(Done { answer: "null".to_owned(), port })
}
