//! The blocking client.

use std::ops::ControlFlow;

use partner_messaging::{Error, blocking};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use pyo3::{PyTraverseError, PyVisit};

use crate::answers::ledger;
use crate::call::{Given, Operation, Options};
use crate::errors::{exception, instance};
use crate::events::{self, Collecting};
use crate::list::Messages;
use crate::options;
use crate::reading::Body;

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
///     endpoints: Where the service has what the published document doesn't describe:
///         paths under the base URL by the names ``get_message``
///         (``/partner/message/{messageId}``), ``list_messages`` (``/partner/message``)
///         and ``get_balance`` (``/partner/credit/balance``), all of them assumptions.
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
    native: blocking::Client,
    on_event: Option<Py<PyAny>>,
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (api_key = None, *, on_event = None, **options), text_signature = "(api_key=None, *, base_url=None, timeout=None, connect_timeout=None, max_retries=None, max_connections=None, http2=None, proxy=None, trust_env=None, ca_file=None, allow_http=None, headers=None, user_agent=None, max_response_bytes=None, endpoints=None, on_event=None)")]
    fn new(
        py: Python<'_>,
        api_key: Option<&Bound<'_, PyAny>>,
        on_event: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        options::callback(py, on_event)?;
        let builder = events::observed(options::builder(py, api_key, options)?);
        // Reading certificates takes a while.
        let native = py.detach(|| builder.build_blocking()).map_err(|error| exception(py, &error))?;
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
    fn send<'py>(
        &self,
        message: &Bound<'py, PyAny>,
        timeout: Option<Bound<'py, PyAny>>,
        max_retries: Option<Bound<'py, PyAny>>,
        headers: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = Options::new(timeout, max_retries, headers);
        self.give(message.py(), Operation::send(message, options)?)
    }

    /// Sends the first of these messages that the service takes.
    ///
    /// The next message is tried only after a refusal with one of the
    /// ``fallback_codes``: its channel can't be used. Any other refusal ends the
    /// call, since it would meet the next message too; so does an unknown outcome,
    /// since the message may arrive. All messages are checked before the first is
    /// sent, and one deadline is over all.
    ///
    /// Args:
    ///     messages: Messages as ``send`` takes them, the preferred one first.
    ///     fallback_codes: The service's codes after which the next message is tried;
    ///         default: ``CHANNEL_CONFIG_NOT_FOUND``, ``CHANNEL_CREDENTIALS_NOT_FOUND``.
    ///     timeout: Seconds for the whole call, over all messages.
    ///     max_retries: How often each message may be tried again where nothing was sent.
    ///     headers: Headers for this call; they replace the client's of the same name.
    ///
    /// Returns:
    ///     The accepted message's receipt, and the trail of what was tried.
    ///
    /// Raises:
    ///     InvalidMessageError: Refused before any I/O; ``field`` names message and
    ///         field, for example ``messages[1].to``.
    ///     PartnerMessagingError: As ``send``, for the last message that was tried;
    ///         ``trail`` tells of all.
    ///
    /// Example:
    ///     >>> from partner_messaging import Sms, WhatsApp
    ///     >>> from partner_messaging.testing import Sandbox
    ///     >>> whatsapp = WhatsApp(to="+6591234567", from_="+6581234567", template_id="HX1")
    ///     >>> sms = Sms(to="+6591234567", content="Your table is ready.")
    ///     >>> with Sandbox(state={"channels": {"WHATSAPP": "not_configured"}}) as sandbox:
    ///     ...     with sandbox.client() as client:
    ///     ...         accepted = client.send_with_fallback([whatsapp, sms])
    ///     >>> [(step.channel, step.outcome) for step in accepted.trail]
    ///     [('WHATSAPP', 'rejected'), ('SMS', 'sent')]
    #[pyo3(signature = (messages, *, fallback_codes = None, timeout = None, max_retries = None, headers = None))]
    fn send_with_fallback<'py>(
        &self,
        messages: &Bound<'py, PyAny>,
        fallback_codes: Option<&Bound<'py, PyAny>>,
        timeout: Option<Bound<'py, PyAny>>,
        max_retries: Option<Bound<'py, PyAny>>,
        headers: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = Options::new(timeout, max_retries, headers);
        self.give(messages.py(), Operation::send_with_fallback(messages, fallback_codes, options)?)
    }

    /// Asks what became of a message that was accepted before.
    ///
    /// The published document doesn't describe this; the path is one of the
    /// ``endpoints``. Reads are tried again after every passing failure, and their
    /// errors have no outcome.
    ///
    /// Args:
    ///     message_id: The id of the message's receipt.
    ///     timeout: Seconds for this call.
    ///     max_retries: How often this call may be tried again.
    ///     headers: Headers for this call; they replace the client's of the same name.
    ///
    /// Raises:
    ///     MessageNotFoundError: There is no such message; any other ``ApiError`` too.
    ///     TransportError: No answer came.
    ///     ProtocolError: The answer is not the documented envelope, or no such record.
    ///     ConfigError: It can't be an id.
    ///
    /// Example:
    ///     >>> from partner_messaging import Sms
    ///     >>> from partner_messaging.testing import Sandbox
    ///     >>> with Sandbox() as sandbox, sandbox.client() as client:
    ///     ...     receipt = client.send(Sms(to="+6591234567", content="Hello"))
    ///     ...     client.get_message(receipt.message_id).recipient
    ///     '+6591234567'
    #[pyo3(signature = (message_id, *, timeout = None, max_retries = None, headers = None))]
    fn get_message<'py>(
        &self,
        message_id: &Bound<'py, PyAny>,
        timeout: Option<Bound<'py, PyAny>>,
        max_retries: Option<Bound<'py, PyAny>>,
        headers: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = Options::new(timeout, max_retries, headers);
        self.give(message_id.py(), Operation::get_message(message_id, options)?)
    }

    /// Waits until a message's status is final, or the call's time is over, looking
    /// again and again at growing intervals (0.25 to 5 seconds).
    ///
    /// Args:
    ///     message_id: The id of the message's receipt.
    ///     final_statuses: The statuses to wait for, in capitals or not; default:
    ///         ``DELIVERED``, ``READ``, ``FAILED``, ``UNDELIVERED``, ``REJECTED`` and
    ///         ``EXPIRED``, an assumption, since the document has no list of them.
    ///     timeout: Seconds for the whole call.
    ///     max_retries: How often each look may be tried again.
    ///     headers: Headers for this call; they replace the client's of the same name.
    ///
    /// Returns:
    ///     The message as it was seen last: where its status is not final, the time was over.
    ///
    /// Raises:
    ///     PartnerMessagingError: As ``get_message``.
    ///
    /// Example:
    ///     >>> from partner_messaging import Sms
    ///     >>> from partner_messaging.testing import Sandbox
    ///     >>> with Sandbox(state={"delivery": {"after_ms": 100}}) as sandbox:
    ///     ...     with sandbox.client() as client:
    ///     ...         receipt = client.send(Sms(to="+6591234567", content="Hello"))
    ///     ...         client.wait_for_status(receipt.message_id, timeout=10).status
    ///     'DELIVERED'
    #[pyo3(signature = (message_id, *, final_statuses = None, timeout = None, max_retries = None, headers = None))]
    fn wait_for_status<'py>(
        &self,
        message_id: &Bound<'py, PyAny>,
        final_statuses: Option<&Bound<'py, PyAny>>,
        timeout: Option<Bound<'py, PyAny>>,
        max_retries: Option<Bound<'py, PyAny>>,
        headers: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = Options::new(timeout, max_retries, headers);
        self.give(message_id.py(), Operation::wait_for_status(message_id, final_statuses, options)?)
    }

    /// Lists messages: all pages, each asked for when it is needed.
    ///
    /// The published document promises lists and doesn't describe them: the path is
    /// one of the ``endpoints``, and the names of the query's parameters are those
    /// of the filters here, an assumption; ``query`` adds any other.
    ///
    /// Args:
    ///     channel: Only those of one channel, for example ``SMS``.
    ///     status: Only those with one status, for example ``DELIVERED``.
    ///     recipient: Only those to one recipient.
    ///     sender: Only those from one sender: a phone number or a sender's name.
    ///     since: Only those taken at this time or later: a ``datetime`` with a time
    ///         zone, a ``date``, or the text of one (RFC 3339).
    ///     until: Only those taken before this time, given likewise.
    ///     page: The page to begin with, from 1 (1).
    ///     limit: How many messages to ask for at a time, 1 to 1000 (50).
    ///     query: Further parameters of the query: names and texts.
    ///     timeout: Seconds for each page.
    ///     max_retries: How often each page may be asked for again.
    ///     headers: Headers for these calls; they replace the client's of the same name.
    ///
    /// Returns:
    ///     An iterator over the messages; its method ``pages`` gives them page by page.
    ///
    /// Raises:
    ///     ConfigError: A filter or an option can't be used; ``field`` names it.
    ///         Everything else is raised while listing, as by ``get_message``, and
    ///         ends the list: ``InvalidPaginationError`` when the service refuses a
    ///         page, ``ProtocolError`` also when it repeats one instead of giving the next.
    ///
    /// Example:
    ///     >>> from partner_messaging import Sms
    ///     >>> from partner_messaging.testing import Sandbox
    ///     >>> with Sandbox() as sandbox, sandbox.client() as client:
    ///     ...     for n in range(3):
    ///     ...         receipt = client.send(Sms(to=f"+659123456{n}", content="Hello"))
    ///     ...     print(*(message.recipient for message in client.list_messages(channel="SMS")))
    ///     ...     print(*(len(page.messages) for page in client.list_messages(limit=2).pages()))
    ///     +6591234562 +6591234561 +6591234560
    ///     2 1
    #[pyo3(signature = (*, timeout = None, max_retries = None, headers = None, **filter), text_signature = "($self, *, channel=None, status=None, recipient=None, sender=None, since=None, until=None, page=None, limit=None, query=None, timeout=None, max_retries=None, headers=None)")]
    fn list_messages<'py>(
        slf: &Bound<'py, Self>,
        timeout: Option<Bound<'py, PyAny>>,
        max_retries: Option<Bound<'py, PyAny>>,
        headers: Option<Bound<'py, PyAny>>,
        filter: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Messages> {
        let options = Options::new(timeout, max_retries, headers);
        Messages::new(slf, Operation::list_messages(slf.py(), options, filter)?)
    }

    /// Asks for the credit that is left.
    ///
    /// The published document doesn't describe this; the path is one of the
    /// ``endpoints``.
    ///
    /// Args:
    ///     timeout: Seconds for this call.
    ///     max_retries: How often this call may be tried again.
    ///     headers: Headers for this call; they replace the client's of the same name.
    ///
    /// Raises:
    ///     PartnerMessagingError: As ``get_message``.
    ///
    /// Example:
    ///     >>> from partner_messaging.testing import Sandbox
    ///     >>> with Sandbox(balance="12.50") as sandbox, sandbox.client() as client:
    ///     ...     client.get_balance()
    ///     Balance(amount='12.50', currency='SGD')
    #[pyo3(signature = (*, timeout = None, max_retries = None, headers = None))]
    fn get_balance<'py>(
        &self,
        py: Python<'py>,
        timeout: Option<Bound<'py, PyAny>>,
        max_retries: Option<Bound<'py, PyAny>>,
        headers: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = Options::new(timeout, max_retries, headers);
        self.give(py, Operation::get_balance(py, options)?)
    }

    /// Makes any other request to the service, with the key, the envelope and the
    /// errors of all calls.
    ///
    /// ``GET`` is a read: it is tried again as reads are, and its errors have no
    /// outcome. Any other method changes something: it is never made twice unless
    /// it is ``idempotent``, and its errors say what became of it.
    ///
    /// Args:
    ///     method: ``GET``, ``POST``, ``PUT``, ``PATCH`` or ``DELETE``.
    ///     path: The path under the base URL; it begins with a slash.
    ///     query: The query's parameters: names and texts.
    ///     json: The body, anything that ``json.dumps`` takes; ``None`` is JSON's null.
    ///         Default: no body.
    ///     idempotent: Whether making it twice does no more than making it once
    ///         (True for ``GET``, else False).
    ///     timeout: Seconds for this call.
    ///     max_retries: How often this call may be tried again.
    ///     headers: Headers for this call; they replace the client's of the same name.
    ///
    /// Raises:
    ///     ConfigError: The request can't be made; ``field`` names what is wrong.
    ///     PartnerMessagingError: For ``GET`` as ``get_message``, else as ``send``.
    ///
    /// Example:
    ///     >>> from partner_messaging.testing import Sandbox
    ///     >>> with Sandbox() as sandbox, sandbox.client() as client:
    ///     ...     client.request("GET", "/partner/message", query={"limit": "10"}).status
    ///     200
    #[pyo3(signature = (method, path, *, query = None, json = Body(None), idempotent = None, timeout = None, max_retries = None, headers = None), text_signature = "($self, method, path, *, query=None, json=..., idempotent=None, timeout=None, max_retries=None, headers=None)")]
    #[allow(clippy::too_many_arguments)] // They are keywords.
    fn request<'py>(
        &self,
        method: &Bound<'py, PyAny>,
        path: &Bound<'py, PyAny>,
        query: Option<&Bound<'py, PyAny>>,
        json: Body<'py>,
        idempotent: Option<&Bound<'py, PyAny>>,
        timeout: Option<Bound<'py, PyAny>>,
        max_retries: Option<Bound<'py, PyAny>>,
        headers: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = Options::new(timeout, max_retries, headers);
        self.give(method.py(), Operation::request(method, path, query, json, idempotent, options)?)
    }

    /// What the messages sent by this client have cost in this process, by channel
    /// and currency, as their receipts say: exact sums. Asks nobody.
    ///
    /// Example:
    ///     >>> from partner_messaging import Sms
    ///     >>> from partner_messaging.testing import Sandbox
    ///     >>> with Sandbox() as sandbox, sandbox.client() as client:
    ///     ...     receipt = client.send(Sms(to="+6591234567", content="Hello"))
    ///     ...     client.spending()
    ///     (Spending(channel='SMS', currency='SGD', cost='0.05', messages=1, unpriced=0),)
    fn spending<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        ledger(py, py.detach(|| self.native.spending()))
    }

    /// The same as ``spending``, and begins a new ledger: no message is in both or in neither.
    fn reset_spending<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        ledger(py, py.detach(|| self.native.reset_spending()))
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
    fn __exit__(&self, _exception: &Bound<'_, PyTuple>) {
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

/// Why a call gave nothing.
pub(crate) enum Stopped {
    Failed(Error),
    /// By what a signal handler raised, which tells what became of the call.
    Interrupted(PyErr),
}

impl Stopped {
    pub(crate) fn into_exception(self, py: Python<'_>) -> PyErr {
        match self {
            Self::Failed(error) => exception(py, &error),
            Self::Interrupted(interrupt) => interrupt,
        }
    }
}

impl Client {
    fn give<'py>(&self, py: Python<'py>, operation: Operation) -> PyResult<Bound<'py, PyAny>> {
        self.run(py, &operation).map_err(|stopped| stopped.into_exception(py))?.into_pyobject(py)
    }

    /// Makes a call on this thread, which Ctrl-C ends.
    pub(crate) fn run(&self, py: Python<'_>, operation: &Operation) -> Result<Given, Stopped> {
        let on_event = self.on_event.as_ref();
        let logger = events::enabled_logger(py).map_err(Stopped::Interrupted)?;
        let collecting = (on_event.is_some() || logger.is_some()).then(Collecting::begin);
        let tell = |py: Python<'_>| match &collecting {
            Some(collecting) => {
                events::tell(py, on_event.map(|callback| callback.bind(py)), collecting.take())
            }
            None => Ok(()),
        };
        let mut interrupt = None;
        let result = py.detach(|| {
            // A daemon thread's call may outlive the interpreter: then there is nothing to attach to.
            let tick = || match Python::try_attach(|py| tell(py).and_then(|()| py.check_signals())) {
                Some(Err(raised)) => {
                    interrupt.get_or_insert(raised);
                    ControlFlow::Break(())
                }
                Some(Ok(())) | None => ControlFlow::Continue(()),
            };
            self.native.run_interruptible(&operation.options, tick, async |client, options| {
                operation.call.make(client, options).await
            })
        });
        if let Err(raised) = tell(py) {
            interrupt.get_or_insert(raised);
        }
        let Some(interrupt) = interrupt else { return result.map_err(Stopped::Failed) };
        match explain(py, &interrupt, result, operation.call.changes()) {
            Ok(()) => Err(Stopped::Interrupted(interrupt)),
            Err(failed) => Err(Stopped::Interrupted(failed)),
        }
    }
}

/// Has an interrupt tell what became of the call that it ended.
fn explain(py: Python<'_>, interrupt: &PyErr, result: Result<Given, Error>, changes: bool) -> PyResult<()> {
    match result {
        Ok(given) if changes => interrupt.value(py).setattr("receipt", given)?,
        Ok(_) => {}
        Err(error) => interrupt.set_cause(py, Some(PyErr::from_value(instance(py, &error)?))),
    }
    Ok(())
}
