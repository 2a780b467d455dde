//! The C library: handles, getters and status codes over the core client.
//!
//! This crate only converts. What a message needs, what may be retried and what
//! became of a message is decided in the core. The doc comments of public items
//! are written for readers of the C header, which is generated from them.
//!
//! `unsafe` code stands in [`ffi`] (pointers) and [`signals`] (masks) only; the
//! other files have no more of it than the `no_mangle` of their functions.

#![allow(non_camel_case_types)]
#![warn(missing_docs)]

pub mod balance;
pub mod call;
pub mod callback;
pub mod client;
pub mod completion;
pub mod error;
pub mod event;
pub mod fallback;
mod fault;
mod ffi;
pub mod filter;
pub mod list;
pub mod message;
pub mod options;
mod pending;
pub mod queue;
pub mod receipt;
pub mod record;
pub mod request;
pub mod sandbox;
mod signals;
pub mod status;
pub mod version;

/// The header allows threads to share handles: every one has to bear it.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<options::pm_options>();
    shared::<options::pm_call_options>();
    shared::<client::pm_client>();
    shared::<message::pm_message>();
    shared::<receipt::pm_receipt>();
    shared::<error::pm_error>();
    shared::<call::pm_call>();
    shared::<queue::pm_queue>();
    shared::<completion::pm_completion>();
    shared::<event::pm_event>();
    shared::<record::pm_record>();
    shared::<filter::pm_filter>();
    shared::<list::pm_message_iter>();
    shared::<list::pm_page>();
    shared::<balance::pm_balance>();
    shared::<balance::pm_spending>();
    shared::<fallback::pm_trail>();
    shared::<request::pm_request>();
    shared::<request::pm_reply>();
    shared::<sandbox::pm_sandbox>();
};
