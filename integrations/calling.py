"""How other systems are called: HTTP and JSON, allowed addresses alone, limits, what failed.

A host is looked up once, every address of it is judged, and the call goes to one that was judged:
a name that changes its mind meanwhile leads nowhere else. Redirects are not followed, proxies of
the environment not asked. A wait has an end: 5 s to connect, `read_seconds` for each answer and
for the whole of it, and `until` for all the calls of one command (R5).
"""

import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import monotonic
from typing import Any

import httpx2

from integrations.ports.commands import NotReached, OutcomeUnknown, TargetSettings, Throttled

CONNECT_SECONDS = 5.0
LONGEST_ANSWER = 16 * 1024 * 1024  # bytes
TRANSLATED = ip_network("64:ff9b::/96")  # IPv6 for whatever IPv4 address
NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.InvalidURL,
    httpx2.LocalProtocolError,
)

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Answer:
    """What another system said: a status below 500, and its JSON.

    `body` is None when it said nothing, or refused the call in words that are no JSON.
    """

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def is_good(self) -> bool:
        """Whether it did what it was asked."""
        return 200 <= self.status < 300


def ask(
    method: str,
    path: str,
    *,
    settings: TargetSettings,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Call a path below the target's address; `body` is sent as JSON.

    Raises NotReached when surely nothing was asked, Throttled when it asks for time, OutcomeUnknown
    when there is no telling: no answer, half of one, one that is no JSON, an error of its own.
    """
    began = monotonic()
    settings = in_time(settings, now=began)
    request = request_to(settings, method, path, body=body, headers=headers or {})
    try:
        with httpx2.Client(verify=certificates(), trust_env=False) as line:
            response = line.send(request, stream=True)
            text = read(response, until=began + settings.read_seconds)
    except NOT_SENT as failure:
        raise NotReached(f"It was not reached ({type(failure).__name__}).") from None
    except httpx2.RequestError as failure:
        raise OutcomeUnknown(f"It did not answer ({type(failure).__name__}).") from None
    return understood(response, text)


def in_time(settings: TargetSettings, *, now: float) -> TargetSettings:
    """Settings that wait for no answer beyond their end. Raises NotReached when that has come."""
    left = settings.until - now
    if left <= 0:
        raise NotReached("Its time is over.")
    return replace(settings, read_seconds=min(settings.read_seconds, left))


def request_to(
    settings: TargetSettings, method: str, path: str, *, body: Any, headers: Mapping[str, str]
) -> httpx2.Request:
    """A request to a judged address, under the host's own name. Raises NotReached."""
    try:
        url = httpx2.URL(f"{settings.url.rstrip('/')}/{path.lstrip('/')}")
    except httpx2.InvalidURL:
        raise NotReached("Its address is no URL.") from None
    address = allowed(url, settings)
    return httpx2.Request(
        method,
        url.copy_with(host=str(address)),
        headers={"Host": url.netloc.decode(), "Accept": "application/json", **headers},
        json=body,
        extensions={
            "sni_hostname": url.host,
            "timeout": httpx2.Timeout(settings.read_seconds, connect=CONNECT_SECONDS).as_dict(),
        },
    )


@lru_cache(1)
def certificates() -> ssl.SSLContext:
    """Whom this machine trusts; read once, since reading it takes longer than a call."""
    return ssl.create_default_context()


def read(response: httpx2.Response, *, until: float) -> bytes:
    """The whole answer. Raises OutcomeUnknown when it does not end in time, or is far too long."""
    text = bytearray()
    for chunk in response.iter_bytes():
        text += chunk
        if len(text) > LONGEST_ANSWER or monotonic() > until:
            raise OutcomeUnknown("Its answer did not end.")
    return bytes(text)


def understood(response: httpx2.Response, text: bytes) -> Answer:
    """What an answer means whatever was asked. Raises Throttled, OutcomeUnknown."""
    status, wait = response.status_code, response.headers.get("Retry-After", "")
    if status == 429 or (status == 503 and wait):
        raise Throttled(float(wait) if wait.isascii() and wait.isdecimal() else None)
    if status >= 500 or 300 <= status < 400 or status == 408:
        raise OutcomeUnknown(f"It answered with status {status}.")
    try:
        body = json.loads(text) if text else None
    except ValueError:
        if status < 400:
            raise OutcomeUnknown(f"Its answer (status {status}) is no JSON.") from None
        body = None
    return Answer(status, body, response.headers)


def allowed(url: httpx2.URL, settings: TargetSettings) -> Address:
    """An address of the URL's host that may be called. Raises NotReached, naming the rule."""
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
        raise NotReached("Its address is no plain http or https URL.")
    addresses = addresses_of(url)
    for address in addresses:
        if refusal := objection(address, url, settings):
            raise NotReached(refusal)
    return addresses[0]


def addresses_of(url: httpx2.URL) -> list[Address]:
    """Every address of a host, IPv4 in its own form. Raises NotReached when it has none."""
    try:
        found = socket.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReached("Its host is not known.") from None
    return [plain(ip_address(str(entry[4][0]).split("%", 1)[0])) for entry in found]


def plain(address: Address) -> Address:
    """An IPv4 address written as an IPv6 one is an IPv4 address."""
    return getattr(address, "ipv4_mapped", None) or address


def objection(address: Address, url: httpx2.URL, settings: TargetSettings) -> str:
    """Why an address may not be called; empty when it may."""
    if address.is_loopback:
        return "" if settings.allows_loopback else "It is on this machine, which is not allowed."
    is_ours = any(address in ip_network(network) for network in settings.networks)
    objections = (
        (url.host not in settings.hosts, "Its host may not be called (PARTNER_HOSTS)."),
        (not is_ours and url.scheme != "https", "It is not called over https."),
        (not is_ours and not is_public(address), "Its address is not of PARTNER_NETWORKS."),
    )
    return next((why for holds, why in objections if holds), "")


def is_public(address: Address) -> bool:
    """Whether an address is one host's on the internet, and not a word for another address."""
    is_word = isinstance(address, IPv6Address) and bool(
        address in TRANSLATED or address.sixtofour or address.teredo
    )
    return address.is_global and not address.is_multicast and not is_word
