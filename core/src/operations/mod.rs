//! What a client can do, one file each.

mod get_balance;
mod get_message;
mod list_messages;
mod reconcile;
mod request;
mod send;
mod send_many;
mod send_with_fallback;
mod wait_for_status;

pub(crate) use get_balance::get_balance;
pub(crate) use get_message::get_message;
pub(crate) use list_messages::next_page;
pub(crate) use reconcile::reconcile;
pub(crate) use request::request;
pub(crate) use send::send;
pub(crate) use send_many::{Run, send_many};
pub(crate) use send_with_fallback::send_with_fallback;
pub(crate) use wait_for_status::wait_for_status;

#[cfg(fuzzing)]
pub(crate) use {list_messages::ListPage, send::Send};
