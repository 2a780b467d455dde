"""Which certificates count: those that `requests` users name in the environment, too."""

from __future__ import annotations

import asyncio
import http.server
import inspect
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest

from partner_messaging import AsyncClient, Client, ConfigError, PartnerMessagingError, Sms, TransportError

# A certificate for loopback that nobody else trusts, with its key.
OURS = Path(__file__).parent / "data" / "loopback.pem"
HELLO = Sms(to="+6591234567", content="Hello")
both = pytest.mark.parametrize("client", [Client, AsyncClient])
ANSWER = b'{"success": true, "data": {"messageId": "msg_1", "status": "SENT"}}'


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, clients: ssl.TLSVersion | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(OURS)
        if clients:
            # Clients have to show the one certificate that there is.
            context.minimum_version = context.maximum_version = clients
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(OURS)
        # The handshake is made by the connection's own thread.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that refuses the certificate


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PARTNER_MESSAGING_BASE_URL", url)
    monkeypatch.setenv("PARTNER_MESSAGING_API_KEY", "key")


@pytest.mark.parametrize(
    "variables, trusted",
    [
        ({}, False),
        ({"REQUESTS_CA_BUNDLE": OURS}, True),
        ({"CURL_CA_BUNDLE": OURS}, True),
        ({"SSL_CERT_FILE": OURS}, True),
        ({"REQUESTS_CA_BUNDLE": OURS, "CURL_CA_BUNDLE": certifi.where()}, True),
        ({"REQUESTS_CA_BUNDLE": certifi.where(), "CURL_CA_BUNDLE": OURS}, False),
        ({"SSL_CERT_FILE": certifi.where(), "REQUESTS_CA_BUNDLE": OURS}, False),
    ],
)
def test_the_environments_certificates(
    variables: dict[str, Path | str], trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, str(value))
    with Client(max_retries=0) as client:
        if trusted:
            assert client.send(HELLO).status == "SENT"
        else:
            with pytest.raises(TransportError) as raised:
                client.send(HELLO)
            assert (raised.value.kind, raised.value.outcome) == ("tls", "not_sent")
    with Client(max_retries=0, trust_env=False) as client, pytest.raises(TransportError, match="not trusted"):
        client.send(HELLO)
    with Client(ca_file=OURS) as client:
        assert client.send(HELLO).status == "SENT"


@both
def test_a_file_that_is_not_there_is_named(client: type[Client | AsyncClient], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
    with pytest.raises(ConfigError) as raised:
        client()
    assert raised.value.field == "REQUESTS_CA_BUNDLE"
    client(trust_env=False)


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def mutual(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server that lets in only who shows a certificate."""
    with Server(request.param) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://localhost:{server.server_port}"
        server.shutdown()


@both
def test_a_server_that_wants_a_certificate_gets_it(client: type[Client | AsyncClient], mutual: str, tmp_path: Path) -> None:
    # The certificate's file holds its key, too; here each has one of its own.
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    text = OURS.read_text()
    begin = text.index("-----BEGIN PRIVATE KEY-----")
    certificate.write_text(text[:begin])
    key.write_text(text[begin:])
    trusting = {"base_url": mutual, "ca_file": OURS}
    assert outcome(client(**trusting)) == ("not_sent", "tls")
    assert outcome(client(**trusting, client_cert_file=OURS)) == ("sent", None)
    assert outcome(client(**trusting, client_cert_file=str(certificate), client_key_file=key)) == ("sent", None)
    for files, field in [
        ({"client_cert_file": certificate}, "client_key_file"),
        ({"client_key_file": key}, "client_cert_file"),
        ({"client_cert_file": 7}, "client_cert_file"),
    ]:
        with pytest.raises(ConfigError) as raised:
            client(**files)
        assert raised.value.field == field


def outcome(client: Client | AsyncClient) -> tuple[str | None, str | None]:
    try:
        result = client.send(HELLO)
        return (asyncio.run(result) if inspect.iscoroutine(result) else result).outcome, None
    except PartnerMessagingError as error:
        return error.outcome, error.kind
