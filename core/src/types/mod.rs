//! What goes into calls and what comes out of them.

mod balance;
mod batch;
mod filter;
mod journal_record;
mod message;
mod page;
mod pager;
mod receipt;
mod record;
mod request;
mod spending;

pub use balance::Balance;
pub use batch::{BatchMessage, BatchResult, BatchStep, BatchSummary};
pub use filter::MessageFilter;
pub use journal_record::{JournalConflict, JournalRecord, JournalSummary, JournalTotal};
pub use message::{Email, Message, PreparedMessage, Sms, WhatsApp, WireMessage};
pub use page::Page;
pub(crate) use pager::PageStep;
pub use pager::Pager;
pub use receipt::{FallbackReceipt, Receipt};
pub use record::MessageRecord;
pub use request::{Reply, Request};
pub use spending::Spending;
