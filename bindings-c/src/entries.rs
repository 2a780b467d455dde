//! The functions of the library. They check what they are given, and call.

mod boundary;
pub mod call;
pub mod client;
pub mod command_line;
pub mod completion;
pub mod error;
pub mod event;
pub mod filter;
pub mod free;
pub mod generated;
pub mod get_balance;
pub mod get_message;
pub mod journal;
pub mod library;
pub mod list_messages;
pub mod message;
pub mod options;
pub mod queue;
pub mod request;
pub mod sandbox;
pub mod send;
pub mod send_request;
pub mod send_with_fallback;
pub mod spending;
pub mod status;
pub mod version;
pub mod wait_for_status;
