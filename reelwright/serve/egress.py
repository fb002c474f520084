"""Requests that leave this machine: only to public addresses that were looked at, and no further.

A name is resolved here, every address of it is looked at, and the connection goes to that very
address: a name that leads elsewhere a moment later leads nowhere.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from reelwright.errors import ReelwrightError

HINT = "Give a public https address, or set videos.private_webhooks=true for your own network."
MOST_BYTES = 65_536  # of an answer that are read
LONGEST = 2_000
LOCAL = ("localhost", ".localhost", ".local", ".internal", ".home.arpa")


class Unreachable(ReelwrightError):
    """Where a request may not or cannot go."""


@dataclass(frozen=True, slots=True)
class Egress:
    """Sends requests out. `private` lets them go to this machine and its neighbours too."""

    private: bool
    timeout_s: float

    def refuse(self, url: str) -> SplitResult:
        """Raises for what can be seen to be wrong without asking the network."""
        parts = _split(url)
        name = (parts.hostname or "").rstrip(".").casefold()
        if self.private:
            return parts
        if parts.scheme != "https":
            raise Unreachable("A webhook goes over https.", hint=HINT)
        if any(name == one.lstrip(".") or name.endswith(one) for one in LOCAL):
            raise Unreachable(f"{name} is a name of this machine or its network.", hint=HINT)
        if (address := _address(name)) is not None:
            _refuse_private(address)
        return parts

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer. A redirect is an answer like others: nobody follows it."""
        parts = self.refuse(url)
        try:
            connection = self._connection(parts)
            try:
                target = parts.path or "/"
                connection.request(
                    "POST",
                    f"{target}?{parts.query}" if parts.query else target,
                    body=body,
                    headers=dict(headers),
                )
                answer = connection.getresponse()
                answer.read(MOST_BYTES)
                return answer.status
            finally:
                connection.close()
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            raise Unreachable(
                f"{parts.hostname} does not answer ({type(error).__name__}).", hint=""
            ) from error

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = self._looked_at(host, port)
        plain = socket.create_connection((address, port), timeout=self.timeout_s)
        connection = http.client.HTTPConnection(host, port, timeout=self.timeout_s)
        connection.sock = plain
        if parts.scheme == "https":
            try:
                context = ssl.create_default_context()
                connection.sock = context.wrap_socket(plain, server_hostname=host)
            except (OSError, ValueError):
                plain.close()
                raise
        return connection

    def _looked_at(self, host: str, port: int) -> str:
        """An address of the host; raises where one of them is private, lest it be taken next."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        if not self.private:
            for address in addresses:
                _refuse_private(ipaddress.ip_address(address.partition("%")[0]))
        return addresses[0]


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise Unreachable(f"{url:.80} is no address.", hint=HINT) from None
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST
    if not (plain and named and parts.scheme in {"http", "https"} and "@" not in parts.netloc):
        raise Unreachable(f"{url:.80} is no address.", hint=HINT)
    return parts


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a name is, in any of the ways in which one can be written."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        pass
    try:  # 127.1, 0x7f000001 and 2130706433 are addresses to a resolver
        return ipaddress.IPv4Address(socket.inet_aton(name))
    except (OSError, ValueError):
        return None


def _refuse_private(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """Loopback, private, link-local, shared, mapped and translated ones: nothing but public."""
    inner = _inner(address)
    if not inner.is_global or inner.is_multicast or inner.is_reserved:
        raise Unreachable(f"{address} is no public address.", hint=HINT)


def _inner(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 address stands for, where it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
