//! The options of a client and of a call.

use std::ffi::c_char;

use partner_messaging::{CallOptions, ClientBuilder, Error};

use super::argument::{ArgumentError, Problem};
use super::event::pm_event;
use super::journal::pm_journal;
use super::settings::{Handle, Settings};
use crate::ffi::callback::{BorrowingCallback, Released};

/// The options of a client. All have defaults but the API key.
///
/// A setter never fails: an argument that can't be used is kept, and
/// pm_client_new() refuses the options, naming the one at fault.
#[derive(Default)]
pub struct pm_options {
    settings: Settings<ClientBuilder>,
    /// Opened with each client.
    journal: Option<String>,
    pub(crate) on_event: Option<EventCallback>,
    pub(crate) own_thread: bool,
}

/// Whom to tell of events, and how to release what it needs.
#[derive(Clone)]
pub(crate) struct EventCallback {
    pub(crate) callback: BorrowingCallback<pm_event>,
    pub(crate) _released: Option<Released>,
}

impl EventCallback {
    fn call(&self, event: &pm_event) {
        self.callback.call(event);
    }
}

impl pm_options {
    /// Names the journal by its path or URL.
    pub(crate) fn set_journal(&mut self, path_or_url: *const c_char) {
        if let Some(path_or_url) = self.settings.string("journal", path_or_url) {
            self.journal = Some(path_or_url.to_owned());
        }
    }

    /// Takes a journal that is open.
    pub(crate) fn set_open_journal(&mut self, journal: Option<&pm_journal>) {
        match journal {
            Some(journal) => {
                self.journal = None;
                self.settings.change(|core| core.journal(journal.core().clone()));
            }
            None => self.settings.refuse("journal", Problem::Null("a journal")),
        }
    }

    /// The options as the core takes them.
    pub(crate) fn builder(options: Option<&Self>) -> Result<ClientBuilder, Error> {
        let Some(options) = options else { return Ok(ClientBuilder::default()) };
        let mut builder = options.settings.check()?.clone();
        if let Some(journal) = &options.journal {
            builder = builder.own_journal(pm_journal::open(journal)?.core().clone());
        }
        Ok(match options.on_event.clone() {
            Some(on_event) => builder.on_event(move |event| on_event.call(&event.into())),
            None => builder,
        })
    }
}

/// What one call may have different from its client.
///
/// A setter never fails: an argument that can't be used is kept, and the call
/// that is given these options refuses them with PM_CONFIG_ERROR.
#[derive(Default)]
pub struct pm_call_options {
    settings: Settings<CallOptions>,
    pub(crate) fallback_codes: Vec<String>,
}

impl pm_call_options {
    /// The options as the core takes them.
    pub(crate) fn options(options: Option<&Self>) -> Result<CallOptions, ArgumentError> {
        let Some(options) = options else { return Ok(CallOptions::default()) };
        let taken = options.settings.check()?.clone();
        Ok(match options.fallback_codes.as_slice() {
            [] => taken,
            codes => taken.fallback_codes(codes),
        })
    }
}

impl Handle for pm_options {
    type Core = ClientBuilder;
    fn settings(&mut self) -> &mut Settings<ClientBuilder> {
        &mut self.settings
    }
}

impl Handle for pm_call_options {
    type Core = CallOptions;
    fn settings(&mut self) -> &mut Settings<CallOptions> {
        &mut self.settings
    }
}
