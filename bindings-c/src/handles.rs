//! The types of the library.

pub(crate) mod argument;
pub mod call;
pub(crate) mod call_count;
pub mod call_kind;
pub mod callback;
pub mod client;
pub mod completion;
mod error;
pub mod event;
pub mod filter;
pub mod generated;
pub mod journal;
pub mod message;
pub mod message_iter;
pub mod options;
pub mod queue;
pub mod request;
pub mod sandbox;
pub(crate) mod settings;
pub mod status;
mod trail;
pub(crate) mod value;

/// The header allows threads to share handles: every one has to bear it.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<options::pm_options>();
    shared::<options::pm_call_options>();
    shared::<client::pm_client>();
    shared::<message::pm_message>();
    shared::<generated::pm_receipt>();
    shared::<generated::pm_error>();
    shared::<call::pm_call>();
    shared::<queue::pm_queue>();
    shared::<completion::pm_completion>();
    shared::<event::pm_event>();
    shared::<generated::pm_record>();
    shared::<filter::pm_filter>();
    shared::<message_iter::pm_message_iter>();
    shared::<generated::pm_page>();
    shared::<generated::pm_balance>();
    shared::<generated::pm_spending>();
    shared::<generated::pm_trail>();
    shared::<request::pm_request>();
    shared::<generated::pm_reply>();
    shared::<journal::pm_journal>();
    shared::<journal::pm_journal_iter>();
    shared::<generated::pm_journal_record>();
    shared::<generated::pm_journal_conflict>();
    shared::<generated::pm_journal_counts>();
    shared::<generated::pm_journal_totals>();
    shared::<sandbox::pm_sandbox>();
};
