//! The blocking client.

use std::ops::ControlFlow;

use partner_messaging::blocking;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3::{PyTraverseError, PyVisit};

use crate::errors::{exception, instance};
use crate::events::{self, Collecting};
use crate::observed::Observed;
use crate::receipt::Receipt;
use crate::{messages, options};

/// A client of the Partner Messaging API whose calls block.
///
/// Make one and keep it: it holds a pool of connections. It may be used from
/// any number of threads, and in a process forked from the one that made it.
///
/// Args:
///     api_key: The key; default: the environment's ``PARTNER_MESSAGING_API_KEY``.
///     base_url: Where the service is; default: the environment's
///         ``PARTNER_MESSAGING_BASE_URL``, else the documented one.
///     timeout: Seconds for a whole call, over queueing, attempts and pauses (30).
///     connect_timeout: Seconds for making one connection (5).
///     max_retries: How often a call may be tried again where nothing was sent (2).
///     max_connections: How many requests may be under way at once (100).
///     http2: Use HTTP/2 where the server offers it (True).
///     proxy: The URL of an HTTP proxy.
///     trust_env: Heed ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` (True).
///     ca_file: A PEM file of certificates to trust besides the platform's.
///     allow_http: Let plain http go to other hosts than loopback (False).
///     headers: Headers to send with every request.
///     user_agent: The ``User-Agent`` to send.
///     max_response_bytes: How large an answer may be (1 MiB).
///     on_event: Called with an ``Event`` for every attempt, retry and outcome, on
///         the thread that made the call. What it raises doesn't change the call.
///
/// Raises:
///     ConfigError: An option can't be used; ``field`` names it.
///
/// Example:
///     >>> from partner_messaging import Sms
///     >>> from partner_messaging.testing import Sandbox
///     >>> with Sandbox() as sandbox, sandbox.client() as client:
///     ...     client.send(Sms(to="+6591234567", content="Hello")).status
///     'SENT'
#[pyclass(frozen, subclass, module = "partner_messaging")]
pub(crate) struct Client {
    native: Observed<blocking::Client>,
    on_event: Option<Py<PyAny>>,
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (api_key = None, *, on_event = None, **options), text_signature = "(api_key=None, *, base_url=None, timeout=None, connect_timeout=None, max_retries=None, max_connections=None, http2=None, proxy=None, trust_env=None, ca_file=None, allow_http=None, headers=None, user_agent=None, max_response_bytes=None, on_event=None)")]
    fn new(
        py: Python<'_>,
        api_key: Option<&Bound<'_, PyAny>>,
        on_event: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        options::callback(py, on_event)?;
        let builder = options::builder(py, api_key, options)?;
        let native = Observed::new(
            py,
            builder,
            partner_messaging::ClientBuilder::build_blocking,
            blocking::Client::close,
            on_event.is_some(),
        )
        .map_err(|error| exception(py, &error))?;
        Ok(Self { native, on_event: on_event.map(|callback| callback.clone().unbind()) })
    }

    /// Sends one message, and tells what became of it.
    ///
    /// Args:
    ///     message: A ``WhatsApp``, an ``Sms``, an ``Email``, or a mapping in wire form.
    ///     timeout: Seconds for this call.
    ///     max_retries: How often this call may be tried again.
    ///     headers: Headers for this call; they replace the client's of the same name.
    ///
    /// Returns:
    ///     The receipt: the service accepted the message.
    ///
    /// Raises:
    ///     InvalidMessageError: Refused before any I/O; ``field`` names the field.
    ///     TransportError: Nothing was sent.
    ///     ApiError: The service refused; see its subclasses.
    ///     OutcomeUnknownError: It may have been accepted. Find out before sending it again.
    ///     KeyboardInterrupt: Ctrl-C; its ``__cause__`` tells what became of the message.
    #[pyo3(signature = (message, *, timeout = None, max_retries = None, headers = None))]
    fn send(
        &self,
        message: &Bound<'_, PyAny>,
        timeout: Option<&Bound<'_, PyAny>>,
        max_retries: Option<&Bound<'_, PyAny>>,
        headers: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Receipt> {
        let py = message.py();
        let options = options::call(timeout, max_retries, headers)?;
        let envelope = messages::envelope(message)?;
        let wanted = self.on_event.is_some() || events::enabled_logger(py)?.is_some();
        let client = self.native.client(py, wanted).map_err(|error| exception(py, &error))?;
        let on_event = self.on_event.as_ref();
        let collecting = wanted.then(Collecting::begin);
        let tell = |py: Python<'_>| match &collecting {
            Some(collecting) => {
                events::tell(py, on_event.map(|callback| callback.bind(py)), collecting.take())
            }
            None => Ok(()),
        };
        let mut interrupt = None;
        let result = py.detach(|| {
            client.send_interruptible(&envelope, &options, || {
                // A daemon thread's call may outlive the interpreter: then there is nothing to attach to.
                match Python::try_attach(|py| tell(py).and_then(|()| py.check_signals())) {
                    Some(Err(raised)) => {
                        interrupt.get_or_insert(raised);
                        ControlFlow::Break(())
                    }
                    Some(Ok(())) | None => ControlFlow::Continue(()),
                }
            })
        });
        if let Err(raised) = tell(py) {
            interrupt.get_or_insert(raised);
        }
        match (interrupt, result) {
            (None, Ok(receipt)) => Ok(receipt.into()),
            (None, Err(error)) => Err(exception(py, &error)),
            (Some(interrupt), Ok(receipt)) => {
                interrupt.value(py).setattr("receipt", Receipt::from(receipt).into_pyobject(py)?)?;
                Err(interrupt)
            }
            (Some(interrupt), Err(error)) => {
                interrupt.set_cause(py, Some(PyErr::from_value(instance(py, &error)?)));
                Err(interrupt)
            }
        }
    }

    /// Closes the client: further calls are refused, calls under way on other
    /// threads end at once with the outcome they have by now. Never blocks.
    fn close(&self) {
        self.native.close();
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, _exception: &Bound<'_, pyo3::types::PyTuple>) {
        self.native.close();
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a Client can't be pickled: make one in each process, from the same options",
        ))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.on_event)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        Ok(format!("<{}>", slf.get_type().qualname()?))
    }
}
