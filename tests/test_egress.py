"""What leaves this machine: to public addresses alone, to the one that was looked at."""

import http.server
import ipaddress
import socket
import threading
from collections.abc import Iterator

import pytest

from reelwright.serve.egress import Egress, Unreachable

CLOSED, PRIVATE = Egress(private=False, timeout_s=2.0), Egress(private=True, timeout_s=2.0)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0", "10.1.2.3", "172.16.0.1",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255",
        "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]", "localhost", "LOCALHOST.", "a.localhost", "printer.local",
        "metadata.google.internal",
    ],
)  # fmt: skip
def test_this_machine_and_its_neighbours_are_refused_without_asking_the_network(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(socket, "getaddrinfo")
    with pytest.raises(Unreachable):
        CLOSED.refuse(f"https://{host}/hook")


@pytest.mark.parametrize(
    "url",
    ["", "https://", "ftp://example.com", "https://a b/", "https://u:p@example.com/", "//x",
     "https://example.com:0/", "https://[::1", "https://example.com/\n", "http://example.com/"],
)  # fmt: skip
def test_what_is_no_public_https_address_is_refused(url: str) -> None:
    with pytest.raises(Unreachable):
        CLOSED.refuse(url)


def test_public_addresses_are_let_through() -> None:
    for url in (
        "https://example.com/x?y=1",
        "https://93.184.215.14:8443/",
        "https://[2606:2800::1]",
    ):
        CLOSED.refuse(url)


@pytest.mark.parametrize(
    "found",
    [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::ffff:10.0.0.1"], ["fe80::1%eth0"]],
)
def test_a_name_that_leads_to_a_private_address_is_refused(
    found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [(0, 0, 0, "", (one, 443)) for one in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("went out"))
    with pytest.raises(Unreachable, match="no public address"):
        CLOSED.post("https://example.com/", b"", {})


def test_the_connection_goes_to_the_address_that_was_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that leads elsewhere when it is asked again is not asked again."""
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_, **__: [(0, 0, 0, "", (one, 443)) for one in next(answers)],
    )
    went: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], **_: object) -> socket.socket:
        went.append(address)
        raise OSError("far enough")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unreachable, match="does not answer"):
        CLOSED.post("https://example.com/", b"", {})
    assert went == [("93.184.215.14", 443)]
    assert ipaddress.ip_address(went[0][0]).is_global


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers with the status in the path, and leads elsewhere where it is a redirect."""

    heard: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.heard.append((self.path, body))
        self.send_response(int(self.path.strip("/")[:3]))
        self.send_header("location", "/200")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def neighbour() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    heard: list[tuple[str, bytes]] = []
    handler = type("Handler", (Answers,), {"heard": heard})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", heard
        server.shutdown()
        thread.join()


def test_where_the_settings_allow_it_a_neighbour_is_told_and_no_redirect_is_followed(
    neighbour: tuple[str, list[tuple[str, bytes]]],
) -> None:
    url, heard = neighbour
    assert PRIVATE.post(f"{url}/204?a=b", b"hello", {"x": "y"}) == 204
    assert PRIVATE.post(f"{url}/307", b"again", {}) == 307
    assert heard == [("/204?a=b", b"hello"), ("/307", b"again")]
