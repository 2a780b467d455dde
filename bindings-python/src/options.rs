//! The options of clients, calls and lists from keyword arguments.

use partner_messaging::{CallOptions, Client, ClientBuilder, Error, MessageFilter, RootsVariable};
use partner_messaging_journal::Journal;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::convert::{Value, text};
use crate::failure::CallFailure;
use crate::generated::{CALL, CLIENT, LIST};
use crate::journal::Given;
use crate::problems;
use crate::setter::{Setter, set};

/// The options of a client whose types are Python's own.
const OF_PYTHON: &[Setter<ClientBuilder>] = &[
    // It stays in Python, which calls it.
    ("on_event", |client, name, value| {
        if value.is_callable() { Ok(client) } else { Err(Error::config(name, problems::CALLABLE).into()) }
    }),
];

/// What `requests` takes certificates from, in its order.
const ROOTS: [RootsVariable; 2] =
    [RootsVariable::Replaces("REQUESTS_CA_BUNDLE"), RootsVariable::Replaces("CURL_CA_BUNDLE")];

/// What Python itself says of a keyword that a function doesn't have.
fn unexpected(function: &str, name: &str) -> CallFailure {
    PyTypeError::new_err(format!("{function}() got an unexpected keyword argument '{name}'")).into()
}

/// The options of a client, with its journal, which is not open yet.
pub(crate) struct ClientOptions {
    builder: ClientBuilder,
    journal: Option<Given>,
}

impl ClientOptions {
    /// The options as the core takes them; a journal of the client's own is opened.
    pub(crate) fn builder(self) -> Result<ClientBuilder, Error> {
        Ok(match self.journal {
            Some(Given::Open(journal)) => self.builder.journal(journal),
            Some(Given::Place(place)) => self.builder.own_journal(Journal::open(place)?),
            None => self.builder,
        })
    }
}

/// The options of a client.
pub(crate) fn client(
    api_key: Option<&Value<'_>>,
    keywords: &Bound<'_, PyDict>,
) -> Result<ClientOptions, CallFailure> {
    let mut journal = None;
    let mut builder = Client::builder().language("python").roots_variables(&ROOTS);
    if let Some(key) = api_key {
        builder = builder.api_key(text("api_key", key)?);
    }
    for (name, value) in keywords {
        let name: String = name.extract()?;
        if name == "journal" {
            journal = (!value.is_none()).then(|| Given::read(&name, &value)).transpose()?;
        } else if !set(CLIENT, &mut builder, &name, &value)? && !set(OF_PYTHON, &mut builder, &name, &value)?
        {
            return Err(unexpected("Client", &name));
        }
    }
    Ok(ClientOptions { builder, journal })
}

/// The options of a call.
pub(crate) fn call(function: &str, keywords: &Bound<'_, PyDict>) -> Result<CallOptions, CallFailure> {
    let mut options = CallOptions::new();
    for (name, value) in keywords {
        let name: String = name.extract()?;
        if !set(CALL, &mut options, &name, &value)? {
            return Err(unexpected(function, &name));
        }
    }
    Ok(options)
}

/// The filters of a list, and the options of the calls that fetch its pages.
pub(crate) fn list(keywords: &Bound<'_, PyDict>) -> Result<(MessageFilter, CallOptions), CallFailure> {
    let (mut filter, mut options) = (MessageFilter::new(), CallOptions::new());
    for (name, value) in keywords {
        let name: String = name.extract()?;
        if !set(LIST, &mut filter, &name, &value)? && !set(CALL, &mut options, &name, &value)? {
            return Err(unexpected("list_messages", &name));
        }
    }
    Ok((filter, options))
}
