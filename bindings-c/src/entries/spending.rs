//! What was spent.

use super::boundary;
use crate::handles::client::pm_client;
use crate::handles::generated::{pm_error, pm_spending};
use crate::handles::status::pm_status;

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
    boundary::read(spending, error, || {
        let client = pm_client::require(client)?;
        Ok(client.blocking.spending().into())
    })
}

/// Like pm_client_spending(), and begins a new ledger: no message is in
/// both or in neither.
#[unsafe(no_mangle)]
pub extern "C" fn pm_client_reset_spending(
    client: Option<&pm_client>,
    spending: *mut *mut pm_spending,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::read(spending, error, || {
        let client = pm_client::require(client)?;
        Ok(client.blocking.reset_spending().into())
    })
}
