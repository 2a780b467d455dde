//! One call, from its start to its one end: attempts, what their answers prove,
//! and what is tried again.

pub(crate) mod classify;
mod context;
mod deadline;
mod execute;
mod keyed;
mod ledger;
pub(crate) mod limits;
mod operation;
mod poll;
mod response_envelope;
pub(crate) mod retry;
mod untyped;

pub(crate) use context::{Context, Shared};
pub(crate) use deadline::{Deadline, interrupted_error, pause};
pub(crate) use execute::{
    Patience, execute, execute_patiently, execute_with_deadline, execute_with_key, stopped_before_begun,
};
pub(crate) use keyed::KeyedCall;
pub(crate) use operation::{Operation, RequestInfo, Success};
