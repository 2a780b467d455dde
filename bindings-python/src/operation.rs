//! A call from Python's arguments, ready to be made by either client.

use std::sync::Arc;

use partner_messaging::{CallOptions, Effect, Error, NOT_JSON, Pager, Request};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::call::{Call, Cursor, cancelled_outcome};
use crate::convert::{Value, flag, json_text, mapping, text, texts};
use crate::failure::{CallFailure, catch_panics, catch_panics_of};
use crate::journal::OpenJournal;
use crate::{messages, options};

/// A call and its options. What can't be used is refused here, before any I/O; so a panic
/// has no outcome, either.
#[pyclass(frozen, module = "partner_messaging._native")]
pub(crate) struct Operation {
    pub(crate) call: Arc<Call>,
    pub(crate) options: CallOptions,
}

impl Operation {
    /// Makes one by `arguments`, whose errors are those of a call with this effect.
    fn new(
        effect: Effect,
        arguments: impl FnOnce() -> Result<(Call, CallOptions), CallFailure>,
    ) -> Result<Self, CallFailure> {
        let (call, options) = arguments().map_err(|failure| failure.attach_effect(effect))?;
        Ok(Self { call: Arc::new(call), options })
    }
}

type Options<'a, 'py> = &'a Bound<'py, PyDict>;

#[pymethods]
impl Operation {
    #[staticmethod]
    fn send(message: &Value<'_>, options: Options<'_, '_>) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || {
            Self::new(Effect::Send, || {
                Ok((Call::Send(messages::prepare(message)?), options::call("send", options)?))
            })
        })
    }

    #[staticmethod]
    fn send_with_fallback(
        messages: &Value<'_>,
        fallback_codes: Option<&Value<'_>>,
        options: Options<'_, '_>,
    ) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || {
            Self::new(Effect::Send, || {
                let call = Call::SendWithFallback(messages::prepare_all(messages)?);
                let mut options = options::call("send_with_fallback", options)?;
                if let Some(codes) = fallback_codes {
                    options = options.fallback_codes(texts("fallback_codes", codes)?);
                }
                Ok((call, options))
            })
        })
    }

    #[staticmethod]
    fn get_message(message_id: &Value<'_>, options: Options<'_, '_>) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || {
            Self::new(Effect::Read, || {
                let id = text("message_id", message_id)?;
                Ok((Call::GetMessage(id), options::call("get_message", options)?))
            })
        })
    }

    #[staticmethod]
    fn wait_for_status(
        message_id: &Value<'_>,
        final_statuses: Option<&Value<'_>>,
        options: Options<'_, '_>,
    ) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || {
            Self::new(Effect::Read, || {
                let id = text("message_id", message_id)?;
                let statuses = final_statuses.map(|it| texts("final_statuses", it)).transpose()?;
                Ok((Call::WaitForStatus(id, statuses), options::call("wait_for_status", options)?))
            })
        })
    }

    /// Asks for the first page of a list.
    #[staticmethod]
    fn list_messages(options: Options<'_, '_>) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || {
            Self::new(Effect::Read, || {
                let (filter, options) = options::list(options)?;
                Ok((Call::NextPage(Pager::new(&filter)?), options))
            })
        })
    }

    /// Asks for the page at another place of the same list.
    fn at(&self, cursor: &Bound<'_, Cursor>) -> PyResult<Self> {
        catch_panics(|| {
            let call = Call::NextPage(cursor.get().0.clone());
            Ok(Self { call: Arc::new(call), options: self.options.clone() })
        })
    }

    #[staticmethod]
    fn get_balance(options: Options<'_, '_>) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || {
            Self::new(Effect::Read, || Ok((Call::GetBalance, options::call("get_balance", options)?)))
        })
    }

    /// `json` is `...` for no body, because `None` is JSON's null.
    #[staticmethod]
    fn request(
        method: &Value<'_>,
        path: &Value<'_>,
        query: Option<&Value<'_>>,
        json: &Value<'_>,
        idempotent: Option<&Value<'_>>,
        options: Options<'_, '_>,
    ) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || {
            let method = text("method", method)?;
            Self::new(Request::effect_of(&method), || {
                let mut request = Request::new(method, text("path", path)?);
                for (name, value) in
                    query.map(|query| mapping("query", query)).transpose()?.unwrap_or_default()
                {
                    request = request.query(name, value);
                }
                if !json.is(json.py().Ellipsis()) {
                    let text = json_text(json)?;
                    request = request.json(text.ok_or_else(|| Error::config("json", NOT_JSON))?);
                }
                if let Some(idempotent) = idempotent {
                    request = request.idempotent(flag("idempotent", idempotent)?);
                }
                Ok((Call::Request(request), options::call("request", options)?))
            })
        })
    }

    /// Looks what became of a journal's messages, given by their keys, up in the service's list.
    #[staticmethod]
    fn reconcile(journal: &OpenJournal, messages: &Value<'_>, options: Options<'_, '_>) -> PyResult<Self> {
        catch_panics_of(Effect::Read, || {
            Self::new(Effect::Read, || {
                let call = Call::Reconcile(journal.core().clone(), messages::prepare_keyed(messages)?);
                Ok((call, options::call("reconcile", options)?))
            })
        })
    }

    /// What became of it when it is cancelled and no error says so: the outcome, and a sentence
    /// about it. `has_ended`: with a result. `None` if it has no outcome.
    fn cancelled_outcome(&self, has_ended: bool) -> PyResult<Option<(&'static str, &'static str)>> {
        catch_panics(|| Ok(cancelled_outcome(self.call.effect(), has_ended)))
    }

    /// What its result is called: the attribute of an exception that ended the call when it
    /// had its result already.
    #[getter]
    fn result_name(&self) -> PyResult<&'static str> {
        catch_panics(|| Ok(self.call.result_name()))
    }
}
