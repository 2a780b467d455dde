//! The credit that is left, and what was spent.

use std::ffi::{CString, c_char, c_void};

use partner_messaging::{Balance, Client, Spending};

use crate::call::{Destination, pm_call, submit};
use crate::callback;
use crate::client::pm_client;
use crate::error::pm_error;
use crate::ffi::{self, c_text, pointer};
use crate::options::pm_call_options;
use crate::queue::pm_queue;
use crate::signals::NoSigpipe;
use crate::status::{PM_OUTCOME_NONE, pm_status};

/// The credit that is left.
pub struct pm_balance {
    amount: CString,
    currency: Option<CString>,
    raw: CString,
}

impl From<Balance> for pm_balance {
    fn from(balance: Balance) -> Self {
        Self {
            raw: c_text(balance.raw()),
            amount: c_text(balance.amount.to_string()),
            currency: balance.currency.map(c_text),
        }
    }
}

/// Asks for the credit that is left, and waits for the answer, at most until
/// the deadline. The published document doesn't describe this: see
/// pm_options_set_endpoint().
///
/// @param client   The client.
/// @param options  NULL, or what this call has different from its client.
/// @param balance  NULL, or where the balance is written, to be freed with
///                 pm_balance_free(); NULL on failure.
/// @param error    NULL, or where the error is written, to be freed with
///                 pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_get_balance(
    client: Option<&pm_client>,
    options: Option<&pm_call_options>,
    balance: *mut *mut pm_balance,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::call(balance, error, PM_OUTCOME_NONE, || {
        callback::refuse_to_wait().map_err(pm_error::of_read)?;
        let client = pm_client::given(client).map_err(pm_error::of_read)?;
        let options = pm_call_options::options(options).map_err(pm_error::of_read)?;
        let _quiet = NoSigpipe::new();
        Ok(Box::new(client.blocking.get_balance_with(&options)?.into()))
    })
}

/// Begins a pm_client_get_balance() in the background; never waits. The balance
/// or the error comes as a completion to the queue: exactly one if this returns
/// PM_OK, none otherwise.
///
/// @param client     The client.
/// @param options    NULL, or what this call has different from its client.
/// @param queue      Where the completion goes.
/// @param user_data  Handed back by pm_completion_user_data(); not looked into.
/// @param call       NULL, or where a handle to cancel the call is written, to be
///                   freed with pm_call_free() at any time; NULL on failure.
/// @param error      NULL, or where the error is written, to be freed with
///                   pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_submit_get_balance(
    client: Option<&pm_client>,
    options: Option<&pm_call_options>,
    queue: Option<&pm_queue>,
    user_data: *mut c_void,
    call: *mut *mut pm_call,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::call(call, error, PM_OUTCOME_NONE, || {
        let client = pm_client::given(client).map_err(pm_error::of_read)?;
        let to = Destination::queue(queue, user_data).map_err(pm_error::of_read)?;
        let options = pm_call_options::options(options).map_err(pm_error::of_read)?;
        let get = async move |client: Client, options| client.get_balance_with(&options).await;
        submit(client, options, to, PM_OUTCOME_NONE, get)
    })
}

/// The amount as exact decimal text, for example "99.88".
#[unsafe(no_mangle)]
pub extern "C" fn pm_balance_amount(balance: Option<&pm_balance>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(balance.map(|balance| &balance.amount)))
}

/// The amount's currency, for example "SGD", or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_balance_currency(balance: Option<&pm_balance>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(balance.and_then(|balance| balance.currency.as_ref())))
}

/// The whole "data" object of the answer, as JSON text.
#[unsafe(no_mangle)]
pub extern "C" fn pm_balance_raw(balance: Option<&pm_balance>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(balance.map(|balance| &balance.raw)))
}

/// Frees a balance; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_balance_free(balance: Option<Box<pm_balance>>) {
    ffi::entry((), || drop(balance));
}

/// What the messages sent by a client cost in this process: an entry for each
/// channel and currency.
pub struct pm_spending(Vec<Entry>);

struct Entry {
    channel: CString,
    currency: Option<CString>,
    cost: CString,
    messages: u64,
    unpriced: u64,
}

impl From<Vec<Spending>> for pm_spending {
    fn from(entries: Vec<Spending>) -> Self {
        let entry = |it: Spending| Entry {
            channel: c_text(it.channel),
            currency: it.currency.map(c_text),
            cost: c_text(it.cost.to_string()),
            messages: it.messages,
            unpriced: it.unpriced,
        };
        Self(entries.into_iter().map(entry).collect())
    }
}

impl pm_spending {
    fn entry(spending: Option<&Self>, index: usize) -> Option<&Entry> {
        spending?.0.get(index)
    }
}

/// What the messages sent by the client, waiting or submitted, have cost in this
/// process, as their receipts say. Costs are added up exactly. No I/O happens.
///
/// @param client    The client.
/// @param spending  NULL, or where the entries are written, to be freed with
///                  pm_spending_free(); NULL on failure.
/// @param error     NULL, or where the error is written, to be freed with
///                  pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_spending(
    client: Option<&pm_client>,
    spending: *mut *mut pm_spending,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::call(spending, error, PM_OUTCOME_NONE, || {
        let client = pm_client::given(client).map_err(pm_error::of_read)?;
        Ok(Box::new(client.blocking.spending().into()))
    })
}

/// The same as pm_client_spending(), and begins a new ledger: no message is in
/// both or in neither.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_reset_spending(
    client: Option<&pm_client>,
    spending: *mut *mut pm_spending,
    error: *mut *mut pm_error,
) -> pm_status {
    ffi::call(spending, error, PM_OUTCOME_NONE, || {
        let client = pm_client::given(client).map_err(pm_error::of_read)?;
        Ok(Box::new(client.blocking.reset_spending().into()))
    })
}

/// How many entries there are.
#[unsafe(no_mangle)]
pub extern "C" fn pm_spending_count(spending: Option<&pm_spending>) -> usize {
    ffi::entry(0, || spending.map_or(0, |spending| spending.0.len()))
}

/// The channel of the entry at index, from 0; NULL beyond the last.
#[unsafe(no_mangle)]
pub extern "C" fn pm_spending_channel(spending: Option<&pm_spending>, index: usize) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(pm_spending::entry(spending, index).map(|it| &it.channel)))
}

/// The currency of the entry at index, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_spending_currency(spending: Option<&pm_spending>, index: usize) -> *const c_char {
    ffi::entry(std::ptr::null(), || {
        pointer(pm_spending::entry(spending, index).and_then(|it| it.currency.as_ref()))
    })
}

/// The sum of the costs of the entry at index, as exact decimal text.
#[unsafe(no_mangle)]
pub extern "C" fn pm_spending_cost(spending: Option<&pm_spending>, index: usize) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(pm_spending::entry(spending, index).map(|it| &it.cost)))
}

/// How many messages the entry at index is about.
#[unsafe(no_mangle)]
pub extern "C" fn pm_spending_messages(spending: Option<&pm_spending>, index: usize) -> u64 {
    ffi::entry(0, || pm_spending::entry(spending, index).map_or(0, |it| it.messages))
}

/// How many of the messages of the entry at index have no cost on their
/// receipt, so that its cost is without theirs.
#[unsafe(no_mangle)]
pub extern "C" fn pm_spending_unpriced(spending: Option<&pm_spending>, index: usize) -> u64 {
    ffi::entry(0, || pm_spending::entry(spending, index).map_or(0, |it| it.unpriced))
}

/// Frees the entries; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_spending_free(spending: Option<Box<pm_spending>>) {
    ffi::entry((), || drop(spending));
}
